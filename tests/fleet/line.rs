//! A device's line, whichever protocol it speaks: connect, tell, hear.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use kirana_mqtt::{
    Acknowledge, Connect, Filter, Packet, Properties, Property, Publish, QoS, Value as Mqtt, Version, decode, encode,
};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tungstenite::client::IntoClientRequest;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// What came.
pub enum Heard {
    /// Events up to this number are kept.
    Acked(u64),
    /// Events from this number on are missing.
    Resend(u64),
    /// A command.
    Command(String),
    /// Something else, or nothing yet.
    Else,
}

/// A line that is open.
pub struct Line {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    version: Option<Version>,
    id: String,
    packet: u16,
    buffer: Vec<u8>,
}

type Fault = Box<dyn std::error::Error>;

pub fn sign(key: &SigningKey, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes())
}

impl Line {
    /// Connects; answers the number of the last event that the hub has, where it says so.
    pub fn open(id: &str, key: &SigningKey, address: &str, mqtt: Option<u8>) -> Result<(Self, Option<u64>), Fault> {
        let mut request = address.into_client_request()?;
        if mqtt.is_some() {
            request.headers_mut().insert("sec-websocket-protocol", "mqtt".parse()?);
        }
        let (socket, _) = tungstenite::connect(request)?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        }
        let version = mqtt.map(|version| if version == 5 { Version::V5 } else { Version::V311 });
        let mut line = Self { socket, version, id: id.into(), packet: 0, buffer: Vec::new() };
        let upto = match version {
            None => Some(line.hello(key)?),
            Some(version) => {
                line.connect(key, version)?;
                None
            }
        };
        if let MaybeTlsStream::Plain(stream) = line.socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_millis(100)))?;
        }
        Ok((line, upto))
    }

    fn hello(&mut self, key: &SigningKey) -> Result<u64, Fault> {
        let asked = self.frame()?;
        let words = format!("kirana device 1 hello\n{}\n{}", self.id, asked["nonce"].as_str().ok_or("no nonce")?);
        let hello = json!({"type": "hello", "v": 1, "proof": sign(key, &words), "interval": 30});
        self.socket.send(Message::text(hello.to_string()))?;
        let welcome = self.frame()?;
        welcome["upto"].as_u64().ok_or_else(|| format!("not welcome: {welcome}").into())
    }

    fn frame(&mut self) -> Result<Value, Fault> {
        loop {
            match self.socket.read()? {
                Message::Text(text) => return Ok(serde_json::from_str(text.as_str())?),
                Message::Close(why) => return Err(format!("closed: {why:?}").into()),
                _ => {}
            }
        }
    }

    fn connect(&mut self, key: &SigningKey, version: Version) -> Result<(), Fault> {
        let until = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() + 3600;
        let pass = format!("{until}.{}", sign(key, &format!("kirana device 1 pass\n{}\n{until}", self.id)));
        let properties = match version {
            Version::V5 => Properties::default().with(Property::SESSION_EXPIRY, Mqtt::Four(3600)),
            Version::V311 => Properties::default(),
        };
        self.send(&Packet::Connect(Box::new(Connect {
            version,
            clean: false,
            keep_alive: 30,
            properties,
            client_id: "fleet".into(),
            will: None,
            username: Some(self.id.clone()),
            password: Some(pass.into_bytes()),
        })))?;
        loop {
            match self.packet()? {
                Some(Packet::Connack { code: 0, .. }) => break,
                Some(other) => return Err(format!("not let in: {other:?}").into()),
                None => {}
            }
        }
        let (qos, no_local, as_published, retain_handling) = (QoS::AtLeastOnce, false, false, 0);
        let filter = Filter { filter: self.topic("#"), qos, no_local, as_published, retain_handling };
        self.send(&Packet::Subscribe { id: 60_000, properties: Properties::default(), filters: vec![filter] })
    }

    fn topic(&self, leaf: &str) -> String {
        format!("devices/{}/{leaf}", self.id)
    }

    fn send(&mut self, packet: &Packet) -> Result<(), Fault> {
        let bytes = encode(packet, self.version.unwrap_or(Version::V311));
        Ok(self.socket.send(Message::binary(bytes))?)
    }

    fn packet(&mut self) -> Result<Option<Packet>, Fault> {
        let version = self.version.unwrap_or(Version::V311);
        if let Some((packet, length)) = decode(&self.buffer, version, 1 << 20)? {
            self.buffer.drain(..length);
            return Ok(Some(packet));
        }
        match self.socket.read()? {
            Message::Binary(bytes) => self.buffer.extend(&bytes[..]),
            Message::Close(why) => return Err(format!("closed: {why:?}").into()),
            _ => {}
        }
        Ok(None)
    }

    /// Says something under its name: a frame of protocol 1, or a message under a topic.
    pub fn say(&mut self, name: &str, mut body: Value, surely: bool) -> Result<(), Fault> {
        if self.version.is_none() {
            body["type"] = name.into();
            return Ok(self.socket.send(Message::text(body.to_string()))?);
        }
        self.packet = self.packet % 50_000 + 1;
        let (id, qos) = if surely { (Some(self.packet), QoS::AtLeastOnce) } else { (None, QoS::AtMostOnce) };
        let (topic, payload) = (self.topic(name), body.to_string().into_bytes());
        let (dup, retain, properties) = (false, false, Properties::default());
        self.send(&Packet::Publish(Publish { dup, qos, retain, topic, id, properties, payload }))
    }

    /// Says what is no word of any protocol.
    pub fn babble(&mut self) -> Result<(), Fault> {
        match self.version {
            None => Ok(self.socket.send(Message::text(r#"{"type":"#))?),
            Some(_) => self.say("telemetry", json!({"nonsense": true}), true),
        }
    }

    /// What comes next, or nothing for a moment.
    pub fn hear(&mut self) -> Result<Option<Heard>, Fault> {
        let heard = if self.version.is_none() { self.frame().map(Some) } else { self.message() };
        let frame = match heard {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(Some(Heard::Else)),
            Err(fault) => return if is_pause(&*fault) { Ok(None) } else { Err(fault) },
        };
        Ok(Some(match frame["type"].as_str() {
            Some("acked") => Heard::Acked(frame["upto"].as_u64().unwrap_or(0)),
            Some("resend") => Heard::Resend(frame["from"].as_u64().unwrap_or(1)),
            Some("command" | "commands") => Heard::Command(frame["id"].as_str().unwrap_or_default().to_owned()),
            _ => Heard::Else,
        }))
    }

    fn message(&mut self) -> Result<Option<Value>, Fault> {
        let Some(Packet::Publish(message)) = self.packet()? else { return Ok(None) };
        if let Some(id) = message.id {
            self.send(&Packet::Ack { kind: Acknowledge::Publish, id, code: 0, properties: Properties::default() })?;
        }
        let mut body: Value = serde_json::from_slice(&message.payload)?;
        body["type"] = message.topic.rsplit('/').next().unwrap_or_default().into();
        Ok(Some(body))
    }
}

/// Nothing came for a moment: no fault.
fn is_pause(fault: &(dyn std::error::Error + 'static)) -> bool {
    match fault.downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Io(error)) => {
            matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
        }
        _ => false,
    }
}
