//! What devices measure: summed up by five minutes, and watched by the rules of their kind.

use super::devices::Device;
use super::session::Moment;
use super::{Hub, Refusal, Result};
use crate::cold::{Alarm, Rules, Watch};
use crate::frame::Telemetry;
use crate::kind::DeviceKind;
use kirana_kernel::{Id, Timestamp};
use kirana_sql::{Sql, values};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Five minutes, in milliseconds.
const SPAN: i64 = 300_000;
/// A device's clock may be this far ahead of ours, and its memory reach this far back.
const AHEAD: Duration = Duration::from_secs(60);
const BACK: Duration = Duration::from_secs(7 * 24 * 3600);

/// The alarms that are on, of what is remembered of a device.
pub fn alarms(watch: &str) -> Vec<String> {
    let watch: Watch = serde_json::from_str(watch).unwrap_or_default();
    watch.alarms().into_iter().map(str::to_owned).collect()
}

/// When something happened, by the device's clock where that can be.
pub fn when(at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    at.filter(|at| *at <= now + AHEAD && *at >= now - BACK).map_or(now, |at| at.min(now))
}

/// Are there rules for what a device of this kind measures?
pub const fn is_watched(kind: DeviceKind) -> bool {
    matches!(kind, DeviceKind::Fridge | DeviceKind::Vm | DeviceKind::Vm20)
}

/// How long what was measured may wait to be written down, and how many sums of five minutes. Each is a row that is paid for, so they wait as
/// long as the object surely lives: one that nobody speaks to sleeps after ten seconds, and forgets.
const WRITTEN_WITHIN: Duration = Duration::from_secs(5);
const MANY: usize = 4_000;

/// What was measured and is not written down yet. Nobody was promised that it is kept: a line that breaks loses as much. What is acknowledged,
/// as in MQTT with quality 1, is written down before.
#[derive(Default)]
pub struct Measured {
    sums: BTreeMap<(Id, String, i64), Sum>,
    /// When the first of it was measured.
    since: Option<Timestamp>,
}

impl Measured {
    /// When it is written down at the latest.
    pub fn due(&self) -> Option<Timestamp> {
        self.since.map(|since| since + WRITTEN_WITHIN)
    }
}

/// Values of five minutes.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: i64,
    sum: f64,
    least: f64,
    most: f64,
    last: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        let first = self.count == 0;
        self.least = if first { value } else { self.least.min(value) };
        self.most = if first { value } else { self.most.max(value) };
        self.count += 1;
        self.sum += value;
        self.last = value;
    }
}

impl<S: Sql> Hub<S> {
    /// Writes down what was measured, in one statement.
    pub(super) fn write_measured(&self) -> Result<()> {
        let all = std::mem::take(&mut *self.measured.borrow_mut());
        if all.sums.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = all
            .sums
            .into_iter()
            .map(|((device, metric, begins), of)| {
                (device, metric, begins, of.count, of.sum, of.least, of.most, of.last)
            })
            .collect();
        Ok(self.sql.run(
            "INSERT INTO series (device, metric, begins, count, sum, least, most, last)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
                CAST(json_extract(value, '$[4]') AS REAL), CAST(json_extract(value, '$[5]') AS REAL),
                CAST(json_extract(value, '$[6]') AS REAL), CAST(json_extract(value, '$[7]') AS REAL) FROM json_each(?1) WHERE true
             ON CONFLICT (device, metric, begins) DO UPDATE SET count = count + excluded.count, sum = sum + excluded.sum,
                least = MIN(least, excluded.least), most = MAX(most, excluded.most), last = excluded.last",
            values![serde_json::to_string(&rows)?],
        )?)
    }

    pub(super) fn measured(&self, device: &mut Device, told: &Telemetry, moment: &Moment) -> Result<()> {
        let at = self.sum_up(device.id, device.kind, told, moment)?;
        if is_watched(device.kind) {
            let temperature = told.values.get("temperature").copied();
            let door = told.values.get("door").map(|value| *value != 0.0);
            self.watch(device, temperature, door, at, moment)?;
        }
        Ok(())
    }

