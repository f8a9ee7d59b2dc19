//! The books: what is paid is deposited, what is completed is earned. Periods and royalties, and the report of a gateway, are beside.

mod large;
mod report;
mod royalties;

use crate::deadline::webhook;
use crate::ordering::drained;
use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::platform::SECRET;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// A cup costs 90 baht and its grass jelly 20, tax of 7 % in both.
const CUP: i64 = 11_000;

/// What of each account is not zero, by its name up to the colon, or up to the end where it is no store's.
fn books(chain: &Chain) -> BTreeMap<String, i64> {
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let account = |row: &Value| (row["account"].as_str().unwrap().to_owned(), row["balance"].as_i64().unwrap());
    let all: Vec<_> = ledger.as_array().unwrap().iter().map(account).collect();
    assert_eq!(all.iter().map(|(_, balance)| balance).sum::<i64>(), 0, "{ledger}");
    let short = |account: String| account.replace(&format!(":{}", chain.store), "");
    all.into_iter().filter(|(_, balance)| *balance != 0).map(|(account, balance)| (short(account), balance)).collect()
}

fn become_eventually(chain: &Chain, expected: &[(&str, i64)]) {
    let expected: BTreeMap<_, _> = expected.iter().map(|(name, balance)| ((*name).to_owned(), *balance)).collect();
    eventually("the books to be right", MINUTE, || {
        let found = books(chain);
        if found == expected { Ok(()) } else { Err(format!("{found:?}\n{expected:?}")) }
    })
    .unwrap();
}

fn paid_order(chain: &Chain, customer: &Client, body: &Value) -> (String, Value) {
    let order = customer.post("/api/v1/orders", body).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap().to_owned();
    let payment = pay(customer, &id, "tok_success");
    wait_for_status(customer, &id, "confirmed");
    let payment = customer.get(&format!("/api/v1/payments/{}", payment["id"].as_str().unwrap())).unwrap();
    drained(chain);
    (id, payment.expect(200).unwrap())
}

fn complete(chain: &Chain, order: &str) {
    for status in ["preparing", "ready", "collected", "completed"] {
        let to = json!({"status": status});
        chain.manager.put(&format!("/api/v1/orders/{order}/status"), &to).unwrap().expect(200).unwrap();
    }
}

fn refund(chain: &Chain, payment: &Value, amount: i64) {
    let path = format!("/api/v1/payments/{}/refund", payment["id"].as_str().unwrap());
    let body = json!({"amount": amount, "reason": "it was cold"});
    chain.manager.post(&path, &body).unwrap().expect(202).unwrap();
}

fn sell_offline(chain: &Chain, sales: &[(u64, &str, &str, i64)]) {
    let sale = |(seq, at, tender, cups): &(u64, &str, &str, i64)| json!({"key": format!("till-{seq}"), "seq": seq, "sold_at": at, "tender": tender, "lines": [golden_bubble(*cups)]});
    let sales: Vec<_> = sales.iter().map(sale).collect();
    let batch = json!({"device_id": "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44", "sales": sales});
    chain.staff.post(&format!("/api/v1/stores/{}/offline-sales", chain.store), &batch).unwrap().expect(200).unwrap();
    drained(chain);
}

#[test]
fn a_completed_order_is_earned_to_the_satang_and_once() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("books").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let mut body = chain.order(&[golden_bubble(1)]);
    body["tip"] = json!(321);
    let (order, payment) = paid_order(&chain, &customer, &body);
    become_eventually(&chain, &[("deposits", -(CUP + 321)), ("gateway:sandbox", CUP + 321)]);
    complete(&chain, &order);
    // 110.00 with 7 % in it: 110 * 7 / 107 = 7.196.
    let earned = [("gateway:sandbox", CUP + 321), ("sales", -10_280), ("tax:TH/vat", -720), ("tips", -321)];
    become_eventually(&chain, &earned);

    // The gateway says it again, in the same words and in others.
    for notice in ["again", "again", "and-again"] {
        let told = json!({"id": notice, "type": "charge.succeeded", "reference": payment["id"], "amount": payment["amount"], "reason": null});
        assert_eq!(webhook(&chain.nobody, &told, SECRET), 204);
    }
    drained(&chain);
    assert_eq!(books(&chain), earned.iter().map(|(name, balance)| ((*name).to_owned(), *balance)).collect());

    // A part goes back: each part is less by its share, rounded down, and sales have the rest.
    refund(&chain, &payment, 821);
    become_eventually(&chain, &[("gateway:sandbox", 10_500), ("sales", -9_536), ("tax:TH/vat", -667), ("tips", -297)]);
    let path = format!("/api/v1/ledger/accounts/deposits:{}/statement", chain.store);
    let statement = chain.admin.get(&path).unwrap().expect(200).unwrap();
    let kinds: Vec<_> =
        statement["lines"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"payment_captured") && kinds.contains(&"order_credited"), "{kinds:?}");
    assert_eq!(statement["closing"]["amount"], 0);
    refund(&chain, &payment, 10_500);
    become_eventually(&chain, &[]);
    wait_for_status(&customer, &order, "refunded");
    invoices(&chain, &customer, &order);

    // Tills without a line: one drawer, one terminal. What is told twice is there once.
    let sales = [(1, "2025-01-10T10:00:00Z", "cash", 1), (2, "2025-01-10T11:00:00Z", "card_terminal", 2)];
    sell_offline(&chain, &sales);
    sell_offline(&chain, &sales);
    // 220.00 with 7 % in it: 14.393.
    let taken = [
        ("gateway:card_terminal", CUP * 2),
        ("sales", -(10_280 + 20_561)),
        ("store-cash", CUP),
        ("tax:TH/vat", -(720 + 1_439)),
    ];
    become_eventually(&chain, &taken);
    let trial =
        chain.admin.get("/api/v1/ledger/trial-balance?until=2025-02-01T00:00:00Z").unwrap().expect(200).unwrap();
    let rows = trial["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["balance"].as_i64().unwrap()).sum::<i64>(), 0);
    let of = |account: &str| rows.iter().find(|row| row["account"].as_str().unwrap().starts_with(account)).unwrap();
    assert_eq!((of("sales")["credits"].as_i64(), of("deposits")["balance"].as_i64()), (Some(30_841), Some(0)));
}

/// An invoice of all of it, and a credit note for each time that something went back, for whoever bought and whoever sold.
fn invoices(chain: &Chain, customer: &Client, order: &str) {
    let path = format!("/api/v1/orders/{order}/invoice");
    let documents = customer.get(&path).unwrap().expect(200).unwrap();
    let told = |one: &Value| {
        (
            one["kind"].as_str().unwrap().to_owned(),
            one["number"].as_i64().unwrap(),
            one["amount"]["amount"].as_i64().unwrap(),
        )
    };
    let all: Vec<_> = documents.as_array().unwrap().iter().map(told).collect();
    let note = |number, amount| ("credit_note".to_owned(), number, amount);
    assert_eq!(all, [("invoice".to_owned(), 1, CUP + 321), note(1, 821), note(2, 10_500)]);
    let body = &documents[0]["body"];
    assert_eq!(
        (&body["lines"][0]["quantity"], body["amounts"]["net_sales"]["amount"].as_i64()),
        (&json!(1), Some(10_280))
    );
    assert_eq!(chain.manager.get(&path).unwrap().expect(200).unwrap(), documents);
    let (_, stranger) = chain.customer().unwrap();
    stranger.get(&path).unwrap().expect(404).unwrap();
}
