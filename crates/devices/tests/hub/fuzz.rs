//! Bytes and texts by chance: what was a packet or a frame once, changed until it is none. Nothing of it brings the codec or the hub down, what
//! is read is what was written, and the neighbour of whoever says it is heard as before.
//!
//! A short run is a part of the tests, always the same. `cargo xtask fuzz --frames` runs it for as long as wanted, from any seed; a fault says
//! the seed of its round.

use crate::desk::{Desk, device, registration};
use kirana_devices::frame;
use kirana_devices::hub::{Protocol, Registration};
use kirana_devices::kind::DeviceKind;
use kirana_mqtt::{
    Acknowledge, Filter, Packet, Properties, Property, Publish, QoS, Value as Mqtt, Version, Will, decode, encode,
};
use serde_json::{Value, json};
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Rounds of the run that is a part of the tests.
const ROUNDS: u64 = 1_000;
const MAX: usize = 70_000;

/// Chance from a seed: SplitMix64.
struct Chance(u64);

impl Chance {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    #[allow(clippy::cast_possible_truncation)] // below `most`
    fn below(&mut self, most: usize) -> usize {
        (self.bits() % most.max(1) as u64) as usize
    }

    /// Changes some bytes, as a line, a bug or somebody with intent would.
    fn change(&mut self, bytes: &mut Vec<u8>, others: &[u8]) {
        const NASTY: [u8; 9] = [0x00, 0x7f, 0x80, 0xff, b'{', b'"', b'\\', b'#', b'/'];
        for _ in 0..self.below(5) {
            let place = self.below(bytes.len() + 1);
            match self.below(7) {
                0 if place < bytes.len() => bytes[place] ^= 1 << self.below(8),
                1 if place < bytes.len() => bytes[place] = NASTY[self.below(NASTY.len())],
                2 => bytes.insert(place, NASTY[self.below(NASTY.len())]),
                3 => bytes.truncate(place),
                4 => {
                    let until = (place + self.below(9)).min(bytes.len());
                    bytes.drain(place.min(until)..until);
                }
                5 => {
                    let from = self.below(others.len() + 1);
                    let part = &others[from..(from + self.below(40)).min(others.len())];
                    bytes.splice(place..place, part.iter().copied());
                }
                _ => {
                    let until = (place + self.below(30)).min(bytes.len());
                    let part = bytes[place..until].to_vec();
                    bytes.extend(part);
                }
            }
        }
    }
}

/// A packet of each type, with what goes with it.
fn packets(id: &str, pass: &[u8]) -> Vec<Packet> {
    let topic = |leaf: &str| format!("devices/{id}/{leaf}");
    let pair = Properties::default().with(Property(0x26), Mqtt::Pair("a".into(), "b".into()));
    let publish = |leaf: &str, qos: QoS, payload: &Value| {
        let id = (qos != QoS::AtMostOnce).then_some(7);
        let payload = payload.to_string().into_bytes();
        Packet::Publish(Publish {
            dup: false,
            qos,
            retain: true,
            topic: topic(leaf),
            id,
            properties: pair.clone(),
            payload,
        })
    };
    let will = Will {
        qos: QoS::AtLeastOnce,
        retain: true,
        properties: Properties::default(),
        topic: topic("state/gone"),
        payload: b"1".to_vec(),
    };
    let filter = |filter: &str| Filter {
        filter: filter.into(),
        qos: QoS::AtLeastOnce,
        no_local: false,
        as_published: false,
        retain_handling: 0,
    };
    vec![
        Packet::Connect(Box::new(kirana_mqtt::Connect {
            version: Version::V5,
            clean: true,
            keep_alive: 30,
            properties: Properties::default().with(Property::SESSION_EXPIRY, Mqtt::Four(60)),
            client_id: "fuzz".into(),
            will: Some(will),
            username: Some(id.into()),
            password: Some(pass.to_vec()),
        })),
        Packet::Connack { session_present: false, code: 0, properties: pair.clone() },
        publish("telemetry", QoS::AtMostOnce, &json!({"values": {"temperature": 3.5}})),
        publish("events", QoS::AtLeastOnce, &json!({"first": 1, "events": [{"type": "door_opened"}]})),
        publish("state/door", QoS::AtLeastOnce, &json!("open")),
        publish("ack", QoS::ExactlyOnce, &json!({"id": id, "state": "done"})),
        Packet::Ack { kind: Acknowledge::Publish, id: 3, code: 0x10, properties: pair.clone() },
        Packet::Ack { kind: Acknowledge::Release, id: 3, code: 0, properties: Properties::default() },
        Packet::Subscribe {
            id: 2,
            properties: pair.clone(),
            filters: vec![filter(&topic("#")), filter(&topic("state/+"))],
        },
        Packet::Suback { id: 2, properties: Properties::default(), codes: vec![1, 0x87] },
        Packet::Unsubscribe { id: 4, properties: pair.clone(), filters: vec![topic("#")] },
        Packet::Unsuback { id: 4, properties: Properties::default(), codes: vec![0, 0x11] },
        Packet::Pingreq,
        Packet::Pingresp,
        Packet::Disconnect { code: 4, properties: pair.clone() },
        Packet::Auth { code: 0x18, properties: Properties::default().with(Property(0x15), Mqtt::Text("x".into())) },
    ]
}

