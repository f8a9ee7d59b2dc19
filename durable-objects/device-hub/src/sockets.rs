//! Sockets: what comes, and what is said.

use crate::lines::{Attached, read, write};
use crate::{DeviceHub, moment};
use kirana_devices::fault::close;
use kirana_devices::hub::{Output, Protocol, Refusal, Registration, Say, Seen, Session, To};
use kirana_edge::{Problem, clock, log};
use kirana_kernel::Timestamp;
use wasm_bindgen::prelude::*;
use worker::{Response, WebSocket, WebSocketIncomingMessage, WebSocketPair};

/// Sockets in one hub at most: a store's devices and some more, not a flood.
const MAX_SOCKETS: usize = 5_000;
/// Sockets of one device: the one that is there, and one that takes its place.
const MAX_OF_DEVICE: usize = 3;

#[wasm_bindgen]
extern "C" {
    /// `DurableObjectState`, for the one method that `worker` does not bind.
    type Raw;

    #[wasm_bindgen(method, catch, js_name = getWebSocketAutoResponseTimestamp)]
    fn answered_at(this: &Raw, socket: &JsValue) -> Result<JsValue, JsValue>;
}

/// Opens a socket for a device.
///
/// # Errors
/// 503 when there are too many.
pub fn open(hub: &DeviceHub, told: &Registration, offered: Option<&str>) -> kirana_edge::Result<Response> {
    let tag = told.id.to_string();
    if hub.state.get_websockets().len() >= MAX_SOCKETS {
        return Err(Problem::unavailable(
            "too many sockets are open: try again in a moment, and each time a little later",
        ));
    }
    make_room(hub, &tag);
    let offers: Vec<&str> = offered.unwrap_or_default().split(',').map(str::trim).collect();
    let (protocol, chosen) = match offers.as_slice() {
        offers if offers.contains(&"mqtt") => (Protocol::Mqtt, Some("mqtt")),
        offers if offers.contains(&"kirana-device-1") => (Protocol::Plain, Some("kirana-device-1")),
        [""] => (Protocol::Plain, None),
        _ => {
            let detail = "expected the subprotocol mqtt or kirana-device-1, or none for the latter";
            return Err(Problem::bad_request("unknown_subprotocol", detail));
        }
    };
    let nonce: [u8; 16] = clock::random();
    let nonce = nonce.iter().map(|byte| format!("{byte:02x}")).collect();
    let (session, outputs) = hub.hub()?.opened(told, protocol, nonce, &moment()).map_err(crate::api::problem)?;
    let pair = WebSocketPair::new()?;
    hub.state.accept_websocket_with_tags(&pair.server, &[&tag]);
    let number = u32::from_be_bytes(clock::random());
    listens_from_now(hub, &session);
    write(hub, &pair.server, Attached { session, number, partial: 0 });
    say(hub, Some(&pair.server), &[], outputs);
    let response = Response::from_websocket(pair.client)?;
    if let Some(chosen) = chosen {
        response.headers().set("sec-websocket-protocol", chosen)?;
    }
    Ok(response)
}

/// Closes the oldest socket of a device on which nothing is proved, where there are too many: whoever holds sockets open for a device that is
/// not theirs does not keep it out.
fn make_room(hub: &DeviceHub, tag: &str) {
    let sockets = hub.state.get_websockets_with_tag(tag);
    if sockets.len() < MAX_OF_DEVICE {
        return;
    }
    let unproved = sockets.iter().filter_map(|socket| Some((read(hub, socket)?.session, socket)));
    let oldest = unproved.filter(|(session, _)| !session.is_open()).min_by_key(|(session, _)| session.opened);
    if let Some((_, socket)) = oldest {
        let _ = socket.close(Some(close::POLICY), Some("too many sockets of this device wait for a proof"));
    }
}

/// Says that nothing can be heard now.
pub fn cannot_hear(socket: &WebSocket) {
    let _ = socket.close(Some(close::LATER), Some("the hub cannot hear now: come back in a moment"));
}

/// What somebody said could not be heard: that is no fault of theirs.
pub fn failed(hub: &DeviceHub, socket: &WebSocket, refusal: &Refusal) {
    log::error("a frame could not be heard", &[("hub", &hub.name), ("error", &refusal.to_string())]);
    let _ = socket.close(Some(close::LATER), Some("something failed on our side: come back in a moment"));
}

/// A line is open: the first of all may be silent earlier than it was.
pub fn listens_from_now(hub: &DeviceHub, session: &Session) {
    let silent = session.silent_at(session.heard).map(Timestamp::millis);
    hub.silence_at.set(hub.silence_at.get().map(|at| silent.map_or(at, |silent| at.min(silent))));
}

/// Packets, or a part of some, came on a socket. False when they were passed over, so that nothing follows from them.
pub fn hear_bytes(
    hub: &DeviceHub,
    socket: &WebSocket,
    mut attached: Attached,
    message: &WebSocketIncomingMessage,
) -> bool {
    let (Ok(core), WebSocketIncomingMessage::Binary(bytes)) = (&hub.hub, message) else { return false };
    if attached.session.over {
        return false;
    }
    let was_open = attached.session.is_open();
    let mut buffer = hub.buffers.borrow_mut().remove(&attached.number).unwrap_or_default();
    if buffer.len() < attached.partial {
        // The hub has slept since: whoever takes ten seconds for one packet may begin anew.
        let _ = socket.close(Some(close::PROTOCOL), Some("the rest of a packet came too late"));
        return false;
    }
    buffer.extend(bytes);
    let heard = core.hear_bytes(&mut attached.session, &mut buffer, &moment());
    attached.partial = buffer.len();
    if !buffer.is_empty() {
        hub.buffers.borrow_mut().insert(attached.number, buffer);
    }
    let followed = !attached.session.ignored;
    if !was_open && attached.session.is_open() {
        listens_from_now(hub, &attached.session);
    }
    write(hub, socket, attached);
    match heard {
        Ok(outputs) => say(hub, Some(socket), &[], outputs),
        Err(refusal) => failed(hub, socket, &refusal),
    }
    followed
}

