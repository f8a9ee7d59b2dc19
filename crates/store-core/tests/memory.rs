//! What a store keeps in memory follows its tables, and does not outlive a command that failed.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod shop;

use kirana_contracts::stock::{Ingredient, ReceiptBatch, Recipe, StockSetup, Unit};
use kirana_contracts::store_state::{Idempotency, KitchenSettings};
use kirana_events::{Ack, Subscriber};
use kirana_kernel::{Role, Timestamp};
use kirana_store_core::Refusal;
use shop::{Shop, actor, item, line, receipt};

fn set_recipe(shop: &mut Shop, cups: i64) {
    let cup = Ingredient { sku: "cup".into(), quantity: cups, measure: None, yield_percent: None };
    let recipes = vec![Recipe { sku: "milk-tea".into(), ingredients: vec![cup] }];
    let moment = shop.moment();
    shop.store.setup(moment, &StockSetup { items: Vec::new(), recipes }).unwrap();
}

#[test]
fn a_new_recipe_counts_at_once() {
    let mut shop = Shop::open(20, 1_000);
    shop.place("first", vec![line("milk-tea", 1, &[])]).unwrap();
    assert_eq!(shop.free("cup"), (20, 19));
    set_recipe(&mut shop, 4);
    shop.place("second", vec![line("milk-tea", 1, &[])]).unwrap();
    assert_eq!(shop.free("cup"), (20, 15));
    shop.check();
}

#[test]
fn how_the_kitchen_works_counts_at_once() {
    let mut shop = Shop::open(40, 4_000);
    let promised = |shop: &mut Shop, key: &str| {
        let order = shop.place(key, vec![line("milk-tea", 8, &[])]).unwrap();
        order.promised_at.unwrap().since(shop.now)
    };
    let alone = promised(&mut shop, "alone");
    let moment = shop.moment();
    let settings = KitchenSettings { hands: 4, ..KitchenSettings::default() };
    shop.store.configure_kitchen(moment, &settings).unwrap();
    assert_eq!(promised(&mut shop, "together") * 4, alone);
    assert_eq!(shop.store.kitchen_settings().unwrap(), settings);
}

#[test]
fn what_a_failed_command_had_learned_is_forgotten() {
    let mut shop = Shop::open(20, 1_000);
    let batch = ReceiptBatch {
        items: vec![item("straw", Unit::Piece)],
        receipts: vec![receipt("straw", 5, 5), receipt("straw", 5, -1)],
    };
    let moment = shop.moment();
    let refusal = shop.store.receive_all(moment, &actor(Role::Manager), None, &batch).unwrap_err();
    assert!(matches!(&refusal, Refusal::Invalid { path, .. } if path == "receipts[1].cost"), "{refusal:?}");
    assert_eq!(shop.receive(receipt("straw", 5, 5)).unwrap_err(), Refusal::UnknownItem("straw".into()));
    // Neither batches nor entries of the journal were counted for nothing.
    let moved = shop.receive(receipt("cup", 5, 5)).unwrap();
    assert_eq!((moved.moves[0].batch, moved.entry), (5, 5));
    shop.check();
}

#[test]
fn events_that_nobody_has_are_due_until_everybody_has_them() {
    let mut shop = Shop::open(20, 1_000);
    shop.told();
    assert_eq!(shop.store.next_alarm().unwrap(), None);
    let key = Idempotency { scope: "manager".into(), key: "once".into(), fingerprint: String::new() };
    let moment = shop.moment();
    let movement = kirana_contracts::stock::Movement::Receive(receipt("cup", 5, 5));
    shop.store.move_stock(moment, &actor(Role::Manager), Some(&key), &movement).unwrap();
    assert_eq!(shop.store.next_alarm().unwrap(), Some(Timestamp::from_millis(0)), "not sent yet");
    let packs = shop.store.packs_due(shop.now).unwrap();
    let [pack] = &packs[..] else { panic!("{packs:?}") };
    assert_eq!(pack.subscriber, Subscriber::Inventory);
    assert!(shop.store.packs_due(shop.now).unwrap().is_empty(), "it is under way");
    assert!(shop.store.next_alarm().unwrap() > Some(shop.now), "and sent again if nothing is heard");
    // Of what was never sent, and once more of what was: nothing changes.
    shop.store.acknowledge(Ack { subscriber: Subscriber::Inventory, upto: pack.upto + 1 }).unwrap();
    assert_eq!(shop.store.outbox_depth().unwrap(), 1);
    for _ in 0..2 {
        shop.store.acknowledge(Ack { subscriber: Subscriber::Inventory, upto: pack.upto }).unwrap();
        assert_eq!((shop.store.outbox_depth().unwrap(), shop.store.next_alarm().unwrap()), (0, None));
    }
}
