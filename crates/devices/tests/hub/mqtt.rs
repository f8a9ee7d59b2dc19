//! MQTT at the same address: both versions.

use crate::desk::{CUT, Desk, device, registration};
use kirana_devices::hub::Issue;
use kirana_devices::kind::DeviceKind;
use kirana_mqtt::{Acknowledge, Packet, Properties, Property, Publish, QoS, Value as Mqtt, Version, Will, reason};
use serde_json::{Value, json};

fn command(desk: &mut Desk, name: &str) {
    let moment = desk.moment();
    let issue = Issue { id: moment.id(), name: name.into(), args: json!({}), ttl: 3600, by: "Noi".into() };
    let (_, outputs) = desk.hub.issue(device(1), &issue, &moment).unwrap();
    desk.apply(usize::MAX, outputs);
}

fn messages(packets: &[Packet]) -> Vec<&Publish> {
    packets
        .iter()
        .filter_map(|packet| if let Packet::Publish(message) = packet { Some(message) } else { None })
        .collect()
}

fn topic(leaf: &str) -> String {
    format!("devices/{}/{leaf}", device(1))
}

fn json_of(message: &Publish) -> Value {
    serde_json::from_slice(&message.payload).unwrap()
}

fn puback(id: u16) -> Packet {
    Packet::Ack { kind: Acknowledge::Publish, id, code: 0, properties: Properties::default() }
}