/// A socket is gone.
pub fn closed(hub: &DeviceHub, socket: &WebSocket) {
    let (Ok(core), Some(attached)) = (&hub.hub, read(hub, socket)) else { return };
    hub.buffers.borrow_mut().remove(&attached.number);
    hub.lines.forget(attached.number);
    match core.closed(&attached.session, &moment()) {
        Ok(outputs) => say(hub, None, &[], outputs),
        Err(refusal) => log::error("a line could not be ended", &[("hub", &hub.name), ("error", &refusal.to_string())]),
    }
}

/// When something came last, a heartbeat that the runtime answered included.
fn heard_at(hub: &DeviceHub, socket: &WebSocket, session: &Session) -> Timestamp {
    let socket: &JsValue = socket.as_ref().as_ref();
    let answered = hub.raw.unchecked_ref::<Raw>().answered_at(socket).ok();
    let answered = answered.and_then(|date| date.dyn_into::<js_sys::Date>().ok()).map(|date| date.get_time());
    #[allow(clippy::cast_possible_truncation)] // milliseconds since 1970
    let answered = answered.map_or(session.heard, |millis| Timestamp::from_millis(millis as i64));
    session.heard.max(answered)
}

fn open_ones(hub: &DeviceHub) -> (Vec<WebSocket>, Vec<Seen>) {
    let sockets = hub.state.get_websockets().into_iter();
    let seen = sockets.filter_map(|socket| {
        // One that was said good-bye to is closed, whether its other end has answered or not.
        let session = read(hub, &socket).map(|attached| attached.session).filter(|session| !session.over)?;
        let heard = heard_at(hub, &socket, &session);
        Some((socket, Seen { session, heard }))
    });
    seen.unzip()
}

/// Looks at every socket for the moment at which the first may be silent for too long; notes and answers it.
pub fn look_at_all(hub: &DeviceHub) -> i64 {
    let silent = open_ones(hub).1.into_iter().filter_map(|seen| seen.session.silent_at(seen.heard));
    let first = silent.map(Timestamp::millis).min().unwrap_or(i64::MAX);
    hub.silence_at.set(Some(first));
    first
}

/// The newest line of a device.
pub fn seen_of(hub: &DeviceHub, device: &str) -> Option<Seen> {
    let sockets = hub.state.get_websockets_with_tag(device).into_iter();
    let seen = sockets.filter_map(|socket| {
        let session = read(hub, &socket)?.session;
        let heard = heard_at(hub, &socket, &session);
        Some(Seen { session, heard })
    });
    seen.filter(|seen| seen.session.is_open()).max_by_key(|seen| seen.session.line)
}

/// Everything that is due; the sockets are looked at when one of them may be silent.
pub fn run_due(hub: &DeviceHub) {
    let Ok(core) = &hub.hub else { return };
    let now = clock::now().millis();
    let done = if hub.silence_at.get().is_some_and(|at| at > now) {
        core.run_rest(&moment()).map(|outputs| say(hub, None, &[], outputs))
    } else {
        let (sockets, seen) = open_ones(hub);
        let done = core.run_due(&seen, &moment()).map(|outputs| say(hub, None, &sockets, outputs));
        // Those that were closed just now are not among the open ones any more.
        hub.silence_at.set(None);
        done
    };
    if let Err(refusal) = done {
        log::error("what was due failed", &[("hub", &hub.name), ("error", &refusal.to_string())]);
    }
}

/// Says things. A socket that is gone has closed by itself.
pub fn say(hub: &DeviceHub, here: Option<&WebSocket>, seen: &[WebSocket], outputs: Vec<Output>) {
    for Output { to, say } in outputs {
        match to {
            To::Here => here.into_iter().for_each(|socket| tell(hub, socket, &say)),
            To::Seen(place) => seen.get(place).into_iter().for_each(|socket| tell(hub, socket, &say)),
            To::Every(id) => {
                let sockets = hub.state.get_websockets_with_tag(&id.to_string());
                sockets.iter().for_each(|socket| tell(hub, socket, &say));
            }
            To::Line(id, line) => {
                // What is written on the socket that spoke may be older than what it is told.
                let sockets = hub.state.get_websockets_with_tag(&id.to_string());
                let its = |socket: &&WebSocket| read(hub, socket).is_some_and(|attached| attached.session.line == line);
                sockets.iter().filter(its).for_each(|socket| tell(hub, socket, &say));
            }
        }
    }
}

fn tell(hub: &DeviceHub, socket: &WebSocket, say: &Say) {
    let _ = match say {
        Say::Text(text) => socket.send_with_str(text),
        Say::Bytes(bytes) => socket.send_with_bytes(bytes),
        Say::Close(code, why) => {
            // The runtime does not tell of a close that we began.
            closed(hub, socket);
            if let Some(mut attached) = read(hub, socket) {
                let number = attached.number;
                attached.session.over = true;
                write(hub, socket, attached);
                hub.lines.forget(number);
            }
            socket.close(Some(*code), Some(why))
        }
    };
}
