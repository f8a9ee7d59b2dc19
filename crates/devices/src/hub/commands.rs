//! Commands: kept until the device has said what became of them, or it is too late. Sent again while no answer comes; the device does each
//! once, by its id.

use super::answer::{CommandView, Issue};
use super::devices::Device;
use super::session::{Moment, Output, Say};
use super::{Hub, Refusal, Result};
use crate::frame::{AckState, CommandAck, CommandFrame, ToDevice, text};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// Commands that wait for one device at most.
pub const MAX_QUEUED: u32 = 100;
/// Seconds that a command may wait at most: a week.
pub const LONGEST_WAIT: u32 = 7 * 24 * 3600;
/// How long the first answer may take; doubled for each further try.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Tries on a line that is there.
const MAX_ATTEMPTS: u32 = 5;

#[derive(Deserialize)]
struct Row {
    id: Id,
    device: Id,
    name: String,
    args: String,
    state: String,
    attempts: u32,
    requested_by: String,
    created_at: i64,
    expires_at: i64,
    finished_at: Option<i64>,
    result: Option<String>,
    error: Option<String>,
}

impl Row {
    fn view(self) -> Result<CommandView> {
        Ok(CommandView {
            id: self.id,
            name: self.name,
            args: serde_json::from_str(&self.args)?,
            state: self.state,
            attempts: self.attempts,
            requested_by: self.requested_by,
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            finished_at: self.finished_at.map(Timestamp::from_millis),
            result: self.result.map(|text| serde_json::from_str(&text)).transpose()?,
            error: self.error,
        })
    }
}

impl<S: Sql> Hub<S> {
    /// Takes a command for a device, and sends it if the device is there.
    ///
    /// # Errors
    /// For a device that is not there or not of a kind that takes it, a full queue, or when the database refuses.
    pub fn issue(&self, device: Id, issue: &Issue, moment: &Moment) -> Result<(CommandView, Vec<Output>)> {
        self.whole(|| {
            let device = self.device(device)?;
            if let Some(known) = self.command(issue.id)? {
                if known.device != device.id || known.name != issue.name {
                    return Err(Refusal::Conflict("key_reused", format!("{} is another command", issue.id)));
                }
                return Ok((known.view()?, Vec::new()));
            }
            let outputs = self.issue_to(&device, issue, moment)?;
            let made = self.command(issue.id)?.ok_or_else(|| Refusal::Fault("a new command is not there".into()))?;
            Ok((made.view()?, outputs))
        })
    }

