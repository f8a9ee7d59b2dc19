//! Goods that may be spoilt are not sold until a person has looked, whatever happens meanwhile.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod shop;

use kirana_contracts::stock::{
    Adjustment, Movement, Quarantine, QuarantineOutcome, QuarantineRequest, Spoilage, TransferLine, TransferOut,
};
use kirana_kernel::{OrderStatus, Role};
use kirana_store_core::Refusal;
use proptest::prelude::*;
use shop::{DEADLINE, Shop, actor, id, line, receipt};

fn mark(shop: &mut Shop, number: u8, sku: &str) -> Quarantine {
    let moment = shop.moment();
    let request = QuarantineRequest { id: id(number), skus: vec![sku.into()], reason: "the fridge was warm".into() };
    let marked = shop.store.quarantine(moment.clone(), &request).unwrap();
    assert_eq!(shop.store.quarantine(moment, &request).unwrap(), marked, "told twice it is one");
    shop.check();
    marked
}

fn end(shop: &mut Shop, number: u8, outcome: QuarantineOutcome) -> Quarantine {
    let moment = shop.moment();
    let ended = shop.store.end_quarantine(moment, &actor(Role::Manager), id(number), outcome).unwrap();
    shop.check();
    ended
}

fn stands(shop: &Shop, sku: &str) -> (i64, i64, i64, i64) {
    let level = shop.store.level(sku).unwrap();
    (level.on_hand, level.reserved, level.quarantined, level.available)
}

#[test]
fn what_is_suspect_is_not_sold_and_what_is_released_is() {
    let mut shop = Shop::open(4, 1_000);
    let marked = mark(&mut shop, 20, "cup");
    assert_eq!(marked.batches.iter().map(|batch| batch.quantity).sum::<i64>(), 4);
    assert_eq!(stands(&shop, "cup"), (4, 0, 4, 0));
    assert!(shop.store.batches(Some("cup")).unwrap().iter().all(|batch| batch.suspect));
    assert_eq!(shop.store.sold_out(&["milk-tea".into(), "nothing".into()]).unwrap(), ["milk-tea", "nothing"]);
    let refused = shop.place("1", vec![line("milk-tea", 1, &[])]).unwrap_err();
    assert!(matches!(refused, Refusal::OutOfStock(_)), "{refused}");
    let moment = shop.moment();
    let lines = vec![TransferLine { sku: "cup".into(), quantity: 1 }];
    let out = shop.store.transfer_out(moment, &actor(Role::Manager), &TransferOut { transfer_id: id(60), lines });
    assert!(matches!(out.unwrap_err(), Refusal::OutOfStock(_)));
    // Goods that come in afterwards are good, and go first whatever their date.
    shop.step(Movement::Receive(receipt("cup", 2, 20))).unwrap();
    assert_eq!(stands(&shop, "cup"), (6, 0, 4, 2));
    shop.place("2", vec![line("milk-tea", 2, &[])]).unwrap();
    assert!(shop.place("3", vec![line("milk-tea", 1, &[])]).is_err());
    // A correction takes nothing away from goods that somebody has yet to look at.
    let moment = shop.moment();
    let missing = Movement::Adjust(Adjustment { sku: "cup".into(), delta: -1, reason: "counted".into() });
    let refused = shop.store.move_stock(moment, &actor(Role::Manager), None, &missing).unwrap_err();
    assert!(matches!(refused, Refusal::Held { available: 0, .. }), "{refused}");
    end(&mut shop, 20, QuarantineOutcome::Released);
    assert_eq!(stands(&shop, "cup"), (6, 2, 0, 4));
    shop.place("4", vec![line("milk-tea", 4, &[])]).unwrap();
    // Who looks a second time finds what was decided.
    assert_eq!(end(&mut shop, 20, QuarantineOutcome::Spoilt).outcome, Some(QuarantineOutcome::Released));
    assert!(shop.store.quarantines(false).unwrap().is_empty() && shop.store.quarantines(true).unwrap().len() == 1);
}

