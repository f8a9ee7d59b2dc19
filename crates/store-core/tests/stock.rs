//! Stock: conserved in quantity and in money, by every way that it can come and go.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod shop;

use kirana_contracts::order::Party;
use kirana_contracts::stock::{
    Adjustment, CountLine, Direction, Ingredient, IssuePolicy, ItemBarcodes, LeaseRequest, LeaseSales, Measure,
    MoveKind, Movement, OfflineBatch, OfflineOutcome, OfflineSale, Recipe, Sold, Spoilage, StockReturn, StockSetup,
    StocktakeStatus, TagRead, TransferIn, TransferLine, TransferOut, Unit,
};
use kirana_contracts::store_state::{Actor, Idempotency};
use kirana_events::EventData;
use kirana_kernel::{OrderStatus, Role};
use kirana_store_core::Refusal;
use shop::{Shop, actor, id, item, line, receipt, totals};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn adjust(sku: &str, delta: i64) -> Movement {
    Movement::Adjust(Adjustment { sku: sku.into(), delta, reason: "counted".into() })
}

fn spoil(sku: &str, quantity: i64, batch: Option<i64>) -> Movement {
    Movement::Spoil(Spoilage { sku: sku.into(), quantity, batch, reason: "dropped".into() })
}

#[test]
fn bad_movements_change_nothing() {
    let mut shop = Shop::open(10, 1_000);
    let before = shop.store.levels().unwrap();
    let mut expired = receipt("cup", 5, 5);
    expired.expires_at = Some(shop.now);
    let mut litres = receipt("pearls", 1, 5);
    litres.measure = Some(Measure::L);
    let mut tagged = receipt("cup", 5, 5);
    tagged.tags = vec!["a".into(), "b".into()];
    let bad = [
        Movement::Receive(receipt("cup", 0, 5)),
        Movement::Receive(receipt("cup", -5, 5)),
        Movement::Receive(receipt("cup", i64::MAX, 5)),
        Movement::Receive(receipt("cup", 5, -1)),
        Movement::Receive(receipt("straw", 5, 5)),
        Movement::Receive(expired),
        Movement::Receive(litres),
        Movement::Receive(tagged),
        adjust("cup", 0),
        adjust("cup", i64::MIN),
        adjust("cup", -11),
        adjust("straw", 1),
        Movement::Adjust(Adjustment { sku: "cup".into(), delta: 1, reason: "  ".into() }),
        spoil("cup", 0, None),
        spoil("cup", 11, None),
        spoil("cup", 1, Some(999)),
        spoil("cup", 6, Some(1)),
        spoil("pearls", 1, Some(1)),
        Movement::Return(StockReturn { order_id: id(5), sku: "cup".into(), quantity: 1, reason: "unopened".into() }),
    ];
    for movement in bad {
        let refused = shop.step(movement.clone()).unwrap_err();
        assert!(!matches!(refused, Refusal::Fault(_)), "{movement:?}: {refused}");
    }
    assert_eq!(shop.store.levels().unwrap(), before);
    shop.check();
}

#[test]
fn each_policy_takes_its_batches_and_their_cost() {
    for (policy, sold_value, left) in
        [(IssuePolicy::Fefo, 600, 400), (IssuePolicy::Fifo, 400, 600), (IssuePolicy::Lifo, 700, 300)]
    {
        let mut shop = Shop::open(0, 0);
        let lemon = kirana_contracts::stock::StockItem { policy, ..item("lemon", Unit::Piece) };
        let moment = shop.moment();
        shop.store.setup(moment, &StockSetup { items: vec![lemon], recipes: vec![] }).unwrap();
        // First in costs 100 and keeps two days, second costs 400 and keeps one, third costs 500 and keeps three.
        for (cost, days) in [(100, 2), (400, 1), (500, 3)] {
            let mut batch = receipt("lemon", 10, cost);
            batch.expires_at = Some(shop.now + 24 * HOUR * days);
            shop.receive(batch).unwrap();
        }
        let lemons = vec![line("lemon", 15, &[])];
        // FEFO: 10 of the second, 5 of the first; FIFO: 10 of the first, 5 of the second; LIFO: 10 of the third, 5 of the second.
        let order = shop.place("key", lemons).unwrap();
        shop.pay(&order);
        shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
        let level = shop.store.level("lemon").unwrap();
        let expected = match policy {
            IssuePolicy::Fefo => (400 + 50, 1_000 - 450),
            IssuePolicy::Fifo => (100 + 200, 1_000 - 300),
            IssuePolicy::Lifo => (500 + 200, 1_000 - 700),
        };
        let _ = (sold_value, left);
        let sold: i64 = shop
            .store
            .journal(0, 100)
            .unwrap()
            .iter()
            .filter(|entry| entry.kind == MoveKind::Sale)
            .flat_map(|entry| &entry.moves)
            .map(|part| -part.value)
            .sum();
        assert_eq!((sold, level.value, level.on_hand), (expected.0, expected.1, 15), "{policy:?}");
        shop.check();
    }
}

