//! The commands of a store, as calls.

use crate::{StoreState, moment, relay};
use kirana_contracts::order::Party;
use kirana_contracts::store_state::{Actor, Adjustment, ChangeStatus, PaymentOutcome, PlaceOrder, Receipt, StockSetup};
use kirana_edge::{Principal, Problem, Result, principal};
use kirana_events::Ack;
use kirana_kernel::Id;
use kirana_store_core::Refusal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use worker::{Request, Response};

/// What was asked of a store before: the answer to an idempotency key.
#[derive(Deserialize)]
struct Replay {
    scope: String,
    key: String,
    fingerprint: String,
}

/// Answers one call. Only workers of the platform and people they speak for get here; who may do what to which order was
/// decided by the caller's worker, which the signed principal names.
pub async fn answer(object: &StoreState, mut request: Request) -> Result<Response> {
    let caller = principal::verify_value(request.headers().get(principal::HEADER)?.as_deref(), &object.env)?;
    let request_id = request.headers().get("x-request-id")?.unwrap_or_default();
    let method = request.method();
    let path = request.path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let body = if method == worker::Method::Get { Vec::new() } else { request.bytes().await? };
    let store = object.store()?;
    let moment = moment(&request_id);
    let actor = actor(&caller);
    let answer = match (method.as_ref(), segments.as_slice()) {
        ("POST", ["orders"]) => {
            let placed = store.place(moment, &read::<PlaceOrder>(&body)?).map_err(problem)?;
            json!({"order": placed.order, "replayed": placed.replayed})
        }
        ("POST", ["orders", "replay"]) => {
            let key: Replay = read(&body)?;
            json!(store.replay(&key.scope, &key.key, &key.fingerprint).map_err(problem)?)
        }
        ("GET", ["orders", id]) => json!(store.order(order_id(id)?).map_err(problem)?),
        ("POST", ["orders", id, "status"]) => {
            let change: ChangeStatus = read(&body)?;
            json!(store.change_status(moment, order_id(id)?, &actor, &change).map_err(problem)?)
        }
        ("POST", ["orders", id, "payment"]) => {
            caller.require_service()?;
            json!(store.payment(moment, order_id(id)?, &read::<PaymentOutcome>(&body)?).map_err(problem)?)
        }
        ("GET", ["tickets"]) => json!(store.tickets().map_err(problem)?),
        ("GET", ["stock"]) => json!(store.levels().map_err(problem)?),
        ("POST", ["setup"]) => {
            store.setup(moment, &read::<StockSetup>(&body)?).map_err(problem)?;
            Value::Bool(true)
        }
        ("POST", ["receive"]) => json!(store.receive(moment, &actor, &read::<Receipt>(&body)?).map_err(problem)?),
        ("POST", ["adjust"]) => json!(store.adjust(moment, &actor, &read::<Adjustment>(&body)?).map_err(problem)?),
        ("POST", ["outbox", "ack"]) => {
            caller.require_service()?;
            store.acknowledge(read::<Ack>(&body)?).map_err(problem)?;
            Value::Bool(true)
        }
        ("GET", ["invariants"]) => {
            let violations = store.violations(moment.now).map_err(problem)?;
            json!({"violations": violations, "outbox_depth": store.outbox_depth().map_err(problem)?})
        }
        _ => return Err(Problem::not_found(format!("a store has no call {} {path}", method.as_ref()))),
    };
    if method != worker::Method::Get {
        object.set_alarm().await;
        relay::in_background(object);
    }
    Ok(Response::from_json(&answer)?)
}

fn actor(caller: &Principal) -> Actor {
    Actor { party: Party { id: caller.id, name: caller.name.clone() }, role: caller.acting_role() }
}

fn order_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Problem::not_found("there is no such order"))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    kirana_edge::parse_json(body)
}

fn problem(refusal: Refusal) -> Problem {
    let detail = refusal.to_string();
    match refusal {
        Refusal::OutOfStock(short) => Problem::conflict("out_of_stock", detail).with("short", json!(short)),
        Refusal::NotStocked(skus) => Problem::conflict("not_stocked", detail).with("skus", json!(skus)),
        Refusal::KeyReused => Problem::unprocessable("idempotency_key_reused", detail),
        Refusal::UnknownOrder(_) | Refusal::UnknownItem(_) => Problem::not_found(detail),
        Refusal::Transition { from, to } => {
            let next: Vec<_> = from.next().iter().map(|next| next.name()).collect();
            Problem::conflict("invalid_transition", detail)
                .with("from", from.name())
                .with("to", to.name())
                .with("allowed", next)
        }
        Refusal::Forbidden(_) => Problem::forbidden(detail),
        Refusal::Invalid { path, message } => Problem::invalid_field(path, message),
        Refusal::Fault(error) => Problem::internal(error),
    }
}
