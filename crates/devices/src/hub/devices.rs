//! Devices in the hub's tables.

use super::answer::{DeviceStatus, Point, Registration, SlotView};
use super::session::{Moment, Output, Protocol, Say, Seen, To};
use super::{Hub, Refusal, Result, mqtt, telemetry};
use crate::fault::close;
use crate::frame::{Desired, ToDevice, text};
use crate::health::Damping;
use crate::kind::DeviceKind;
use crate::playlist::slides;
use crate::proof::Key;
use kirana_kernel::{Id, Timestamp};
use kirana_mqtt::reason;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// A row of devices.
#[derive(Clone, Debug, Deserialize)]
pub struct Device {
    pub id: Id,
    pub kind: DeviceKind,
    pub name: String,
    pub store_id: Id,
    key: String,
    pub revoked: i64,
    pub line: i64,
    pub protocol: i64,
    pub online: i64,
    pub since: i64,
    pub heard: i64,
    pub interval: u32,
    pub weight: i64,
    pub weight_at: i64,
    pub flapping: i64,
    pub firmware: Option<String>,
    pub upto: u64,
    pub desired_version: i64,
    pub desired: String,
    pub reported_version: i64,
    pub reported: String,
    pub watch: String,
    pub filters: String,
    pub session_until: Option<i64>,
    pub window: i64,
    pub largest: usize,
    pub barred_until: i64,
    pub shown: Option<String>,
    pub cash_box: i64,
}

impl Device {
    pub fn key(&self) -> Result<Key> {
        Ok(serde_json::from_str(&self.key)?)
    }

    pub const fn damping(&self) -> Damping {
        Damping { weight: self.weight, at: self.weight_at, flapping: self.flapping == 1 }
    }

    /// What it shall run by, as it is told: of a menu board with what its slides show now.
    pub fn told_config(&self) -> Result<Cow<'_, str>> {
        let Some(shown) = &self.shown else { return Ok(Cow::Borrowed(&self.desired)) };
        let mut config: Value = serde_json::from_str(&self.desired)?;
        if let Some(fields) = config.as_object_mut() {
            fields.insert("playlist".into(), serde_json::from_str(shown)?);
        }
        Ok(Cow::Owned(serde_json::to_string(&config)?))
    }

    /// The socket of its newest connection.
    pub const fn line(&self) -> To {
        To::Line(self.id, self.line)
    }
}

impl<S: Sql> Hub<S> {
    pub(super) fn find(&self, id: Id) -> Result<Option<Device>> {
        let key = id.to_string();
        if let Some(device) = self.sql.known(&key) {
            return Ok(Some(device));
        }
        let mut found: Option<Device> = self.sql.first("SELECT * FROM devices WHERE id = ?1", values![key.as_str()])?;
        if let Some(device) = &mut found {
            // What was taken just now is written in a moment.
            device.upto = self.together.upto(&key).unwrap_or(device.upto);
            self.sql.learn(key, device);
        }
        Ok(found)
    }

    pub(super) fn device(&self, id: Id) -> Result<Device> {
        self.find(id)?.ok_or_else(|| Refusal::Unknown(format!("the hub knows no device {id}")))
    }