#[test]
fn recipes_know_measures_and_yields() {
    let mut shop = Shop::open(10, 1_000);
    let setup = StockSetup {
        items: vec![
            kirana_contracts::stock::StockItem { piece_size: Some(120), ..item("lime", Unit::G) },
            item("syrup", Unit::Ml),
        ],
        recipes: vec![Recipe {
            sku: "limeade".into(),
            ingredients: vec![
                Ingredient { sku: "lime".into(), quantity: 100, measure: None, yield_percent: Some(55) },
                Ingredient { sku: "syrup".into(), quantity: 3, measure: Some(Measure::Cl), yield_percent: None },
            ],
        }],
    };
    let moment = shop.moment();
    shop.store.setup(moment, &setup).unwrap();
    let demand = shop.store.demand(&[("limeade", 2)].into()).unwrap();
    assert_eq!(demand, [("lime".to_owned(), 364), ("syrup".to_owned(), 60)].into());
    let mut limes = receipt("lime", 10, 500);
    limes.measure = Some(Measure::Piece);
    assert_eq!(shop.receive(limes).unwrap().level.on_hand, 1_200);
    let unknown = StockSetup {
        items: vec![],
        recipes: vec![Recipe {
            sku: "x".into(),
            ingredients: vec![Ingredient { sku: "nothing".into(), quantity: 1, measure: None, yield_percent: None }],
        }],
    };
    let moment = shop.moment();
    let refused = shop.store.setup(moment, &unknown).unwrap_err();
    assert!(matches!(&refused, Refusal::Invalid { path, .. } if path == "recipes[0].ingredients[0].sku"), "{refused}");
}

#[test]
fn what_expires_is_never_sold_and_goes_by_itself() {
    let mut shop = Shop::open(0, 1_000);
    let mut cups = receipt("cup", 4, 40);
    cups.expires_at = Some(shop.now + 48 * HOUR);
    shop.receive(cups).unwrap();
    let order = shop.place("held", vec![line("milk-tea", 1, &[])]).unwrap();
    shop.pay(&order);
    shop.told();
    shop.pass(24 * HOUR);
    assert!(shop.told().iter().any(|event| matches!(event, EventData::ItemNearExpiry(near) if near.quantity == 4)));
    // The sweep has not run yet, and still nobody gets it.
    shop.now = shop.now + 24 * HOUR;
    assert!(matches!(shop.place("late", vec![line("milk-tea", 1, &[])]), Err(Refusal::OutOfStock(_))));
    shop.pass(Duration::ZERO);
    assert_eq!(shop.free("cup"), (1, 0), "what the order holds stays until the order ends");
    assert!(
        shop.told()
            .iter()
            .any(|event| matches!(event, EventData::ItemExpired(gone) if (gone.quantity, gone.value) == (3, 30)))
    );
    shop.go(&order, Role::Staff, OrderStatus::Cancelled).unwrap();
    assert_eq!(shop.free("cup"), (0, 0));
    assert_eq!(shop.store.level("cup").unwrap().value, 0);
    shop.check();
}

#[test]
fn goods_come_back_to_the_batches_they_came_from() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 7, &[])]).unwrap();
    shop.pay(&order);
    shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
    let back = |quantity| {
        Movement::Return(StockReturn { order_id: order.id, sku: "cup".into(), quantity, reason: "not opened".into() })
    };
    assert_eq!(shop.step(back(6)).unwrap().level.on_hand, 9);
    let refused = shop.step(back(2)).unwrap_err();
    assert!(refused.to_string().contains("used up 1 of cup"), "{refused}");
    assert_eq!(shop.step(back(1)).unwrap().level.on_hand, 10);
    assert_eq!(shop.store.level("cup").unwrap().value, 10, "worth what it was");
    shop.check();
}

