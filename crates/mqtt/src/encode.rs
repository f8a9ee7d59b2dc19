//! Packets to bytes.

use crate::connack_of_311;
use crate::packet::{Acknowledge, Connect, Packet, Publish, Version};
use crate::property::{Properties, Value};
use crate::reason;

/// The bytes of a packet for whoever speaks this version. What only version 5 has is left out for 3.1.1.
#[must_use]
pub fn encode(packet: &Packet, version: Version) -> Vec<u8> {
    let mut body = Vec::new();
    let first = match packet {
        Packet::Connect(connect) => {
            write_connect(connect, &mut body);
            0x10
        }
        Packet::Connack { session_present, code, properties } => {
            let code = if version == Version::V5 { *code } else { connack_of_311(*code) };
            body.extend([u8::from(*session_present), code]);
            write_properties(properties, version, &mut body);
            0x20
        }
        Packet::Publish(message) => write_publish(message, version, &mut body),
        Packet::Ack { kind, id, code, properties } => {
            body.extend(id.to_be_bytes());
            write_outcome(*code, properties, version, &mut body);
            match kind {
                Acknowledge::Publish => 0x40,
                Acknowledge::Received => 0x50,
                Acknowledge::Release => 0x62,
                Acknowledge::Complete => 0x70,
            }
        }
        Packet::Subscribe { id, properties, filters } => {
            body.extend(id.to_be_bytes());
            write_properties(properties, version, &mut body);
            for filter in filters {
                write_text(&filter.filter, &mut body);
                let more = u8::from(filter.no_local) << 2
                    | u8::from(filter.as_published) << 3
                    | (filter.retain_handling & 3) << 4;
                body.push(filter.qos.bits() | if version == Version::V5 { more } else { 0 });
            }
            0x82
        }
        Packet::Suback { id, properties, codes } => {
            body.extend(id.to_be_bytes());
            write_properties(properties, version, &mut body);
            // 3.1.1 knows one kind of refusal.
            body.extend(codes.iter().map(|code| if version == Version::V311 && *code > 0x80 { 0x80 } else { *code }));
            0x90
        }
        Packet::Unsubscribe { id, properties, filters } => {
            body.extend(id.to_be_bytes());
            write_properties(properties, version, &mut body);
            filters.iter().for_each(|filter| write_text(filter, &mut body));
            0xA2
        }
        Packet::Unsuback { id, properties, codes } => {
            body.extend(id.to_be_bytes());
            write_properties(properties, version, &mut body);
            if version == Version::V5 {
                body.extend(codes);
            }
            0xB0
        }
        Packet::Pingreq => 0xC0,
        Packet::Pingresp => 0xD0,
        Packet::Disconnect { code, properties } => {
            write_outcome(*code, properties, version, &mut body);
            0xE0
        }
        Packet::Auth { code, properties } => {
            write_outcome(*code, properties, version, &mut body);
            0xF0
        }
    };
    let mut bytes = Vec::with_capacity(body.len() + 5);
    bytes.push(first);
    write_variable(body.len(), &mut bytes);
    bytes.append(&mut body);
    bytes
}

fn write_variable(mut number: usize, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn write_binary(bytes: &[u8], into: &mut Vec<u8>) {
    // No text of ours is longer; one that were would be cut rather than make what follows unreadable.
    let length = bytes.len().min(65_535);
    into.extend(u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    into.extend(&bytes[..length]);
}

fn write_text(text: &str, into: &mut Vec<u8>) {
    write_binary(text.as_bytes(), into);
}

fn write_properties(properties: &Properties, version: Version, into: &mut Vec<u8>) {
    if version == Version::V311 {
        return;
    }
    let mut inner = Vec::new();
    for (property, value) in &properties.0 {
        inner.push(property.0);
        match value {
            Value::Byte(number) => inner.push(*number),
            Value::Two(number) => inner.extend(number.to_be_bytes()),
            Value::Four(number) => inner.extend(number.to_be_bytes()),
            Value::Variable(number) => write_variable(*number as usize, &mut inner),
            Value::Text(text) => write_text(text, &mut inner),
            Value::Binary(bytes) => write_binary(bytes, &mut inner),
            Value::Pair(name, value) => {
                write_text(name, &mut inner);
                write_text(value, &mut inner);
            }
        }
    }
    write_variable(inner.len(), into);
    into.append(&mut inner);
}

fn write_outcome(code: u8, properties: &Properties, version: Version, into: &mut Vec<u8>) {
    if version == Version::V311 || (code == reason::SUCCESS && properties.0.is_empty()) {
        return;
    }
    into.push(code);
    write_properties(properties, version, into);
}

fn write_publish(message: &Publish, version: Version, into: &mut Vec<u8>) -> u8 {
    write_text(&message.topic, into);
    if let Some(id) = message.id {
        into.extend(id.to_be_bytes());
    }
    write_properties(&message.properties, version, into);
    into.extend(&message.payload);
    0x30 | u8::from(message.dup) << 3 | message.qos.bits() << 1 | u8::from(message.retain)
}

fn write_connect(connect: &Connect, into: &mut Vec<u8>) {
    let version = connect.version;
    write_text("MQTT", into);
    into.push(if version == Version::V5 { 5 } else { 4 });
    let will = connect.will.as_ref();
    let will_flags = will.map_or(0, |will| 4 | will.qos.bits() << 3 | u8::from(will.retain) << 5);
    into.push(
        u8::from(connect.clean) << 1
            | will_flags
            | u8::from(connect.password.is_some()) << 6
            | u8::from(connect.username.is_some()) << 7,
    );
    into.extend(connect.keep_alive.to_be_bytes());
    write_properties(&connect.properties, version, into);
    write_text(&connect.client_id, into);
    if let Some(will) = will {
        write_properties(&will.properties, version, into);
        write_text(&will.topic, into);
        write_binary(&will.payload, into);
    }
    if let Some(username) = &connect.username {
        write_text(username, into);
    }
    if let Some(password) = &connect.password {
        write_binary(password, into);
    }
}
