//! Receipts out of a supplier's file, with a report line by line.

use kirana_contracts::stock::{IssuePolicy, Receipt, ReceiptBatch, StockItem, Unit};
use kirana_kernel::{Currency, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Lines of a file at most: a store takes them in one go.
pub const MAX_LINES: usize = 500;

/// A line that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineFault {
    /// Its line in the file, from 1.
    pub line: u64,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

/// One line of a file.
#[derive(Debug, Deserialize)]
struct Row {
    sku: String,
    name: Option<String>,
    unit: Option<Unit>,
    supplier: Option<String>,
    quantity: String,
    cost: String,
    lot: Option<String>,
    expires_at: Option<Timestamp>,
    origin: Option<String>,
    certification: Option<String>,
    reference: Option<String>,
}

/// Minor units of an amount in a file, such as `144.36`, exactly: no float is calculated with.
fn minor_units(text: &str, currency: Currency) -> Result<i64, String> {
    let digits = currency.exponent() as usize;
    let wrong = || match text {
        "" => format!("the cost is missing: expected a number of {currency} such as 12.50"),
        _ => format!("the cost is {text}: expected a number of {currency} with {digits} decimals at most"),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > digits || !plain(whole) || !plain(fraction) {
        return Err(wrong());
    }
    format!("{whole}{fraction:0<digits$}").parse().map_err(|_| wrong())
}

/// Reads a file: what can be taken in, the names of its suppliers, and the lines that cannot.
#[must_use]
pub fn read(text: &str, currency: Currency) -> (ReceiptBatch, Vec<LineFault>) {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    let (mut items, mut receipts, mut faults) = (BTreeMap::new(), Vec::new(), Vec::new());
    for record in reader.records() {
        // A quoted field may hold line breaks, so a record's line is not its index.
        let line = match &record {
            Ok(record) => record.position().map_or(0, csv::Position::line),
            Err(error) => error.position().map_or(0, csv::Position::line),
        };
        let row =
            record.and_then(|record| record.deserialize::<Row>(Some(&headers))).map_err(|error| error.to_string());
        let read = row.and_then(|row| {
            if receipts.len() == MAX_LINES {
                return Err(format!("a file may hold {MAX_LINES} lines: send the rest in another"));
            }
            receipt(row, currency)
        });
        match read {
            Ok((item, receipt)) => {
                items.entry(item.sku.clone()).or_insert(item);
                receipts.push(receipt);
            }
            Err(message) => faults.push(LineFault { line, message }),
        }
    }
    (ReceiptBatch { items: items.into_values().collect(), receipts }, faults)
}

fn receipt(row: Row, currency: Currency) -> Result<(StockItem, Receipt), String> {
    let max = kirana_kernel::MAX_QUANTITY;
    if row.sku.is_empty() || row.sku.len() > 200 {
        return Err("the sku is missing or too long: expected 1 to 200 characters".into());
    }
    let quantity = row.quantity.parse().ok().filter(|quantity| (1..=max).contains(quantity));
    let quantity =
        quantity.ok_or_else(|| format!("the quantity is {}: expected a whole number of 1 to {max}", row.quantity))?;
    let cost = minor_units(&row.cost, currency)?;
    let item = StockItem {
        name: row.name.filter(|name| !name.is_empty()).unwrap_or_else(|| row.sku.clone()),
        sku: row.sku.clone(),
        unit: row.unit.unwrap_or(Unit::Piece),
        low_stock_threshold: 0,
        policy: IssuePolicy::Fefo,
        piece_size: None,
        near_expiry_hours: 24,
        cover_days: None,
    };
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let receipt = Receipt {
        sku: row.sku,
        quantity,
        measure: None,
        cost,
        supplier: filled(row.supplier),
        lot: filled(row.lot),
        expires_at: row.expires_at,
        origin: filled(row.origin),
        certification: filled(row.certification),
        reference: filled(row.reference),
        tags: Vec::new(),
    };
    Ok((item, receipt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_receipts_to_the_cent_and_faults_say_what_would_be_right() {
        let file = "sku,name,supplier,quantity,cost,lot,expires_at\n\
            everclear/750,Everclear,Luxco-St Louis,12,144.36,,\n\
            everclear/750,Everclear,\"Luxco-St Louis\",2,24.1,L-1,2027-01-01T00:00:00Z\n\
            pearl/500,Pearl,Luxco,1,,,\n\
            titos/600,Titos,,1.5,3,,\n\
            titos/600,Titos,,-1,3,,\n\
            titos/600,Titos,,1,3.005,,\n\
            titos/600,Titos,,1,3,,yesterday\n\
            ,Titos,,1,3,,\n";
        let (batch, faults) = read(file, Currency::USD);
        let costs: Vec<_> = batch.receipts.iter().map(|receipt| (receipt.quantity, receipt.cost)).collect();
        assert_eq!((costs, batch.items.len()), (vec![(12, 14_436), (2, 2_410)], 1));
        assert_eq!(batch.receipts[1].lot.as_deref(), Some("L-1"));
        let told: Vec<_> = faults.iter().map(|fault| (fault.line, fault.message.as_str())).collect();
        assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
        assert!(told[0].1.contains("cost is missing") && told[1].1.contains("quantity is 1.5"), "{told:?}");
        assert!(told[3].1.contains("2 decimals at most"), "{told:?}");
    }

    #[test]
    fn a_currency_without_minor_units_takes_whole_numbers() {
        let yen: Currency = "JPY".parse().unwrap();
        assert_eq!(minor_units("144", yen), Ok(144));
        assert_eq!(minor_units("144.0", yen), Ok(144));
        assert!(minor_units("144.5", yen).is_err());
        for text in ["", "-1", "1e3", ".5", "1,5", "0x1", "9999999999999999999"] {
            assert!(minor_units(text, Currency::USD).is_err(), "{text}");
        }
    }
}
