//! Protocol 2: MQTT 3.1.1 and 5. The same frames under topics of the device's own, `devices/<id>/...`: what it says goes to `telemetry`,
//! `events`, `reported`, `ack`, `time` and `state/...`, what it hears comes from `desired`, `commands`, `acked`, `errors` and `time/now`.
//! Nobody hears or says anything under another device's topics.

mod connect;
mod publish;
mod subscribe;

use super::devices::Device;
use super::session::{Moment, Output, Protocol, Say, Session};
use super::{Hub, Refusal, Result};
use crate::bucket::Verdict;
use crate::fault::close;
use crate::frame::MAX_BYTES;
use kirana_kernel::Id;
use kirana_mqtt::{
    Acknowledge, Malformed, Packet, Properties, Property, Publish, QoS, Value, Version, decode, encode, matches, reason,
};
use kirana_sql::{Sql, values};
use serde::{Deserialize, Serialize};

/// Messages that a client may have on their way to us at once (MQTT 5, 3.2.2.3.3).
const RECEIVE_MAXIMUM: u16 = 20;
/// The longest that a session is kept, in seconds: a week.
const KEPT_AT_MOST: u32 = 7 * 24 * 3600;
/// Filters of one device at most.
const MAX_FILTERS: usize = 20;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wanted {
    #[serde(rename = "f")]
    filter: String,
    #[serde(rename = "q")]
    qos: u8,
    #[serde(rename = "n", default)]
    no_local: bool,
    #[serde(rename = "p", default)]
    as_published: bool,
}

/// Forgets what is kept for a client: its filters, and what it has not acknowledged.
pub(super) fn forget(sql: &impl Sql, device: Id) -> Result<()> {
    sql.run("UPDATE devices SET filters = '[]' WHERE id = ?1", values![device.to_string()])?;
    Ok(sql.run("DELETE FROM inflight WHERE device = ?1", values![device.to_string()])?)
}

/// The bytes of a DISCONNECT of version 5.
pub(super) fn disconnect(code: u8) -> Vec<u8> {
    encode(&Packet::Disconnect { code, properties: Properties::default() }, Version::V5)
}

fn version_of(session: &Session) -> Version {
    if session.protocol == Protocol::Mqtt5 { Version::V5 } else { Version::V311 }
}

fn packet(packet: &Packet, version: Version) -> Output {
    Output::here(Say::Bytes(encode(packet, version)))
}

/// Says why to whoever can read it, and closes the line.
fn closing(session: &Session, code: u8, words: &str) -> Vec<Output> {
    let mut outputs = Vec::new();
    if session.is_open() && session.protocol == Protocol::Mqtt5 {
        let properties = Properties::default().with(Property::REASON, Value::Text(words.into()));
        outputs.push(packet(&Packet::Disconnect { code, properties }, Version::V5));
    }
    let code = match code {
        reason::PACKET_TOO_LARGE => close::TOO_LARGE,
        reason::MESSAGE_RATE_TOO_HIGH => close::LATER,
        reason::MALFORMED | reason::PROTOCOL_ERROR => close::PROTOCOL,
        reason::SUCCESS => close::NORMAL,
        _ => close::POLICY,
    };
    outputs.push(Output::here(Say::Close(code, words.chars().take(60).collect())));
    outputs
}

impl<S: Sql> Hub<S> {
    pub(super) fn hear_packets(
        &self,
        session: &mut Session,
        buffer: &mut Vec<u8>,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        let mut outputs = Vec::new();
        loop {
            let found = decode(buffer, version_of(session), MAX_BYTES);
            let (said, length) = match found {
                Ok(None) => return Ok(outputs),
                Ok(Some(found)) => found,
                Err(malformed) => {
                    outputs.extend(refuse_bytes(session, buffer, malformed));
                    buffer.clear();
                    return Ok(outputs);
                }
            };
            buffer.drain(..length);
            if session.bucket.take(moment.now) != Verdict::Hear {
                self.bar(session, moment)?;
                outputs.extend(closing(session, reason::MESSAGE_RATE_TOO_HIGH, "slow down, and come back in a moment"));
                buffer.clear();
                return Ok(outputs);
            }
            let answer = self.hear_packet(session, said, moment)?;
            let over = answer.iter().any(|output| matches!(output.say, Say::Close(..)) && output.to == super::To::Here);
            outputs.extend(answer);
            if over {
                buffer.clear();
                return Ok(outputs);
            }
        }
    }

