//! A gateway that does not answer: no money is taken twice, nothing is lost, and nobody else waits (R9, R16).

use super::fake::Fake;
use super::{Shop, amount, stripe, total};
use crate::{wait_for_status, wanted};
use kirana_tests::{Client, eventually};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[test]
#[allow(clippy::disallowed_methods)] // the clock: never runs as WASM
fn half_of_the_charges_are_not_answered_and_none_is_made_twice() {
    if !wanted() {
        return;
    }
    let fake = Fake::start();
    let shop = Shop::open("gateways-unknown", &json!({"stripe": stripe(&fake.url)}));
    let orders: Vec<_> = (0..60).map(|_| shop.order(1)).collect();
    let keys: Vec<_> = orders.iter().map(|_| Client::new_key()).collect();
    let initiate = |number: usize| {
        let token = if number.is_multiple_of(2) { "pm_charges_and_is_silent" } else { "pm_card_visa" };
        let body = json!({"order_id": orders[number]["id"], "gateway": "stripe", "token": token});
        shop.customer.post_with_key("/api/v1/payments/initiate", &keys[number], &body).unwrap().expect(201).unwrap()
    };
    let payments: Vec<Value> = (0..60).map(initiate).collect();
    let unknown = payments.iter().filter(|payment| payment["status"] == "unknown").count();
    let settled = payments.iter().filter(|payment| payment["status"] == "completed").count();
    eprintln!("of 60 charges {unknown} are unknown and {settled} completed");
    assert!(unknown >= 20 && settled >= 20 && unknown + settled == 60, "{payments:?}");
    assert!(payments.iter().all(|payment| payment["failure"].is_null()), "silence is no failure");
    // Half of the customers press the button again, too.
    for number in (0..60).step_by(4) {
        assert_eq!(initiate(number)["id"], payments[number]["id"]);
    }
    let mut sweeps = 0;
    eventually("every payment to be known", super::MINUTE, || {
        // Longer than the pause after the first question, so that each sweep finds all of them due.
        std::thread::sleep(Duration::from_secs(3));
        shop.tick();
        sweeps += 1;
        let open = payments.iter().filter(|payment| shop.payment(payment)["status"] != "completed").count();
        if open == 0 { Ok(()) } else { Err(format!("{open} after {sweeps} sweeps")) }
    })
    .unwrap();
    eprintln!("all are known after {sweeps} sweeps");
    assert!(sweeps <= 2, "{sweeps} sweeps");
    let taken = fake.taken();
    assert_eq!((taken.len(), taken.values().max()), (60, Some(&1)), "once each");
    assert_eq!(shop.at_gateways(), orders.iter().map(total).sum::<i64>());
    for order in &orders {
        wait_for_status(&shop.customer, order["id"].as_str().unwrap(), "confirmed");
    }
}

