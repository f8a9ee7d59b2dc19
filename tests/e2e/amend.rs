//! Orders that change after they were placed: stock and money follow.

use crate::ordering::drained;
use crate::{apart, pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Platform, eventually};
use serde_json::json;
use std::time::Duration;

#[test]
fn what_is_taken_off_is_paid_back() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("amend").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(2)])).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap();
    let path = format!("/api/v1/orders/{id}");
    let price = order["totals"]["total"]["amount"].as_i64().unwrap() / 2;
    let edited =
        customer.put(&format!("{path}/lines"), &json!({"lines": [golden_bubble(3)]})).unwrap().expect(200).unwrap();
    assert_eq!(edited["totals"]["total"]["amount"], price * 3);
    pay(&customer, id, "tok_success");
    wait_for_status(&customer, id, "confirmed");

    let dearer = customer.put(&format!("{path}/lines"), &json!({"lines": [golden_bubble(4)]})).unwrap();
    assert_eq!(dearer.expect(409).unwrap()["code"], "conflict");
    let off = json!({"quantity": 1, "reason": "the last jelly fell"});
    let less = chain.staff.post(&format!("{path}/lines/1/cancel"), &off).unwrap().expect(200).unwrap();
    assert_eq!((less["totals"]["total"]["amount"].as_i64(), chain.stock("cup").unwrap()), (Some(price * 2), (10, 8)));
    let (_, stranger) = chain.customer().unwrap();
    stranger.post(&format!("{path}/lines/1/cancel"), &off).unwrap().expect(404).unwrap();

    eventually("the difference to be given back, once", Duration::from_secs(60), || {
        let found = customer.get(&path).map_err(|error| error.to_string())?.body;
        if found["payment"]["refunded"]["amount"] == price { Ok(()) } else { Err(found["payment"].to_string()) }
    })
    .unwrap();
    drained(&chain);
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let balances: Vec<_> =
        ledger.as_array().unwrap().iter().map(|account| account["balance"].as_i64().unwrap()).collect();
    assert_eq!((balances.iter().sum::<i64>(), balances.iter().max().copied()), (0, Some(price * 2)));
}

#[test]
#[allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM
fn slots_stations_and_promises() {
    if !wanted() {
        return;
    }
    let chain = apart(10);
    let kitchen = format!("/api/v1/stores/{}/kitchen/settings", chain.store);
    let settings = json!({"slot_capacity": 1});
    assert_eq!(chain.staff.put(&kitchen, &settings).unwrap().status, 403);
    chain.manager.put(&kitchen, &settings).unwrap().expect(200).unwrap();
    chain.manager.put(&kitchen, &json!({"slot_minutes": 3})).unwrap().expect(422).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let mut order = chain.order(&[golden_bubble(1)]);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    // A whole number of quarters of an hour ahead, as RFC 3339.
    let at = (now / 900 + 8) * 900;
    order["pickup_at"] = json!(rfc3339(at));
    let buyers: Vec<_> = std::thread::scope(|scope| {
        let buyers: Vec<_> = (0..2).map(|_| scope.spawn(|| customer.post("/api/v1/orders", &order).unwrap())).collect();
        buyers.into_iter().map(|buyer| buyer.join().unwrap()).collect()
    });
    let mut statuses: Vec<_> = buyers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let refused = buyers.iter().find(|answer| answer.status == 409).unwrap();
    assert_eq!((&refused.body["code"], &refused.body["next_slot"]), (&json!("slot_full"), &json!(rfc3339(at + 900))));
    let placed = buyers.iter().find(|answer| answer.status == 201).unwrap();
    assert!(placed.body["promised_at"].as_str() >= order["pickup_at"].as_str());
    chain.check().unwrap();
}

/// Of seconds since 1970, by the days of the civil calendar.
pub fn rfc3339(seconds: u64) -> String {
    let (days, time) = (i64::try_from(seconds / 86_400).unwrap() + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (date, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}.000Z", time / 3_600, time / 60 % 60, time % 60)
}
