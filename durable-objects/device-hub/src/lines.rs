//! What is known of each socket: in memory while the object is awake, and written on the socket for when it sleeps.
//!
//! A device may say twenty things a second, and each moves the time at which it was heard and how much it may still say. Both may be a
//! second old when the object wakes; all else is written at once.

use crate::DeviceHub;
use kirana_devices::hub::Session;
use kirana_edge::log;
use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::WebSocket;

/// How old what is written on a socket may be, where only the time and the allowance of its device have moved.
const WRITTEN_WITHIN: Duration = Duration::from_secs(1);

/// What is written on a socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attached {
    /// Who is at its other end, and what it may still say.
    #[serde(rename = "s")]
    pub session: Session,
    /// The socket's own number.
    #[serde(rename = "n")]
    pub number: u32,
    /// Bytes of a packet of which the rest has not come.
    #[serde(rename = "p", default)]
    pub partial: usize,
}

/// A socket that said something since the object woke.
struct Line {
    now: Attached,
    /// What is written on it, and since when.
    written: Attached,
    written_at: Timestamp,
}

/// The sockets that said something since the object woke, by their numbers.
pub struct Lines {
    known: RefCell<HashMap<u32, Line>>,
    /// The name under which a socket's number is kept on its JavaScript object: reading an attachment decodes all of it.
    name: JsValue,
}

impl Default for Lines {
    fn default() -> Self {
        Self { known: RefCell::default(), name: JsValue::from_str("kiranaLine") }
    }
}

impl Lines {
    /// Forgets a socket that is closed: what is to be known of it is written on it.
    pub fn forget(&self, number: u32) {
        self.known.borrow_mut().remove(&number);
    }

    fn number(&self, socket: &WebSocket) -> Option<u32> {
        let number = js_sys::Reflect::get(socket.as_ref().as_ref(), &self.name).ok()?.as_f64()?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it was a number of 32 bits
        Some(number as u32)
    }

    fn mark(&self, socket: &WebSocket, number: u32) {
        // Without the mark the attachment is read: slower, and the same.
        let _ = js_sys::Reflect::set(socket.as_ref().as_ref(), &self.name, &number.into());
    }

    fn now(&self, number: u32) -> Option<Attached> {
        self.known.borrow().get(&number).map(|line| line.now.clone())
    }
}

/// What is known of a socket.
pub fn read(hub: &DeviceHub, socket: &WebSocket) -> Option<Attached> {
    if let Some(now) = hub.lines.number(socket).and_then(|number| hub.lines.now(number)) {
        return Some(now);
    }
    let text: Option<String> = socket.deserialize_attachment().unwrap_or_default();
    let attached: Attached = text.and_then(|text| serde_json::from_str(&text).ok())?;
    hub.lines.mark(socket, attached.number);
    Some(hub.lines.now(attached.number).unwrap_or(attached))
}

/// Notes what is known of a socket now, and writes it on the socket where it has to outlast a sleep.
pub fn write(hub: &DeviceHub, socket: &WebSocket, attached: Attached) {
    let heard = attached.session.heard;
    let mut known = hub.lines.known.borrow_mut();
    if let Some(line) = known.get_mut(&attached.number)
        && line.written.partial == attached.partial
        && line.written.session.is_as_lasting(&attached.session)
        && heard.since(line.written_at) < WRITTEN_WITHIN
    {
        line.now = attached;
        return;
    }
    let written = serde_json::to_string(&attached).map(|text| socket.serialize_attachment(text));
    if !matches!(written, Ok(Ok(()))) {
        log::error("a socket could not be written on", &[("device", &attached.session.device.to_string())]);
    }
    hub.lines.mark(socket, attached.number);
    known.insert(attached.number, Line { now: attached.clone(), written: attached, written_at: heard });
}
