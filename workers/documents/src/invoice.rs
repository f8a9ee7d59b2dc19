//! An invoice and its credit notes as sheets.

use kirana_books::invoices::{InvoiceDocument, InvoiceLine};
use kirana_contracts::sheet::{Cell, Print, Sheet};
use kirana_edge::Result;
use kirana_kernel::Money;
use serde::Deserialize;

/// The legal entity that sold: a franchisee.
#[derive(Debug, Deserialize)]
pub struct Entity {
    /// Its name.
    pub name: String,
}

/// What is said of the store that sold.
#[derive(Debug, Deserialize)]
pub struct Seller {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its city.
    pub city: String,
    /// Its country.
    pub country: String,
}

/// What is said of a payment.
#[derive(Debug, Deserialize)]
pub struct Paid {
    /// By which gateway or tender.
    pub gateway: String,
    /// What was taken.
    pub captured: Money,
    /// What of that went back.
    pub refunded: Money,
}

/// All documents of an order, the invoice first.
///
/// # Errors
/// 500 for amounts that do not fit.
pub fn print(documents: &[InvoiceDocument], entity: &Entity, seller: &Seller, payments: &[Paid]) -> Result<Print> {
    let invoice = documents.first().map_or(0, |first| first.number);
    let mut sheets = Vec::new();
    for document in documents {
        let mut sheet = sheet(document, entity, seller)?;
        if document.kind == "invoice" {
            sheet.notes.extend(payments.iter().filter(|paid| paid.captured.amount > 0).map(receipt));
            sheet.notes.extend(document.body.tender.as_ref().map(|tender| format!("Paid at the counter: {tender}.")));
        } else {
            sheet
                .notes
                .insert(0, format!("This corrects invoice {invoice}. The lines are what the order came to after it."));
        }
        sheets.push(sheet);
    }
    Ok(Print { name: format!("Invoice {invoice}"), sheets })
}

fn receipt(paid: &Paid) -> String {
    let by = paid.gateway.replace('_', " ");
    let back = if paid.refunded.is_zero() { String::new() } else { format!(" {} of it went back.", paid.refunded) };
    format!("Received: {} by {by}.{back}", paid.captured)
}

fn sheet(document: &InvoiceDocument, entity: &Entity, seller: &Seller) -> Result<Sheet> {
    let (kind, amounts) = (if document.kind == "invoice" { "Invoice" } else { "Credit note" }, &document.body.amounts);
    let off = document.body.lines.iter().any(|line| !line.discount.is_zero());
    let mut columns = vec!["Description".to_owned(), "Pieces".to_owned()];
    columns.extend(off.then(|| "Discount".to_owned()));
    columns.push("Amount".to_owned());
    let mut sums = vec![("Net".to_owned(), amounts.net_sales.to_string())];
    for (word, amount) in [("Fees", amounts.fees), ("Tips", amounts.tips), ("Rounding", amounts.rounding)] {
        if !amount.is_zero() {
            sums.push((word.to_owned(), amount.to_string()));
        }
    }
    sums.extend(amounts.taxes.iter().map(|share| (format!("Tax {}", share.tax), share.amount.to_string())));
    if document.kind == "invoice" {
        sums.push(("Total".to_owned(), document.amount.to_string()));
    } else {
        sums.push(("The order comes to".to_owned(), amounts.total.to_string()));
        sums.push(("Credited".to_owned(), document.amount.to_string()));
    }
    let prices = if document.body.tax_inclusive {
        "Amounts of lines contain the tax."
    } else {
        "Tax comes on top of the amounts of lines."
    };
    Ok(Sheet {
        title: format!("{kind} {}", document.number),
        from: vec![seller.name.clone(), seller.address.clone(), format!("{}, {}", seller.city, seller.country)],
        facts: vec![
            ("Date".to_owned(), document.issued_at.to_string()),
            ("Order".to_owned(), document.order_id.to_string()),
            ("Sold by".to_owned(), entity.name.clone()),
        ],
        columns,
        rows: document.body.lines.iter().map(|line| row(line, off)).collect(),
        sums,
        notes: vec![prices.to_owned()],
    })
}

fn row(line: &InvoiceLine, off: bool) -> Vec<Cell> {
    let name = Cell { text: line.name.clone(), otherwise: line.sku.clone() };
    let mut cells = vec![name, line.quantity.to_string().into()];
    cells.extend(off.then(|| line.discount.to_string().into()));
    cells.push(line.total.to_string().into());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_invoice_says_who_sold_by_name() {
        let id = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44";
        let baht = |amount: i64| json!({"amount": amount, "currency": "THB"});
        let amounts = json!({"total": baht(11_000), "net_sales": baht(11_000), "taxes": [],
            "tips": baht(0), "fees": baht(0), "rounding": baht(0)});
        let line = json!({"name": "Golden Bubble", "quantity": 1, "discount": baht(0), "total": baht(11_000), "tax_class": "food"});
        let document = json!({"kind": "invoice", "number": 7, "entity": id, "store_id": id, "order_id": id, "customer_id": id,
            "issued_at": "2026-11-28T03:00:00.000Z", "amount": baht(11_000),
            "body": {"lines": [line], "tax_inclusive": true, "amounts": amounts}});
        let documents = [serde_json::from_value(document).unwrap()];
        let entity = Entity { name: "Bangkok Boba Co.".into() };
        let text = |text: &str| text.to_owned();
        let store =
            Seller { name: text("Siam"), address: text("Rama I Road"), city: text("Bangkok"), country: text("TH") };
        let print = print(&documents, &entity, &store, &[]).unwrap();
        let facts = &print.sheets[0].facts;
        assert!(facts.contains(&("Sold by".to_owned(), "Bangkok Boba Co.".to_owned())), "{facts:?}");
        assert_eq!(print.sheets[0].from, ["Siam", "Rama I Road", "Bangkok, TH"]);
    }
}