    fn hear_packet(&self, session: &mut Session, said: Packet, moment: &Moment) -> Result<Vec<Output>> {
        if let Packet::Connect(connect) = said {
            if session.is_open() {
                return Ok(closing(session, reason::PROTOCOL_ERROR, "a second CONNECT"));
            }
            return self.connect(session, *connect, moment);
        }
        let Some(mut device) = self.speaker(session)?.filter(|_| session.is_open()) else {
            return Ok(closing(session, reason::NOT_AUTHORIZED, "expected a CONNECT first"));
        };
        let version = version_of(session);
        match said {
            Packet::Publish(message) => self.published(session, &mut device, message, moment),
            Packet::Ack { kind: Acknowledge::Publish, id, .. } => {
                self.sql.run(
                    "DELETE FROM inflight WHERE device = ?1 AND packet = ?2",
                    values![device.id.to_string(), i64::from(id)],
                )?;
                self.send_next(&device)
            }
            Packet::Subscribe { id, properties, filters } => {
                self.subscribe(session, &mut device, id, &properties, filters, moment)
            }
            Packet::Unsubscribe { id, filters, .. } => self.unsubscribe(session, &device, id, &filters),
            Packet::Pingreq => Ok(vec![packet(&Packet::Pingresp, version)]),
            Packet::Disconnect { code, properties } => {
                if code != reason::DISCONNECT_WITH_WILL {
                    session.will = None;
                }
                match properties.number(Property::SESSION_EXPIRY) {
                    // MQTT 5, 3.14.2.2.2: what was not to be kept cannot be kept now.
                    Some(kept) if session.kept_for == 0 && kept > 0 => {
                        return Ok(closing(session, reason::PROTOCOL_ERROR, "a session that was to end is to be kept"));
                    }
                    Some(kept) => session.kept_for = kept.min(KEPT_AT_MOST),
                    None => {}
                }
                Ok(vec![Output::here(Say::Close(close::NORMAL, "bye".into()))])
            }
            Packet::Auth { .. } => {
                Ok(closing(session, reason::BAD_AUTHENTICATION_METHOD, "no method of authentication was agreed on"))
            }
            _ => Ok(closing(session, reason::PROTOCOL_ERROR, "a packet that clients do not send")),
        }
    }

    /// Would a command reach a device: in protocol 1 always, over MQTT once it listens?
    pub(super) fn hears_commands(&self, device: &Device) -> Result<bool> {
        Ok(device.protocol == 1 || wants(device, &format!("devices/{}/commands", device.id))?.is_some())
    }

    /// A message to a device under one of its topics, if it wants to hear it. One that has to arrive goes at least once where the
    /// device asked for that, and is kept until it is acknowledged.
    pub(super) fn publish(
        &self,
        device: &Device,
        leaf: &str,
        payload: &str,
        surely: bool,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        let _ = moment;
        let topic = format!("devices/{}/{leaf}", device.id);
        let Some((qos, _)) = wants(device, &topic)? else { return Ok(Vec::new()) };
        let surely = surely && qos > 0;
        self.deliver(device, &topic, payload, surely, false)
    }

    fn deliver(&self, device: &Device, topic: &str, payload: &str, surely: bool, retain: bool) -> Result<Vec<Output>> {
        let Some(version) = Protocol::version(device.protocol) else { return Ok(Vec::new()) };
        // What does not fit is not sent (MQTT 5, 3.1.2.11.4): the header, the lengths and a number are 11 bytes at most.
        if topic.len() + payload.len() + 11 > device.largest {
            return Ok(Vec::new());
        }
        let mut message = Publish {
            dup: false,
            qos: if surely { QoS::AtLeastOnce } else { QoS::AtMostOnce },
            retain,
            topic: topic.into(),
            id: None,
            properties: Properties::default(),
            payload: payload.into(),
        };
        if surely {
            let (id, open) = self.next_packet(device.id)?;
            message.id = Some(id);
            let now = open < device.window;
            self.sql.run(
                "INSERT INTO inflight (device, packet, topic, payload, sent) VALUES (?1, ?2, ?3, ?4, ?5)",
                values![device.id.to_string(), i64::from(id), topic, payload, i64::from(now)],
            )?;
            if !now {
                return Ok(Vec::new());
            }
        }
        let bytes = encode(&Packet::Publish(message), version);
        Ok(vec![Output { to: device.line(), say: Say::Bytes(bytes) }])
    }

    /// A number that no message on its way has, and how many are on their way.
    fn next_packet(&self, device: Id) -> Result<(u16, i64)> {
        #[derive(Deserialize)]
        struct Row {
            next_packet: i64,
            open: i64,
        }
        let me = device.to_string();
        let row: Option<Row> = self.sql.first(
            "SELECT next_packet, (SELECT COUNT(*) FROM inflight WHERE device = ?1 AND sent = 1) AS open FROM devices WHERE id = ?1",
            values![me.as_str()],
        )?;
        let row = row.ok_or_else(|| Refusal::Fault("a device is gone while it is spoken to".into()))?;
        let taken: Vec<Numbered> =
            self.sql.query("SELECT packet FROM inflight WHERE device = ?1", values![me.as_str()])?;
        let mut next = row.next_packet;
        // No more than a hundred commands wait for a device: a free number is near.
        loop {
            next = next % 65_535 + 1;
            if !taken.iter().any(|one| one.packet == next) {
                break;
            }
        }
        self.sql.run("UPDATE devices SET next_packet = ?2 WHERE id = ?1", values![me.as_str(), next])?;
        Ok((u16::try_from(next).unwrap_or(1), row.open))
    }

