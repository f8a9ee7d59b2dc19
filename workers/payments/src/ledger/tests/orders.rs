//! Orders that are completed, changed and given back.

use super::{Books, apply, at, baht, id, order, place, refund, told, with_vat};
use kirana_books::split::parts;
use kirana_contracts::order::{Fee, FeeKind, TaxAmount, Totals};
use kirana_events::EventData;
use kirana_ledger::{BusinessEvent, Split, TaxShare, What, rules};

fn tax(text: &str, amount: i64) -> TaxShare {
    TaxShare { tax: text.parse().unwrap(), amount: baht(amount) }
}

fn pay(books: &Books, amount: i64) {
    let what = What::PaymentCaptured {
        gateway: "sandbox".parse().unwrap(),
        store: id(2),
        amount: baht(amount),
        released: baht(0),
    };
    books
        .batch(crate::ledger::post(&BusinessEvent { key: "p".into(), at: at(0), order: Some(id(1)), what }).unwrap())
        .unwrap();
}

fn give_back(books: &Books, key: &str, amount: i64) {
    let to = kirana_ledger::Tender::Gateway { gateway: "sandbox".parse().unwrap() };
    let what = What::PaymentRefunded { to, store: id(2), amount: baht(amount) };
    books
        .batch(crate::ledger::post(&BusinessEvent { key: key.into(), at: at(3), order: Some(id(1)), what }).unwrap())
        .unwrap();
}

/// 100.00 of food with 5 % in two components, 50.00 of drinks with 20 %, a delivery fee of 10.00 taxed as food, a tip; all on top.
fn on_top() -> Totals {
    let part = |class: &str, name: &str, ppm, on, amount| TaxAmount {
        class: class.into(),
        name: name.into(),
        rate_ppm: ppm,
        on: baht(on),
        amount: baht(amount),
    };
    Totals {
        subtotal: baht(15_000),
        discount: None,
        fees: vec![Fee { kind: FeeKind::Delivery, amount: baht(1_000), tax_class: "food".into() }],
        tax: baht(1_550),
        tax_inclusive: false,
        tax_rate_bp: 0,
        taxes: vec![
            part("drinks", "Sugar Tax", 200_000, 5_000, 1_000),
            part("food", "CGST", 25_000, 11_000, 275),
            part("food", "SGST", 25_000, 11_000, 275),
        ],
        tip: Some(baht(333)),
        total: baht(17_883),
    }
}

#[test]
fn prices_with_tax_in_them_come_apart() {
    let found = parts(&order(with_vat(10_700)), &place()).unwrap().split;
    let expected = Split {
        total: baht(10_700),
        net_sales: baht(10_000),
        taxes: vec![tax("TH/vat", 700)],
        tips: baht(0),
        fees: baht(0),
        rounding: baht(0),
    };
    assert_eq!(found, expected);
    // A fee of 10.70 contains its share: 7.00 + 0.70 of the tax on both.
    let mut totals = with_vat(10_700);
    totals.fees.push(Fee { kind: FeeKind::Delivery, amount: baht(1_070), tax_class: "standard".into() });
    (totals.tax, totals.total) = (baht(770), baht(11_770));
    let found = parts(&order(totals), &place()).unwrap();
    assert_eq!(
        (found.split.net_sales, found.split.fees, &found.split.taxes),
        (baht(10_000), baht(1_000), &vec![tax("TH/vat", 770)])
    );
    let sold: Vec<_> = found.sold.iter().map(|one| (one.list.amount, one.net.amount)).collect();
    assert_eq!(sold, [(10_000, 10_000), (1_000, 1_000), (770, 770)]);
}

#[test]
fn taxes_on_top_by_class_and_component_fees_and_tips() {
    let mut order = order(on_top());
    order.lines[0].total = baht(10_000);
    order.lines[0].tax_class = "food".into();
    order.lines.push(order.lines[0].clone());
    order.lines[1].total = baht(5_000);
    order.lines[1].tax_class = "drinks".into();
    let found = parts(&order, &place()).unwrap();
    let taxes = vec![tax("TH/cgst", 275), tax("TH/sgst", 275), tax("TH/sugar-tax", 1_000)];
    let expected = Split {
        total: baht(17_883),
        net_sales: baht(15_000),
        taxes,
        tips: baht(333),
        fees: baht(1_000),
        rounding: baht(0),
    };
    assert_eq!(found.split, expected);
    // Half of it given back: each part half, rounded down, and goods have the rest.
    order.payment.refunded = baht(8_942);
    let half = parts(&order, &place()).unwrap();
    assert_eq!((half.split.total, half.split.tips, half.split.fees), (baht(8_941), baht(166), baht(499)));
    let goods: i64 = half.sold.iter().filter(|one| one.category.is_some()).map(|one| one.net.amount).sum();
    assert_eq!(half.split.net_sales.amount, goods);
    let whole = BusinessEvent {
        key: "x".into(),
        at: at(0),
        order: None,
        what: What::OrderCompleted { store: id(2), split: half.split },
    };
    assert!(rules::transaction(&whole).is_ok(), "the parts come to their sum");
}

