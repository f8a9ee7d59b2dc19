//! Orders that change after they were placed; slots, stations and promises.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod shop;

use kirana_contracts::order::{Discount, Order, OrderLine, OrderPromotion, Weight};
use kirana_contracts::stock::{StockSetup, Unit};
use kirana_contracts::store_state::{Amendment, Bump, Claim, KitchenSettings, PaymentOutcome, Station};
use kirana_events::EventData;
use kirana_kernel::{Currency, Money, OrderStatus, Role};
use kirana_store_core::Refusal;
use shop::{DEADLINE, Shop, actor, baht, id, item, line, receipt, totals};
use std::time::Duration;

fn off(line: usize, quantity: i64) -> Amendment {
    Amendment::CancelItems { line, quantity, reason: "none left".into() }
}

#[test]
fn pieces_are_taken_off_and_paid_back_once() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 3, &[]), line("milk-tea", 1, &[("extra-pearls", 1)])]).unwrap();
    shop.pay(&order);
    shop.told();
    let amended = shop.amend(&order, Role::Staff, off(1, 2)).unwrap();
    assert_eq!((amended.totals.total, amended.totals.tax), (baht(200), baht(13)));
    assert_eq!(shop.free("cup"), (10, 8));
    assert!(
        shop.told()
            .iter()
            .any(|event| matches!(event, EventData::OrderAmended(told) if told.order.totals.total == baht(200)))
    );
    let refused = shop.amend(&order, Role::Staff, off(1, 2)).unwrap_err();
    assert!(refused.to_string().contains("expected 1 to 1"), "{refused}");
    shop.check();
    // The rest of both lines: nothing is left, so the order ends.
    shop.amend(&order, Role::Customer, off(1, 1)).unwrap();
    assert_eq!(shop.amend(&order, Role::Customer, off(2, 1)).unwrap().status, OrderStatus::Cancelled);
    assert_eq!(shop.free("cup"), (10, 10));
    assert!(matches!(shop.amend(&order, Role::Staff, off(2, 1)), Err(Refusal::Conflict(_))));
    shop.check();
}

fn other_lines(lines: Vec<OrderLine>) -> Amendment {
    let totals = totals(&lines);
    Amendment::Lines {
        totals: Box::new(totals),
        lines,
        tax_table: None,
        promotions: Vec::new(),
        claim: None,
        age: None,
    }
}

#[test]
fn an_order_is_edited_until_it_is_made() {
    let mut shop = Shop::open(4, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 2, &[])]).unwrap();
    let edit = |cups| {
        let lines = vec![line("milk-tea", cups, &[])];
        other_lines(lines)
    };
    assert_eq!(shop.amend(&order, Role::Customer, edit(4)).unwrap().totals.total, baht(400));
    assert_eq!(shop.free("cup"), (4, 0));
    let refused = shop.amend(&order, Role::Customer, edit(5)).unwrap_err();
    assert!(matches!(refused, Refusal::OutOfStock(_)), "{refused}");
    assert_eq!(shop.free("cup"), (4, 0), "it still holds what it held");
    // Paid in two parts; what is too much goes back.
    let pay = |shop: &mut Shop, payment, amount| {
        let moment = shop.moment();
        shop.store
            .payment(moment, order.id, &PaymentOutcome::Completed { payment_id: id(payment), amount: baht(amount) })
            .unwrap()
    };
    assert_eq!(pay(&mut shop, 9, 150).status, OrderStatus::Placed);
    assert_eq!(pay(&mut shop, 9, 150).payment.paid, baht(150), "the same payment counts once");
    assert_eq!(pay(&mut shop, 10, 250).status, OrderStatus::Confirmed);
    assert_eq!(shop.amend(&order, Role::Customer, edit(1)).unwrap().totals.total, baht(100));
    assert_eq!(shop.free("cup"), (4, 3));
    let refused = shop
        .amend(
            &order,
            Role::Customer,
            Amendment::Lines {
                lines: vec![line("milk-tea", 3, &[])],
                totals: Box::new(totals(&[line("milk-tea", 5, &[])])),
                tax_table: None,
                promotions: Vec::new(),
                claim: None,
                age: None,
            },
        )
        .unwrap_err();
    assert!(matches!(refused, Refusal::Conflict(_)), "dearer than paid: {refused}");
    shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
    assert!(matches!(shop.amend(&order, Role::Customer, edit(1)), Err(Refusal::Conflict(_))), "too late");
    shop.check();
}

