//! The till's file: `Date,Time,Transaction,Item`, a line for each piece that was sold, in the order of time.

use kirana_kernel::Timestamp;

/// What one customer bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its number in the file.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// What was bought: a line of the file each.
    pub items: Vec<String>,
}

/// A day on which the bakery was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Such as `2016-10-30`.
    pub date: String,
    /// Its first moment.
    pub begins: Timestamp,
    /// What was bought, in the order of time.
    pub transactions: Vec<Transaction>,
}

/// Reads the file. Its times are taken as UTC: the bakery has no other.
///
/// # Errors
/// The line that makes no sense.
pub fn read(text: &str) -> Result<Vec<Day>, String> {
    let mut days: Vec<Day> = Vec::new();
    for (index, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |what: &str| format!("line {}: {what}: `{line}`", index + 1);
        let [date, time, number, item] = line.split(',').collect::<Vec<_>>()[..] else {
            return Err(wrong("expected Date,Time,Transaction,Item"));
        };
        let number = number.parse().map_err(|_| wrong("expected a transaction's number"))?;
        let at = moment(date, time).ok_or_else(|| wrong("expected a date and a time such as 2016-10-30,09:58:11"))?;
        if days.last().is_none_or(|day| day.date != date) {
            let begins = moment(date, "00:00:00").ok_or_else(|| wrong("expected a date"))?;
            if days.last().is_some_and(|day| day.begins > begins) {
                return Err(wrong("expected days in their order"));
            }
            days.push(Day { date: date.into(), begins, transactions: Vec::new() });
        }
        let Some(day) = days.last_mut() else { continue };
        let item = item.trim().to_owned();
        match day.transactions.last_mut() {
            Some(last) if last.number == number => last.items.push(item),
            Some(last) if last.at > at => return Err(wrong("expected transactions in the order of time")),
            _ => day.transactions.push(Transaction { number, at, items: vec![item] }),
        }
    }
    Ok(days)
}

fn moment(date: &str, time: &str) -> Option<Timestamp> {
    serde_json::from_value(serde_json::Value::String(format!("{date}T{time}.000Z"))).ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn lines_become_transactions_and_days() {
        let days = read(
            "Date,Time,Transaction,Item\r\n2016-10-30,09:58:11,1,Bread\r\n2016-10-30,10:05:34,2,Scandinavian\r\n\
             2016-10-30,10:05:34,2,Scandinavian\r\n2016-11-01,08:00:00,3,Coffee \r\n",
        )
        .unwrap();
        let counts: Vec<_> = days.iter().map(|day| (day.date.as_str(), day.transactions.len())).collect();
        assert_eq!(counts, [("2016-10-30", 2), ("2016-11-01", 1)]);
        assert_eq!(days[0].transactions[1].items, ["Scandinavian", "Scandinavian"]);
        assert_eq!(days[1].transactions[0].items, ["Coffee"]);
        for wrong in ["2016-10-30,09:58,1,Bread", "2016-10-30,09:58:11,one,Bread", "2016-10-30,09:58:11,1"] {
            assert!(
                read(&format!("Date,Time,Transaction,Item\n{wrong}")).unwrap_err().starts_with("line 2: "),
                "{wrong}"
            );
        }
    }
}
