//! What others are told of a store's stock and money, and leases that are given back or kept longer.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod shop;

use kirana_contracts::stock::{
    LeaseRequest, LeaseSales, MoveKind, Movement, ReceiptBatch, Sold, TagRead, TransferLine, Unit,
};
use kirana_contracts::store_state::{Amendment, Idempotency, PaymentOutcome};
use kirana_events::{EventData, OrderFigures, Subscriber};
use kirana_kernel::{OrderStatus, Role};
use kirana_store_core::Refusal;
use shop::{Shop, actor, baht, id, item, line, receipt};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn lines(quantity: i64) -> Vec<TransferLine> {
    vec![TransferLine { sku: "cup".into(), quantity }]
}

#[test]
fn a_lease_is_kept_longer_and_given_back_in_part() {
    let mut shop = Shop::open(10, 0);
    let request = LeaseRequest { device_id: id(7), until: shop.now + HOUR, lines: lines(8) };
    let moment = shop.moment();
    let lease = shop.store.grant_lease(moment, None, &request).unwrap();
    let moment = shop.moment();
    let sold = LeaseSales { sold: vec![Sold { sku: "cup".into(), total: 3 }], finished: false };
    shop.store.report_lease(moment, lease.id, id(7), &sold).unwrap();
    assert_eq!(shop.free("cup"), (7, 2));

    for wrong in [0, -1, 6] {
        let moment = shop.moment();
        let refused = shop.store.release_of_lease(moment, None, lease.id, &lines(wrong)).unwrap_err();
        assert!(refused.to_string().contains("expected 1 to 5"), "{wrong}: {refused}");
    }
    let key = Idempotency { scope: "staff".into(), key: "release-1".into(), fingerprint: "f".into() };
    for _ in 0..2 {
        let moment = shop.moment();
        let left = shop.store.release_of_lease(moment, Some(&key), lease.id, &lines(2)).unwrap();
        assert_eq!((left.lines[0].leased, left.lines[0].sold), (6, 3));
    }
    assert_eq!(shop.free("cup"), (7, 4), "told twice, given back once");
    shop.check();

    for wrong in [shop.now + HOUR, shop.now + 8 * 24 * HOUR] {
        let moment = shop.moment();
        assert!(matches!(shop.store.extend_lease(moment, lease.id, wrong), Err(Refusal::Invalid { .. })));
    }
    let (moment, until) = (shop.moment(), shop.now + 5 * HOUR);
    assert_eq!(shop.store.extend_lease(moment, lease.id, until).unwrap().until, until);
    shop.pass(4 * HOUR);
    assert_eq!(shop.free("cup"), (7, 4), "it is held past its first end");
    shop.pass(2 * HOUR);
    assert_eq!(shop.free("cup"), (7, 7));
    let moment = shop.moment();
    let late = shop.now + HOUR;
    assert!(matches!(shop.store.extend_lease(moment, lease.id, late), Err(Refusal::Conflict(_))));
    let moment = shop.moment();
    assert!(matches!(shop.store.release_of_lease(moment, None, lease.id, &lines(1)), Err(Refusal::Conflict(_))));
    shop.check();
}

#[test]
fn many_receipts_come_in_whole_or_not_at_all() {
    let mut shop = Shop::open(10, 1_000);
    let before = shop.store.levels().unwrap();
    let bad = ReceiptBatch {
        items: vec![item("gin", Unit::Piece)],
        receipts: vec![receipt("gin", 5, 100), receipt("gin", 0, 1)],
    };
    let moment = shop.moment();
    match shop.store.receive_all(moment, &actor(Role::Manager), None, &bad) {
        Err(Refusal::Invalid { path, .. }) => assert_eq!(path, "receipts[1].quantity"),
        other => panic!("{other:?}"),
    }
    assert_eq!(shop.store.levels().unwrap(), before);
    let key = Idempotency { scope: "m".into(), key: "k".into(), fingerprint: "f".into() };
    let good =
        ReceiptBatch { receipts: vec![receipt("gin", 5, 100), receipt("cup", 2, 7), receipt("gin", 1, 3)], ..bad };
    for _ in 0..2 {
        let moment = shop.moment();
        let taken = shop.store.receive_all(moment, &actor(Role::Manager), Some(&key), &good).unwrap();
        assert_eq!((taken.receipts, taken.items_added, taken.cost), (3, 1, 110));
    }
    assert_eq!((shop.free("gin"), shop.free("cup")), ((6, 6), (12, 12)));
    shop.check();
}

