//! A hub with devices around it, all in one process: sockets are entries of a list, time is a number.

use kirana_devices::fault::close;
use kirana_devices::hub::{Hub, Moment, Output, Protocol, Registration, Say, Seen, Session, To};
use kirana_devices::kind::DeviceKind;
use kirana_devices::proof::{Key, challenge_text, derived, hmac_proof, pass_text};
use kirana_kernel::{Id, Timestamp};
use kirana_mqtt::{
    Connect, Filter, Packet, Properties, Property, Publish, QoS, Value as Mqtt, Version, decode, encode,
};
use kirana_sql::Native;
use serde_json::{Value, json};
use std::time::Duration;

pub const SECRET: &[u8] = b"the deployment's secret";

/// A socket: what is written on it, and what was said on it.
pub struct Socket {
    pub session: Session,
    pub buffer: Vec<u8>,
    pub open: bool,
    pub closed_with: Option<u16>,
    pub texts: Vec<Value>,
    pub packets: Vec<Packet>,
}

pub struct Desk {
    pub hub: Hub<Native>,
    pub now: Timestamp,
    pub sockets: Vec<Socket>,
    made: u64,
}

pub fn device(number: u8) -> Id {
    Id::new(Timestamp::from_millis(1_700_000_000_000), [number; 10])
}

pub fn registration(number: u8, kind: DeviceKind) -> Registration {
    let store_id = Id::new(Timestamp::from_millis(2), [9; 10]);
    Registration {
        id: device(number),
        kind,
        name: format!("{}-{number}", kind.name()),
        store_id,
        key: Key::Hmac { version: 1 },
    }
}

impl Desk {
    pub fn open() -> Self {
        let hub = Hub::open(Native::in_memory().unwrap(), 17, SECRET.to_vec()).unwrap();
        Self { hub, now: Timestamp::from_millis(1_763_631_000_000), sockets: Vec::new(), made: 0 }
    }

    pub fn moment(&mut self) -> Moment {
        self.made += 1;
        let [a, b, c, d, ..] = self.made.to_be_bytes().map(|byte| byte);
        let [.., w, x, y, z] = self.made.to_be_bytes();
        Moment::new(self.now, [a, b, c, d, 1, w, x, y, z, 0])
    }