#[test]
fn a_transfer_conserves_and_is_told_twice() {
    let (mut from, mut to) = (Shop::open(10, 1_000), Shop::open(1, 1_000));
    let mut cups = receipt("cup", 7, 70);
    cups.expires_at = Some(from.now + HOUR);
    cups.lot = Some("L-1".into());
    from.receive(cups).unwrap();
    let lines = vec![TransferLine { sku: "cup".into(), quantity: 5 }, TransferLine { sku: "cup".into(), quantity: 4 }];
    let out = TransferOut { transfer_id: id(40), lines };
    let moment = from.moment();
    let sent = from.store.transfer_out(moment, &actor(Role::Manager), &out).unwrap();
    let moment = from.moment();
    assert_eq!(
        from.store.transfer_out(moment, &actor(Role::Manager), &out).unwrap(),
        sent,
        "the same answer, nothing moved"
    );
    assert_eq!(from.free("cup"), (8, 8));
    assert_eq!(sent.iter().map(|part| (part.quantity, part.value)).collect::<Vec<_>>(), [(2, 2), (7, 70)].to_vec());
    assert_eq!(sent[1].lot.as_deref(), Some("L-1"));
    for delivery in [1, 1, 1] {
        let came = TransferIn { transfer_id: id(40), delivery, parts: sent.clone() };
        let moment = to.moment();
        to.store.transfer_in(moment, &actor(Role::Manager), &came).unwrap();
    }
    assert_eq!(to.free("cup"), (10, 10));
    let value = from.store.level("cup").unwrap().value + to.store.level("cup").unwrap().value;
    assert_eq!(value, 10 + 70 + 1);
    from.check();
    to.check();
    to.pass(2 * HOUR);
    assert_eq!(to.free("cup"), (3, 3), "the date came along");
}

#[test]
fn a_stocktake_is_approved_by_another() {
    let mut shop = Shop::open(10, 1_000);
    let moment = shop.moment();
    let open = shop.store.open_stocktake(moment, &actor(Role::Staff), None).unwrap();
    let lines = [CountLine { sku: "cup".into(), counted: 8 }, CountLine { sku: "pearls".into(), counted: 1_030 }];
    let moment = shop.moment();
    shop.store.count_stock(moment, open.id, &lines).unwrap();
    // The store goes on selling: the variance stays what it was.
    let order = shop.place("key", vec![line("milk-tea", 3, &[])]).unwrap();
    shop.pay(&order);
    shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
    let moment = shop.moment();
    let refused = shop.store.approve_stocktake(moment, &actor(Role::Manager), open.id).unwrap_err();
    assert!(matches!(refused, Refusal::Forbidden(_)), "who counted does not approve");
    let other = |role| Actor { party: Party { id: id(77), name: "Somchai".into() }, role };
    let moment = shop.moment();
    assert!(matches!(shop.store.approve_stocktake(moment, &other(Role::Staff), open.id), Err(Refusal::Forbidden(_))));
    for _ in 0..2 {
        let moment = shop.moment();
        let approved = shop.store.approve_stocktake(moment, &other(Role::Manager), open.id).unwrap();
        assert_eq!(approved.status, StocktakeStatus::Approved);
    }
    assert_eq!((shop.free("cup").0, shop.free("pearls").0), (5, 940));
    let moment = shop.moment();
    assert!(matches!(shop.store.count_stock(moment, open.id, &lines), Err(Refusal::Conflict(_))));
    shop.check();
}

#[test]
fn a_stocktake_that_misses_what_is_held_changes_nothing() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 9, &[])]).unwrap();
    shop.pay(&order);
    let moment = shop.moment();
    let open = shop.store.open_stocktake(moment, &actor(Role::Staff), None).unwrap();
    let lines = [CountLine { sku: "pearls".into(), counted: 990 }, CountLine { sku: "cup".into(), counted: 8 }];
    let moment = shop.moment();
    shop.store.count_stock(moment, open.id, &lines).unwrap();
    let other = Actor { party: Party { id: id(77), name: "Somchai".into() }, role: Role::Manager };
    let moment = shop.moment();
    let refused = shop.store.approve_stocktake(moment, &other, open.id).unwrap_err();
    assert!(matches!(refused, Refusal::Held { wanted: 2, available: 1, .. }), "{refused}");
    assert_eq!(shop.free("pearls").0, 1_000, "not even the line that would fit");
    shop.check();
}

