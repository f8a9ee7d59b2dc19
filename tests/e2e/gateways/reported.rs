//! Reports of PayPal and Razorpay as these write them, held against payments that were made with them.

use super::Shop;
use super::fake::now;
use crate::amend::rfc3339;
use serde_json::{Value, json};

/// What a report tells of: money that came, or that went back.
#[derive(Clone)]
pub struct Moved {
    /// The gateway's own id of it.
    pub id: String,
    /// The gateway's id of the payment that it is a refund of.
    pub of: Option<&'static str>,
    /// What we told the gateway to call it, which is how our books call it.
    pub ours: String,
    /// In minor units.
    pub amount: i64,
}

impl Moved {
    /// A payment as it was made.
    pub fn payment(id: &str, payment: &Value) -> Self {
        let ours = payment["id"].as_str().unwrap().to_owned();
        Self { id: id.to_owned(), of: None, ours, amount: super::amount(&payment["captured"]) }
    }

    /// What of a payment went back so far, in the order in which it was asked for; the gateway numbers its ids.
    pub fn refunds(shop: &Shop, prefix: &str, of: &'static str) -> Vec<Self> {
        let path = format!("/api/v1/payments/refunds?store_id={}&status=completed", shop.chain.store);
        let found = shop.chain.manager.get(&path).unwrap().expect(200).unwrap();
        let mut found = found["items"].as_array().unwrap().clone();
        // Our ids begin with the time at which they were made.
        found.sort_by_key(|refund| refund["id"].as_str().unwrap().to_owned());
        let one = |(place, refund): (usize, &Value)| Self {
            id: format!("{prefix}{}", place + 1),
            of: Some(of),
            ours: refund["id"].as_str().unwrap().to_owned(),
            amount: super::amount(&refund["amount"]),
        };
        found.iter().enumerate().map(one).collect()
    }
}

/// What both take of a payment.
const FEE: i64 = 350;

fn quoted(cells: &[String]) -> String {
    cells.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",") + "\n"
}

/// A settlement report of PayPal: sections and counts, minor units without a sign, times that say their zone.
pub fn paypal(all: &[Moved]) -> String {
    let time = rfc3339(now()).replace('-', "/").replace('T', " ").replace(".000Z", " +0000");
    let mut file = format!(
        "\"RH\",\"{time}\",\"A\",\"MERCHANT\",9\n\"FH\",01\n\"SH\",\"{time}\",\"{time}\",\"MERCHANT\",\"\"\n\"CH\",\"Transaction ID\",\
         \"Invoice ID\",\"PayPal Reference ID\",\"PayPal Reference ID Type\",\"Transaction Event Code\",\"Transaction Initiation Date\",\
         \"Transaction Completion Date\",\"Transaction  Debit or Credit\",\"Gross Transaction Amount\",\"Gross Transaction Currency\",\
         \"Fee Debit or Credit\",\"Fee Amount\",\"Fee Currency\",\"Custom Field\",\"Consumer ID\",\"Payment Tracking ID\",\"Store ID\"\n"
    );
    for one in all {
        let (code, way, fee) = if one.of.is_some() { ("T1107", "DR", 0) } else { ("T0006", "CR", FEE) };
        let (of, kind) = one.of.map_or(("", ""), |of| (of, "TXN"));
        let cells = ["SB", &one.id, &one.ours, of, kind, code, &time, &time, way, &one.amount.to_string(), "THB"];
        let mut cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        cells.extend(["DR".to_owned(), fee.to_string(), "THB".to_owned(), one.ours.clone()]);
        cells.extend(vec![String::new(); 3]);
        file += &quoted(&cells);
    }
    file + &format!("\"SF\",\"THB\",0,0\n\"SC\",{0}\n\"RF\",\"THB\",0,0\n\"RC\",{0}\n\"FF\",{0}\n", all.len())
}

/// Baht and satang.
fn major(amount: i64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

/// The settlement recon that Razorpay's dashboard gives: 27 columns, major units, Indian time.
pub fn razorpay(all: &[Moved]) -> String {
    let there = rfc3339(now() + 19_800);
    let (date, time) = there.split_once('T').unwrap();
    let date: Vec<&str> = date.split('-').rev().collect();
    let moment = format!("{} {}", date.join("/"), time.get(..8).unwrap());
    let mut file = String::from(
        "transaction_entity,entity_id,amount,currency,fee (exclusive tax),tax,debit,credit,payment_method,card_type,issuer_name,entity_created_at,payment_captured_at,payment_notes,refund_notes,arn,entity_description,order_id,order_receipt,order_notes,dispute_id,dispute_created_at,dispute_reason,settlement_id,settled_at,settlement_utr,settled_by\n",
    );
    for one in all {
        let back = one.of.is_some();
        let fee = if back { 0 } else { FEE };
        let mut cells = vec![String::new(); 27];
        cells[0] = if back { "refund" } else { "payment" }.to_owned();
        (cells[1], cells[2], cells[3]) = (one.id.clone(), major(one.amount), "THB".to_owned());
        (cells[4], cells[5]) = (major(fee), major(0));
        (cells[6], cells[7]) = if back { (major(one.amount), major(0)) } else { (major(0), major(one.amount - fee)) };
        cells[11].clone_from(&moment);
        cells[18] = if back { String::new() } else { one.ours.clone() };
        cells[17] = one.of.unwrap_or_default().to_owned();
        file += &quoted(&cells);
    }
    file
}

/// Holds a report against the books.
fn held(shop: &Shop, gateway: &str, csv: &str) -> Value {
    let window = json!({"name": "today", "from": rfc3339(now() - 10_800), "until": rfc3339(now() + 10_800)});
    let report = json!({"gateway": gateway, "format": {"type": gateway}, "csv": csv, "window": window, "date_tolerance_s": 3_600,
        "post": {"bank": "main", "fee_tax": {"place": "TH", "tax": "vat"}}});
    shop.chain.admin.post("/api/v1/payments/reconcile", &report).unwrap().expect(200).unwrap()
}

/// The report as it should be: all of it agrees. Then with a baht too much at the first and without the last: these two, and nothing else.
pub fn find_what_is_wrong(shop: &Shop, gateway: &str, write: fn(&[Moved]) -> String, all: &[Moved]) {
    let whole = held(shop, gateway, &write(all));
    let agrees = &whole["reconciliation"];
    assert_eq!((&agrees["exceptions"], &agrees["matched"]), (&json!([]), &json!(all.len())), "{whole}");
    assert_eq!((&whole["differences"], &whole["postings"]), (&json!({}), &json!(1)), "the fee of the payment");

    let (last, mut wrong) = (all.last().unwrap(), all[..all.len() - 1].to_vec());
    wrong[0].amount += 100;
    let differs = held(shop, gateway, &write(&wrong));
    let found = differs["reconciliation"]["exceptions"].as_array().unwrap();
    let found: Vec<_> = found.iter().map(|one| ["kind", "record", "reference"].map(|name| one[name].clone())).collect();
    let told = |kind: &str, one: &Moved| [json!(kind), json!(one.ours), json!(one.id)];
    assert_eq!(found, [told("amount_differs", &all[0]), told("missing_at_gateway", last)], "{differs}");
    assert_eq!(differs["differences"], json!({"THB": -100 - last.amount}), "{differs}");
}