fn weighed(grams: i64) -> OrderLine {
    let weight = Weight { price_per_kg: baht(8_000), estimated_grams: grams, final_grams: None };
    let mut line = line("mango", 1, &[]);
    line.total = weight.price().unwrap();
    line.unit_price = weight.price_per_kg;
    line.weight = Some(weight);
    line
}

#[test]
fn weighed_goods_cost_what_the_scale_says() {
    let mut shop = Shop::open(1, 100);
    let moment = shop.moment();
    shop.store.setup(moment, &StockSetup { items: vec![item("mango", Unit::G)], recipes: vec![] }).unwrap();
    shop.receive(receipt("mango", 1_500, 6_000)).unwrap();
    let order = shop.place("key", vec![weighed(1_000)]).unwrap();
    assert_eq!((order.totals.total, shop.free("mango")), (baht(8_800), (1_500, 400)), "held with a margin of a tenth");
    shop.pay(&order);
    let weigh = |grams| Amendment::Weigh { line: 1, grams };
    let refused = shop.amend(&order, Role::Staff, weigh(1_101)).unwrap_err();
    assert!(refused.to_string().contains("1 to 1100"), "{refused}");
    assert!(matches!(shop.amend(&order, Role::Customer, weigh(10)), Err(Refusal::Forbidden(_))));
    let order = shop.amend(&order, Role::Staff, weigh(955)).unwrap();
    assert_eq!((order.totals.total, shop.free("mango")), (baht(7_640), (1_500, 545)));
    shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
    assert_eq!(shop.free("mango"), (545, 545));
    assert_eq!(shop.store.level("mango").unwrap().value, 2_180);
    shop.check();
}

#[test]
fn a_substitute_needs_the_customers_word_and_is_never_dearer() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap();
    shop.pay(&order);
    let mut dearer = line("milk-tea", 1, &[("extra-pearls", 2)]);
    dearer.unit_price = baht(140);
    dearer.total = baht(140);
    let propose = Amendment::Propose { line: 1, substitute: Box::new(dearer) };
    assert!(matches!(shop.amend(&order, Role::Customer, propose.clone()), Err(Refusal::Forbidden(_))));
    shop.amend(&order, Role::Staff, propose.clone()).unwrap();
    assert_eq!(shop.free("pearls"), (1_000, 970), "nothing moved yet");
    let taken = shop.amend(&order, Role::Customer, Amendment::Answer { line: 1, accept: true }).unwrap();
    assert_eq!((taken.totals.total, shop.free("pearls")), (baht(100), (1_000, 930)));
    assert!(matches!(
        shop.amend(&order, Role::Customer, Amendment::Answer { line: 1, accept: true }),
        Err(Refusal::Conflict(_))
    ));
    shop.amend(&order, Role::Staff, propose).unwrap();
    let ended = shop.amend(&order, Role::Customer, Amendment::Answer { line: 1, accept: false }).unwrap();
    assert_eq!(ended.status, OrderStatus::Cancelled);
    assert_eq!(shop.free("pearls"), (1_000, 1_000));
    shop.check();
}