#[test]
fn spoilt_goods_go_and_an_order_gets_others_where_there_are_any() {
    let mut shop = Shop::open(5, 1_000);
    let first = shop.place("1", vec![line("milk-tea", 2, &[])]).unwrap();
    let second = shop.place("2", vec![line("milk-tea", 2, &[])]).unwrap();
    let marked = mark(&mut shop, 20, "cup");
    assert_eq!(marked.batches.iter().map(|batch| batch.held).sum::<i64>(), 4);
    assert_eq!(stands(&shop, "cup"), (5, 4, 1, 0));
    // A new delivery is enough for the order that came first.
    shop.step(Movement::Receive(receipt("cup", 2, 20))).unwrap();
    end(&mut shop, 20, QuarantineOutcome::Spoilt);
    assert_eq!(stands(&shop, "cup"), (4, 4, 0, 0), "one free and two that were swapped are gone");
    let cups = shop.store.batches(Some("cup")).unwrap();
    assert_eq!(cups.iter().filter(|batch| !batch.suspect).map(|batch| batch.reserved).sum::<i64>(), 2);
    // The other one is not paid: what it lets go of is thrown away, and not sold.
    assert_eq!(shop.pay(&first).status, OrderStatus::Confirmed);
    shop.pass(DEADLINE);
    shop.check();
    assert_eq!(shop.store.order(second.id).unwrap().status, OrderStatus::Expired);
    assert_eq!(stands(&shop, "cup"), (2, 2, 0, 0));
}

#[test]
fn goods_of_two_quarantines_wait_for_both() {
    let mut shop = Shop::open(4, 1_000);
    mark(&mut shop, 20, "cup");
    mark(&mut shop, 21, "cup");
    end(&mut shop, 20, QuarantineOutcome::Released);
    assert_eq!(stands(&shop, "cup"), (4, 0, 4, 0));
    // A batch can be thrown away by hand meanwhile.
    let batch = shop.store.batches(Some("cup")).unwrap()[0].clone();
    let spoilt = Spoilage { sku: "cup".into(), quantity: batch.on_hand, batch: Some(batch.id), reason: "mould".into() };
    shop.step(Movement::Spoil(spoilt)).unwrap();
    end(&mut shop, 21, QuarantineOutcome::Spoilt);
    assert_eq!(stands(&shop, "cup").0, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens in whatever order: of a suspect batch nothing is sold or held that was not before, and free goods are those that are
    /// neither held nor suspect.
    #[test]
    fn nothing_suspect_is_sold(steps in prop::collection::vec((0_u8..7, 1_i64..5), 1..40)) {
        let mut shop = Shop::open(12, 10_000);
        let (mut orders, mut marks) = (Vec::new(), 20_u8);
        for (number, (what, quantity)) in (1_u8..).zip(steps) {
            let before = shop.store.batches(Some("cup")).unwrap();
            match what {
                0 | 1 => orders.extend(shop.place(&number.to_string(), vec![line("milk-tea", quantity, &[])])),
                2 => drop(shop.step(Movement::Receive(receipt("cup", quantity, 10)))),
                3 => {
                    mark(&mut shop, marks, "cup");
                    marks += 1;
                }
                4 | 5 if marks > 20 => {
                    let outcome =
                        if what == 4 { QuarantineOutcome::Released } else { QuarantineOutcome::Spoilt };
                    let which = 20 + u8::try_from(quantity).unwrap() % (marks - 20);
                    end(&mut shop, which, outcome);
                }
                _ => shop.pass(DEADLINE / 3),
            }
            shop.check();
            if what != 4 && what != 5 {
                for batch in shop.store.batches(Some("cup")).unwrap().iter().filter(|batch| batch.suspect) {
                    let was = before.iter().find(|one| one.id == batch.id).unwrap();
                    prop_assert!(batch.reserved <= was.reserved);
                }
            }
            let level = shop.store.level("cup").unwrap();
            let free: i64 = shop.store.batches(Some("cup")).unwrap().iter().filter(|batch| !batch.suspect)
                .map(|batch| batch.on_hand - batch.reserved).sum();
            prop_assert_eq!(level.available, free);
        }
    }
}
