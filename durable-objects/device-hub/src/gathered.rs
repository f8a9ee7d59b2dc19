//! What comes within some milliseconds is heard together.
//!
//! A thousand devices that each tell of something are a thousand transactions a second, and as many commits. Whoever speaks while nobody else
//! does is heard at once; in a crowd frames wait for each other for a moment, in the order in which they came, and what they write is one
//! transaction ([`Hub::together`]). Nothing is acknowledged before it is written, so that what is lost with the object is sent again.

use crate::lines::{Attached, read, write};
use crate::{DeviceHub, moment, sockets};
use kirana_devices::hub::{Begun, Frame, Hub, Output, Refusal, Session};
use kirana_edge::clock;
use kirana_sql::Object;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;
use worker::{Delay, WebSocket, WebSocketIncomingMessage};

/// How long a frame waits for others, in milliseconds.
const FOR: i64 = 10;
/// So many are heard without waiting for more.
const MANY: usize = 500;

/// Frames that wait for each other.
#[derive(Default)]
pub struct Gathered {
    frames: RefCell<Vec<(WebSocket, WebSocketIncomingMessage)>>,
    /// When the first of them came.
    since: Cell<i64>,
    /// When something was heard last.
    heard_at: Cell<i64>,
}

/// Something came: it is heard now, or within some milliseconds.
pub async fn came(hub: &DeviceHub, socket: WebSocket, message: WebSocketIncomingMessage) {
    let (gathered, now) = (&hub.gathered, clock::now().millis());
    let waiting = {
        let mut frames = gathered.frames.borrow_mut();
        frames.push((socket, message));
        frames.len()
    };
    if waiting == 1 {
        gathered.since.set(now);
        if now < gathered.heard_at.get() + FOR {
            Delay::from(Duration::from_millis(FOR.unsigned_abs())).await;
        }
    } else if waiting < MANY && now < gathered.since.get() + 2 * FOR {
        // Whoever came first waits for all. Should that have ended with its socket, the next one sees that it is late.
        return;
    }
    if hear(hub) {
        hub.in_a_moment().await;
    }
}

/// A frame that may write something, and whose it is.
struct Waiting {
    socket: WebSocket,
    number: u32,
    frame: Frame,
}

/// Hears everything that waits. Whether anything may follow from it.
pub fn hear(hub: &DeviceHub) -> bool {
    let frames = hub.gathered.frames.take();
    if frames.is_empty() {
        return false;
    }
    hub.gathered.heard_at.set(clock::now().millis());
    let (mut waiting, mut followed) = (Vec::new(), false);
    for (socket, message) in frames {
        let (Ok(core), Some(mut attached)) = (&hub.hub, read(hub, &socket)) else {
            sockets::cannot_hear(&socket);
            continue;
        };
        let WebSocketIncomingMessage::String(text) = message else {
            followed |= sockets::hear_bytes(hub, &socket, attached, &message);
            continue;
        };
        if attached.session.over {
            continue;
        }
        let number = attached.number;
        let first = !waiting.iter().any(|other: &Waiting| other.number == number);
        let begun = core.begin_text(&mut attached.session, &text, first, &moment());
        followed |= !attached.session.ignored;
        write(hub, &socket, attached);
        match begun {
            Ok(Begun::Heard(outputs)) => sockets::say(hub, Some(&socket), &[], outputs),
            Ok(Begun::Frame(frame)) => waiting.push(Waiting { socket, number, frame }),
            Err(refusal) => sockets::failed(hub, &socket, &refusal),
        }
    }
    if let Ok(core) = &hub.hub {
        hear_waiting(hub, core, waiting);
    }
    followed
}

/// One transaction for all of them; each by itself where that fails, so that whoever makes it fail is alone with it.
fn hear_waiting(hub: &DeviceHub, core: &Hub<Object>, waiting: Vec<Waiting>) {
    if waiting.len() > 1
        && let Ok((sessions, outputs)) = core.together(|| heard_together(hub, core, &waiting))
    {
        for one in &waiting {
            if let (Some(session), Some(attached)) = (sessions.get(&one.number), read(hub, &one.socket)) {
                keep(hub, &one.socket, attached, session.clone());
            }
        }
        for (one, outputs) in waiting.iter().zip(outputs) {
            sockets::say(hub, Some(&one.socket), &[], outputs);
        }
        return;
    }
    for Waiting { socket, frame, .. } in waiting {
        let Some(attached) = read(hub, &socket).filter(|attached| !attached.session.over) else { continue };
        let mut session = attached.session.clone();
        match core.hear_begun(&mut session, &frame, &moment()) {
            Ok(outputs) => {
                keep(hub, &socket, attached, session);
                sockets::say(hub, Some(&socket), &[], outputs);
            }
            Err(refusal) => sockets::failed(hub, &socket, &refusal),
        }
    }
}

type HeardTogether = (BTreeMap<u32, Session>, Vec<Vec<Output>>);

/// What came of each; sessions as they are afterwards, by the numbers of their sockets.
fn heard_together(hub: &DeviceHub, core: &Hub<Object>, waiting: &[Waiting]) -> Result<HeardTogether, Refusal> {
    let (mut sessions, mut outputs) = (BTreeMap::new(), Vec::with_capacity(waiting.len()));
    for Waiting { socket, number, frame } in waiting {
        let known = sessions.remove(number).or_else(|| read(hub, socket).map(|attached| attached.session));
        let mut said = Vec::new();
        if let Some(mut session) = known {
            if !session.over {
                said = core.hear_begun(&mut session, frame, &moment())?;
                // Who was said good-bye to is not listened to.
                session.over = said.iter().any(Output::is_good_bye);
            }
            sessions.insert(*number, session);
        }
        outputs.push(said);
    }
    Ok((sessions, outputs))
}

/// Writes what became of a session. A line that was opened by it may be silent from now on.
fn keep(hub: &DeviceHub, socket: &WebSocket, mut attached: Attached, session: Session) {
    let opened = !attached.session.is_open() && session.is_open();
    attached.session = session;
    if opened {
        sockets::listens_from_now(hub, &attached.session);
    }
    write(hub, socket, attached);
}
