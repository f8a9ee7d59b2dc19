//! Packets from bytes.

use crate::packet::{Acknowledge, Connect, Filter, Packet, Publish, QoS, Version, Will};
use crate::property::{Properties, Property};
use crate::reader::Reader;
use crate::{Malformed, is_filter, is_topic, reason, reason_of_311};

/// The first packet in `bytes`, and how many of them it takes; nothing while it is not whole. A packet of more than `max` bytes is
/// refused by its length, before it is there. The version is that of the connection's CONNECT, which says its own.
///
/// # Errors
/// For bytes that are no packet.
pub fn decode(bytes: &[u8], version: Version, max: usize) -> Result<Option<(Packet, usize)>, Malformed> {
    let Some((first, rest)) = bytes.split_first() else { return Ok(None) };
    let mut reader = Reader(rest);
    let length = match reader.variable() {
        Ok(length) => length as usize,
        // Four bytes are enough for any length.
        Err(_) if rest.len() < 4 && rest.iter().all(|byte| byte & 0x80 != 0) => return Ok(None),
        Err(malformed) => return Err(malformed),
    };
    let header = bytes.len() - reader.0.len();
    if header + length > max {
        return Err(Malformed { reason: reason::PACKET_TOO_LARGE, what: "a packet that is too large" });
    }
    if reader.0.len() < length {
        return Ok(None);
    }
    let mut body = reader.part(length)?;
    let packet = packet(first >> 4, first & 0x0f, &mut body, version)?;
    if !body.is_empty() {
        return Err(Malformed::new("a packet is longer than what is in it"));
    }
    Ok(Some((packet, header + length)))
}

/// The protocol level that a CONNECT asks for, when there is enough of it: also one that nobody speaks.
#[must_use]
pub fn version_of_connect(bytes: &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    let mut reader = Reader(rest);
    reader.variable().ok()?;
    reader.binary().ok()?;
    (first >> 4 == 1).then(|| reader.byte().ok()).flatten()
}

fn packet(kind: u8, flags: u8, body: &mut Reader<'_>, version: Version) -> Result<Packet, Malformed> {
    let wanted = match kind {
        3 => flags,
        6 | 8 | 10 => 0b0010,
        _ => 0,
    };
    if flags != wanted {
        return Err(Malformed::new("reserved flags are set"));
    }
    let ack = |kind, body: &mut Reader<'_>| {
        let id = body.id()?;
        let (code, properties) = outcome(body, version, kind)?;
        Ok(Packet::Ack { kind: acknowledge(kind), id, code, properties })
    };
    match kind {
        1 => connect(body),
        2 => {
            let flags = body.byte()?;
            if flags > 1 {
                return Err(Malformed::new("reserved flags are set"));
            }
            let code = match (version, body.byte()?) {
                (Version::V5, code) => code,
                (Version::V311, code) => {
                    reason_of_311(code).ok_or(Malformed::new("a return code that 3.1.1 does not know"))?
                }
            };
            Ok(Packet::Connack { session_present: flags == 1, code, properties: properties(body, version, kind)? })
        }
        3 => publish(flags, body, version).map(Packet::Publish),
        4..=7 => ack(kind, body),
        8 => subscribe(body, version),
        9 => {
            let (id, properties, codes) = (body.id()?, properties(body, version, kind)?, rest(body));
            // 3.1.1 knows three grants and one refusal (3.9.3).
            if version == Version::V311 && codes.iter().any(|code| !matches!(code, 0..=2 | 0x80)) {
                return Err(Malformed::protocol("a SUBACK with a code that 3.1.1 does not know"));
            }
            Ok(Packet::Suback { id, properties, codes })
        }
        10 => {
            let (id, properties) = (body.id()?, properties(body, version, kind)?);
            let mut filters = Vec::new();
            while !body.is_empty() {
                filters.push(filter(body)?);
            }
            if filters.is_empty() {
                return Err(Malformed::protocol("an UNSUBSCRIBE of nothing"));
            }
            Ok(Packet::Unsubscribe { id, properties, filters })
        }
        11 => {
            let id = body.id()?;
            let (properties, codes) = match version {
                Version::V311 => (Properties::default(), Vec::new()),
                Version::V5 => (properties(body, version, kind)?, rest(body)),
            };
            Ok(Packet::Unsuback { id, properties, codes })
        }
        12 => Ok(Packet::Pingreq),
        13 => Ok(Packet::Pingresp),
        14 => {
            let (code, properties) = outcome(body, version, kind)?;
            Ok(Packet::Disconnect { code, properties })
        }
        15 if version == Version::V5 => {
            let (code, properties) = outcome(body, version, kind)?;
            Ok(Packet::Auth { code, properties })
        }
        _ => Err(Malformed::new("there is no such type of packet")),
    }
}

const fn acknowledge(kind: u8) -> Acknowledge {
    match kind {
        4 => Acknowledge::Publish,
        5 => Acknowledge::Received,
        6 => Acknowledge::Release,
        _ => Acknowledge::Complete,
    }
}

