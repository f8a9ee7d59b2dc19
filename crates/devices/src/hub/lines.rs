//! Lines: sockets that open, speak and close.

use super::answer::Registration;
use super::devices::{Device, displaced};
use super::session::{Moment, Output, Protocol, Say, Session};
use super::{Hub, Refusal, Result, mqtt};
use crate::bucket::{Bucket, Verdict};
use crate::fault::{Fault, close};
use crate::frame::{FromDevice, ToDevice, VERSION, read, text};
use crate::health::{self, INTERVAL};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use std::time::Duration;

/// How long whoever was cut off for saying too much has to wait.
const BARRED_FOR: Duration = Duration::from_secs(5);

/// A frame as it was read.
pub type Frame = Result<FromDevice, Fault>;

/// How far a text was listened to.
#[derive(Debug)]
pub enum Begun {
    /// To its end: what is said to it.
    Heard(Vec<Output>),
    /// It may write something.
    Frame(Frame),
}

impl<S: Sql> Hub<S> {
    /// A socket has opened for a device that the registry knows; who is at its other end it has yet to prove.
    ///
    /// # Errors
    /// For one that was cut off a moment ago, or when the database refuses.
    pub fn opened(
        &self,
        told: &Registration,
        protocol: Protocol,
        nonce: String,
        moment: &Moment,
    ) -> Result<(Session, Vec<Output>)> {
        let barred = self.find(told.id)?.filter(|device| device.barred_until > moment.now.millis());
        if barred.is_some() {
            let words = format!("it was cut off for saying too much: wait {} seconds", BARRED_FOR.as_secs());
            return Err(Refusal::Conflict("too_fast", words));
        }
        let mut outputs = self.register(told)?;
        let session = Session {
            device: told.id,
            kind: told.kind,
            protocol,
            nonce: Some(nonce),
            line: 0,
            opened: moment.now,
            heard: moment.now,
            interval: INTERVAL,
            bucket: Bucket::full(moment.now),
            window: (u16::MAX, u32::MAX),
            will: None,
            kept_for: 0,
            over: false,
            ignored: false,
        };
        if let (Protocol::Plain, Some(nonce)) = (protocol, &session.nonce) {
            let asked = ToDevice::Challenge { v: VERSION, device: told.id, nonce, now: moment.now };
            outputs.push(Output::here(Say::Text(text(&asked))));
        }
        Ok((session, outputs))
    }

