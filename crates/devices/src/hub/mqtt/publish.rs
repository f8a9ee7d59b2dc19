//! What an MQTT client says: the same as in protocol 1, by its topic.

use super::{closing, packet, version_of, wants};
use crate::frame::{CommandAck, DeviceEvent, Events, MAX_BATCH, Telemetry};
use crate::hub::devices::Device;
use crate::hub::lines::as_fault;
use crate::hub::session::{Moment, Output, Session};
use crate::hub::{Hub, Refusal, Result};
use kirana_mqtt::{Acknowledge, Packet, Properties, Property, Publish, QoS, Value, Version, reason};
use kirana_sql::Sql;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Events, or one of them with or without its number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Batch(Events),
    One {
        #[serde(default)]
        seq: Option<u64>,
        #[serde(flatten)]
        event: Bare,
    },
}

#[derive(Deserialize)]
struct Bare {
    #[serde(default)]
    at: Option<kirana_kernel::Timestamp>,
    #[serde(rename = "type")]
    name: String,
    #[serde(default)]
    data: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Reported {
    version: i64,
    config: serde_json::Value,
}

#[derive(Deserialize)]
struct Time {
    sent: i64,
}

fn read<T: DeserializeOwned>(payload: &str) -> Result<T> {
    serde_json::from_str(payload)
        .map_err(|error| Refusal::Invalid { path: "payload".into(), message: error.to_string() })
}

impl<S: Sql> Hub<S> {
    pub(super) fn published(
        &self,
        session: &mut Session,
        device: &mut Device,
        message: Publish,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        let version = version_of(session);
        if message.qos == QoS::ExactlyOnce {
            return Ok(closing(session, reason::QOS_NOT_SUPPORTED, "messages go at most or at least once"));
        }
        if message.properties.number(Property::TOPIC_ALIAS).is_some() {
            return Ok(closing(session, reason::TOPIC_ALIAS_INVALID, "no aliases of topics were agreed on"));
        }
        let own = format!("devices/{}/", device.id);
        let Some(leaf) = message.topic.strip_prefix(&own) else {
            self.note(
                device.id,
                moment,
                "error",
                &format!("it spoke under a topic that is not its own: {}", message.topic),
            )?;
            let words = "a device speaks under its own topics only";
            return Ok(match (version, message.id) {
                (Version::V5, Some(id)) => vec![ack(id, reason::NOT_AUTHORIZED, words, version)],
                _ => closing(session, reason::NOT_AUTHORIZED, words),
            });
        };
        let payload = match String::from_utf8(message.payload.clone()) {
            Ok(payload) => payload,
            Err(_) => {
                return self.misunderstood(
                    device,
                    &message,
                    reason::PAYLOAD_INVALID,
                    "expected UTF-8",
                    version,
                    moment,
                );
            }
        };
        let said = if leaf.starts_with("state/") {
            self.keep_state(device, &message.topic, &payload, message.qos.bits(), message.retain)
                .and_then(|()| self.echo(device, &message, &payload))
        } else {
            self.understood(device, leaf, &payload, message.qos, moment)
        };
        match said {
            Ok(outputs) => {
                let mut all: Vec<_> = message.id.map(|id| ack(id, reason::SUCCESS, "", version)).into_iter().collect();
                all.extend(outputs);
                Ok(all)
            }
            Err(refusal) => {
                let fault = as_fault(refusal)?;
                let code = match fault.code {
                    "unknown_topic" => reason::TOPIC_NAME_INVALID,
                    "quota" => reason::QUOTA_EXCEEDED,
                    "gap" => reason::IMPLEMENTATION,
                    _ => reason::PAYLOAD_INVALID,
                };
                self.misunderstood(device, &message, code, &fault.detail, version, moment)
            }
        }
    }

    fn understood(
        &self,
        device: &mut Device,
        leaf: &str,
        payload: &str,
        qos: QoS,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        match leaf {
            "telemetry" => {
                let told: Telemetry = read(payload)?;
                let sensible = told.values.values().all(|value| value.is_finite() && value.abs() <= 1e9);
                if told.values.is_empty() || told.values.len() > crate::frame::MAX_VALUES || !sensible {
                    let message = "expected 1 to 20 numbers below a thousand million".into();
                    return Err(Refusal::Invalid { path: "values".into(), message });
                }
                self.measured(device, &told, moment)?;
                if qos != QoS::AtMostOnce {
                    self.write_measured()?;
                }
                Ok(Vec::new())
            }
            "events" => self.told(device, payload, moment),
            "reported" => {
                let Reported { version, config } = read(payload)?;
                self.reported(device, version, &config).map(|()| Vec::new())
            }
            "ack" => self.acknowledged(device, &read::<CommandAck>(payload)?, moment),
            "time" => {
                let Time { sent } = read(payload)?;
                let answer = json!({"sent": sent, "now": moment.now.millis()}).to_string();
                self.publish(device, "time/now", &answer, false, moment)
            }
            _ => Err(Refusal::Conflict("unknown_topic", format!("nobody hears {leaf}: see docs/devices.md"))),
        }
    }

    fn told(&self, device: &mut Device, payload: &str, moment: &Moment) -> Result<Vec<Output>> {
        let (first, events) = match read(payload)? {
            Told::Batch(Events { first, events }) => (first, events),
            Told::One { seq, event: Bare { at, name, data } } => {
                (seq.unwrap_or(device.upto + 1), vec![DeviceEvent { at, name, data }])
            }
        };
        if events.is_empty() || events.len() > MAX_BATCH || first == 0 || first > 1 << 50 {
            let message = format!("expected 1 to {MAX_BATCH} events, counted from 1");
            return Err(Refusal::Invalid { path: "events".into(), message });
        }
        if first > device.upto + 1 {
            return Err(Refusal::Conflict(
                "gap",
                format!("events from {} on are missing: send them again", device.upto + 1),
            ));
        }
        let (faults, mut outputs) = self.take_events(device, first, &events, moment)?;
        for fault in faults {
            outputs.extend(self.publish(device, "errors", &serde_json::to_string(&fault)?, false, moment)?);
        }
        let upto = json!({"upto": device.upto}).to_string();
        outputs.extend(self.publish(device, "acked", &upto, false, moment)?);
        Ok(outputs)
    }

    /// What a device says of its own state it may want to hear as well: another program on it listens.
    fn echo(&self, device: &Device, message: &Publish, payload: &str) -> Result<Vec<Output>> {
        match wants(device, &message.topic)? {
            Some((qos, true)) => {
                let surely = qos > 0 && message.qos == QoS::AtLeastOnce;
                self.deliver(device, &message.topic, payload, surely, false)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// A message that makes no sense is acknowledged all the same where a client would send it for ever: version 5 is told why, and
    /// `errors` says it to both.
    fn misunderstood(
        &self,
        device: &Device,
        message: &Publish,
        code: u8,
        words: &str,
        version: Version,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        self.note(device.id, moment, "warning", &format!("{}: {words}", message.topic))?;
        let mut outputs: Vec<_> = message.id.map(|id| ack(id, code, words, version)).into_iter().collect();
        let told = json!({"code": "refused", "topic": message.topic, "detail": words}).to_string();
        outputs.extend(self.publish(device, "errors", &told, false, moment)?);
        Ok(outputs)
    }
}

fn ack(id: u16, code: u8, words: &str, version: Version) -> Output {
    let properties = match words {
        "" => Properties::default(),
        words => Properties::default().with(Property::REASON, Value::Text(words.into())),
    };
    packet(&Packet::Ack { kind: Acknowledge::Publish, id, code, properties }, version)
}
