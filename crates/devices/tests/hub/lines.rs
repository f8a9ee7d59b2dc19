//! Who is let in, who is there, and who is cut off.

use crate::desk::{CUT, Desk, SECRET, device, registration};
use kirana_devices::fault::close;
use kirana_devices::hub::{Protocol, Registration};
use kirana_devices::kind::DeviceKind;
use kirana_devices::proof::{Key, challenge_text, derived, hmac_proof};
use serde_json::{Value, json};

fn types(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[test]
fn a_device_is_let_in_by_its_own_key_only() {
    let mut desk = Desk::open();
    let fridge = registration(1, DeviceKind::Fridge);
    let hello = |key: &[u8; 32], text: &str| json!({"type": "hello", "v": 1, "proof": hmac_proof(key, text)});
    let nonce = |desk: &Desk, place: usize| desk.sockets[place].texts[0]["nonce"].as_str().unwrap().to_owned();
    // Another device's key, an older key, the answer to another challenge, another device's challenge.
    let earlier = desk.socket(&fridge, Protocol::Plain);
    let stale = nonce(&desk, earlier);
    type Wrong<'a> = &'a dyn Fn(&str) -> Value;
    let wrongs: [Wrong<'_>; 4] = [
        &|nonce| hello(&derived(SECRET, device(2), 1), &challenge_text(device(1), nonce)),
        &|nonce| hello(&derived(SECRET, device(1), 2), &challenge_text(device(1), nonce)),
        &|_| hello(&derived(SECRET, device(1), 1), &challenge_text(device(1), &stale)),
        &|nonce| hello(&derived(SECRET, device(1), 1), &challenge_text(device(2), nonce)),
    ];
    for wrong in wrongs {
        let place = desk.socket(&fridge, Protocol::Plain);
        let said = wrong(&nonce(&desk, place));
        let answer = desk.text(place, &said);
        assert_eq!(answer[0]["code"], "not_welcome");
        assert_eq!(desk.sockets[place].closed_with, CUT);
    }
    assert!(desk.told().is_empty(), "nobody was there");
    let (place, answer) = desk.welcome(&fridge);
    assert_eq!(answer[0]["upto"], 0);
    assert_eq!(types(&desk.told()), ["DeviceOnline"]);
    // Nothing of a challenge is good twice.
    let again = desk.text(place, &hello(&derived(SECRET, device(1), 1), &challenge_text(device(1), "x")));
    assert_eq!(again[0]["code"], "not_welcome");
}

#[test]
fn nobody_speaks_before_they_are_let_in() {
    let mut desk = Desk::open();
    for said in [
        json!({"type": "telemetry", "values": {"temperature": 1.0}}),
        json!({"type": "events", "first": 1, "events": [{"type": "door_opened"}]}),
        json!({"type": "heartbeat"}),
        json!("what"),
    ] {
        let place = desk.socket(&registration(1, DeviceKind::Fridge), Protocol::Plain);
        let answer = desk.text(place, &said);
        assert_eq!(answer[0]["fatal"], true, "{answer:?}");
        assert!(!desk.sockets[place].open);
    }
    let silent = desk.socket(&registration(1, DeviceKind::Fridge), Protocol::Plain);
    desk.pass_time(11);
    let seen = kirana_devices::hub::Seen {
        heard: desk.sockets[silent].session.heard,
        session: desk.sockets[silent].session.clone(),
    };
    let moment = desk.moment();
    let outputs = desk.hub.run_due(&[seen], &moment).unwrap();
    assert_eq!(outputs.len(), 1, "who does not answer is cut");
}

#[test]
fn a_new_line_takes_the_place_of_the_old_one() {
    let mut desk = Desk::open();
    let fridge = registration(1, DeviceKind::Fridge);
    let (old, _) = desk.welcome(&fridge);
    let (new, _) = desk.welcome(&fridge);
    assert_eq!(desk.sockets[old].closed_with, Some(close::NORMAL));
    assert!(desk.sockets[new].open);
    assert_eq!(types(&desk.told()), ["DeviceOnline"], "it was there all the time");
    desk.pass_time(300);
    desk.text(new, &json!({"type": "heartbeat"}));
    desk.run_due();
    assert!(desk.told().is_empty(), "the end of the old line is not the end of the device");
    // What still comes on the old line, as it was on its way, is nobody's word any more.
    desk.sockets[old].open = true;
    let answer = desk.text(old, &json!({"type": "telemetry", "values": {"temperature": 1.0}}));
    assert_eq!(answer[0]["code"], "not_welcome");
}

#[test]
fn who_misses_two_heartbeats_is_offline() {
    let mut desk = Desk::open();
    let (place, _) = desk.welcome(&registration(1, DeviceKind::Tv));
    desk.told();
    desk.pass_time(59);
    desk.run_due();
    assert!(desk.sockets[place].open && desk.told().is_empty());
    desk.pass_time(2);
    desk.run_due();
    assert_eq!(desk.sockets[place].closed_with, CUT);
    desk.pass_time(2);
    desk.run_due();
    assert_eq!(types(&desk.told()), ["DeviceOffline"]);
    assert!(!desk.hub.status(device(1), None).unwrap().online);
}

#[test]
fn a_short_break_is_nobodys_business_and_many_are_told_once() {
    let mut desk = Desk::open();
    let told = registration(1, DeviceKind::Tv);
    desk.welcome(&told);
    for _ in 0..10 {
        let place = desk.sockets.len() - 1;
        desk.drop_line(place);
        desk.pass_time(10);
        desk.run_due();
        desk.welcome(&told);
    }
    assert_eq!(types(&desk.told()), ["DeviceOnline"], "ten breaks of ten seconds");
    let mut all = Vec::new();
    for _ in 0..10 {
        let place = desk.sockets.len() - 1;
        desk.drop_line(place);
        desk.pass_time(61);
        desk.run_due();
        desk.welcome(&told);
        all.extend(desk.told());
    }
    let flapping = all.iter().filter(|(_, data)| data["code"] == "flapping").count();
    assert!(all.len() <= 8 && flapping == 1, "{:?}", types(&all));
    assert!(desk.hub.status(device(1), None).unwrap().flapping);
}

#[test]
fn revoked_is_out_at_once_and_for_good() {
    let mut desk = Desk::open();
    let told = registration(1, DeviceKind::Fridge);
    let (place, _) = desk.welcome(&told);
    let moment = desk.moment();
    let outputs = desk.hub.revoke(device(1), &moment).unwrap();
    desk.apply(usize::MAX, outputs);
    assert_eq!(desk.sockets[place].closed_with, CUT);
    assert_eq!(types(&desk.told()), ["DeviceOnline", "DeviceOffline"]);
    // Even a line that is not closed yet is not listened to.
    desk.sockets[place].open = true;
    let answer = desk.text(place, &json!({"type": "telemetry", "values": {"temperature": 1.0}}));
    assert_eq!(answer[0]["code"], "not_welcome");
}

#[test]
fn a_new_key_cuts_whoever_holds_the_old_one() {
    let mut desk = Desk::open();
    let told = registration(1, DeviceKind::Fridge);
    let (place, _) = desk.welcome(&told);
    let rotated = Registration { key: Key::Hmac { version: 2 }, ..told };
    let outputs = desk.hub.register(&rotated).unwrap();
    desk.apply(usize::MAX, outputs);
    assert_eq!(desk.sockets[place].closed_with, CUT);
    let place = desk.socket(&rotated, Protocol::Plain);
    let nonce = desk.sockets[place].texts[0]["nonce"].as_str().unwrap().to_owned();
    let proof = hmac_proof(&derived(SECRET, device(1), 1), &challenge_text(device(1), &nonce));
    let answer = desk.text(place, &json!({"type": "hello", "v": 1, "proof": proof}));
    assert_eq!(answer[0]["code"], "not_welcome");
}

#[test]
fn a_flood_is_cut_and_its_neighbour_unharmed() {
    let mut desk = Desk::open();
    let (quiet, _) = desk.welcome(&registration(2, DeviceKind::Fridge));
    let (loud, _) = desk.welcome(&registration(1, DeviceKind::Fridge));
    for _ in 0..400 {
        desk.text(loud, &json!({"type": "heartbeat"}));
    }
    assert_eq!(desk.sockets[loud].closed_with, Some(close::LATER));
    let slow = desk.sockets[loud].texts.iter().filter(|frame| frame["type"] == "slow").count();
    assert_eq!(slow, 1);
    let answer = desk.text(quiet, &json!({"type": "time", "sent": 5}));
    assert_eq!(answer[0]["sent"], 5);
    // It is not let in again at once; then it is.
    let again = |desk: &mut Desk| {
        let moment = desk.moment();
        desk.hub.opened(&registration(1, DeviceKind::Fridge), Protocol::Plain, "x".into(), &moment).is_ok()
    };
    assert!(!again(&mut desk));
    desk.pass_time(6);
    assert!(again(&mut desk));
}

#[test]
fn what_makes_no_sense_is_said_and_the_line_stays() {
    let mut desk = Desk::open();
    let (place, _) = desk.welcome(&registration(1, DeviceKind::Fridge));
    for (said, code) in [
        (json!({"type": "telemetry", "values": {"sold": 1.0}}), "invalid"),
        (json!({"type": "telemetry", "values": {"temperature": "cold"}}), "malformed"),
        (json!({"type": "dance"}), "malformed"),
        (json!({"type": "reported", "version": 9, "config": {}}), "invalid"),
        (json!({"type": "ack", "id": device(7), "state": "done"}), "unknown"),
    ] {
        let answer = desk.text(place, &said);
        assert_eq!((&answer[0]["type"], &answer[0]["code"]), (&json!("error"), &json!(code)), "{said}: {answer:?}");
        assert!(desk.sockets[place].open);
    }
    let big = json!({"type": "telemetry", "values": {"temperature": 1.0}, "x": "y".repeat(70_000)});
    desk.text(place, &big);
    assert_eq!(desk.sockets[place].closed_with, Some(close::TOO_LARGE));
}
