//! What came of a day, and of all of them.

use serde::Serialize;
use std::fmt;

/// What came of a day. Money is in pence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DayReport {
    /// Such as `2016-10-30`.
    pub date: String,
    /// Transactions of the file.
    pub transactions: u64,
    /// Lines of the file.
    pub lines: u64,
    /// Lines that were sold.
    pub sold: u64,
    /// What they were sold for.
    pub revenue: i64,
    /// Lines that were refused: there was none left.
    pub refused: u64,
    /// What they would have been sold for.
    pub lost: i64,
    /// Goods that ran out while somebody still wanted them.
    pub ran_out: Vec<String>,
    /// What the morning's delivery cost.
    pub delivered: i64,
    /// Pieces that passed their date; what is weighed and measured counts by its worth alone.
    pub wasted_pieces: i64,
    /// What all that passed its date had cost.
    pub wasted: i64,
    /// What is on hand after it, at cost.
    pub on_hand: i64,
}

/// What came of all days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Days on which the bakery was open.
    pub days: u64,
    /// From the first opening to the last midnight.
    pub simulated_seconds: u64,
    /// Commands that the store was given.
    pub commands: u64,
    /// Entries of its journal.
    pub journal_entries: u64,
    /// All days in one: the date is the last, and what ran out is told once.
    pub sum: DayReport,
}

impl Summary {
    /// Adds a day.
    pub fn add(&mut self, day: &DayReport) {
        let sum = &mut self.sum;
        self.days += 1;
        sum.date.clone_from(&day.date);
        sum.transactions += day.transactions;
        sum.lines += day.lines;
        sum.sold += day.sold;
        sum.revenue += day.revenue;
        sum.refused += day.refused;
        sum.lost += day.lost;
        sum.delivered += day.delivered;
        sum.wasted_pieces += day.wasted_pieces;
        sum.wasted += day.wasted;
        sum.on_hand = day.on_hand;
        sum.ran_out.extend(day.ran_out.iter().cloned());
        sum.ran_out.sort();
        sum.ran_out.dedup();
    }

    /// What passed its date, of what was delivered, in per cent of its cost.
    #[must_use]
    pub fn waste_percent(&self) -> f64 {
        percent(self.sum.wasted, self.sum.delivered)
    }

    /// Lines that were refused, in per cent of all.
    #[must_use]
    pub fn stock_out_percent(&self) -> f64 {
        percent(i64::try_from(self.sum.refused).unwrap_or(i64::MAX), i64::try_from(self.sum.lines).unwrap_or(i64::MAX))
    }
}

#[allow(clippy::cast_precision_loss)] // for people to read
fn percent(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

fn pounds(pence: i64) -> String {
    format!("£{}.{:02}", pence / 100, pence % 100)
}

impl fmt::Display for DayReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}  {:>3} transactions, {:>3} sold for {:>8}, {:>2} refused ({} goods ran out), {:>3} pieces wasted worth {:>7}, on hand {:>8}",
            self.date,
            self.transactions,
            self.sold,
            pounds(self.revenue),
            self.refused,
            self.ran_out.len(),
            self.wasted_pieces,
            pounds(self.wasted),
            pounds(self.on_hand)
        )
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = &self.sum;
        writeln!(
            formatter,
            "{} days to {}: {} transactions of {} lines",
            self.days, sum.date, sum.transactions, sum.lines
        )?;
        writeln!(formatter, "  sold      {} lines for {}", sum.sold, pounds(sum.revenue))?;
        writeln!(
            formatter,
            "  refused   {} lines worth {}: stock-outs are {:.1} % of all lines",
            sum.refused,
            pounds(sum.lost),
            self.stock_out_percent()
        )?;
        writeln!(
            formatter,
            "  wasted    {} pieces; all that passed its date had cost {}: {:.1} % of the {} delivered",
            sum.wasted_pieces,
            pounds(sum.wasted),
            self.waste_percent(),
            pounds(sum.delivered)
        )?;
        write!(
            formatter,
            "  conserved after each day: {} commands, {} entries of the journal, {} on hand",
            self.commands,
            self.journal_entries,
            pounds(sum.on_hand)
        )
    }
}