#[test]
fn a_lease_is_sold_offline_and_reconciled_by_its_counters() {
    let mut shop = Shop::open(10, 1_000);
    let device = id(90);
    let until = shop.now + HOUR;
    let request =
        LeaseRequest { device_id: device, lines: vec![TransferLine { sku: "cup".into(), quantity: 6 }], until };
    let moment = shop.moment();
    let lease = shop.store.grant_lease(moment, None, &request).unwrap();
    assert_eq!(shop.free("cup"), (10, 4));
    let report = |shop: &mut Shop, total, finished| {
        let sales = LeaseSales { sold: vec![Sold { sku: "cup".into(), total }], finished };
        let moment = shop.moment();
        shop.store.report_lease(moment, lease.id, device, &sales)
    };
    // Late, twice and out of order.
    for total in [2, 5, 5, 3] {
        report(&mut shop, total, false).unwrap();
    }
    assert_eq!(shop.free("cup"), (5, 4));
    let moment = shop.moment();
    let stranger = shop.store.report_lease(moment, lease.id, id(91), &LeaseSales { sold: vec![], finished: true });
    assert!(matches!(stranger, Err(Refusal::UnknownDocument(_))));
    // Its time is over: what it did not sell is free; then it comes back and sold more than it had.
    shop.pass(HOUR + Duration::from_secs(900));
    assert_eq!(shop.free("cup"), (5, 5));
    report(&mut shop, 12, true).unwrap();
    assert_eq!(shop.free("cup"), (0, 0));
    let variances = shop.store.variances(false).unwrap();
    assert_eq!((variances.len(), variances[0].quantity, variances[0].sku.as_str()), (1, 2, "cup"));
    let moment = shop.moment();
    shop.store.resolve_variance(moment, variances[0].id, "two came with the machine").unwrap();
    assert!(shop.store.variances(false).unwrap().is_empty());
    shop.check();
}

#[test]
fn offline_sales_are_applied_once_and_never_lost() {
    let mut shop = Shop::open(3, 1_000);
    let sale = |seq: u64, cups| {
        let lines = vec![line("milk-tea", cups, &[])];
        OfflineSale {
            key: format!("till-1-{seq}"),
            seq,
            sold_at: shop.now - HOUR,
            totals: totals(&lines),
            lines,
            tender: "cash".into(),
        }
    };
    let batch = |sales| OfflineBatch { store_id: id(3), store_number: 7, device_id: id(90), sales };
    let first = batch(vec![sale(1, 2), sale(2, 2), sale(4, 1)]);
    let again = batch(vec![sale(2, 2), sale(3, 1), sale(1, 2)]);
    let moment = shop.moment();
    let done = shop.store.offline_sales(&moment, &actor(Role::Device), &first).unwrap();
    let outcomes: Vec<_> = done.iter().map(|result| result.outcome).collect();
    assert_eq!(outcomes, [OfflineOutcome::Applied, OfflineOutcome::AppliedShort, OfflineOutcome::AppliedShort]);
    assert_eq!(shop.store.offline_sales_counted(id(90)).unwrap(), (4, vec![3]));
    let moment = shop.moment();
    let repeated = shop.store.offline_sales(&moment, &actor(Role::Device), &again).unwrap();
    assert_eq!(repeated[0].outcome, OfflineOutcome::Duplicate);
    assert_eq!(repeated[0].order_id, done[1].order_id);
    assert_eq!(repeated[2].outcome, OfflineOutcome::Duplicate);
    assert_eq!(shop.store.offline_sales_counted(id(90)).unwrap(), (4, vec![]));
    let missing: i64 = shop.store.variances(false).unwrap().iter().map(|variance| variance.quantity).sum();
    assert_eq!((shop.free("cup"), missing), ((0, 0), 3), "six sold, three were there");
    let order = shop.store.order(done[0].order_id).unwrap();
    assert_eq!((order.status, order.placed_at), (OrderStatus::Completed, shop.now - HOUR));
    shop.check();
}