    /// Takes a device as the registry has it. A new key, kind or store cuts its lines: whoever holds the old key is out.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn register(&self, told: &Registration) -> Result<Vec<Output>> {
        self.whole(|| {
            let key = serde_json::to_string(&told.key)?;
            let before = self.find(told.id)?;
            let same = before.as_ref().is_some_and(|row| row.key == key && row.kind == told.kind && row.revoked == 0);
            if same && before.as_ref().is_some_and(|row| row.name == told.name) {
                return Ok(Vec::new());
            }
            self.sql.run(
                "INSERT INTO devices (id, kind, name, store_id, key) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, store_id = excluded.store_id,
                    key = excluded.key, revoked = 0",
                values![
                    told.id.to_string(),
                    told.kind.name(),
                    told.name.as_str(),
                    told.store_id.to_string(),
                    key
                ],
            )?;
            let cut = !same && before.is_some();
            Ok(if cut { cut_off(told.id, "its key has changed: connect with the new one") } else { Vec::new() })
        })
    }

    /// Knows a device no more: its lines are cut, its queue is empty, and it is gone from the fleet.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn revoke(&self, id: Id, moment: &Moment) -> Result<Vec<Output>> {
        self.whole(|| {
            let Some(mut device) = self.find(id)? else { return Ok(cut_off(id, "revoked")) };
            device.revoked = 1;
            self.sql.run(
                "UPDATE devices SET revoked = 1, protocol = 0, session_until = NULL, filters = '[]', offline_due = NULL WHERE id = ?1",
                values![id.to_string()],
            )?;
            self.sql.run("DELETE FROM inflight WHERE device = ?1", values![id.to_string()])?;
            self.sql.run(
                "UPDATE commands SET state = 'expired', next_at = NULL, finished_at = ?2, error = 'the device was revoked'
                 WHERE device = ?1 AND next_at IS NOT NULL",
                values![id.to_string(), moment.now.millis()],
            )?;
            if device.online == 1 {
                self.set_online(&device, false, moment)?;
            }
            Ok(cut_off(id, "this device is revoked"))
        })
    }

    /// Sets the configuration that a device should run by, and tells it.
    ///
    /// # Errors
    /// For a device that is not there, or when the database refuses.
    pub fn configure(&self, id: Id, config: &Value, moment: &Moment) -> Result<(i64, Vec<Output>)> {
        self.whole(|| {
            let mut device = self.device(id)?;
            let body = serde_json::to_string(config)?;
            if device.desired_version > 0 && device.desired == body {
                return Ok((device.desired_version, Vec::new()));
            }
            if device.kind == DeviceKind::Tv {
                slides(config)
                    .map_err(|(path, message)| Refusal::Invalid { path: format!("config.{path}"), message })?;
            }
            device.desired_version += 1;
            device.desired = body;
            device.shown = None;
            self.sql.run(
                "UPDATE devices SET desired_version = ?2, desired = ?3, shown = NULL WHERE id = ?1",
                values![id.to_string(), device.desired_version, device.desired.as_str()],
            )?;
            if device.kind.sells() {
                self.plan_slots(&device, config)?;
            }
            Ok((device.desired_version, self.tell_desired(&device, moment)?))
        })
    }

    /// The configuration that a device should run by, on its line if it has one.
    pub(super) fn tell_desired(&self, device: &Device, moment: &Moment) -> Result<Vec<Output>> {
        let config = device.told_config()?;
        let desired = Desired { version: device.desired_version, config: serde_json::from_str(&config)? };
        match device.protocol {
            0 => Ok(Vec::new()),
            1 => Ok(vec![Output { to: device.line(), say: Say::Text(text(&ToDevice::Desired(desired))) }]),
            _ => {
                let payload = serde_json::to_string(&desired)?;
                self.publish(device, "desired", &payload, false, moment)
            }
        }
    }

    /// How a device stands. Without its live socket, what was written down of it.
    ///
    /// # Errors
    /// For a device that is not there, or when the database refuses.
    pub fn status(&self, id: Id, live: Option<&Seen>) -> Result<DeviceStatus> {
        self.write_measured()?;
        let device = self.device(id)?;
        #[derive(Deserialize)]
        struct Count {
            count: u32,
        }
        let waiting: Option<Count> = self.sql.first(
            "SELECT COUNT(*) AS count FROM commands WHERE device = ?1 AND state IN ('queued', 'sent')",
            values![id.to_string()],
        )?;
        let heard = live.map_or(device.heard, |seen| seen.heard.millis().max(device.heard));
        let time = |millis: i64| (millis > 0).then(|| Timestamp::from_millis(millis));
        Ok(DeviceStatus {
            device_id: id,
            online: device.online == 1,
            flapping: device.flapping == 1,
            since: time(device.since),
            last_seen: time(heard),
            protocol: protocol_name(device.protocol).map(str::to_owned),
            interval: device.interval,
            firmware: device.firmware.clone(),
            events: device.upto,
            waiting_commands: waiting.map_or(0, |row| row.count),
            desired_version: device.desired_version,
            desired: serde_json::from_str(&device.told_config()?)?,
            reported_version: device.reported_version,
            reported: serde_json::from_str(&device.reported)?,
            values: self.latest(id)?,
            alarms: telemetry::alarms(&device.watch),
            slots: self.slots(id)?,
        })
    }

    fn latest(&self, id: Id) -> Result<Vec<Point>> {
        Ok(self.sql.query(
            "SELECT metric, begins, count, sum / count AS mean, least, most, last FROM
                (SELECT *, ROW_NUMBER() OVER (PARTITION BY metric ORDER BY begins DESC) AS place FROM series WHERE device = ?1)
             WHERE place = 1 ORDER BY metric",
            values![id.to_string()],
        ).map(|rows: Vec<PointRow>| rows.into_iter().map(PointRow::point).collect())?)
    }

    /// A measured value over time, the oldest first, 500 points at most.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn series(&self, id: Id, metric: &str, from: Timestamp) -> Result<Vec<Point>> {
        self.write_measured()?;
        let rows: Vec<PointRow> = self.sql.query(
            "SELECT metric, begins, count, sum / count AS mean, least, most, last FROM series
             WHERE device = ?1 AND metric = ?2 AND begins >= ?3 ORDER BY begins LIMIT 500",
            values![id.to_string(), metric, from.millis()],
        )?;
        Ok(rows.into_iter().map(PointRow::point).collect())
    }

    /// What is in the columns of a machine.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn slots(&self, id: Id) -> Result<Vec<SlotView>> {
        #[derive(Deserialize)]
        struct Row {
            slot: String,
            sku: String,
            capacity: i64,
            count: i64,
            blocked: i64,
        }
        let rows: Vec<Row> = self.sql.query(
            "SELECT slot, sku, capacity, count, blocked FROM slots WHERE device = ?1 ORDER BY slot LIMIT 200",
            values![id.to_string()],
        )?;
        let view = |row: Row| SlotView {
            slot: row.slot,
            sku: row.sku,
            capacity: row.capacity,
            count: row.count,
            blocked: row.blocked == 1,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

#[derive(Deserialize)]
struct PointRow {
    metric: String,
    begins: i64,
    count: i64,
    mean: f64,
    least: f64,
    most: f64,
    last: f64,
}

impl PointRow {
    fn point(self) -> Point {
        Point {
            metric: self.metric,
            begins: Timestamp::from_millis(self.begins),
            count: self.count,
            mean: self.mean,
            least: self.least,
            most: self.most,
            last: self.last,
        }
    }
}

const fn protocol_name(number: i64) -> Option<&'static str> {
    match number {
        1 => Some("protocol-1"),
        4 => Some("mqtt-3.1.1"),
        5 => Some("mqtt-5"),
        _ => None,
    }
}

/// Every line of a device, cut. Whoever speaks MQTT 5 is told in its own words first; others would not understand them.
fn cut_off(id: Id, why: &str) -> Vec<Output> {
    vec![Output { to: To::Every(id), say: Say::Close(close::POLICY, why.into()) }]
}

/// The older connection of a device that connects anew.
pub(super) fn displaced(device: &Device) -> Vec<Output> {
    let mut outputs = Vec::new();
    if device.protocol == Protocol::Mqtt5.number() {
        let bye = mqtt::disconnect(reason::SESSION_TAKEN_OVER);
        outputs.push(Output { to: device.line(), say: Say::Bytes(bye) });
    }
    if device.protocol != 0 {
        let why = "this device has connected anew";
        outputs.push(Output { to: device.line(), say: Say::Close(close::NORMAL, why.into()) });
    }
    outputs
}
