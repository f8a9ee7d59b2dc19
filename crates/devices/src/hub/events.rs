//! What happened at devices: taken once each, in the order of the device's own count.

use super::devices::Device;
use super::session::{Moment, Output};
use super::telemetry::when;
use super::{Hub, Refusal, Result};
use crate::fault::Fault;
use crate::frame::DeviceEvent as Told;
use crate::kind::DeviceKind;
use kirana_events::{DeviceEvent, EventData};
use kirana_sql::{Sql, values};
use serde_json::{Value, json};

impl<S: Sql> Hub<S> {
    /// Takes what is new of a batch whose first event has this number, which is not beyond the next one. What makes no sense is
    /// said and passed over: it would make none the next time either.
    pub(super) fn take_events(
        &self,
        device: &mut Device,
        first: u64,
        events: &[Told],
        moment: &Moment,
    ) -> Result<(Vec<Fault>, Vec<Output>)> {
        let (mut faults, mut outputs, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (number, event) in (first..).zip(events) {
            if number <= device.upto {
                continue;
            }
            device.upto = number;
            match self.take(device, event, moment) {
                Ok(said) => {
                    outputs.extend(said);
                    let (at, data) = (when(event.at, moment.now), event.data.clone());
                    kept.push(json!({"number": number, "type": event.name, "at": at, "data": data}));
                }
                Err(Refusal::Fault(words)) => return Err(Refusal::Fault(words)),
                Err(refusal) => {
                    let fault = Fault::of("event_refused", format!("event {number}: {refusal}"));
                    self.note(device.id, moment, "error", &fault.detail)?;
                    faults.push(fault);
                }
            }
        }
        let (id, upto) = (device.id.to_string(), device.upto);
        if self.together.is_at(&id, upto) {
            self.sql.change_known(&id, |known| known.upto = upto);
        } else {
            let values = values![id.as_str(), i64::try_from(upto).unwrap_or(i64::MAX)];
            let written = ("UPDATE devices SET upto = ?2 WHERE id = ?1 AND upto < ?2", &values[..]);
            self.sql.run_known(&id, written, |known| known.upto = upto)?;
        }
        if !kept.is_empty() {
            let event = DeviceEvent {
                data: Some(Value::Array(kept)),
                ..DeviceEvent::of(device.id, device.kind.name(), &device.name, moment.now)
            };
            self.tell(device, EventData::DeviceDataReceived(event), moment)?;
        }
        Ok((faults, outputs))
    }

    fn take(&self, device: &mut Device, event: &Told, moment: &Moment) -> Result<Vec<Output>> {
        if !device.kind.tells(&event.name) {
            let message = format!("a {} does not tell this", device.kind.name());
            return Err(Refusal::Invalid { path: "type".into(), message });
        }
        let (nothing, at) = (Value::Null, when(event.at, moment.now));
        let data = event.data.as_ref().unwrap_or(&nothing);
        match (device.kind, event.name.as_str()) {
            (_, "fault") => {
                let code = text(data, "code", 40)?;
                let detail = data["detail"].as_str().unwrap_or("it says no more");
                self.tell_fault(device, &code, &detail.chars().take(300).collect::<String>(), None, moment)?;
            }
            (_, "log") => {
                let level = data["level"].as_str().filter(|level| matches!(*level, "error" | "warning" | "info"));
                self.note(device.id, moment, level.unwrap_or("info"), &text(data, "text", 500)?)?;
            }
            (DeviceKind::Fridge, "door_opened" | "door_closed") => {
                self.watch(device, None, Some(event.name == "door_opened"), at, moment)?;
            }
            (DeviceKind::Rfid, "tags_read") => self.tags_read(device, data, at, moment)?,
            (DeviceKind::Rfid, "shelf_read") => self.shelf_read(device, data, at, moment)?,
            (DeviceKind::Kds, "bumped" | "recalled") => self.bumped(device, &event.name, data, moment)?,
            (DeviceKind::Scale, "weighed") => self.weighed(device, data, moment)?,
            (DeviceKind::Vm | DeviceKind::Vm20, "cash_sold") => self.cash_sold(device, data, at, moment)?,
            (DeviceKind::Vm | DeviceKind::Vm20, "cash_counted") => self.cash_counted(device, data, at, moment)?,
            (DeviceKind::Vm | DeviceKind::Vm20, "restocked") => self.restocked(device, data)?,
            (DeviceKind::Vm | DeviceKind::Vm20, name) if name.starts_with("sale_") => {
                return self.sale_event(device, name, data, moment);
            }
            // The rest is told on as it is.
            _ => {}
        }
        Ok(Vec::new())
    }
}

/// A text of some data.
pub fn text(data: &Value, name: &str, longest: usize) -> Result<String> {
    let found = data[name].as_str().filter(|text| !text.is_empty() && text.len() <= longest);
    let message = format!("expected a text of 1 to {longest} bytes");
    found.map(str::to_owned).ok_or_else(|| Refusal::Invalid { path: format!("data.{name}"), message })
}

/// A whole number of some data.
pub fn number(data: &Value, name: &str, least: i64, most: i64) -> Result<i64> {
    let message = format!("expected a whole number from {least} to {most}");
    let found = data[name].as_i64().filter(|number| (least..=most).contains(number));
    found.ok_or_else(|| Refusal::Invalid { path: format!("data.{name}"), message })
}

impl<S: Sql> Hub<S> {
    /// Takes what somebody else tells for a device: measured values, and events without numbers, each of which is new. Answers how many
    /// events were kept, and what was wrong with the others.
    ///
    /// # Errors
    /// For a device that is not there, values that it does not measure, or when the database refuses.
    pub fn receive(
        &self,
        device: kirana_kernel::Id,
        telemetry: Option<&crate::frame::Telemetry>,
        events: &[Told],
        moment: &Moment,
    ) -> Result<(usize, Vec<Fault>, Vec<Output>)> {
        self.whole(|| {
            let mut device = self.device(device)?;
            if device.revoked == 1 {
                return Err(Refusal::Conflict("revoked", "the device is revoked: nothing of it is kept".into()));
            }
            if let Some(told) = telemetry {
                self.measured(&mut device, told, moment)?;
                self.write_measured()?;
            }
            let first = device.upto + 1;
            let (faults, outputs) = self.take_events(&mut device, first, events, moment)?;
            Ok((events.len() - faults.len(), faults, outputs))
        })
    }
}
