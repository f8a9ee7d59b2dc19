//! What follows from a frame, after it: events to their subscribers, calls to other workers.

use crate::{DeviceHub, moment, sockets};
use kirana_contracts::store_state::object_name;
use kirana_devices::hub::{Target, Work};
use kirana_edge::call::{self, Callee};
use kirana_edge::{Principal, Result, clock, log, outbox};
use kirana_events::Pack;
use kirana_kernel::Role;
use serde_json::Value;
use worker::Env;

/// Turns of calls in one go: the answer of one is often the next.
const TURNS: usize = 10;

/// Sends events after the answer has gone, and has the alarm make the calls: they answer into the tables of this object.
pub fn in_background(hub: &DeviceHub) {
    let packs = packs(hub);
    if packs.is_empty() {
        return;
    }
    let (env, name) = (hub.env.clone(), hub.name.clone());
    hub.state.wait_until(async move { send(&env, &name, packs).await });
}

fn packs(hub: &DeviceHub) -> Vec<Pack> {
    let Ok(core) = &hub.hub else { return Vec::new() };
    core.packs_due(clock::now()).unwrap_or_else(|refusal| {
        log::error("the outbox could not be read", &[("hub", &hub.name), ("error", &refusal.to_string())]);
        Vec::new()
    })
}

/// A pack that does not get through is sent again by the alarm.
async fn send(env: &Env, name: &str, packs: Vec<Pack>) {
    for pack in packs {
        if let Err(problem) = outbox::send(env, &pack).await {
            log::error("a pack was not sent", &[("hub", name), ("problem", &problem.to_string())]);
        }
    }
}

/// Sends what is due, and makes the calls that are.
pub async fn work(hub: &DeviceHub) {
    send(&hub.env, &hub.name, packs(hub)).await;
    let Ok(core) = &hub.hub else { return };
    for _ in 0..TURNS {
        let due = match core.work_due(clock::now()) {
            Ok(due) if due.is_empty() => return,
            Ok(due) => due,
            Err(refusal) => {
                log::error("the work could not be read", &[("hub", &hub.name), ("error", &refusal.to_string())]);
                return;
            }
        };
        for work in due {
            let answer = ask(hub, &work).await.map_err(|problem| (problem.status, problem.detail));
            match core.answered(&work, &answer, &moment()) {
                Ok(outputs) => sockets::say(hub, None, &[], outputs),
                Err(refusal) => {
                    log::error("an answer could not be taken", &[("hub", &hub.name), ("error", &refusal.to_string())]);
                }
            }
        }
    }
}

/// Makes a call as the device: it may do what a device of its store may.
async fn ask(hub: &DeviceHub, work: &Work) -> Result<Value> {
    let device = Principal {
        id: work.call.device,
        name: work.name.clone(),
        roles: vec![Role::Device],
        stores: vec![work.store_id],
        franchisee: None,
        session: None,
        version: 0,
        from: None,
    };
    let store: u32 = hub.name.strip_prefix("hub-").and_then(|number| number.parse().ok()).unwrap_or(0);
    let callee: Callee<'_> = match work.call.target {
        Target::Orders => call::service(&hub.env, "ORDERS", &device),
        Target::Payments => call::service(&hub.env, "PAYMENTS", &device),
        Target::Store => call::object(&hub.env, "STORE_STATE", object_name(store), &device),
    };
    let callee = callee.keyed(work.call.key.as_deref()).repeatable();
    match work.call.method.as_str() {
        "GET" => callee.get(&work.call.path).await,
        "PUT" => callee.put(&work.call.path, &work.call.body).await,
        _ => callee.post(&work.call.path, &work.call.body).await,
    }
}