    /// Something was acknowledged: what waited for room goes now.
    fn send_next(&self, device: &Device) -> Result<Vec<Output>> {
        let waiting: Option<Inflight> = self.sql.first(
            "SELECT packet, topic, payload FROM inflight WHERE device = ?1 AND sent = 0 ORDER BY packet LIMIT 1",
            values![device.id.to_string()],
        )?;
        let Some(one) = waiting else { return Ok(Vec::new()) };
        self.sql.run(
            "UPDATE inflight SET sent = 1 WHERE device = ?1 AND packet = ?2",
            values![device.id.to_string(), one.packet],
        )?;
        Ok(one.output(device, false).into_iter().collect())
    }

    /// What was sent on an earlier line and not acknowledged, once more.
    fn send_again(&self, device: &Device) -> Result<Vec<Output>> {
        let rows: Vec<Inflight> = self.sql.query(
            "SELECT packet, topic, payload FROM inflight WHERE device = ?1 AND sent = 1 ORDER BY packet",
            values![device.id.to_string()],
        )?;
        Ok(rows.into_iter().filter_map(|one| one.output(device, true)).collect())
    }

    /// Keeps something that a device says of its state for whoever asks later, and tells it to those of its own subscriptions that want it.
    pub(super) fn keep_state(&self, device: &Device, topic: &str, payload: &str, qos: u8, retain: bool) -> Result<()> {
        if !retain {
            return Ok(());
        }
        if payload.is_empty() {
            return Ok(self.sql.run("DELETE FROM retained WHERE topic = ?1", values![topic])?);
        }
        #[derive(Deserialize)]
        struct Count {
            count: i64,
        }
        let kept: Option<Count> = self.sql.first(
            "SELECT COUNT(*) AS count FROM retained WHERE device = ?1 AND topic <> ?2",
            values![device.id.to_string(), topic],
        )?;
        if kept.is_some_and(|kept| kept.count >= 50) {
            return Err(Refusal::Conflict("quota", "fifty states are kept for each device".into()));
        }
        Ok(self.sql.run(
            "INSERT OR REPLACE INTO retained (topic, device, payload, qos) VALUES (?1, ?2, ?3, ?4)",
            values![topic, device.id.to_string(), payload, i64::from(qos)],
        )?)
    }
}

/// How surely a device wants to hear of a topic, and whether it wants to hear what it says itself.
fn wants(device: &Device, topic: &str) -> Result<Option<(u8, bool)>> {
    let wanted: Vec<Wanted> = serde_json::from_str(&device.filters)?;
    let matching = wanted.iter().filter(|wanted| matches(&wanted.filter, topic));
    Ok(matching.map(|wanted| (wanted.qos, !wanted.no_local)).reduce(|a, b| (a.0.max(b.0), a.1 || b.1)))
}

/// Bytes that are no packet: who is not let in yet is told in a CONNACK, others in a DISCONNECT.
fn refuse_bytes(session: &Session, bytes: &[u8], malformed: Malformed) -> Vec<Output> {
    let mut outputs = Vec::new();
    if !session.is_open() && malformed.reason == reason::UNSUPPORTED_VERSION {
        let asked = kirana_mqtt::version_of_connect(bytes).unwrap_or(0);
        let version = if asked > 5 { Version::V5 } else { Version::V311 };
        let refused =
            Packet::Connack { session_present: false, code: malformed.reason, properties: Properties::default() };
        outputs.push(packet(&refused, version));
    }
    outputs.extend(closing(session, malformed.reason, malformed.what));
    outputs
}

#[derive(Deserialize)]
struct Numbered {
    packet: i64,
}

#[derive(Deserialize)]
struct Inflight {
    packet: i64,
    topic: String,
    payload: String,
}

impl Inflight {
    fn output(self, device: &Device, dup: bool) -> Option<Output> {
        let version = Protocol::version(device.protocol)?;
        let message = Publish {
            dup,
            qos: QoS::AtLeastOnce,
            retain: false,
            topic: self.topic,
            id: u16::try_from(self.packet).ok(),
            properties: Properties::default(),
            payload: self.payload.into_bytes(),
        };
        Some(Output { to: device.line(), say: Say::Bytes(encode(&Packet::Publish(message), version)) })
    }
}
