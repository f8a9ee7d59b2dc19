//! The way of events out of the store: to each subscriber's queue, and straight to the live topics.

use crate::StoreState;
use kirana_contracts::live::{LiveMessage, kitchen_topic, order_topic};
use kirana_contracts::order::Order;
use kirana_edge::{Principal, Result, call, clock, log, outbox, principal};
use kirana_events::{Ack, Pack, PackedEvent, Subscriber};
use kirana_kernel::OrderStatus;
use serde::Deserialize;

/// Sends what is due after the answer has gone.
pub fn in_background(object: &StoreState) {
    let (env, name) = (object.env.clone(), object.name.clone());
    // Packs are taken inside the command's turn, so that no other command can take them twice.
    let packs = take(object);
    object.state.wait_until(async move {
        for pack in packs {
            deliver(&env, &name, pack).await;
        }
    });
}

/// Sends what is due now.
pub async fn send_due(object: &StoreState) {
    for pack in take(object) {
        deliver(&object.env, &object.name, pack).await;
    }
}

fn take(object: &StoreState) -> Vec<Pack> {
    let Ok(store) = &object.store else { return Vec::new() };
    store.packs_due(clock::now()).unwrap_or_else(|refusal| {
        log::error("the outbox could not be read", &[("store", &object.name), ("error", &refusal.to_string())]);
        Vec::new()
    })
}

/// A pack that does not get through is sent again by the alarm.
async fn deliver(env: &worker::Env, store: &str, pack: Pack) {
    let subscriber = pack.subscriber;
    let sent =
        if subscriber == Subscriber::Live { publish(env, store, pack).await } else { outbox::send(env, &pack).await };
    if let Err(problem) = sent {
        log::error(
            "a pack was not sent; the alarm will send it again",
            &[("store", store), ("subscriber", subscriber.name()), ("problem", &problem.to_string())],
        );
    }
}

/// Tells the topics of each order, and acknowledges in the topics' place: they keep nothing, and whoever opens a socket
/// gets how things stand. What was told before a fault is acknowledged, so that a long pack gets through in the end.
async fn publish(env: &worker::Env, store: &str, pack: Pack) -> Result<()> {
    let caller = principal::service("store-state");
    let (mut upto, mut fault) = (pack.after, None);
    for packed in &pack.events {
        if let Err(problem) = tell(env, packed, &caller).await {
            fault = Some(problem);
            break;
        }
        upto = packed.seq;
    }
    if fault.is_none() {
        upto = pack.upto;
    }
    if upto > pack.after {
        let ack = Ack { subscriber: Subscriber::Live, upto };
        let object = call::object(env, "STORE_STATE", store.to_owned(), &caller).repeatable();
        object.post::<_, bool>("/outbox/ack", &ack).await?;
    }
    fault.map_or(Ok(()), Err)
}

/// Tells the topics of one event's order.
async fn tell(env: &worker::Env, packed: &PackedEvent, caller: &Principal) -> Result<()> {
    let Told { name, data } = serde_json::from_str(packed.event.get())?;
    let Some(order) = data.order else { return Ok(()) };
    let in_kitchen = !matches!(order.status, OrderStatus::Placed | OrderStatus::Expired);
    let mut topics = vec![order_topic(order.id)];
    topics.extend(in_kitchen.then(|| kitchen_topic(order.store_number)));
    let message = LiveMessage::Changed { event: name, order: Box::new(order) };
    for topic in topics {
        call::object(env, "LIVE_TOPIC", topic, caller).repeatable().post::<_, bool>("/publish", &message).await?;
    }
    Ok(())
}

/// As much of an event as the topics tell.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    name: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    order: Option<Order>,
}
