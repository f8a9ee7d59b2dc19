//! Calls about orders and the kitchen.

use super::{Call, id, no_call, problem, told};
use kirana_contracts::stock::OfflineBatch;
use kirana_contracts::store_state::{
    Amendment, Bump, ChangeStatus, Forget, KitchenSettings, PaymentOutcome, PlaceOrder,
};
use kirana_edge::Result;
use kirana_kernel::Timestamp;
use serde::Deserialize;
use serde_json::json;

/// What was asked of a store before: the answer to an idempotency key.
#[derive(Deserialize)]
struct Replay {
    scope: String,
    key: String,
    fingerprint: String,
}

/// Answers a call about orders.
pub fn answer(call: &Call<'_>, verb: &str, segments: &[&str]) -> Result<String> {
    let store = call.store;
    let moment = call.moment.clone();
    match (verb, segments) {
        ("POST", ["orders"]) => {
            let placed = store.place(moment, &call.read::<PlaceOrder>()?).map_err(problem)?;
            // Written by hand: as a `Value`, an order would be built twice.
            Ok(format!(r#"{{"order":{},"replayed":{}}}"#, serde_json::to_string(&placed.order)?, placed.replayed))
        }
        ("POST", ["orders", "replay"]) => {
            let key: Replay = call.read()?;
            told(store.replay(&key.scope, &key.key, &key.fingerprint))
        }
        ("POST", ["orders", "forget"]) => {
            call.caller.require_service()?;
            told(store.forget(moment, &call.read::<Forget>()?))
        }
        ("GET", ["orders", order]) => told(store.order(id(order)?)),
        ("POST", ["orders", order, "status"]) => {
            told(store.change_status(moment, id(order)?, &call.actor, &call.read::<ChangeStatus>()?))
        }
        ("POST", ["orders", order, "payment"]) => {
            call.caller.require_service()?;
            told(store.payment(moment, id(order)?, &call.read::<PaymentOutcome>()?))
        }
        ("POST", ["orders", order, "amend"]) => {
            told(store.amend(moment, id(order)?, &call.actor, &call.read::<Amendment>()?))
        }
        ("POST", ["orders", order, "bump"]) => told(store.bump(moment, id(order)?, &call.actor, &call.read::<Bump>()?)),
        ("POST", ["orders", order, "recall"]) => {
            told(store.recall(moment, id(order)?, &call.actor, &call.read::<Bump>()?))
        }
        ("GET", ["tickets"]) => told(store.tickets()),
        ("GET", ["kitchen", "settings"]) => told(store.kitchen_settings()),
        ("GET", ["kitchen", "slots", from, until]) => {
            let time = |text: &str| text.parse::<i64>().map(Timestamp::from_millis);
            let (Ok(from), Ok(until)) = (time(from), time(until)) else { return Err(no_call(verb, segments)) };
            told(store.slots(moment.now, from, until))
        }
        ("PUT" | "POST", ["kitchen", "settings"]) => {
            let settings: KitchenSettings = call.read()?;
            told(store.configure_kitchen(moment, &settings).map(|()| settings))
        }
        ("POST", ["offline-sales"]) => told(store.offline_sales(&moment, &call.actor, &call.read::<OfflineBatch>()?)),
        ("GET", ["offline-sales", device]) => {
            let (seq, missing) = store.offline_sales_counted(id(device)?).map_err(problem)?;
            Ok(json!({"seq": seq, "missing": missing}).to_string())
        }
        _ => Err(no_call(verb, segments)),
    }
}