#[test]
fn tags_move_goods_once() {
    let mut shop = Shop::open(0, 0);
    let mut cups = receipt("cup", 6, 60);
    cups.tags = vec!["t1".into(), "t2".into(), "t3".into()];
    shop.receive(cups).unwrap();
    let read = |tag: &str, direction| TagRead { tag: tag.into(), direction };
    let moment = shop.moment();
    let reads =
        [read("t1", Direction::Out), read("t1", Direction::Out), read("t9", Direction::Out), read("t2", Direction::In)];
    let moved = shop.store.track_tags(moment, &actor(Role::Device), &reads).unwrap();
    assert_eq!((moved.unknown, moved.unchanged), (vec!["t9".to_owned()], vec!["t2".to_owned()]));
    assert_eq!(shop.free("cup"), (4, 4));
    let moment = shop.moment();
    shop.store.track_tags(moment, &actor(Role::Device), &[read("t1", Direction::In)]).unwrap();
    assert_eq!((shop.free("cup"), shop.store.level("cup").unwrap().value), ((6, 6), 60));
    shop.check();
}

#[test]
fn a_movement_with_a_key_happens_once() {
    let mut shop = Shop::open(10, 1_000);
    let key = Idempotency { scope: "manager".into(), key: "delivery-1".into(), fingerprint: "a".into() };
    let movement = Movement::Receive(receipt("cup", 5, 50));
    let mut answers = Vec::new();
    for _ in 0..3 {
        let moment = shop.moment();
        answers.push(shop.store.move_stock(moment, &actor(Role::Manager), Some(&key), &movement).unwrap());
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(shop.free("cup").0, 15);
    let other = Idempotency { fingerprint: "b".into(), ..key };
    let moment = shop.moment();
    assert_eq!(shop.store.move_stock(moment, &actor(Role::Manager), Some(&other), &movement), Err(Refusal::KeyReused));
}

#[test]
fn a_barcode_is_on_one_item_of_a_store() {
    let mut shop = Shop::open(10, 1_000);
    let mut set = |sku: &str, barcodes: &[&str]| {
        let barcodes = barcodes.iter().map(ToString::to_string).collect();
        let moment = shop.moment();
        shop.store.set_barcodes(moment, &ItemBarcodes { sku: sku.into(), barcodes })
    };
    set("cup", &["4006381333931", "96385074"]).unwrap();
    let at = |refused: Result<(), Refusal>| match refused {
        Err(Refusal::Invalid { path, .. }) => path,
        other => panic!("{other:?}"),
    };
    assert_eq!(at(set("pearls", &["036000291452", "04006381333931"])), "barcodes[1]", "the cup has it");
    assert_eq!(at(set("pearls", &["4006381333932"])), "barcodes[0]", "its check digit is wrong");
    assert_eq!(at(set("pearls", &["036000291452", "0036000291452"])), "barcodes[1]", "one number twice");
    assert_eq!(at(set("pearls", &["4006381333931"; 21])), "barcodes");
    assert_eq!(set("straw", &[]), Err(Refusal::UnknownItem("straw".into())));
    // The cup keeps one and gives the other away.
    set("cup", &["96385074"]).unwrap();
    set("pearls", &["4006381333931"]).unwrap();
    assert_eq!(shop.store.by_barcode("04006381333931").unwrap().sku, "pearls");
    assert_eq!(shop.store.by_barcode("00000096385074").unwrap(), shop.store.level("cup").unwrap());
    assert_eq!(shop.store.by_barcode("00036000291452"), Err(Refusal::UnknownItem("00036000291452".into())));
    let all: Vec<_> = shop.store.barcodes().unwrap().into_iter().map(|one| (one.sku, one.gtin)).collect();
    assert_eq!(all, [("cup".into(), "00000096385074".into()), ("pearls".into(), "04006381333931".to_owned())]);
}

#[test]
fn the_journal_is_read_from_its_end_page_by_page() {
    let mut shop = Shop::open(100, 10_000);
    for number in 1..=25 {
        let moment = shop.moment();
        shop.store.move_stock(moment, &actor(Role::Manager), None, &adjust("cup", number)).unwrap();
    }
    let mut oldest_first = shop.store.journal(0, 100).unwrap();
    oldest_first.reverse();
    let (mut read, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = shop.store.newest_in_journal(before, 10).unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 10 && page.windows(2).all(|pair| pair[0].id > pair[1].id), "{page:?}");
        (before, pages) = (Some(last.id), pages + 1);
        read.extend(page);
    }
    assert_eq!(read, oldest_first);
    assert_eq!(pages, read.len().div_ceil(10));
    // What is written meanwhile is before the first page, and moves nothing between the others.
    let second = shop.store.newest_in_journal(Some(read[9].id), 10).unwrap();
    let moment = shop.moment();
    shop.store.move_stock(moment, &actor(Role::Manager), None, &adjust("cup", 1)).unwrap();
    assert_eq!(shop.store.newest_in_journal(Some(read[9].id), 10).unwrap(), second);
}