fn properties(body: &mut Reader<'_>, version: Version, kind: u8) -> Result<Properties, Malformed> {
    if version == Version::V5 { Properties::read(body, Some(kind)) } else { Ok(Properties::default()) }
}

/// A reason and properties, both of which may be left out at the end of a packet.
fn outcome(body: &mut Reader<'_>, version: Version, kind: u8) -> Result<(u8, Properties), Malformed> {
    if version == Version::V311 || body.is_empty() {
        return Ok((reason::SUCCESS, Properties::default()));
    }
    let code = body.byte()?;
    let found = if body.is_empty() { Properties::default() } else { Properties::read(body, Some(kind))? };
    Ok((code, found))
}

fn rest(body: &mut Reader<'_>) -> Vec<u8> {
    std::mem::take(&mut body.0).to_vec()
}

fn filter(body: &mut Reader<'_>) -> Result<String, Malformed> {
    let filter = body.text()?;
    if is_filter(&filter) {
        return Ok(filter);
    }
    Err(Malformed { reason: reason::TOPIC_FILTER_INVALID, what: "a topic filter that is none" })
}

fn connect(body: &mut Reader<'_>) -> Result<Packet, Malformed> {
    let name = body.binary()?;
    let version = match (name, body.byte()?) {
        (b"MQTT", 4) => Version::V311,
        (b"MQTT", 5) => Version::V5,
        _ => {
            let what = "expected the protocol MQTT of level 4 or 5";
            return Err(Malformed { reason: reason::UNSUPPORTED_VERSION, what });
        }
    };
    let flags = body.byte()?;
    let keep_alive = body.two()?;
    let (has_will, will_qos, will_retain) = (flags & 4 != 0, flags >> 3 & 3, flags & 0x20 != 0);
    let (has_password, has_username) = (flags & 0x40 != 0, flags & 0x80 != 0);
    if flags & 1 != 0 || (!has_will && (will_qos != 0 || will_retain)) {
        return Err(Malformed::new("reserved flags of a CONNECT are set"));
    }
    if version == Version::V311 && has_password && !has_username {
        return Err(Malformed::protocol("a password without a user"));
    }
    let will_qos = QoS::from_bits(will_qos).ok_or(Malformed::new("a will of quality 3"))?;
    let properties = properties(body, version, 1)?;
    let client_id = body.text()?;
    let will = if has_will {
        let properties = if version == Version::V5 { Properties::read(body, None)? } else { Properties::default() };
        let (topic, payload) = (body.text()?, body.binary()?.to_vec());
        if !is_topic(&topic) {
            return Err(Malformed { reason: reason::TOPIC_NAME_INVALID, what: "a will with a topic that is none" });
        }
        Some(Will { qos: will_qos, retain: will_retain, properties, topic, payload })
    } else {
        None
    };
    let username = has_username.then(|| body.text()).transpose()?;
    let password = has_password.then(|| body.binary().map(<[u8]>::to_vec)).transpose()?;
    let clean = flags & 2 != 0;
    Ok(Packet::Connect(Box::new(Connect {
        version,
        clean,
        keep_alive,
        properties,
        client_id,
        will,
        username,
        password,
    })))
}

fn publish(flags: u8, body: &mut Reader<'_>, version: Version) -> Result<Publish, Malformed> {
    let qos = QoS::from_bits(flags >> 1 & 3).ok_or(Malformed::new("a message of quality 3"))?;
    let dup = flags & 8 != 0;
    if dup && qos == QoS::AtMostOnce {
        return Err(Malformed::new("a message that goes at most once was sent before"));
    }
    let topic = body.text()?;
    let id = (qos != QoS::AtMostOnce).then(|| body.id()).transpose()?;
    let properties = properties(body, version, 3)?;
    // In version 5 an alias may stand for the topic.
    let aliased = topic.is_empty() && properties.number(Property::TOPIC_ALIAS).is_some();
    if !aliased && !is_topic(&topic) {
        return Err(Malformed { reason: reason::TOPIC_NAME_INVALID, what: "a topic that is none" });
    }
    Ok(Publish { dup, qos, retain: flags & 1 != 0, topic, id, properties, payload: rest(body) })
}

fn subscribe(body: &mut Reader<'_>, version: Version) -> Result<Packet, Malformed> {
    let (id, properties) = (body.id()?, properties(body, version, 8)?);
    let mut filters = Vec::new();
    while !body.is_empty() {
        let filter = filter(body)?;
        let options = body.byte()?;
        let known = if version == Version::V5 { 0b0011_1111 } else { 0b0000_0011 };
        let qos = QoS::from_bits(options & 3).ok_or(Malformed::protocol("a subscription of quality 3"))?;
        let retain_handling = options >> 4 & 3;
        if options & !known != 0 || retain_handling == 3 {
            return Err(Malformed::protocol("reserved options of a subscription are set"));
        }
        let (no_local, as_published) = (options & 4 != 0, options & 8 != 0);
        filters.push(Filter { filter, qos, no_local, as_published, retain_handling });
    }
    if filters.is_empty() {
        return Err(Malformed::protocol("a SUBSCRIBE to nothing"));
    }
    Ok(Packet::Subscribe { id, properties, filters })
}