fn code(packets: &[Packet]) -> u8 {
    match packets.first() {
        Some(Packet::Connack { code, .. } | Packet::Ack { code, .. } | Packet::Disconnect { code, .. }) => *code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_client_speaks_and_hears() {
    for version in [Version::V311, Version::V5] {
        let mut desk = Desk::open();
        let fridge = registration(1, DeviceKind::Fridge);
        let connect = desk.connect(device(1), version, true);
        let (place, answer) = desk.mqtt(&fridge, connect);
        assert!(matches!(answer[..], [Packet::Connack { session_present: false, code: 0, .. }]), "{answer:?}");
        assert_eq!(desk.told()[0].0, "DeviceOnline");
        let answer = desk.publish(place, None, &topic("telemetry"), &json!({"values": {"temperature": 3.5}}));
        assert!(answer.is_empty());
        let door = json!({"first": 1, "events": [{"type": "door_opened"}, {"type": "door_closed"}]});
        let answer = desk.publish(place, Some(7), &topic("events"), &door);
        assert_eq!(answer, [puback(7)]);
        desk.publish(place, Some(8), &topic("events"), &door);
        assert_eq!(desk.told().len(), 1, "the same batch again is no news");
        let status = desk.hub.status(device(1), None).unwrap();
        assert_eq!((status.events, status.values[0].last), (2, 3.5));
        let answer = desk.subscribe(place, &topic("#"));
        assert!(matches!(&answer[0], Packet::Suback { codes, .. } if codes[..] == [1]), "{answer:?}");
        command(&mut desk, "defrost");
        let sent = desk.sockets[place].packets.last().cloned().unwrap();
        let Packet::Publish(message) = &sent else { panic!("{sent:?}") };
        assert_eq!((message.topic.as_str(), message.qos), (topic("commands").as_str(), QoS::AtLeastOnce));
        let id = json_of(message)["id"].clone();
        let packet = message.id.unwrap();
        desk.packet(place, &puback(packet));
        desk.publish(place, Some(9), &topic("ack"), &json!({"id": id, "state": "done"}));
        assert_eq!(desk.hub.commands(device(1)).unwrap()[0].state, "done");
        assert_eq!(desk.packet(place, &Packet::Pingreq), [Packet::Pingresp]);
    }
}

#[test]
fn who_is_not_the_device_is_not_let_in() {
    for version in [Version::V311, Version::V5] {
        let mut desk = Desk::open();
        let fridge = registration(1, DeviceKind::Fridge);
        let good = desk.connect(device(1), version, true);
        let foreign = desk.pass(device(2));
        for (what, connect) in [
            ("another device's pass", kirana_mqtt::Connect { password: Some(foreign), ..good.clone() }),
            ("another user", kirana_mqtt::Connect { username: Some(device(2).to_string()), ..good.clone() }),
            ("nobody", kirana_mqtt::Connect { username: None, password: None, ..good.clone() }),
            ("no pass", kirana_mqtt::Connect { password: Some(b"secret".to_vec()), ..good.clone() }),
        ] {
            let (place, answer) = desk.mqtt(&fridge, connect);
            assert_ne!(code(&answer), 0, "{what}");
            assert_eq!(desk.sockets[place].closed_with, CUT, "{what}");
        }
        desk.pass_time(601);
        let (_, answer) = desk.mqtt(&fridge, good);
        assert_ne!(code(&answer), 0, "a pass that is over");
        assert!(desk.told().is_empty());
    }
}

#[test]
fn nobody_speaks_or_hears_under_anothers_topics() {
    let mut desk = Desk::open();
    let fridge = registration(1, DeviceKind::Fridge);
    let connect = desk.connect(device(1), Version::V5, true);
    let (place, _) = desk.mqtt(&fridge, connect);
    let theirs = format!("devices/{}/telemetry", device(2));
    let answer = desk.publish(place, Some(1), &theirs, &json!({"values": {"temperature": 9.0}}));
    assert_eq!(code(&answer), reason::NOT_AUTHORIZED);
    for filter in ["#", "devices/#", "devices/+/commands", &format!("devices/{}/#", device(2)), "$SYS/#"] {
        let answer = desk.subscribe(place, filter);
        assert!(
            matches!(&answer[0], Packet::Suback { codes, .. } if codes[..] == [reason::NOT_AUTHORIZED]),
            "{filter}"
        );
    }
    let answer = desk.subscribe(place, &format!("$share/x/{}", topic("#")));
    assert!(matches!(&answer[0], Packet::Suback { codes, .. } if codes[..] == [reason::SHARED_NOT_SUPPORTED]));
    // 3.1.1 has no word for it: its line is cut.
    let connect = desk.connect(device(1), Version::V311, true);
    let (place, _) = desk.mqtt(&fridge, connect);
    desk.publish(place, Some(1), &theirs, &json!({}));
    assert_eq!(desk.sockets[place].closed_with, CUT);
}

#[test]
fn a_session_is_resumed_with_what_was_not_acknowledged() {
    for version in [Version::V311, Version::V5] {
        let mut desk = Desk::open();
        let tv = registration(1, DeviceKind::Tv);
        let connect = desk.connect(device(1), version, false);
        let (place, _) = desk.mqtt(&tv, connect.clone());
        desk.subscribe(place, &topic("commands"));
        command(&mut desk, "restart");
        let first = messages(&desk.sockets[place].packets)[0].clone();
        desk.drop_line(place);
        desk.pass_time(120);
        desk.run_due();
        let connect = kirana_mqtt::Connect { password: Some(desk.pass(device(1))), ..connect };
        let (place, answer) = desk.mqtt(&tv, connect.clone());
        assert!(matches!(answer[0], Packet::Connack { session_present: true, code: 0, .. }), "{answer:?}");
        let again = messages(&answer)[0].clone();
        assert_eq!(again, Publish { dup: true, ..first.clone() });
        // The command itself was not acknowledged either: it comes under its own id once more, and the device knows it.
        desk.packet(place, &puback(first.id.unwrap()));
        desk.publish(place, Some(3), &topic("ack"), &json!({"id": json_of(&first)["id"], "state": "done"}));
        // A clean start forgets.
        let clean = kirana_mqtt::Connect { clean: true, properties: Properties::default(), ..connect };
        let (_, answer) = desk.mqtt(&tv, clean);
        assert!(matches!(answer[..], [Packet::Connack { session_present: false, .. }]), "{answer:?}");
    }
}

#[test]
fn a_client_gets_no_more_at_once_than_it_takes() {
    let mut desk = Desk::open();
    let tv = registration(1, DeviceKind::Tv);
    let mut connect = desk.connect(device(1), Version::V5, true);
    connect.properties = connect.properties.with(Property::RECEIVE_MAXIMUM, Mqtt::Two(2));
    let (place, _) = desk.mqtt(&tv, connect);
    desk.subscribe(place, &topic("commands"));
    for _ in 0..5 {
        command(&mut desk, "identify");
    }
    let sent = |desk: &Desk| messages(&desk.sockets[place].packets).len();
    assert_eq!(sent(&desk), 2);
    for expected in 3..=5 {
        let oldest = messages(&desk.sockets[place].packets)[expected - 3].id.unwrap();
        desk.packet(place, &puback(oldest));
        assert_eq!(sent(&desk), expected);
    }
}

#[test]
fn states_and_wills_are_kept() {
    let mut desk = Desk::open();
    let fridge = registration(1, DeviceKind::Fridge);
    let mut connect = desk.connect(device(1), Version::V311, true);
    let will = Will {
        qos: QoS::AtLeastOnce,
        retain: true,
        properties: Properties::default(),
        topic: topic("state/line"),
        payload: b"gone".to_vec(),
    };
    connect.will = Some(will);
    let (place, _) = desk.mqtt(&fridge, connect.clone());
    let message = Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: true,
        topic: topic("state/light"),
        id: None,
        properties: Properties::default(),
        payload: b"on".to_vec(),
    };
    desk.packet(place, &Packet::Publish(message.clone()));
    desk.drop_line(place);
    let (place, _) = desk.mqtt(&fridge, connect.clone());
    let answer = desk.subscribe(place, &topic("state/+"));
    let kept: Vec<_> = messages(&answer).iter().map(|one| (one.payload.clone(), one.retain)).collect();
    assert_eq!(kept, [(b"on".to_vec(), true), (b"gone".to_vec(), true)]);
    // An empty one is forgotten; who says good-bye leaves no will.
    desk.packet(place, &Packet::Publish(Publish { payload: Vec::new(), topic: topic("state/line"), ..message }));
    desk.packet(place, &Packet::Disconnect { code: 0, properties: Properties::default() });
    assert!(!desk.sockets[place].open);
    connect.will = None;
    let (place, _) = desk.mqtt(&fridge, connect);
    let answer = desk.subscribe(place, &topic("state/#"));
    assert_eq!(messages(&answer).len(), 1);
}

#[test]
fn what_is_no_packet_ends_the_line_with_the_right_word() {
    for (bytes, code) in [
        (&[0x36, 5, 0, 1, b'a', 0, 1][..], reason::MALFORMED),
        (&[0x32, 6, 0, 1, b'a', 0, 0, 0], reason::PROTOCOL_ERROR),
        (&[0x30, 0xff, 0xff, 0xff, 0x7f], reason::PACKET_TOO_LARGE),
        (&[0x20, 3, 0, 0, 0], reason::PROTOCOL_ERROR),
        (&[0xF0, 0], reason::BAD_AUTHENTICATION_METHOD),
        (&[0x34, 6, 0, 1, b'a', 0, 1, 0], reason::QOS_NOT_SUPPORTED),
    ] {
        let mut desk = Desk::open();
        let connect = desk.connect(device(1), Version::V5, true);
        let (place, _) = desk.mqtt(&registration(1, DeviceKind::Tv), connect);
        let answer = desk.bytes(place, bytes);
        assert!(
            matches!(answer[..], [Packet::Disconnect { code: said, .. }] if said == code),
            "{bytes:02x?}: {answer:?}"
        );
        assert!(!desk.sockets[place].open);
    }
    // Whoever speaks a version that nobody speaks is told so.
    let mut desk = Desk::open();
    let place = desk.socket(&registration(1, DeviceKind::Tv), kirana_devices::hub::Protocol::Mqtt);
    let answer = desk.bytes(place, b"\x10\x0c\x00\x06MQIsdp\x03\x02\x00\x0a\x00\x00");
    assert!(matches!(answer[..], [Packet::Connack { code: reason::UNSUPPORTED_VERSION, .. }]), "{answer:?}");
}

#[test]
fn packets_may_come_in_any_pieces_and_several_at_once() {
    let mut desk = Desk::open();
    let connect = desk.connect(device(1), Version::V311, true);
    let (place, _) = desk.mqtt(&registration(1, DeviceKind::Fridge), connect);
    let one = |number: u16| {
        let payload = json!({"seq": number, "type": "door_opened"}).to_string().into_bytes();
        let (id, properties, topic) = (Some(number), Properties::default(), topic("events"));
        let message = Publish { dup: false, qos: QoS::AtLeastOnce, retain: false, topic, id, properties, payload };
        kirana_mqtt::encode(&Packet::Publish(message), Version::V311)
    };
    let all: Vec<u8> = (1..=5).flat_map(one).collect();
    for piece in all.chunks(7) {
        desk.bytes(place, piece);
    }
    assert_eq!(desk.hub.status(device(1), None).unwrap().events, 5);
    let acked = desk.sockets[place].packets.iter().filter(|packet| matches!(packet, Packet::Ack { .. })).count();
    assert_eq!(acked, 5);
}