/// A frame of each type.
fn frames() -> Vec<Value> {
    let id = device(9).to_string();
    vec![
        json!({"type": "hello", "v": 1, "proof": "abc", "firmware": "1.0", "interval": 30, "reset": true}),
        json!({"type": "heartbeat"}),
        json!({"type": "telemetry", "at": "2025-11-20T09:30:00Z", "values": {"temperature": 4.5, "door": 1}}),
        json!({"type": "events", "first": 1, "events": [{"type": "door_opened", "at": "2025-11-20T09:30:00Z", "data": {"a": [1, null, "x"]}},
            {"type": "fault", "data": {"code": "compressor", "detail": "it hums"}}, {"type": "log", "data": {"level": "info", "text": "hm"}}]}),
        json!({"type": "reported", "version": 0, "config": {"temperature_max": 5}}),
        json!({"type": "ack", "id": id, "state": "accepted", "result": {"x": 1e300}, "error": "no"}),
        json!({"type": "time", "sent": 1_763_631_000_000_i64}),
    ]
}

/// What is read of changed bytes can be written, and is the same then; in pieces they are no other packets than whole.
fn codec(chance: &mut Chance, all: &[Packet]) -> String {
    let version = if chance.below(2) == 0 { Version::V311 } else { Version::V5 };
    let mut bytes = encode(&all[chance.below(all.len())], version);
    let others = encode(&all[chance.below(all.len())], version);
    chance.change(&mut bytes, &others);
    let spoken = bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    for version in [Version::V311, Version::V5] {
        if let Ok(Some((packet, length))) = decode(&bytes, version, MAX) {
            assert!(length <= bytes.len());
            // A CONNECT says its own version.
            let version = if let Packet::Connect(connect) = &packet { connect.version } else { version };
            let again = encode(&packet, version);
            assert_eq!(decode(&again, version, MAX), Ok(Some((packet, again.len()))));
            let part = chance.below(length);
            assert_eq!(decode(&bytes[..part], version, MAX), Ok(None), "a part of a packet is none yet");
        }
    }
    spoken
}

fn text(chance: &mut Chance, all: &[Value]) -> String {
    let mut bytes = all[chance.below(all.len())].to_string().into_bytes();
    let others = all[chance.below(all.len())].to_string().into_bytes();
    chance.change(&mut bytes, &others);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Somebody says it, on a line that is open or has yet to be; a neighbour is heard all the same.
fn hub(
    chance: &mut Chance,
    desk: &mut Desk,
    told: &Registration,
    all: &[Value],
    neighbour: &mut (usize, u64),
) -> String {
    desk.pass_time(7);
    let mut said = String::new();
    if chance.below(2) == 0 {
        let place = if chance.below(4) == 0 { desk.socket(told, Protocol::Plain) } else { desk.welcome(told).0 };
        for _ in 0..3 {
            let frame = text(chance, all);
            let _ = writeln!(said, "{frame}");
            desk.raw(place, &frame);
        }
        desk.drop_line(place);
    } else {
        let version = if chance.below(2) == 0 { Version::V311 } else { Version::V5 };
        let (place, _) = desk.mqtt(told, desk.connect(told.id, version, chance.below(2) == 0));
        let known = packets(&told.id.to_string(), &desk.pass(told.id));
        for _ in 0..3 {
            let (mut bytes, others) = (
                encode(&known[chance.below(known.len())], version),
                encode(&known[chance.below(known.len())], version),
            );
            chance.change(&mut bytes, &others);
            let _ = writeln!(said, "{bytes:02x?}");
            desk.bytes(place, &bytes);
        }
        desk.drop_line(place);
    }
    let (place, count) = neighbour;
    *count += 1;
    let frame = json!({"type": "events", "first": *count, "events": [{"type": "door_closed"}]});
    let answer = desk.text(*place, &frame);
    assert!(answer.iter().any(|frame| frame["type"] == "acked" && frame["upto"] == *count), "{answer:?}");
    desk.told();
    said
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
#[allow(clippy::disallowed_methods)] // the clock: for how long, when somebody asks for it
fn whatever_comes_the_hub_and_its_neighbours_go_on() {
    let seconds = number("KIRANA_FUZZ_SECONDS");
    let first = number("KIRANA_FUZZ_SEED").unwrap_or(1);
    let begun = Instant::now();
    let (mut desk, told) = (Desk::open(), registration(1, DeviceKind::Fridge));
    let next_door = registration(2, DeviceKind::Fridge);
    let mut neighbour = (desk.welcome(&next_door).0, 0);
    let (frames, packets) = (frames(), packets(&told.id.to_string(), b"pass"));
    let over = |round: u64| match seconds {
        Some(seconds) => begun.elapsed() >= Duration::from_secs(seconds),
        None => round - first >= ROUNDS,
    };
    let mut round = first;
    while !over(round) {
        let mut chance = Chance(round);
        let mut said = String::new();
        let done = catch_unwind(AssertUnwindSafe(|| {
            for _ in 0..10 {
                said = codec(&mut chance, &packets);
                said = text(&mut chance, &frames);
                let _ = frame::read(&said);
            }
            said = hub(&mut chance, &mut desk, &told, &frames, &mut neighbour);
        }));
        assert!(done.is_ok(), "seed {round} (again: cargo xtask fuzz --frames --seed {round}): {said}");
        round += 1;
        // Lines that were dropped are of no use any more, and a day goes by now and then.
        if round.is_multiple_of(500) {
            desk = Desk::open();
            neighbour = (desk.welcome(&next_door).0, 0);
        }
    }
    let rounds = round - first;
    println!(
        "{rounds} rounds from seed {first}: {} packets and {} frames changed, {} of them said to a hub; nobody was harmed",
        rounds * 13,
        rounds * 13,
        rounds * 3
    );
}
