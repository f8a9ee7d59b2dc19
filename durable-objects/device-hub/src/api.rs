//! What the worker of devices asks the hub.

use crate::{DeviceHub, moment, sockets};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use kirana_devices::frame::{DeviceEvent, Telemetry};
use kirana_devices::hub::{Issue, Refusal, Registration, Shown};
use kirana_edge::{Problem, Result, address, principal};
use kirana_events::Ack;
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use worker::{Method, Request, Response};

/// The header that carries a device as the registry has it, in base64url.
const REGISTRATION: &str = "x-kirana-device";

/// What somebody tells for a device.
#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    telemetry: Option<Telemetry>,
    #[serde(default)]
    events: Vec<DeviceEvent>,
}

/// Answers one call. Only workers of the platform get here: who may do what was decided by the one that calls.
pub async fn answer(hub: &DeviceHub, mut request: Request) -> Result<Response> {
    let headers = request.headers().clone();
    principal::verify_value(headers.get(principal::HEADER)?.as_deref(), &hub.env)?.require_service()?;
    let (method, path) = (request.method(), request.path());
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    if segments == ["connect"] {
        let told = headers.get(REGISTRATION)?.unwrap_or_default();
        let told = URL_SAFE_NO_PAD.decode(told).map_err(Problem::internal)?;
        let told: Registration = serde_json::from_slice(&told)?;
        let opened = sockets::open(hub, &told, headers.get("sec-websocket-protocol")?.as_deref());
        hub.afterwards().await;
        return opened;
    }
    let core = hub.hub()?;
    let query = address::pairs(&request);
    let asked = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let body = if method == Method::Get { String::new() } else { request.text().await? };
    let (outputs, answer) = match (method.as_ref(), segments.as_slice()) {
        ("POST", ["outbox", "ack"]) => {
            core.acknowledge(read::<Ack>(&body)?).map_err(problem)?;
            (Vec::new(), json!(true))
        }
        ("GET", ["health"]) => {
            let sockets = hub.state.get_websockets().len();
            let depth = core.outbox_depth().map_err(problem)?;
            (Vec::new(), json!({"sockets": sockets, "outbox_depth": depth}))
        }
        ("POST", ["register"]) => (core.register(&read(&body)?).map_err(problem)?, json!(true)),
        ("POST", ["devices", device, "revoke"]) => (core.revoke(id(device)?, &moment()).map_err(problem)?, json!(true)),
        ("POST", ["devices", device, "configuration"]) => {
            let config: Value = read(&body)?;
            let (version, outputs) = core.configure(id(device)?, &config, &moment()).map_err(problem)?;
            (outputs, json!({"version": version}))
        }
        ("POST", ["devices", device, "commands"]) => {
            let (view, outputs) = core.issue(id(device)?, &read::<Issue>(&body)?, &moment()).map_err(problem)?;
            (outputs, json!(view))
        }
        ("GET", ["devices", device, "commands"]) => (Vec::new(), json!(core.commands(id(device)?).map_err(problem)?)),
        ("POST", ["devices", device, "data"]) => {
            let data: Data = read(&body)?;
            let taken = core.receive(id(device)?, data.telemetry.as_ref(), &data.events, &moment());
            let (accepted, faults, outputs) = taken.map_err(problem)?;
            let refused: Vec<_> = faults.into_iter().map(|fault| fault.detail).collect();
            (outputs, json!({"accepted": accepted, "refused": refused}))
        }
        ("GET", ["devices", device, "status"]) => {
            let live = sockets::seen_of(hub, device);
            (Vec::new(), json!(core.status(id(device)?, live.as_ref()).map_err(problem)?))
        }
        ("GET", ["devices", device, "takings"]) => (Vec::new(), json!(core.takings(id(device)?).map_err(problem)?)),
        ("GET", ["devices", device, "restock"]) => (Vec::new(), json!(core.restock(id(device)?).map_err(problem)?)),
        ("GET", ["boards"]) => (Vec::new(), json!(core.boards().map_err(problem)?)),
        ("POST", ["devices", device, "shown"]) => {
            let (version, outputs) = core.show(id(device)?, &read::<Shown>(&body)?, &moment()).map_err(problem)?;
            (outputs, json!({"version": version}))
        }
        ("GET", ["devices", device, "series"]) => {
            let from = asked("from").and_then(|millis| millis.parse().ok()).unwrap_or(0);
            let metric = asked("metric").unwrap_or_default();
            let points = core.series(id(device)?, metric, Timestamp::from_millis(from)).map_err(problem)?;
            (Vec::new(), json!(points))
        }
        ("GET", ["devices", device, "logs"]) => {
            let before = asked("before").and_then(|number| number.parse().ok()).unwrap_or(1 << 50);
            (Vec::new(), json!(core.logs(id(device)?, before).map_err(problem)?))
        }
        (verb, _) => return Err(Problem::not_found(format!("a hub has no call {verb} {path}"))),
    };
    sockets::say(hub, None, &[], outputs);
    if method != Method::Get {
        hub.afterwards().await;
    }
    Ok(Response::from_json(&answer)?)
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(|error| Problem::invalid_field("", error.to_string()))
}

fn id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Problem::not_found(format!("there is nothing called {text}")))
}

/// A refusal of the hub, as a problem.
pub fn problem(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Unknown(words) => Problem::not_found(words),
        Refusal::Conflict("too_fast", words) => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_fast", words).with("retry_after", 5)
        }
        Refusal::Conflict(code, words) => Problem::conflict(code, words),
        Refusal::Invalid { path, message } => Problem::invalid_field(path, message),
        Refusal::Fault(words) => Problem::internal(words),
    }
}
