//! Three calls of the Connect protocol, in JSON and in Protocol Buffers: `kirana.devices.v1.DeviceService`. What they are is written down in
//! `docs/devices.proto`.

use super::hub::{Command, give, hub_of, status_of};
use crate::db;
use crate::rules::proto::{self, Writer};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Path, Principal, Problem, Result, parse_json, refuse_cards};
use kirana_kernel::Id;
use serde::Deserialize;
use serde_json::{Value, json};
use worker::Env;

/// A request of any of the three.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Asked {
    device_id: String,
    name: String,
    /// JSON in a text.
    args_json: String,
    ttl_seconds: u32,
    idempotency_key: String,
    /// JSON in a text: `{"telemetry": {"values": {...}}, "events": [...]}`.
    data_json: String,
}

impl Asked {
    /// From Protocol Buffers: `device_id` is 1 in all; `name` 2, `args_json` 3, `ttl_seconds` 4, `idempotency_key` 5 of a command;
    /// `data_json` 2 of data.
    fn read(method: &str, bytes: &[u8]) -> Option<Self> {
        let fields = proto::read(bytes)?;
        let text = |field| proto::text(&fields, field);
        let device_id = text(1)?;
        Some(match method {
            "SendDeviceCommand" => Self {
                device_id,
                name: text(2)?,
                args_json: text(3)?,
                ttl_seconds: u32::try_from(proto::whole(&fields, 4)).ok()?,
                idempotency_key: text(5)?,
                ..Self::default()
            },
            "ReceiveDeviceData" => Self { device_id, data_json: text(2)?, ..Self::default() },
            _ => Self { device_id, ..Self::default() },
        })
    }
}

/// The methods that there are.
const METHODS: [&str; 3] = ["GetDeviceStatus", "SendDeviceCommand", "ReceiveDeviceData"];

/// An error as Connect has it: the code, and its status.
fn refused(problem: &Problem) -> Response {
    let (code, status) = match problem.status {
        400 | 415 | 422 => ("invalid_argument", StatusCode::BAD_REQUEST),
        401 => ("unauthenticated", StatusCode::UNAUTHORIZED),
        403 => ("permission_denied", StatusCode::FORBIDDEN),
        404 => ("not_found", StatusCode::NOT_FOUND),
        409 => ("failed_precondition", StatusCode::BAD_REQUEST),
        429 => ("resource_exhausted", StatusCode::TOO_MANY_REQUESTS),
        503 | 504 => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
        _ => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
    };
    let body = json!({"code": code, "message": format!("{}: {}", problem.code, problem.detail)}).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// `GetDeviceStatus`, `SendDeviceCommand` or `ReceiveDeviceData`, as the Connect protocol calls them: JSON or Protocol Buffers in, the same
/// out. Whoever says `Connect-Protocol-Version` gets errors with a code of Connect, others problem documents.
///
/// # Errors
/// Those of `GET /devices/{id}/status` and `POST /devices/{id}/command`.
#[utoipa::path(post, path = "/api/v1/devices/rpc/kirana.devices.v1.DeviceService/{method}", tag = "devices",
    params(("method" = String, Path, description = "`GetDeviceStatus`, `SendDeviceCommand` or `ReceiveDeviceData`")),
    request_body(content = Object, description = "The request message: see docs/devices.proto"),
    responses((status = 200, description = "The response message", body = Object), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn call(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    if !METHODS.contains(&method.as_str()) {
        // No call of Connect at all: the client says so by its status.
        return Err(Problem::not_found(format!("there is no method {method}: there are {}", METHODS.join(", "))));
    }
    let speaks_connect = headers.contains_key("connect-protocol-version");
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let asked = match kind {
        "application/json" => refuse_cards(&body).and_then(|()| parse_json(&body)),
        "application/proto" => Asked::read(&method, &body)
            .ok_or_else(|| Problem::invalid_field("", "the body is no message of this method")),
        _ => {
            let words = "expected application/json or application/proto";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", words));
        }
    };
    let answer = match asked {
        Ok(asked) => answer(&env, &caller, &method, asked).await,
        Err(problem) => Err(problem),
    };
    Ok(match answer {
        Ok((_, bytes)) if kind == "application/proto" => {
            ([(header::CONTENT_TYPE, "application/proto")], bytes.0).into_response()
        }
        Ok((json, _)) => ([(header::CONTENT_TYPE, "application/json")], json.to_string()).into_response(),
        Err(problem) if speaks_connect => refused(&problem),
        Err(problem) => return Err(problem),
    })
}

/// The answer, in both ways of writing it.
async fn answer(env: &Env, caller: &Principal, method: &str, asked: Asked) -> Result<(Value, Writer)> {
    let id: Id =
        asked.device_id.parse().map_err(|_| Problem::invalid_field("device_id", "expected the id of a device"))?;
    let device = db::own(&Db::of(env)?, caller, id).await?;
    match method {
        "GetDeviceStatus" => {
            let status = status_of(env, &device).await?;
            let last_seen = status.last_seen.map_or_else(String::new, |at| at.to_string());
            let whole = serde_json::to_string(&status)?;
            let written = Writer::default()
                .text(1, &device.id.to_string())
                .text(2, device.kind.name())
                .number(3, status.online.into())
                .text(4, &last_seen)
                .text(5, status.firmware.as_deref().unwrap_or_default())
                .number(6, status.waiting_commands.into())
                .text(7, &whole);
            let json = json!({"deviceId": device.id, "kind": device.kind, "online": status.online, "lastSeen": last_seen,
                "firmware": status.firmware.unwrap_or_default(), "waitingCommands": status.waiting_commands, "statusJson": whole});
            Ok((json, written))
        }
        "SendDeviceCommand" => {
            let args = match asked.args_json.as_str() {
                "" => Value::Null,
                text => serde_json::from_str(text)
                    .map_err(|error| Problem::invalid_field("args_json", error.to_string()))?,
            };
            let ttl = if asked.ttl_seconds == 0 { 300 } else { asked.ttl_seconds };
            let command = Command { name: asked.name, args, ttl };
            let view = give(env, caller, &device, command, &asked.idempotency_key).await?;
            let written = Writer::default().text(1, &view.id.to_string()).text(2, &view.state);
            Ok((json!({"commandId": view.id, "state": view.state}), written))
        }
        _ => {
            #[derive(Deserialize)]
            struct Taken {
                accepted: u64,
                refused: Vec<String>,
            }
            let data: Value = serde_json::from_str(&asked.data_json)
                .map_err(|error| Problem::invalid_field("data_json", error.to_string()))?;
            let hub = hub_of(env, device.store_number);
            let taken: Taken = hub.post(&format!("/devices/{}/data", device.id), &data).await?;
            let mut written = Writer::default().number(1, taken.accepted);
            for words in &taken.refused {
                written = written.text(2, words);
            }
            Ok((json!({"accepted": taken.accepted, "refused": taken.refused}), written))
        }
    }
}