#[test]
fn a_completed_order_leaves_nothing_in_deposits_and_once_is_enough() {
    let books = Books::open();
    let order = order(with_vat(10_700));
    apply(&books, &told(&order, 1, EventData::OrderCompleted));
    pay(&books, 10_700);
    apply(&books, &told(&order, 9, EventData::OrderCompleted));
    assert_eq!(books.short(), [("gateway".into(), 10_700), ("sales".into(), -10_000), ("tax".into(), -700)]);
    assert_eq!(books.ids(), [format!("order_completed/{}", order.id), "payment_captured/p".into()]);
    // What the tables say is what the rules of the crate say, line by line.
    let split = parts(&order, &place()).unwrap().split;
    let event = BusinessEvent {
        key: order.id.to_string(),
        at: at(1),
        order: Some(order.id),
        what: What::OrderCompleted { store: order.store_id, split },
    };
    let lines: String =
        books.0.query_row("SELECT lines FROM ledger_transactions LIMIT 1", [], |row| row.get(0)).unwrap();
    assert_eq!(lines, serde_json::to_string(&rules::transaction(&event).unwrap().unwrap().lines).unwrap());
    let sold = books.map("SELECT kind, SUM(net) FROM ledger_sold GROUP BY kind");
    assert_eq!(sold.into_iter().collect::<Vec<_>>(), [("goods".into(), 10_000), ("tax".into(), 700)]);
}

#[test]
fn what_is_given_back_is_taken_from_sales_and_an_older_word_changes_nothing() {
    let books = Books::open();
    let order = order(with_vat(10_700));
    pay(&books, 10_700);
    apply(&books, &told(&order, 1, EventData::OrderCompleted));
    let part = refund(&order, 1_070, 6);
    give_back(&books, "r1", 1_070);
    apply(&books, &told(&part, 3, EventData::OrderAmended));
    assert_eq!(books.short(), [("gateway".into(), 9_630), ("sales".into(), -9_000), ("tax".into(), -630)]);
    let all = refund(&part, 9_630, 7);
    give_back(&books, "r2", 9_630);
    apply(&books, &told(&all, 4, EventData::OrderRefunded));
    for late in [&part, &order] {
        apply(&books, &told(late, 5, EventData::OrderAmended));
    }
    assert_eq!(books.short(), []);
    let kinds = books.map("SELECT kind, COUNT(*) FROM ledger_transactions GROUP BY kind");
    assert_eq!(kinds.get("order_credited"), Some(&2));
    assert!(books.map("SELECT kind, SUM(net) FROM ledger_sold GROUP BY kind").values().all(|net| *net == 0));
}

#[test]
fn what_was_never_completed_is_a_deposit_that_goes_back() {
    let books = Books::open();
    let mut order = order(with_vat(10_700));
    order.timeline.clear();
    pay(&books, 10_700);
    let back = refund(&order, 10_700, 6);
    give_back(&books, "r", 10_700);
    apply(&books, &told(&back, 3, EventData::OrderRefunded));
    assert_eq!((books.ids().len(), books.short()), (2, Vec::new()));
}

#[test]
fn tills_without_a_line_have_their_takings_in_the_drawer_or_with_the_terminal() {
    for (tender, account) in [("cash", "store-cash"), ("card_terminal", "gateway")] {
        let books = Books::open();
        let mut order = order(with_vat(10_700));
        order.payment.tender = Some(tender.into());
        for _ in 0..2 {
            apply(&books, &told(&order, 60, EventData::OrderCompleted));
        }
        let mut found = books.short();
        found.sort_by_key(|(_, balance)| *balance);
        let expected = [("sales".to_owned(), -10_000), ("tax".to_owned(), -700), (account.to_owned(), 10_700)];
        assert_eq!((found, books.ids().len()), (expected.to_vec(), 2));
        assert!(tender == "cash" || books.balances().contains_key("gateway:card_terminal"));
        // It counts when it was sold, not when it was told.
        let sold: i64 =
            books.0.query_row("SELECT MAX(booked_at) FROM ledger_transactions", [], |row| row.get(0)).unwrap();
        assert_eq!(sold, at(1).millis());
    }
}

#[test]
fn documents_are_numbered_without_gaps_and_say_what_is_less() {
    let books = Books::open();
    let mut one = order(with_vat(10_700));
    let mut other = order(with_vat(21_400));
    other.id = id(4);
    apply(&books, &told(&one, 1, EventData::OrderCompleted));
    // What breaks a batch takes its number back.
    let mut broken = crate::events::apply(&told(&other, 1, EventData::OrderCompleted), Some(&place())).unwrap();
    broken.push(kirana_edge::db::stmt("SELECT json('no')", Vec::new()));
    assert!(books.batch(broken).is_err());
    for _ in 0..2 {
        apply(&books, &told(&other, 2, EventData::OrderCompleted));
        apply(&books, &told(&one, 2, EventData::OrderCompleted));
    }
    // A remark on an order is no reason for a document, what goes back is.
    one.version += 1;
    apply(&books, &told(&one, 3, EventData::OrderAmended));
    let part = refund(&one, 1_070, 7);
    apply(&books, &told(&part, 4, EventData::OrderAmended));
    apply(&books, &told(&refund(&part, 9_630, 8), 5, EventData::OrderRefunded));
    let found = books.map("SELECT kind || ' ' || number || ' ' || (order_id = (SELECT MIN(order_id) FROM ledger_orders)), total FROM ledger_invoices");
    let first = i64::from(one.id.to_string() < other.id.to_string());
    let of = |kind: &str, number: i64, own: i64, total: i64| (format!("{kind} {number} {own}"), total);
    let expected = [
        of("credit_note", 1, first, 9_630),
        of("credit_note", 2, first, 0),
        of("invoice", 1, first, 10_700),
        of("invoice", 2, 1 - first, 21_400),
    ];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    assert!(books.0.execute_batch("DELETE FROM ledger_invoices").is_err());
}