    /// A text came.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn hear_text(&self, session: &mut Session, said: &str, moment: &Moment) -> Result<Vec<Output>> {
        match self.begin_text(session, said, true, moment)? {
            Begun::Heard(outputs) => Ok(outputs),
            Begun::Frame(frame) => self.hear_begun(session, &frame, moment),
        }
    }

    /// Listens to a text as far as that takes no transaction: most frames write nothing. Where others of the same line wait to be heard, it is
    /// not heard before them, however `light` it is.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn begin_text(&self, session: &mut Session, said: &str, light: bool, moment: &Moment) -> Result<Begun> {
        session.ignored = session.over;
        if session.over {
            return Ok(Begun::Heard(Vec::new()));
        }
        session.heard = moment.now;
        if session.protocol != Protocol::Plain {
            let why = "expected MQTT packets in binary frames";
            return Ok(Begun::Heard(vec![Output::here(Say::Close(close::PROTOCOL, why.into()))]));
        }
        match session.bucket.take(moment.now) {
            Verdict::Hear => {}
            Verdict::Ignore => {
                session.ignored = true;
                return Ok(Begun::Heard(Vec::new()));
            }
            Verdict::Slow(retry_after) => {
                return Ok(Begun::Heard(vec![Output::here(Say::Text(text(&ToDevice::Slow { retry_after })))]));
            }
            Verdict::Cut => {
                self.bar(session, moment)?;
                return Ok(Begun::Heard(told(&Fault::fatal("too_fast", "slow down: the limits are in the welcome"))));
            }
        }
        let frame = read(said);
        if light
            && let Ok(frame) = &frame
            && let Some(outputs) = self.hear_light(session, frame, moment)?
        {
            return Ok(Begun::Heard(outputs));
        }
        Ok(Begun::Frame(frame))
    }

    /// Hears a frame of [`Hub::begin_text`]: one transaction, or a part of that of [`Hub::together`].
    ///
    /// # Errors
    /// When the database refuses.
    pub fn hear_begun(&self, session: &mut Session, frame: &Frame, moment: &Moment) -> Result<Vec<Output>> {
        self.listened(session, |session| self.hear_frame(session, frame, moment))
    }

    /// Packets came, whole or in part: what is not whole yet stays in the buffer.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn hear_bytes(&self, session: &mut Session, buffer: &mut Vec<u8>, moment: &Moment) -> Result<Vec<Output>> {
        session.ignored = session.over;
        if session.over {
            buffer.clear();
            return Ok(Vec::new());
        }
        session.heard = moment.now;
        if session.protocol == Protocol::Plain {
            return Ok(told(&Fault::fatal("malformed", "protocol 1 speaks JSON in text frames")));
        }
        self.listened(session, |session| self.hear_packets(session, buffer, moment))
    }

    /// Whoever is cut off for saying too much is not heard any more, and not let in again for a moment: a flood that connects anew at once
    /// would be a flood all the same.
    pub(super) fn bar(&self, session: &mut Session, moment: &Moment) -> Result<()> {
        session.over = true;
        let until = moment.now + BARRED_FOR;
        Ok(self.sql.run(
            "UPDATE devices SET barred_until = ?2 WHERE id = ?1",
            values![session.device.to_string(), until.millis()],
        )?)
    }

    /// One transaction; a session that was changed by what is rolled back is as it was.
    fn listened(
        &self,
        session: &mut Session,
        hear: impl FnOnce(&mut Session) -> Result<Vec<Output>>,
    ) -> Result<Vec<Output>> {
        let mut changed = session.clone();
        let outputs = self.whole(|| hear(&mut changed))?;
        *session = changed;
        Ok(outputs)
    }

    /// The device of a session, if this is its newest line and it is not revoked.
    pub(super) fn speaker(&self, session: &Session) -> Result<Option<Device>> {
        let device = self.find(session.device)?;
        Ok(device.filter(|device| device.revoked == 0 && device.line == session.line))
    }

    /// Is this the newest line of a device that is not revoked?
    pub(super) fn speaks(&self, session: &Session) -> Result<bool> {
        let known =
            self.sql.peek(&session.device.to_string(), |device| device.revoked == 0 && device.line == session.line);
        known.map_or_else(|| Ok(self.speaker(session)?.is_some()), Ok)
    }

    /// Whoever speaks has proved who it is: its line is the one that counts.
    pub(super) fn begin_line(
        &self,
        session: &mut Session,
        device: &mut Device,
        firmware: Option<&str>,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        let outputs = displaced(device);
        session.nonce = None;
        session.line = device.line + 1;
        (device.line, device.protocol) = (session.line, session.protocol.number());
        device.interval = session.interval;
        self.sql.run(
            "UPDATE devices SET line = ?2, protocol = ?3, heard = ?4, interval = ?5, firmware = COALESCE(?6, firmware), offline_due = NULL
             WHERE id = ?1",
            values![
                device.id.to_string(),
                device.line,
                device.protocol,
                moment.now.millis(),
                i64::from(session.interval),
                firmware
            ],
        )?;
        if device.online == 0 {
            self.set_online(device, true, moment)?;
            device.online = 1;
        }
        Ok(outputs)
    }

    /// A socket has closed. A device whose newest line it was is offline unless it comes back before its second heartbeat is missed.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn closed(&self, session: &Session, moment: &Moment) -> Result<Vec<Output>> {
        self.whole(|| {
            let Some(device) =
                self.find(session.device)?.filter(|device| device.line == session.line && device.protocol != 0)
            else {
                return Ok(Vec::new());
            };
            self.line_is_gone(&device, session.heard, session.kept_for, moment)?;
            match &session.will {
                Some((topic, payload, qos, retain)) => {
                    self.keep_state(&device, topic, payload, *qos, *retain)?;
                    self.note(device.id, moment, "warning", &format!("gone without a word; its will: {topic}"))?;
                    Ok(Vec::new())
                }
                None => Ok(Vec::new()),
            }
        })
    }

    pub(super) fn line_is_gone(&self, device: &Device, heard: Timestamp, kept_for: u32, moment: &Moment) -> Result<()> {
        let due = health::silent_at(heard, device.interval).max(moment.now + Duration::from_secs(1));
        let kept = (kept_for > 0).then(|| (moment.now + Duration::from_secs(kept_for.into())).millis());
        self.sql.run(
            "UPDATE devices SET protocol = 0, heard = MAX(heard, ?2), offline_due = CASE WHEN online = 1 THEN ?3 END, session_until = ?4
             WHERE id = ?1",
            values![device.id.to_string(), heard.millis(), due.millis(), kept],
        )?;
        if kept.is_none() {
            mqtt::forget(&self.sql, device.id)?;
        }
        Ok(())
    }
}

/// A fault, told in protocol 1; the line is closed after one that is fatal.
pub(super) fn told(fault: &Fault) -> Vec<Output> {
    let mut outputs = vec![Output::here(Say::Text(text(&ToDevice::Error(fault))))];
    if fault.fatal {
        // A close frame has room for 123 bytes.
        let why: String = fault.detail.chars().take(60).collect();
        outputs.push(Output::here(Say::Close(fault.close_code(), why)));
    }
    outputs
}

/// A device, or whoever speaks for it, said what makes no sense: a fault, not the hub's failure.
pub(super) fn as_fault(refusal: Refusal) -> Result<Fault> {
    match refusal {
        Refusal::Fault(words) => Err(Refusal::Fault(words)),
        Refusal::Conflict(code, words) => Ok(Fault::of(code, words)),
        Refusal::Unknown(words) => Ok(Fault::of("unknown", words)),
        Refusal::Invalid { path, message } => Ok(Fault::of("invalid", format!("{path}: {message}"))),
    }
}