#[test]
#[allow(clippy::disallowed_methods)] // the clock: never runs as WASM
fn a_black_hole_is_asked_once_a_second_and_others_go_on() {
    if !wanted() {
        return;
    }
    let (fake, other) = (Fake::start(), Fake::start());
    let d2i = json!({"base": other.url, "merchant": "m", "key": "k", "notice_secrets": ["s"], "live": false});
    let gateways = json!({"stripe": stripe(&fake.url), "d2i": d2i, "cash_on_delivery": true});
    let shop = Shop::open("gateways-dark", &gateways);
    let orders: Vec<_> = (0..20).map(|_| shop.order(1)).collect();
    fake.set_dark(true);
    let payments: Vec<Value> = std::thread::scope(|scope| {
        let asked: Vec<_> = orders[..6].iter().map(|order| scope.spawn(|| shop.pay(order, "pm_card_visa"))).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(
        payments.iter().all(|payment| payment["status"] == "unknown" && !payment["doubt"].is_null()),
        "{payments:?}"
    );
    // The breaker is open now: who comes is answered at once, and the gateway hears of one in a second.
    let (begun, before) = (Instant::now(), fake.asked());
    let quick: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = orders[6..16].iter().map(|order| scope.spawn(|| shop.pay(order, "pm_card_visa"))).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    // What they are told tells who waited for the gateway and who did not.
    let at_once = quick.iter().filter(|payment| payment["doubt"].to_string().contains("too much of us")).count();
    let heard = fake.asked() - before;
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("{at_once} of 10 were answered at once; {heard} calls in {seconds:.1} s");
    assert!(at_once >= 7, "{quick:?}");
    assert!(heard as f64 <= seconds + 1.0, "{heard} calls in {seconds} s");
    // Another gateway goes on: it answers something else than D2I would, and is asked all the same.
    let cash = shop.initiate(&orders[16], &json!({"gateway": "cash_on_delivery"})).expect(201).unwrap();
    assert_eq!(cash["status"], "pending");
    shop.initiate(&orders[17], &json!({"gateway": "d2i", "return_url": "https://shop.example/back"}))
        .expect(201)
        .unwrap();
    assert!(other.asked() > 0);

    fake.set_dark(false);
    let recovered = Instant::now();
    eventually("every payment to be known", 3 * super::MINUTE, || {
        shop.tick();
        std::thread::sleep(Duration::from_secs(1));
        let open =
            payments.iter().chain(&quick).filter(|payment| shop.payment(payment)["status"] != "completed").count();
        if open == 0 { Ok(()) } else { Err(format!("{open} are open")) }
    })
    .unwrap();
    eprintln!("all are known {:.1} s after it came back", recovered.elapsed().as_secs_f64());
    let taken = fake.taken();
    assert_eq!((taken.len(), taken.values().max()), (16, Some(&1)), "once each");
}

#[test]
fn what_is_called_off_goes_back_by_its_own_gateway_and_what_is_held_is_given_free() {
    if !wanted() {
        return;
    }
    let fake = Fake::start();
    let shop = Shop::open("gateways-called-off", &json!({"stripe": stripe(&fake.url)}));
    let call_off = |order: &Value| {
        let path = format!("/api/v1/orders/{}/cancel", order["id"].as_str().unwrap());
        let done = shop.customer.post(&path, &json!({"reason": "changed my mind"})).unwrap();
        assert!(done.status < 300, "{}", done.text);
    };
    // Held, and called off.
    let order = shop.order(1);
    let held = shop.initiate(&order, &json!({"token": "pm_card_visa", "capture": "manual"})).expect(201).unwrap();
    assert_eq!(held["status"], "authorised");
    call_off(&order);
    shop.until_status(&held, "cancelled");
    // Taken, and called off: the gateway refuses at first, and is asked anew.
    let order = shop.order(1);
    let paid = shop.pay(&order, "pm_card_visa");
    wait_for_status(&shop.customer, order["id"].as_str().unwrap(), "confirmed");
    fake.refuse_refunds(2, "balance_insufficient");
    call_off(&order);
    let back = shop.until_status(&paid, "refunded");
    assert_eq!(back["refunded"], paid["amount"]);
    // Under way, called off, and then taken all the same: nobody was told but the sweep.
    let order = shop.order(1);
    let slow = shop.pay(&order, "pm_pending");
    call_off(&order);
    fake.succeed(slow["reference"].as_str().unwrap());
    shop.until_status(&slow, "refunded");
    assert_eq!((shop.at_gateways(), fake.given().len(), fake.given().values().max().copied()), (0, 2, Some(1)));

    // A refund that would be refused however often it is asked: a person sees it, and may ask for another.
    let order = shop.order(2);
    let paid = shop.pay(&order, "pm_card_visa");
    fake.refuse_refunds(1, "amount_too_large");
    shop.step(&paid, "refund", &json!({"amount": 700, "reason": "cold"})).expect(202).unwrap();
    let path = format!("/api/v1/payments/refunds?store_id={}&status=failed", shop.chain.store);
    let failed = eventually("the refund to be shown", super::MINUTE, || {
        shop.tick();
        let failed = shop.chain.manager.get(&path).map_err(|error| error.to_string())?.body;
        failed["items"].as_array().and_then(|items| items.first().cloned()).ok_or_else(|| failed.to_string())
    })
    .unwrap();
    assert_eq!((&failed["failure"], amount(&failed["amount"])), (&json!("amount_out_of_range"), 700));
    assert_eq!(failed["payment_id"], paid["id"]);
    shop.step(&paid, "refund", &json!({"amount": 600, "reason": "cold"})).expect(202).unwrap();
    shop.until(&paid, "the smaller one to go back", |payment| amount(&payment["refunded"]) == 600);
    // Of what is held a part is taken, and the rest given free.
    let order = shop.order(1);
    let held = shop.initiate(&order, &json!({"token": "pm_card_visa", "capture": "manual"})).expect(201).unwrap();
    let part = json!({"amount": total(&order) - 100});
    let taken = shop.step(&held, "capture", &part).expect(200).unwrap();
    assert_eq!((&taken["status"], amount(&taken["captured"])), (&json!("completed"), total(&order) - 100));
    let other = shop.step(&held, "capture", &json!({"amount": 1})).expect(409).unwrap();
    assert_eq!(other["code"], "not_capturable");
}
