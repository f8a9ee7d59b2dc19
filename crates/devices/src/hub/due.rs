//! What is due: who is there and who is not any more, and what time asks for.

use super::devices::Device;
use super::session::{Moment, Output, Protocol, Say, Seen, To};
use super::{Hub, Result, mqtt};
use crate::fault::close;
use crate::health::Told;
use kirana_events::{DeviceEvent, EventData};
use kirana_kernel::{Id, Timestamp};
use kirana_mqtt::reason;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

impl<S: Sql> Hub<S> {
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
        // Whoever took it out of service need not be told that it is gone.
        let code = (device.revoked == 1).then(|| "revoked".to_owned());
        let event = DeviceEvent { code, ..DeviceEvent::of(device.id, device.kind.name(), &device.name, moment.now) };
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
        self.whole(|| self.write_measured())?;
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
        let measured = self.measured.borrow().due();
        Ok(silent.chain(rows).chain(restless).chain(self.outbox_due()?).chain(measured).min())
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
        self.sql.run(
            "DELETE FROM cash_keys WHERE (device, key) IN (SELECT device, key FROM cash_keys WHERE at < ?1 LIMIT 200)",
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
