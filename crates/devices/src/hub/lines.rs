//! Lines: sockets that open, speak, fall silent and close; and from that, who is there.

use super::answer::Registration;
use super::devices::{Device, displaced};
use super::session::{Moment, Output, Protocol, Say, Seen, Session, To};
use super::{Hub, Refusal, Result, mqtt};
use crate::bucket::{Bucket, Verdict};
use crate::fault::{Fault, close};
use crate::frame::{ToDevice, VERSION, text};
use crate::health::{self, INTERVAL, Told};
use kirana_events::{DeviceEvent, EventData};
use kirana_kernel::{Id, Timestamp};
use kirana_mqtt::reason;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long whoever was cut off for saying too much has to wait.
const BARRED_FOR: Duration = Duration::from_secs(5);

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
        session.ignored = session.over;
        if session.over {
            return Ok(Vec::new());
        }
        session.heard = moment.now;
        if session.protocol != Protocol::Plain {
            let why = "expected MQTT packets in binary frames";
            return Ok(vec![Output::here(Say::Close(close::PROTOCOL, why.into()))]);
        }
        match session.bucket.take(moment.now) {
            Verdict::Hear => {}
            Verdict::Ignore => {
                session.ignored = true;
                return Ok(Vec::new());
            }
            Verdict::Slow(retry_after) => {
                return Ok(vec![Output::here(Say::Text(text(&ToDevice::Slow { retry_after })))]);
            }
            Verdict::Cut => {
                self.bar(session, moment)?;
                return Ok(told(&Fault::fatal("too_fast", "slow down: the limits are in the welcome")));
            }
        }
        self.listened(session, |session| self.hear_frame(session, said, moment))
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

    fn line_is_gone(&self, device: &Device, heard: Timestamp, kept_for: u32, moment: &Moment) -> Result<()> {
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

    /// Writes down that a device is there, or not, and tells it unless that was told too often.
    pub(super) fn set_online(&self, device: &Device, online: bool, moment: &Moment) -> Result<()> {
        let mut damping = device.damping();
        let told = damping.changed(moment.now);
        self.sql.run(
            "UPDATE devices SET online = ?2, since = ?3, weight = ?4, weight_at = ?5, flapping = ?6, offline_due = NULL WHERE id = ?1",
            values![
                device.id.to_string(),
                i64::from(online),
                moment.now.millis(),
                damping.weight,
                damping.at,
                i64::from(damping.flapping)
            ],
        )?;
        let event = DeviceEvent::of(device.id, device.kind.name(), &device.name, moment.now);
        match told {
            Told::Nothing => Ok(()),
            Told::Change if online => self.tell(device, EventData::DeviceOnline(event), moment),
            Told::Change => self.tell(device, EventData::DeviceOffline(event), moment),
            Told::Flapping => {
                self.tell_fault(device, "flapping", "it comes and goes: see its network and its power", None, moment)
            }
        }
    }

    /// Everything that is due: sockets that are silent, and the rest ([`Hub::run_rest`]). `seen` are the sockets that are open.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn run_due(&self, seen: &[Seen], moment: &Moment) -> Result<Vec<Output>> {
        let mut outputs = Vec::new();
        for (index, seen) in seen.iter().enumerate() {
            if seen.session.silent_at(seen.heard).is_some_and(|at| at <= moment.now) {
                let why =
                    if seen.session.is_open() { "nothing was heard for too long" } else { "it did not say who it is" };
                let to = To::Seen(index);
                if seen.session.protocol == Protocol::Mqtt5 && seen.session.is_open() {
                    outputs.push(Output { to, say: Say::Bytes(mqtt::disconnect(reason::KEEP_ALIVE_TIMEOUT)) });
                }
                outputs.push(Output { to, say: Say::Close(close::POLICY, why.into()) });
            }
        }
        let lines: BTreeSet<(Id, i64)> = seen.iter().map(|seen| (seen.session.device, seen.session.line)).collect();
        self.whole(|| self.mark_absent(&lines, moment))?;
        outputs.extend(self.run_rest(moment)?);
        Ok(outputs)
    }

    /// What is due whatever the sockets do: devices that are gone, commands, sales. A sale asks for it many times a second, and a look at every
    /// socket would be for nothing.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn run_rest(&self, moment: &Moment) -> Result<Vec<Output>> {
        self.whole(|| self.mark_gone(moment))?;
        let mut outputs = self.whole(|| self.commands_due(moment))?;
        outputs.extend(self.whole(|| self.sales_due(moment))?);
        self.whole(|| self.clean_up(moment))?;
        Ok(outputs)
    }

    fn mark_absent(&self, lines: &BTreeSet<(Id, i64)>, moment: &Moment) -> Result<()> {
        // Lines of which no socket is left: the runtime was restarted.
        let open: Vec<Device> = self.sql.query("SELECT * FROM devices WHERE protocol <> 0", values![])?;
        for device in open.iter().filter(|device| !lines.contains(&(device.id, device.line))) {
            self.line_is_gone(device, Timestamp::from_millis(device.heard), 3600, moment)?;
        }
        Ok(())
    }

    fn mark_gone(&self, moment: &Moment) -> Result<()> {
        let gone: Vec<Device> = self.sql.query(
            "SELECT * FROM devices WHERE offline_due <= ?1 AND protocol = 0 ORDER BY offline_due LIMIT 100",
            values![moment.now.millis()],
        )?;
        for device in &gone {
            self.set_online(device, false, moment)?;
        }
        let restless: Vec<Device> = self.sql.query("SELECT * FROM devices WHERE flapping = 1 LIMIT 100", values![])?;
        for device in &restless {
            let mut damping = device.damping();
            if damping.calms(moment.now) {
                self.sql.run("UPDATE devices SET flapping = 0 WHERE id = ?1", values![device.id.to_string()])?;
                let event = DeviceEvent::of(device.id, device.kind.name(), &device.name, moment.now);
                let data = if device.online == 1 { EventData::DeviceOnline } else { EventData::DeviceOffline };
                self.tell(device, data(event), moment)?;
            }
        }
        Ok(())
    }

    /// When something is due next.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn next_due(&self, seen: &[Seen], now: Timestamp) -> Result<Option<Timestamp>> {
        #[derive(Deserialize)]
        struct Row {
            due: Option<i64>,
        }
        let row: Option<Row> = self.sql.first(
            "SELECT MIN(due) AS due FROM (
                SELECT MIN(offline_due) AS due FROM devices WHERE offline_due IS NOT NULL
                UNION ALL SELECT MIN(next_at) FROM commands WHERE next_at IS NOT NULL
                UNION ALL SELECT MIN(due) FROM sales WHERE due IS NOT NULL
                UNION ALL SELECT MIN(next_at) FROM work)",
            values![],
        )?;
        let restless: Option<Row> =
            self.sql.first("SELECT MAX(weight_at) AS due FROM devices WHERE flapping = 1", values![])?;
        let restless = restless.and_then(|row| row.due).map(|_| now + Duration::from_secs(60));
        let silent = seen.iter().filter_map(|seen| seen.session.silent_at(seen.heard));
        let rows = row.and_then(|row| row.due).map(Timestamp::from_millis);
        Ok(silent.chain(rows).chain(restless).chain(self.outbox_due()?).min())
    }

    /// A line of a device's log; the newest two hundred of each are kept.
    pub(super) fn note(&self, device: Id, moment: &Moment, level: &str, words: &str) -> Result<()> {
        let words: String = words.chars().take(500).collect();
        self.sql.run(
            "INSERT INTO logs (device, at, level, text) VALUES (?1, ?2, ?3, ?4)",
            values![device.to_string(), moment.now.millis(), level, words],
        )?;
        Ok(self.sql.run(
            "DELETE FROM logs WHERE device = ?1 AND id <= (SELECT id FROM logs WHERE device = ?1 ORDER BY id DESC LIMIT 1 OFFSET 200)",
            values![device.to_string()],
        )?)
    }

    /// What a device said of itself, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn logs(&self, device: Id, before: i64) -> Result<Vec<super::LogLine>> {
        Ok(self
            .sql
            .query::<LogRow>(
                "SELECT id, at, level, text FROM logs WHERE device = ?1 AND id < ?2 ORDER BY id DESC LIMIT 100",
                values![device.to_string(), before],
            )?
            .into_iter()
            .map(LogRow::line)
            .collect())
    }

    fn clean_up(&self, moment: &Moment) -> Result<()> {
        let ago = |days: u64| (moment.now - Duration::from_secs(days * 86_400)).millis();
        // Twelve series a minute at most are written; what is older than a month is in nobody's way when it goes a little later.
        self.sql.run(
            "DELETE FROM series WHERE (device, metric, begins) IN (SELECT device, metric, begins FROM series WHERE begins < ?1 LIMIT 500)",
            values![ago(30)],
        )?;
        self.sql.run(
            "DELETE FROM commands WHERE id IN (SELECT id FROM commands WHERE next_at IS NULL AND created_at < ?1 LIMIT 200)",
            values![ago(30)],
        )?;
        let over: Vec<Over> = self.sql.query(
            "SELECT id FROM devices WHERE session_until < ?1 AND protocol = 0 LIMIT 50",
            values![moment.now.millis()],
        )?;
        for device in over {
            mqtt::forget(&self.sql, device.id)?;
            self.sql.run("UPDATE devices SET session_until = NULL WHERE id = ?1", values![device.id.to_string()])?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Over {
    id: Id,
}

#[derive(Deserialize)]
struct LogRow {
    id: i64,
    at: i64,
    level: String,
    text: String,
}

impl LogRow {
    fn line(self) -> super::LogLine {
        super::LogLine { id: self.id, at: Timestamp::from_millis(self.at), level: self.level, text: self.text }
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