#[test]
fn what_is_told_of_stock_adds_up_to_what_there_is() {
    let mut shop = Shop::open(10, 1_000);
    for (quantity, cost, hours) in [(5, 33, Some(48)), (7, 100, None), (1, 1, Some(24))] {
        let mut batch = receipt("cup", quantity, cost);
        batch.expires_at = hours.map(|hours| shop.now + HOUR * hours);
        batch.tags = if quantity == 5 { ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec() } else { vec![] };
        shop.receive(batch).unwrap();
        shop.pass(HOUR);
    }
    let order = shop.place("key", vec![line("milk-tea", 3, &[])]).unwrap();
    let order = shop.pay(&order);
    shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
    let moment = shop.moment();
    let read = TagRead { tag: "b".into(), direction: kirana_contracts::stock::Direction::Out };
    shop.store.track_tags(moment, &actor(Role::Device), &[read]).unwrap();
    let kinds: Vec<_> = shop.store.journal(0, 100).unwrap().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds.last(), Some(&MoveKind::Rfid));

    let progress = shop.store.progress(Subscriber::Inventory).unwrap();
    assert!(progress.waiting > 0 && progress.last > progress.acknowledged && progress.oldest_at.is_some());
    // Event by event: the last layers told of an item are what is there.
    let mut told = std::collections::BTreeMap::new();
    for event in shop.told() {
        if let EventData::StockUpdated(stock) | EventData::StockAdjusted(stock) = event {
            for level in stock.levels {
                if let Some(layers) = level.layers {
                    told.insert(level.sku, layers);
                }
            }
        }
    }
    for level in shop.store.standing(shop.now).unwrap().levels {
        let layers = level.layers.unwrap();
        assert_eq!(layers.iter().map(|layer| layer.on_hand).sum::<i64>(), level.on_hand, "{}", level.sku);
        assert_eq!(layers.iter().map(|layer| layer.value).sum::<i64>(), level.value, "{}", level.sku);
        if let Some(told) = told.get(&level.sku) {
            assert_eq!(told, &layers, "{}", level.sku);
        }
    }
    let progress = shop.store.progress(Subscriber::Inventory).unwrap();
    assert_eq!((progress.waiting, progress.oldest_at), (0, None), "everybody has said that it has all");
    shop.check();
}

/// What the events of an order add up to, as figures take them.
fn sum(events: &[EventData]) -> (i64, i64, i64) {
    let mut sum = (0, 0, 0);
    let amount = |figures: &OrderFigures| figures.lines.iter().map(|line| line.amount).sum::<i64>();
    for event in events {
        match event {
            EventData::OrderConfirmed(told) => {
                let now = OrderFigures::from(&told.order);
                sum = (sum.0 + now.paid.amount, sum.1 + now.refunded.amount, sum.2 + amount(&now));
            }
            EventData::OrderAmended(told) | EventData::OrderRefunded(told) | EventData::OrderCancelled(told)
                if told.order.timeline.iter().any(|entry| entry.to == OrderStatus::Confirmed) =>
            {
                let (now, before) = (OrderFigures::from(&told.order), told.before.clone());
                let before = before.unwrap_or_else(|| now.clone());
                sum.0 += now.paid.amount - before.paid.amount;
                sum.1 += now.refunded.amount - before.refunded.amount;
                sum.2 += amount(&now) - amount(&before);
            }
            _ => {}
        }
    }
    sum
}

#[test]
fn what_is_told_of_an_order_adds_up_to_what_it_came_to() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 3, &[])]).unwrap();
    let cancel = |quantity| Amendment::CancelItems { line: 1, quantity, reason: "less".into() };
    let order = shop.amend(&order, Role::Customer, cancel(1)).unwrap();
    let order = shop.pay(&order);
    let paid = order.payment.paid.amount;
    let order = shop.amend(&order, Role::Staff, cancel(1)).unwrap();
    let moment = shop.moment();
    let refund = |n, amount| PaymentOutcome::Refunded { refund_id: id(n), amount: baht(amount) };
    for _ in 0..2 {
        shop.store.payment(moment.clone(), order.id, &refund(31, paid / 2)).unwrap();
    }
    let events = shop.told();
    assert_eq!(sum(&events), (paid, paid / 2, paid / 2), "paid, given back, and the line that is left");
    // The last piece is taken off: the order is called off, and all of it goes back.
    shop.amend(&order, Role::Staff, cancel(1)).unwrap();
    let moment = shop.moment();
    shop.store.payment(moment, order.id, &refund(32, paid - paid / 2)).unwrap();
    let mut events = events;
    events.extend(shop.told());
    assert_eq!(sum(&events), (paid, paid, 0));
    assert_eq!(shop.store.order(order.id).unwrap().status, OrderStatus::Refunded);
    assert!(shop.step(Movement::Receive(receipt("cup", 1, 1))).is_ok());
    shop.check();
}
