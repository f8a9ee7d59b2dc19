//! What an MQTT client wants to hear: of its own device, and nothing else.

use super::{MAX_FILTERS, Wanted, closing, packet, version_of};
use crate::hub::devices::Device;
use crate::hub::session::{Moment, Output, Session};
use crate::hub::{Hub, Result};
use kirana_mqtt::{Filter, Packet, Properties, Property, matches, reason};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::json;

impl<S: Sql> Hub<S> {
    pub(super) fn subscribe(
        &self,
        session: &Session,
        device: &mut Device,
        id: u16,
        properties: &Properties,
        filters: Vec<Filter>,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        if properties.number(Property::SUBSCRIPTION_ID).is_some() {
            return Ok(closing(session, 0xA1, "subscription identifiers are not available"));
        }
        let own = format!("devices/{}/", device.id);
        let mut wanted: Vec<Wanted> = serde_json::from_str(&device.filters)?;
        let (mut codes, mut kept) = (Vec::new(), Vec::new());
        for Filter { filter, qos, no_local, as_published, retain_handling } in filters {
            if filter.starts_with("$share/") {
                codes.push(reason::SHARED_NOT_SUPPORTED);
                continue;
            }
            if !filter.starts_with(&own) {
                self.note(device.id, moment, "error", &format!("it wanted to hear what is not its own: {filter}"))?;
                codes.push(reason::NOT_AUTHORIZED);
                continue;
            }
            let qos = qos.bits().min(1);
            let place = wanted.iter().position(|known| known.filter == filter);
            let new = Wanted { filter: filter.clone(), qos, no_local, as_published };
            match place {
                Some(place) => wanted[place] = new,
                None if wanted.len() >= MAX_FILTERS => {
                    codes.push(reason::QUOTA_EXCEEDED);
                    continue;
                }
                None => wanted.push(new),
            }
            codes.push(qos);
            if retain_handling == 0 || (retain_handling == 1 && place.is_none()) {
                kept.push((filter, qos));
            }
        }
        device.filters = serde_json::to_string(&wanted)?;
        self.sql.run(
            "UPDATE devices SET filters = ?2 WHERE id = ?1",
            values![device.id.to_string(), device.filters.as_str()],
        )?;
        let answer = Packet::Suback { id, properties: Properties::default(), codes };
        let mut outputs = vec![packet(&answer, version_of(session))];
        let commands = format!("{own}commands");
        let hears_commands = kept.iter().any(|(filter, _)| matches(filter, &commands));
        outputs.extend(self.send_kept(device, &kept)?);
        if hears_commands {
            outputs.extend(self.send_waiting(device, moment)?);
        }
        Ok(outputs)
    }

    /// What is kept for whoever subscribes: the device's states, and the configuration that it should run by.
    fn send_kept(&self, device: &Device, filters: &[(String, u8)]) -> Result<Vec<Output>> {
        #[derive(Deserialize)]
        struct Row {
            topic: String,
            payload: String,
            qos: u8,
        }
        let mut rows: Vec<Row> = self.sql.query(
            "SELECT topic, payload, qos FROM retained WHERE device = ?1 ORDER BY topic",
            values![device.id.to_string()],
        )?;
        if device.desired_version > 0 {
            let config: serde_json::Value = serde_json::from_str(&device.told_config()?)?;
            let payload = json!({"version": device.desired_version, "config": config}).to_string();
            rows.push(Row { topic: format!("devices/{}/desired", device.id), payload, qos: 1 });
        }
        let mut outputs = Vec::new();
        for row in rows {
            let most = filters.iter().filter(|(filter, _)| matches(filter, &row.topic)).map(|(_, qos)| *qos).max();
            if let Some(qos) = most {
                outputs.extend(self.deliver(device, &row.topic, &row.payload, qos.min(row.qos) > 0, true)?);
            }
        }
        Ok(outputs)
    }

    pub(super) fn unsubscribe(
        &self,
        session: &Session,
        device: &Device,
        id: u16,
        filters: &[String],
    ) -> Result<Vec<Output>> {
        let mut wanted: Vec<Wanted> = serde_json::from_str(&device.filters)?;
        let mut codes = Vec::new();
        for filter in filters {
            let before = wanted.len();
            wanted.retain(|known| known.filter != *filter);
            codes.push(if wanted.len() < before { reason::SUCCESS } else { reason::NO_SUBSCRIPTION_EXISTED });
        }
        self.sql.run(
            "UPDATE devices SET filters = ?2 WHERE id = ?1",
            values![device.id.to_string(), serde_json::to_string(&wanted)?],
        )?;
        let answer = Packet::Unsuback { id, properties: Properties::default(), codes };
        Ok(vec![packet(&answer, version_of(session))])
    }
}
