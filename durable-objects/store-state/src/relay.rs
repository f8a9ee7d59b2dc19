//! The way of events out of the store: to each subscriber's queue, and straight to the live topics.

use crate::Place;
use kirana_contracts::live::{LiveMessage, kitchen_topic, order_topic};
use kirana_contracts::order::Order;
use kirana_edge::{Principal, Problem, Result, call, clock, log, outbox, principal};
use kirana_events::{Ack, Pack, PackedEvent, Subscriber};
use kirana_kernel::OrderStatus;
use kirana_sql::Object;
use kirana_store_core::Store;
use serde::Deserialize;
use std::rc::Rc;

/// Takes what is due inside the command's turn, so that no other command can take it twice, and sends it after the answer has
/// gone. The alarm is set before: should this process die, it is sent then.
pub async fn in_background(place: &Rc<Place>) {
    let packs = take(place);
    place.set_alarm().await;
    if !packs.is_empty() {
        let here = place.clone();
        place.state.wait_until(async move { deliver_all(&here, packs).await });
    }
}

/// Sends what is due now.
pub async fn send_due(place: &Place) {
    let packs = take(place);
    place.set_alarm().await;
    deliver_all(place, packs).await;
}

fn take(place: &Place) -> Vec<Pack> {
    place.asleep.set(false);
    let Ok(store) = &place.store else { return Vec::new() };
    store.packs_due(clock::now()).unwrap_or_else(|refusal| {
        log::error("the outbox could not be read", &[("store", &place.name), ("error", &refusal.to_string())]);
        Vec::new()
    })
}

async fn deliver_all(place: &Place, packs: Vec<Pack>) {
    let mut all_sent = true;
    for pack in packs {
        all_sent &= deliver(place, pack).await;
    }
    if !all_sent {
        place.set_alarm().await;
    }
}

/// Sends one pack; false when it did not get through and is due again soon.
async fn deliver(place: &Place, pack: Pack) -> bool {
    let Ok(store) = &place.store else { return false };
    let subscriber = pack.subscriber;
    let sent = if subscriber == Subscriber::Live {
        publish(place, store, pack).await
    } else {
        outbox::send(&place.env, &pack).await
    };
    let Err(problem) = sent else { return true };
    log::error(
        "a pack was not sent; the alarm will send it again",
        &[("store", &place.name), ("subscriber", subscriber.name()), ("problem", &problem.to_string())],
    );
    if let Err(refusal) = store.unsent(subscriber, clock::now()) {
        log::error("the outbox could not be read", &[("store", &place.name), ("error", &refusal.to_string())]);
    }
    false
}

/// Tells the topics of each order, and acknowledges in the topics' place: they keep nothing, and whoever opens a socket
/// gets how things stand. What was told before a fault is acknowledged, so that a long pack gets through in the end.
async fn publish(place: &Place, store: &Store<Object>, pack: Pack) -> Result<()> {
    let caller = principal::service("store-state");
    let (mut upto, mut fault) = (pack.after, None);
    for packed in &pack.events {
        if let Err(problem) = tell(&place.env, packed, &caller).await {
            fault = Some(problem);
            break;
        }
        upto = packed.seq;
    }
    if fault.is_none() {
        upto = pack.upto;
    }
    store.acknowledge(Ack { subscriber: Subscriber::Live, upto }).map_err(Problem::internal)?;
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
