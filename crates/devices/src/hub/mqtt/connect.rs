//! Letting an MQTT client in: its user is the device, its password a pass that the device's key signed.

use super::{KEPT_AT_MOST, RECEIVE_MAXIMUM, packet};
use crate::fault::close;
use crate::frame::MAX_BYTES;
use crate::hub::session::{Moment, Output, Protocol, Say, Session};
use crate::hub::{Hub, Result, mqtt};
use crate::proof::{PassFault, check_pass};
use kirana_mqtt::{Connect, Packet, Properties, Property, QoS, Value, Version, reason};
use kirana_sql::{Sql, values};

/// The longest keep-alive: who says nothing for longer is not known to be there. In seconds.
const KEEP_ALIVE: u16 = 3600;

fn refused(version: Version, code: u8, words: &str) -> Vec<Output> {
    let properties = Properties::default().with(Property::REASON, Value::Text(words.into()));
    let answer = Packet::Connack { session_present: false, code, properties };
    let goodbye = Say::Close(close::POLICY, words.chars().take(60).collect());
    vec![packet(&answer, version), Output::here(goodbye)]
}

impl<S: Sql> Hub<S> {
    pub(super) fn connect(&self, session: &mut Session, connect: Connect, moment: &Moment) -> Result<Vec<Output>> {
        let version = connect.version;
        session.protocol = if version == Version::V5 { Protocol::Mqtt5 } else { Protocol::Mqtt4 };
        let Some(mut device) = self.find(session.device)?.filter(|device| device.revoked == 0) else {
            return Ok(refused(version, reason::NOT_AUTHORIZED, "this device is revoked"));
        };
        if connect.properties.text(Property::AUTHENTICATION_METHOD).is_some() {
            return Ok(refused(version, reason::BAD_AUTHENTICATION_METHOD, "expected a user and a pass"));
        }
        if connect.username.as_deref() != Some(device.id.to_string().as_str()) {
            return Ok(refused(version, reason::BAD_CREDENTIALS, "the user is the id of the device of this address"));
        }
        let pass = connect.password.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        if let Err(fault) = check_pass(&device.key()?, &self.secret, device.id, pass, moment.now) {
            self.note(device.id, moment, "error", &format!("somebody could not connect as it: {fault}"))?;
            let code = if fault == PassFault::Signature { reason::NOT_AUTHORIZED } else { reason::BAD_CREDENTIALS };
            return Ok(refused(version, code, &fault.to_string()));
        }
        if connect.client_id.is_empty() && !connect.clean && version == Version::V311 {
            return Ok(refused(version, reason::CLIENT_ID_INVALID, "a session that is kept has a client identifier"));
        }
        let own = format!("devices/{}/state/", device.id);
        if let Some(will) = &connect.will {
            if !will.topic.starts_with(&own) || will.payload.len() > 4096 {
                return Ok(refused(
                    version,
                    reason::NOT_AUTHORIZED,
                    "a will is of the device's own state, and 4 kB at most",
                ));
            }
            if will.qos == QoS::ExactlyOnce {
                return Ok(refused(version, reason::QOS_NOT_SUPPORTED, "a will goes at most or at least once"));
            }
        }
        session.will = connect.will.map(|will| {
            let payload = String::from_utf8_lossy(&will.payload).into_owned();
            (will.topic, payload, will.qos.bits(), will.retain)
        });
        let keep_alive =
            if connect.keep_alive == 0 || connect.keep_alive > KEEP_ALIVE { KEEP_ALIVE } else { connect.keep_alive };
        // 3.1.1 has no way to say that somebody else's keep-alive counts: who asks for none is heard by its socket alone.
        session.interval = match (version, connect.keep_alive) {
            (Version::V311, asked) => asked.into(),
            (Version::V5, _) => keep_alive.into(),
        };
        let asked = connect.properties.number(Property::SESSION_EXPIRY);
        session.kept_for = match version {
            Version::V311 => {
                if connect.clean {
                    0
                } else {
                    KEPT_AT_MOST
                }
            }
            Version::V5 => asked.unwrap_or(0).min(KEPT_AT_MOST),
        };
        let window = connect.properties.number(Property::RECEIVE_MAXIMUM).unwrap_or(65_535);
        let largest = connect.properties.number(Property::MAXIMUM_PACKET).unwrap_or(1 << 20);
        session.window = (u16::try_from(window).unwrap_or(u16::MAX), largest);
        let was_kept = device.protocol != 0 || device.session_until.is_some_and(|until| until > moment.now.millis());
        let session_present = !connect.clean && was_kept && device.filters != "[]";
        let mut outputs = self.begin_line(session, &mut device, None, moment)?;
        if !session_present {
            mqtt::forget(&self.sql, device.id)?;
            device.filters = "[]".into();
        }
        self.sql.run(
            "UPDATE devices SET window = ?2, largest = ?3, session_until = NULL WHERE id = ?1",
            values![device.id.to_string(), i64::from(window), i64::from(largest)],
        )?;
        (device.window, device.largest) = (window.into(), largest as usize);
        let mut properties = Properties::default()
            .with(Property::RECEIVE_MAXIMUM, Value::Two(RECEIVE_MAXIMUM))
            .with(Property::MAXIMUM_QOS, Value::Byte(1))
            .with(Property::MAXIMUM_PACKET, Value::Four(u32::try_from(MAX_BYTES).unwrap_or(u32::MAX)))
            .with(Property::SUBSCRIPTION_IDS_AVAILABLE, Value::Byte(0))
            .with(Property::SHARED_AVAILABLE, Value::Byte(0));
        if asked.is_some_and(|asked| asked > KEPT_AT_MOST) {
            properties = properties.with(Property::SESSION_EXPIRY, Value::Four(KEPT_AT_MOST));
        }
        if keep_alive != connect.keep_alive {
            properties = properties.with(Property::SERVER_KEEP_ALIVE, Value::Two(keep_alive));
        }
        if connect.client_id.is_empty() {
            properties = properties.with(Property::ASSIGNED_CLIENT_ID, Value::Text(device.id.to_string()));
        }
        outputs.push(packet(&Packet::Connack { session_present, code: reason::SUCCESS, properties }, version));
        if session_present {
            outputs.extend(self.send_again(&device)?);
            outputs.extend(self.send_waiting(&device, moment)?);
        }
        Ok(outputs)
    }
}
