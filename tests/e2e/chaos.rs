//! workerd is killed in the middle of things; what was acknowledged is there, and every event takes effect once.

use crate::ordering::drained;
use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Platform, eventually};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[test]
fn a_kill_between_order_and_payment() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("kill-once").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    platform.kill_and_restart().unwrap();
    let id = order["id"].as_str().unwrap();
    assert_eq!(customer.get(&format!("/api/v1/orders/{id}")).unwrap().expect(200).unwrap(), order);
    pay(&customer, id, "tok_success");
    wait_for_status(&customer, id, "confirmed");
    drained(&chain);
}

#[test]
fn ten_kills_under_load() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("kill-ten").unwrap();
    let chain = Chain::open(&platform, 100_000).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let body = chain.order(&[golden_bubble(1)]);
    let acknowledged = Mutex::new(BTreeSet::new());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    // An answer that did not come, or came in half, is no acknowledgement.
                    let Ok(answer) = customer.post("/api/v1/orders", &body) else { continue };
                    if answer.status == 201 {
                        acknowledged.lock().unwrap().insert(answer.body["id"].as_str().unwrap().to_owned());
                    }
                }
            });
        }
        for kill in 1..=10 {
            let target = kill * 15;
            eventually("load", Duration::from_secs(60), || {
                let count = acknowledged.lock().unwrap().len();
                if count >= target { Ok(()) } else { Err(format!("{count} of {target}")) }
            })
            .unwrap();
            platform.kill_and_restart().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    for id in &acknowledged {
        customer.get(&format!("/api/v1/orders/{id}")).unwrap().expect(200).unwrap();
    }
    drained(&chain);
    // The history was written by events alone: whatever was acknowledged is in it once, and the figures count the same.
    let mut history = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/orders?store_id={}&limit=100{cursor}", chain.store);
        let page = chain.manager.get(&path).unwrap().expect(200).unwrap();
        for order in page["items"].as_array().unwrap() {
            assert!(history.insert(order["id"].as_str().unwrap().to_owned()), "{} is there twice", order["id"]);
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(acknowledged.is_subset(&history), "{} acknowledged, {} in the history", acknowledged.len(), history.len());
    let sales =
        chain.manager.get(&format!("/api/v1/analytics/sales?store_id={}", chain.store)).unwrap().expect(200).unwrap();
    let placed: i64 = sales["days"].as_array().unwrap().iter().map(|day| day["placed"].as_i64().unwrap()).sum();
    assert_eq!(usize::try_from(placed).unwrap(), history.len(), "each order was counted once");
}