#[test]
fn a_slot_for_one_takes_one() {
    let mut shop = Shop::open(10, 1_000);
    let settings = KitchenSettings { slot_capacity: Some(1), ..KitchenSettings::default() };
    let moment = shop.moment();
    shop.store.configure_kitchen(moment, &settings).unwrap();
    let at = shop.now + Duration::from_secs(7_200);
    let place = |shop: &mut Shop, key: &str| {
        let mut command = Shop::command(key, "body", vec![line("milk-tea", 1, &[])]);
        command.pickup_at = Some(at);
        let moment = shop.moment();
        shop.store.place(moment, &command).map(|placed| placed.order)
    };
    let first: Order = place(&mut shop, "a").unwrap();
    let refused = place(&mut shop, "b").unwrap_err();
    assert!(
        matches!(&refused, Refusal::SlotFull { next, .. } if next.since(at) <= Duration::from_secs(900)),
        "{refused}"
    );
    assert_eq!(shop.free("cup"), (10, 9), "no stock without a slot");
    let told = shop.store.slots(shop.now, at, at + Duration::from_secs(3_600)).unwrap();
    let left: Vec<_> = told.slots.iter().map(|slot| slot.left).collect();
    assert_eq!((told.slot_minutes, told.soonest > shop.now), (15, true));
    assert_eq!(&left[..2], [Some(0), Some(1)], "what is taken is told: {:?}", told.slots);
    assert!(told.slots.iter().all(|slot| slot.begins > shop.now), "what has begun takes nobody");
    let far = shop.now + Duration::from_secs(30 * 24 * 3_600);
    assert!(matches!(shop.store.slots(shop.now, shop.now, far), Err(Refusal::Invalid { .. })));
    let longer = KitchenSettings { slot_minutes: 30, ..settings };
    let moment = shop.moment();
    assert!(matches!(shop.store.configure_kitchen(moment, &longer), Err(Refusal::Conflict(_))));
    shop.check();
    // Not paid: the place is free again by itself.
    shop.pass(DEADLINE);
    assert_eq!(shop.store.order(first.id).unwrap().status, OrderStatus::Expired);
    place(&mut shop, "c").unwrap();
    shop.check();
}

#[test]
fn an_order_is_ready_when_its_last_station_is() {
    let mut shop = Shop::open(10, 1_000);
    let station = |name: &str, product| Station { name: name.into(), products: vec![id(product)] };
    let settings =
        KitchenSettings { stations: vec![station("bar", 2), station("grill", 50)], ..KitchenSettings::default() };
    let moment = shop.moment();
    shop.store.configure_kitchen(moment, &settings).unwrap();
    let mut toast = line("milk-tea", 1, &[]);
    toast.product_id = id(50);
    let order = shop.place("key", vec![line("milk-tea", 1, &[]), toast]).unwrap();
    assert!(order.promised_at.unwrap() > shop.now);
    assert_eq!(shop.pay(&order).tickets.len(), 2);
    let bump = |shop: &mut Shop, station: Option<&str>| {
        let moment = shop.moment();
        shop.store.bump(moment, order.id, &actor(Role::Staff), &Bump { station: station.map(str::to_owned) })
    };
    assert_eq!(bump(&mut shop, None).unwrap().status, OrderStatus::Preparing);
    assert!(matches!(bump(&mut shop, Some("roof")), Err(Refusal::Invalid { .. })));
    assert_eq!(bump(&mut shop, Some("bar")).unwrap().status, OrderStatus::Preparing);
    shop.now = shop.now + Duration::from_secs(240);
    assert_eq!(bump(&mut shop, Some("grill")).unwrap().status, OrderStatus::Ready);
    let moment = shop.moment();
    let back =
        shop.store.recall(moment, order.id, &actor(Role::Staff), &Bump { station: Some("grill".into()) }).unwrap();
    assert_eq!((back.status, back.tickets[1].bumped_at), (OrderStatus::Preparing, None));
    assert_eq!(bump(&mut shop, None).unwrap().status, OrderStatus::Ready);
    // 240 s for two pieces: the next single cup is promised after two minutes.
    let next = shop.place("next", vec![line("milk-tea", 1, &[])]).unwrap();
    assert_eq!(next.promised_at.unwrap().since(shop.now), Duration::from_secs(120));
    shop.check();
}

#[test]
fn a_payment_under_way_extends_the_hold_but_not_for_ever() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap();
    let pending = PaymentOutcome::Pending { payment_id: id(9) };
    for _ in 0..10 {
        shop.pass(DEADLINE - Duration::from_secs(1));
        let moment = shop.moment();
        shop.store.payment(moment, order.id, &pending).unwrap();
    }
    assert_eq!(shop.store.order(order.id).unwrap().status, OrderStatus::Expired);
    assert_eq!(shop.free("cup"), (10, 10));
    shop.check();
}