    pub fn pass_time(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    pub fn apply(&mut self, here: usize, outputs: Vec<Output>) {
        for Output { to, say } in outputs {
            let places: Vec<usize> = match to {
                To::Here | To::Seen(_) if here == usize::MAX => Vec::new(),
                To::Here => vec![here],
                To::Seen(place) => self.open_places().get(place).copied().into_iter().collect(),
                To::Line(id, line) => self.places(|session| session.device == id && session.line == line),
                To::Every(id) => self.places(|session| session.device == id),
            };
            for place in places {
                self.say(place, &say);
            }
        }
    }

    fn open_places(&self) -> Vec<usize> {
        self.places(|_| true)
    }

    fn places(&self, which: impl Fn(&Session) -> bool) -> Vec<usize> {
        let sockets = self.sockets.iter().enumerate();
        sockets.filter(|(_, socket)| socket.open && which(&socket.session)).map(|(place, _)| place).collect()
    }

    fn say(&mut self, place: usize, say: &Say) {
        let socket = &mut self.sockets[place];
        if !socket.open {
            return;
        }
        match say {
            Say::Text(text) => socket.texts.push(serde_json::from_str(text).unwrap()),
            Say::Bytes(bytes) => {
                let version = if socket.session.protocol == Protocol::Mqtt5 { Version::V5 } else { Version::V311 };
                let (packet, length) = decode(bytes, version, 1 << 20).unwrap().unwrap();
                assert_eq!(length, bytes.len());
                socket.packets.push(packet);
            }
            Say::Close(code, _) => {
                (socket.open, socket.closed_with) = (false, Some(*code));
                let (session, moment) = (socket.session.clone(), self.moment());
                let outputs = self.hub.closed(&session, &moment).unwrap();
                self.apply(usize::MAX, outputs);
            }
        }
    }

    /// A socket opens; answers its place.
    pub fn socket(&mut self, told: &Registration, protocol: Protocol) -> usize {
        let moment = self.moment();
        let nonce = format!("nonce-{}", self.made);
        let (session, outputs) = self.hub.opened(told, protocol, nonce, &moment).unwrap();
        let (texts, packets) = (Vec::new(), Vec::new());
        self.sockets.push(Socket { session, buffer: Vec::new(), open: true, closed_with: None, texts, packets });
        let place = self.sockets.len() - 1;
        self.apply(place, outputs);
        place
    }

    /// Its line breaks without a word.
    pub fn drop_line(&mut self, place: usize) {
        if std::mem::take(&mut self.sockets[place].open) {
            let (session, moment) = (self.sockets[place].session.clone(), self.moment());
            let outputs = self.hub.closed(&session, &moment).unwrap();
            self.apply(usize::MAX, outputs);
        }
    }

    pub fn text(&mut self, place: usize, said: &Value) -> Vec<Value> {
        if !self.sockets[place].open {
            return Vec::new();
        }
        let (moment, mut session) = (self.moment(), self.sockets[place].session.clone());
        let before = self.sockets[place].texts.len();
        let outputs = self.hub.hear_text(&mut session, &said.to_string(), &moment).unwrap();
        self.sockets[place].session = session;
        self.apply(place, outputs);
        self.sockets[place].texts[before..].to_vec()
    }

    /// Any text, also what is no frame.
    pub fn raw(&mut self, place: usize, said: &str) {
        if !self.sockets[place].open {
            return;
        }
        let (moment, mut session) = (self.moment(), self.sockets[place].session.clone());
        let outputs = self.hub.hear_text(&mut session, said, &moment).unwrap();
        self.sockets[place].session = session;
        self.apply(place, outputs);
    }

    pub fn bytes(&mut self, place: usize, bytes: &[u8]) -> Vec<Packet> {
        if !self.sockets[place].open {
            return Vec::new();
        }
        let (moment, mut session) = (self.moment(), self.sockets[place].session.clone());
        let mut buffer = std::mem::take(&mut self.sockets[place].buffer);
        buffer.extend(bytes);
        let before = self.sockets[place].packets.len();
        let outputs = self.hub.hear_bytes(&mut session, &mut buffer, &moment).unwrap();
        (self.sockets[place].session, self.sockets[place].buffer) = (session, buffer);
        self.apply(place, outputs);
        self.sockets[place].packets[before..].to_vec()
    }

    pub fn packet(&mut self, place: usize, packet: &Packet) -> Vec<Packet> {
        let version = if self.sockets[place].session.protocol == Protocol::Mqtt5 { Version::V5 } else { Version::V311 };
        self.bytes(place, &encode(packet, version))
    }

    /// A device of protocol 1 that has been let in.
    pub fn welcome(&mut self, told: &Registration) -> (usize, Vec<Value>) {
        let place = self.socket(told, Protocol::Plain);
        let nonce = self.sockets[place].texts[0]["nonce"].as_str().unwrap().to_owned();
        let proof = hmac_proof(&derived(SECRET, told.id, 1), &challenge_text(told.id, &nonce));
        let answer = self.text(place, &json!({"type": "hello", "v": 1, "proof": proof, "firmware": "1.0"}));
        assert_eq!(answer.first().map(|frame| frame["type"].clone()), Some(json!("welcome")), "{answer:?}");
        (place, answer)
    }

    pub fn pass(&self, id: Id) -> Vec<u8> {
        let until = self.now.seconds() + 600;
        format!("{until}.{}", hmac_proof(&derived(SECRET, id, 1), &pass_text(id, until))).into_bytes()
    }

    pub fn connect(&self, id: Id, version: Version, clean: bool) -> Connect {
        let properties = match version {
            Version::V5 if !clean => Properties::default().with(Property::SESSION_EXPIRY, Mqtt::Four(3600)),
            _ => Properties::default(),
        };
        Connect {
            version,
            clean,
            keep_alive: 30,
            properties,
            client_id: "test".into(),
            will: None,
            username: Some(id.to_string()),
            password: Some(self.pass(id)),
        }
    }

    /// An MQTT client that sent this; what it was answered.
    pub fn mqtt(&mut self, told: &Registration, connect: Connect) -> (usize, Vec<Packet>) {
        let place = self.socket(told, Protocol::Mqtt);
        let version = connect.version;
        let answer = self.bytes(place, &encode(&Packet::Connect(Box::new(connect)), version));
        (place, answer)
    }

    pub fn subscribe(&mut self, place: usize, filter: &str) -> Vec<Packet> {
        let (no_local, as_published, retain_handling) = (false, false, 0);
        let filter = Filter { filter: filter.into(), qos: QoS::AtLeastOnce, no_local, as_published, retain_handling };
        self.packet(place, &Packet::Subscribe { id: 1, properties: Properties::default(), filters: vec![filter] })
    }

    pub fn publish(&mut self, place: usize, id: Option<u16>, topic: &str, payload: &Value) -> Vec<Packet> {
        let qos = if id.is_some() { QoS::AtLeastOnce } else { QoS::AtMostOnce };
        let (topic, payload, properties) = (topic.to_owned(), payload.to_string().into_bytes(), Properties::default());
        self.packet(place, &Packet::Publish(Publish { dup: false, qos, retain: false, topic, id, properties, payload }))
    }

    /// Everything that is due now.
    pub fn run_due(&mut self) {
        let moment = self.moment();
        let open = self.open_places();
        let seen = |place: &usize| {
            let session = self.sockets[*place].session.clone();
            Seen { heard: session.heard, session }
        };
        let seen: Vec<_> = open.iter().map(seen).collect();
        let outputs = self.hub.run_due(&seen, &moment).unwrap();
        // Places among those that were seen are those of before anything was closed.
        let outputs = outputs.into_iter().map(|output| match output.to {
            To::Seen(place) => {
                let session = &self.sockets[open[place]].session;
                if session.line > 0 { Output { to: To::Line(session.device, session.line), ..output } } else { output }
            }
            _ => output,
        });
        let outputs: Vec<_> = outputs.collect();
        self.apply(0, outputs);
    }

    /// The types and payloads of the events that were told since the last time.
    pub fn told(&mut self) -> Vec<(String, Value)> {
        let mut all = Vec::new();
        loop {
            let packs = self.hub.packs_due(self.now).unwrap();
            if packs.is_empty() {
                return all;
            }
            for pack in packs {
                for packed in &pack.events {
                    let event: Value = serde_json::from_str(packed.event.get()).unwrap();
                    if pack.subscriber != kirana_events::Subscriber::Devices {
                        // Whoever tells people hears of what people should know, and of nothing else.
                        assert!(["DeviceOffline", "DeviceError"].contains(&event["type"].as_str().unwrap()));
                        continue;
                    }
                    all.push((event["type"].as_str().unwrap().to_owned(), event["data"].clone()));
                }
                let ack = kirana_events::Ack { subscriber: pack.subscriber, upto: pack.upto };
                self.hub.acknowledge(ack).unwrap();
            }
        }
    }

    /// Calls that are due, answered by `world`; until none is due.
    pub fn work(&mut self, mut world: impl FnMut(&str, &str, &Value) -> Result<Value, (u16, String)>) {
        for _ in 0..50 {
            let due = self.hub.work_due(self.now).unwrap();
            if due.is_empty() {
                return;
            }
            for work in due {
                let answer = world(&work.call.method, &work.call.path, &work.call.body);
                let moment = self.moment();
                let outputs = self.hub.answered(&work, &answer, &moment).unwrap();
                self.apply(usize::MAX, outputs);
            }
        }
    }

    /// The last thing of this type that a socket was told.
    pub fn last(&self, place: usize, kind: &str) -> Value {
        let texts = self.sockets[place].texts.iter().rev();
        texts.into_iter().find(|frame| frame["type"] == kind).cloned().unwrap_or(Value::Null)
    }
}

pub const CUT: Option<u16> = Some(close::POLICY);