#[test]
fn usage_is_read_from_the_journal() {
    let mut shop = Shop::open(100, 10_000);
    let moment = shop.moment();
    let cup = kirana_contracts::stock::StockItem { cover_days: Some(10), ..item("cup", Unit::Piece) };
    shop.store.setup(moment, &StockSetup { items: vec![cup], recipes: vec![] }).unwrap();
    for day in 0..40 {
        let order = shop.place(&format!("day-{day}"), vec![line("milk-tea", 2, &[])]).unwrap();
        shop.pay(&order);
        shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
        shop.pass(24 * HOUR);
    }
    let usage = shop.store.usage(shop.now).unwrap();
    let cups = usage.iter().find(|usage| usage.sku == "cup").unwrap();
    assert_eq!((cups.available, cups.used, cups.days), (20, 56, 28));
    assert_eq!(cups.cover_tenths, Some(100), "20 at 2 a day last ten days");
    assert_eq!(cups.missing, Some(2), "nothing but the two that are to be left then");
}

#[test]
fn a_saturday_is_planned_by_saturdays() {
    let mut shop = Shop::open(500, 50_000);
    let moment = shop.moment();
    let cup = kirana_contracts::stock::StockItem { cover_days: Some(1), ..item("cup", Unit::Piece) };
    shop.store.setup(moment, &StockSetup { items: vec![cup], recipes: vec![] }).unwrap();
    let planned = |shop: &Shop| {
        let usage = shop.store.usage(shop.now).unwrap();
        let cups = usage.iter().find(|usage| usage.sku == "cup").unwrap();
        cups.missing.unwrap() - 2
    };
    // Six on the sixth day of each week, one on the others.
    for day in 0..28 {
        let quantity = if day % 7 == 5 { 6 } else { 1 };
        let order = shop.place(&format!("day-{day}"), vec![line("milk-tea", quantity, &[])]).unwrap();
        shop.pay(&order);
        shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
        shop.pass(24 * HOUR);
    }
    shop.step(spoil("cup", shop.free("cup").0, None)).unwrap();
    let mut plan = Vec::new();
    for _ in 0..7 {
        plan.push(planned(&shop));
        shop.pass(24 * HOUR);
    }
    assert_eq!(plan, [1, 1, 1, 1, 1, 6, 1], "and the two that are to be left");
}

#[test]
fn what_is_found_of_goods_that_are_too_old_is_thrown_away() {
    let mut shop = Shop::open(0, 0);
    for days in [3, 1] {
        let expires_at = Some(shop.now + days * 24 * HOUR);
        shop.receive(kirana_contracts::stock::Receipt { expires_at, ..receipt("cup", 10, 100) }).unwrap();
    }
    shop.pass(2 * 24 * HOUR);
    let found = |shop: &mut Shop| shop.step(adjust("cup", 4)).unwrap().moves[0].batch;
    // The newer batch is gone: what is found can only be of the one that is still good.
    assert_eq!((found(&mut shop), shop.free("cup").0), (1, 14));
    shop.pass(2 * 24 * HOUR);
    assert_eq!(shop.free("cup").0, 0);
    found(&mut shop);
    shop.pass(Duration::from_secs(1));
    assert_eq!(shop.free("cup").0, 0, "nothing that is too old is on the shelf");
    shop.check();
}