    pub(super) fn issue_to(&self, device: &Device, issue: &Issue, moment: &Moment) -> Result<Vec<Output>> {
        let invalid = |path: &str, message: String| Err(Refusal::Invalid { path: path.into(), message });
        if device.revoked == 1 {
            return Err(Refusal::Conflict("revoked", "the device is revoked: nothing reaches it any more".into()));
        }
        if !device.kind.takes(&issue.name) {
            return invalid("name", format!("a {} takes {}", device.kind.name(), device.kind.commands()));
        }
        if issue.ttl == 0 || issue.ttl > LONGEST_WAIT {
            return invalid("ttl", format!("expected 1 to {LONGEST_WAIT} seconds"));
        }
        let args = if issue.args.is_null() { "{}".to_owned() } else { serde_json::to_string(&issue.args)? };
        if args.len() > 16 * 1024 {
            return invalid("args", "expected 16 kB at most".into());
        }
        #[derive(Deserialize)]
        struct Count {
            count: u32,
        }
        let open: Option<Count> = self.sql.first(
            "SELECT COUNT(*) AS count FROM commands WHERE device = ?1 AND next_at IS NOT NULL",
            values![device.id.to_string()],
        )?;
        if open.is_some_and(|open| open.count >= MAX_QUEUED) {
            let words = format!("{MAX_QUEUED} commands wait for this device already");
            return Err(Refusal::Conflict("queue_full", words));
        }
        let expires_at = moment.now + Duration::from_secs(issue.ttl.into());
        self.sql.run(
            "INSERT INTO commands (id, device, name, args, state, requested_by, created_at, expires_at, next_at)
             VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?6, ?7, ?7)",
            values![
                issue.id.to_string(),
                device.id.to_string(),
                issue.name.as_str(),
                args,
                issue.by.as_str(),
                moment.now.millis(),
                expires_at.millis()
            ],
        )?;
        let row = self.command(issue.id)?.ok_or_else(|| Refusal::Fault("a new command is not there".into()))?;
        self.send(device, row, moment)
    }

    fn command(&self, id: Id) -> Result<Option<Row>> {
        Ok(self.sql.first("SELECT * FROM commands WHERE id = ?1", values![id.to_string()])?)
    }

    /// Sends a command on the device's line, if there is one.
    fn send(&self, device: &Device, row: Row, moment: &Moment) -> Result<Vec<Output>> {
        if device.protocol == 0 || !self.hears_commands(device)? {
            return Ok(Vec::new());
        }
        let attempt = row.attempts + 1;
        let wait = ANSWER_WITHIN * 2_u32.pow(row.attempts.min(5));
        let next_at = (moment.now + wait).millis().min(row.expires_at.max(moment.now.millis() + 1));
        self.sql.run(
            "UPDATE commands SET state = 'sent', attempts = ?2, next_at = ?3 WHERE id = ?1",
            values![row.id.to_string(), i64::from(attempt), next_at],
        )?;
        let args = serde_json::from_str(&row.args)?;
        let expires_at = Timestamp::from_millis(row.expires_at);
        let frame = CommandFrame { id: row.id, name: &row.name, args, expires_at, attempt };
        match device.protocol {
            1 => Ok(vec![Output { to: device.line(), say: Say::Text(text(&ToDevice::Command(frame))) }]),
            _ => self.publish(device, "commands", &serde_json::to_string(&frame)?, true, moment),
        }
    }

    /// Everything that waits for a device, once it is there again.
    pub(super) fn send_waiting(&self, device: &Device, moment: &Moment) -> Result<Vec<Output>> {
        let rows: Vec<Row> = self.sql.query(
            "SELECT * FROM commands WHERE device = ?1 AND state IN ('queued', 'sent') AND expires_at > ?2 ORDER BY created_at, id",
            values![device.id.to_string(), moment.now.millis()],
        )?;
        let mut outputs = Vec::new();
        for row in rows {
            outputs.extend(self.send(device, row, moment)?);
        }
        Ok(outputs)
    }

    /// A device says what became of a command. Said twice, or too late, it changes nothing but what was not known.
    pub(super) fn acknowledged(&self, device: &Device, ack: &CommandAck, moment: &Moment) -> Result<Vec<Output>> {
        let Some(row) = self.command(ack.id)?.filter(|row| row.device == device.id) else {
            return Err(Refusal::Unknown(format!("this device was given no command {}", ack.id)));
        };
        // What it did after we had given up is still what happened.
        if matches!(row.state.as_str(), "done" | "failed" | "rejected") {
            return Ok(Vec::new());
        }
        let state = match ack.state {
            AckState::Accepted => "accepted",
            AckState::Done => "done",
            AckState::Failed => "failed",
            AckState::Rejected => "rejected",
        };
        let over = ack.state != AckState::Accepted;
        // Something accepted may take its time: an hour beyond its deadline for a firmware that is being written.
        let next_at = (!over).then_some(row.expires_at + 3_600_000);
        let result = ack.result.as_ref().map(serde_json::to_string).transpose()?;
        let error = ack.error.as_ref().map(|words| words.chars().take(500).collect::<String>());
        self.sql.run(
            "UPDATE commands SET state = ?2, next_at = ?3, finished_at = ?4, result = ?5, error = ?6 WHERE id = ?1",
            values![
                ack.id.to_string(),
                state,
                next_at,
                over.then_some(moment.now.millis()),
                result.filter(|text| text.len() <= 16 * 1024),
                error.clone()
            ],
        )?;
        if matches!(ack.state, AckState::Failed | AckState::Rejected) {
            let words = format!("{}: {}", row.name, error.unwrap_or_else(|| state.into()));
            self.tell_fault(device, "command_failed", &words, None, moment)?;
        }
        if row.name == "vend" && over {
            let args: Value = serde_json::from_str(&row.args)?;
            return self.vend_acknowledged(device, &args, ack.state, moment);
        }
        Ok(Vec::new())
    }

    /// Commands that nobody answered: sent again, or over.
    pub(super) fn commands_due(&self, moment: &Moment) -> Result<Vec<Output>> {
        let now = moment.now.millis();
        let rows: Vec<Row> =
            self.sql.query("SELECT * FROM commands WHERE next_at <= ?1 ORDER BY next_at LIMIT 100", values![now])?;
        let mut outputs = Vec::new();
        for row in rows {
            let Some(device) = self.find(row.device)? else { continue };
            let late = row.expires_at <= now;
            let tired = row.attempts >= MAX_ATTEMPTS && device.protocol != 0;
            if late || tired {
                let state = if row.attempts == 0 { "expired" } else { "timed_out" };
                let words =
                    if row.attempts == 0 { "the device was not there in time" } else { "the device did not answer" };
                self.sql.run(
                    "UPDATE commands SET state = ?2, next_at = NULL, finished_at = ?3, error = ?4 WHERE id = ?1",
                    values![row.id.to_string(), state, now, words],
                )?;
                self.tell_fault(&device, "command_timed_out", &format!("{}: {words}", row.name), None, moment)?;
            } else if device.protocol == 0 {
                // Its line is gone: the rest of its time it waits.
                self.sql.run("UPDATE commands SET next_at = expires_at WHERE id = ?1", values![row.id.to_string()])?;
            } else {
                outputs.extend(self.send(&device, row, moment)?);
            }
        }
        Ok(outputs)
    }

    /// Commands of a device, the newest first, 50 at most.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn commands(&self, device: Id) -> Result<Vec<CommandView>> {
        let rows: Vec<Row> = self.sql.query(
            "SELECT * FROM commands WHERE device = ?1 ORDER BY created_at DESC, id DESC LIMIT 50",
            values![device.to_string()],
        )?;
        rows.into_iter().map(Row::view).collect()
    }
}