/// Three cups at 100.00, of which two promotions take 33.33 and 0.01.
fn discounted() -> (Vec<OrderLine>, Vec<OrderPromotion>) {
    let mut tea = line("milk-tea", 3, &[]);
    let off = |number, amount| Discount { promotion_id: id(number), name: format!("offer {number}"), amount };
    tea.discounts = vec![off(21, satang(3_333)), off(22, satang(1))];
    tea.total = satang(30_000 - 3_334);
    let of = |one: &Discount| OrderPromotion {
        promotion_id: one.promotion_id,
        campaign_id: id(20),
        name: one.name.clone(),
        coupon: None,
        amount: one.amount,
        uses: 1,
    };
    let promotions = tea.discounts.iter().map(of).collect();
    (vec![tea], promotions)
}

fn satang(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

#[test]
fn what_promotions_took_off_follows_the_pieces() {
    let mut shop = Shop::open(9, 1_000);
    let (lines, promotions) = discounted();
    let mut command = Shop::command("key", "print", lines.clone());
    command.totals.discount = Some(satang(3_334));
    command.promotions = promotions;
    command.claim = Some(Claim { id: id(30), good_until: shop.now });
    let moment = shop.moment();
    let order = shop.store.place(moment, &command).unwrap().order;
    assert_eq!((order.claim_id, order.totals.subtotal), (Some(id(30)), satang(26_666)));
    shop.check();
    let off = |quantity| Amendment::CancelItems { line: 1, quantity, reason: "the tea is out".into() };
    let two = shop.amend(&order, Role::Staff, off(1)).unwrap();
    // Two thirds, each rounded down: 22.22 of 33.33, and nothing of 0.01.
    assert_eq!(two.lines[0].discounts.len(), 1);
    assert_eq!((two.totals.discount, two.totals.total), (Some(satang(2_222)), satang(20_000 - 2_222)));
    assert_eq!(two.promotions.iter().map(|one| one.amount).collect::<Vec<_>>(), [satang(2_222), satang(0)]);
    shop.check();
    let told = |shop: &mut Shop| -> Vec<&'static str> { shop.told().iter().map(EventData::type_name).collect() };
    let names = told(&mut shop);
    assert!(names.contains(&"OfferApplied") && !names.contains(&"OfferReleased"), "{names:?}");
    shop.amend(&order, Role::Staff, off(2)).unwrap();
    assert!(told(&mut shop).contains(&"OfferReleased"), "nothing is left of it: as if nothing had been taken off");
    shop.check();
}

#[test]
fn an_order_is_not_placed_with_a_claim_that_ran_out() {
    let mut shop = Shop::open(9, 1_000);
    let (lines, promotions) = discounted();
    let mut command = Shop::command("key", "print", lines);
    command.totals.discount = Some(satang(3_334));
    command.promotions = promotions;
    command.claim = Some(Claim { id: id(30), good_until: shop.now });
    shop.pass(Duration::from_secs(1));
    let moment = shop.moment();
    let refused = shop.store.place(moment, &command).unwrap_err();
    assert!(matches!(refused, Refusal::Conflict(_)), "{refused}");
    assert_eq!(shop.free("cup"), (9, 9), "nothing is held for it");
}

#[test]
fn an_order_that_costs_nothing_is_confirmed_at_once() {
    let mut shop = Shop::open(9, 1_000);
    let mut tea = line("milk-tea", 1, &[]);
    tea.discounts = vec![Discount { promotion_id: id(21), name: "on the house".into(), amount: tea.total }];
    let amount = tea.total;
    tea.total = satang(0);
    let mut command = Shop::command("key", "print", vec![tea]);
    command.totals.discount = Some(amount);
    let name = "on the house".to_owned();
    command.promotions =
        vec![OrderPromotion { promotion_id: id(21), campaign_id: id(20), name, coupon: None, amount, uses: 1 }];
    let moment = shop.moment();
    let order = shop.store.place(moment, &command).unwrap().order;
    assert_eq!(order.status, OrderStatus::Confirmed);
    let moment = shop.moment();
    assert_eq!(shop.store.place(moment, &command).unwrap().order, order, "asked again, it is the same");
    shop.check();
}