    /// Adds measured values to the sums of their five minutes; answers when they were measured. At most one statement.
    pub(super) fn sum_up(&self, id: Id, kind: DeviceKind, told: &Telemetry, moment: &Moment) -> Result<Timestamp> {
        if let Some(name) = told.values.keys().find(|name| !kind.measures(name)) {
            let message = format!("a {} does not measure this", kind.name());
            return Err(Refusal::Invalid { path: format!("values.{name}"), message });
        }
        let at = when(told.at, moment.now);
        let begins = at.millis().div_euclid(SPAN) * SPAN;
        let mut all = self.measured.borrow_mut();
        for (metric, value) in &told.values {
            all.sums.entry((id, metric.clone(), begins)).or_default().add(*value);
        }
        if all.since.is_none() {
            all.since = Some(moment.now);
            self.sql.stir();
        }
        let many = all.sums.len() >= MANY;
        drop(all);
        if many {
            self.write_measured()?;
        }
        Ok(at)
    }

    /// Looks at a fridge by its rules, and tells what is wrong.
    pub(super) fn watch(
        &self,
        device: &mut Device,
        temperature: Option<f64>,
        door: Option<bool>,
        at: Timestamp,
        moment: &Moment,
    ) -> Result<()> {
        let config: Value = serde_json::from_str(&device.desired)?;
        let rules = Rules::of(&config);
        let mut watch: Watch = serde_json::from_str(&device.watch).unwrap_or_default();
        let mut alarms = temperature.map(|value| watch.temperature(&rules, value, at)).unwrap_or_default();
        let open = door.or_else(|| watch.door_is_open().then_some(true));
        alarms.extend(open.and_then(|open| watch.door(&rules, open, at)));
        let kept = serde_json::to_string(&watch)?;
        // A calm fridge writes nothing: what it remembers is in the series.
        if !alarms.is_empty() || watch != serde_json::from_str(&device.watch).unwrap_or_default() {
            self.sql
                .run("UPDATE devices SET watch = ?2 WHERE id = ?1", values![device.id.to_string(), kept.as_str()])?;
            device.watch = kept;
        }
        for alarm in alarms {
            let skus = config.get("skus").cloned().unwrap_or_else(|| json!([]));
            let (code, detail, data) = match alarm {
                Alarm::TooWarm(value) => {
                    ("too_warm", format!("{value} °C, and {} at most", rules.temperature_max), None)
                }
                Alarm::TooCold(value) => {
                    ("too_cold", format!("{value} °C, and {} at least", rules.temperature_min), None)
                }
                Alarm::DoorOpen => ("door_open", "the door has been open for too long".to_owned(), None),
                Alarm::Breach { since, worst } => (
                    "cold_chain_breach",
                    format!(
                        "above {} °C since {since}, up to {worst} °C: what is in it is suspect",
                        rules.temperature_max
                    ),
                    Some(json!({"since": since, "worst": worst, "skus": skus})),
                ),
                Alarm::Recovered => {
                    self.note(device.id, moment, "info", "as it should be again")?;
                    continue;
                }
            };
            self.tell_fault(device, code, &detail, data, moment)?;
        }
        Ok(())
    }

    pub(super) fn reported(&self, device: &Device, version: i64, config: &Value) -> Result<()> {
        if version < 0 || version > device.desired_version {
            let message = format!("expected a version that was desired, up to {}", device.desired_version);
            return Err(Refusal::Invalid { path: "version".into(), message });
        }
        let text = serde_json::to_string(config)?;
        if !config.is_object() || text.len() > 32 * 1024 {
            return Err(Refusal::Invalid {
                path: "config".into(),
                message: "expected an object of 32 kB at most".into(),
            });
        }
        Ok(self.sql.run(
            "UPDATE devices SET reported_version = ?2, reported = ?3 WHERE id = ?1 AND reported_version <= ?2",
            values![device.id.to_string(), version, text],
        )?)
    }
}
