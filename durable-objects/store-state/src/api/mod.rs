//! The commands of a store, as calls.

mod orders;
mod stock;

use crate::{Place, moment, relay};
use kirana_contracts::order::Party;
use kirana_contracts::store_state::{Actor, Idempotency};
use kirana_edge::{Principal, Problem, Result, address, principal};
use kirana_events::{Ack, Subscriber};
use kirana_kernel::Id;
use kirana_sql::Object;
use kirana_store_core::{Moment, Refusal, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::rc::Rc;
use worker::{Method, Request, Response};

/// One call to a store.
pub struct Call<'a> {
    /// The store.
    pub store: &'a Store<Object>,
    /// When, and with which random numbers.
    pub moment: Moment,
    /// Who speaks.
    pub caller: &'a Principal,
    /// The same, for the timeline and the journal.
    pub actor: Actor,
    /// Makes it happen once, where the caller sent a key.
    pub key: Option<Idempotency>,
    /// The query: what lists are asked by.
    pub query: &'a [(String, String)],
    body: &'a str,
}

impl Call<'_> {
    /// The body. Workers of the platform wrote it: what a person sent was read, and found wrong or right, before.
    fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(self.body).map_err(|error| Problem::invalid_field("", error.to_string()))
    }

    /// A number of the query.
    fn number(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|value| value.parse().ok())
    }

    /// A text of the query.
    fn text(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What a command answered, as JSON text; or what it refused, as a problem.
fn told<T: Serialize>(answer: kirana_store_core::Result<T>) -> Result<String> {
    Ok(serde_json::to_string(&answer.map_err(problem)?)?)
}

/// An id in a path.
fn id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Problem::not_found(format!("there is nothing called {text}")))
}

/// Answers one call. Only workers of the platform and people they speak for get here; who may do what to which order was
/// decided by the caller's worker, which the signed principal names.
pub async fn answer(object: &Rc<Place>, mut request: Request) -> Result<Response> {
    let headers = request.headers().clone();
    let caller = principal::verify_value(headers.get(principal::HEADER)?.as_deref(), &object.env)?;
    let request_id = headers.get("x-request-id")?.unwrap_or_default();
    let method = request.method();
    let path = request.path();
    let query = address::pairs(&request);
    let body = if method == Method::Get { String::new() } else { request.text().await? };
    // A service that repeats a call for somebody sends that somebody's key along.
    let key = headers.get("idempotency-key")?.map(|key| Idempotency {
        scope: caller.id.to_string(),
        key,
        fingerprint: fingerprint(body.as_bytes()),
    });
    object.wake().await;
    let call = Call {
        store: object.store()?,
        moment: moment(&request_id),
        actor: Actor { party: Party { id: caller.id, name: caller.name.clone() }, role: caller.acting_role() },
        caller: &caller,
        key,
        query: &query,
        body: &body,
    };
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let answer = match (method.as_ref(), segments.as_slice()) {
        ("POST", ["outbox", "ack"]) => {
            caller.require_service()?;
            told(call.store.acknowledge(call.read::<Ack>()?).map(|()| true))?
        }
        ("GET", ["outbox", name]) => {
            let subscriber = Subscriber::from_name(name);
            let subscriber = subscriber.ok_or_else(|| Problem::not_found(format!("there is no subscriber {name}")))?;
            told(call.store.progress(subscriber))?
        }
        ("GET", ["invariants"]) => {
            let violations = call.store.violations().map_err(problem)?;
            json!({"violations": violations, "outbox_depth": call.store.outbox_depth().map_err(problem)?}).to_string()
        }
        (verb, ["orders" | "tickets" | "kitchen" | "offline-sales", ..]) => orders::answer(&call, verb, &segments)?,
        (verb, _) => stock::answer(&call, verb, &segments)?,
    };
    if method != Method::Get || object.asleep.get() {
        relay::in_background(object).await;
    }
    let response = Response::ok(answer)?;
    response.headers().set("content-type", "application/json")?;
    Ok(response)
}

/// Of the bytes, not of what was read from them: what differs only in a typo is another request.
fn fingerprint(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// There is no such call.
fn no_call(verb: &str, segments: &[&str]) -> Problem {
    Problem::not_found(format!("a store has no call {verb} /{}", segments.join("/")))
}

fn problem(refusal: Refusal) -> Problem {
    let detail = refusal.to_string();
    match refusal {
        Refusal::OutOfStock(short) => Problem::conflict("out_of_stock", detail).with("short", json!(short)),
        Refusal::NotStocked(skus) => Problem::conflict("not_stocked", detail).with("skus", json!(skus)),
        Refusal::Held { sku, wanted, available } => Problem::conflict("held_for_orders", detail)
            .with("sku", sku)
            .with("wanted", wanted)
            .with("available", available),
        Refusal::SlotFull { next, .. } => Problem::conflict("slot_full", detail).with("next_slot", next.to_string()),
        Refusal::KeyReused => Problem::unprocessable("idempotency_key_reused", detail),
        Refusal::UnknownOrder(_) | Refusal::UnknownItem(_) | Refusal::UnknownDocument(_) => Problem::not_found(detail),
        Refusal::Transition { from, to } => {
            let next: Vec<_> = from.next().iter().map(|next| next.name()).collect();
            Problem::conflict("invalid_transition", detail)
                .with("from", from.name())
                .with("to", to.name())
                .with("allowed", next)
        }
        Refusal::AgeNotProved => Problem::conflict("age_check_required", detail),
        Refusal::Conflict(_) => Problem::conflict("conflict", detail),
        Refusal::Forbidden(_) => Problem::forbidden(detail),
        Refusal::Invalid { path, message } => Problem::invalid_field(path, message),
        Refusal::Fault(error) => Problem::internal(error),
    }
}
