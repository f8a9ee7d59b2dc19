//! Lines that break at any moment: no event is lost, none counts twice, each command is done once.

use crate::desk::{Desk, device, registration};
use kirana_devices::hub::Issue;
use kirana_devices::kind::DeviceKind;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A device with a memory: what it has to tell, and what it did.
#[derive(Default)]
struct Device {
    happened: u64,
    acked: u64,
    done: BTreeSet<String>,
    did: u32,
    read: usize,
}

impl Device {
    /// Hears what was said on its socket since, unless its line breaks first.
    fn hear(&mut self, desk: &mut Desk, place: usize) {
        let new: Vec<Value> = desk.sockets[place].texts[self.read..].to_vec();
        self.read = desk.sockets[place].texts.len();
        for frame in new {
            match frame["type"].as_str() {
                Some("acked") => self.acked = self.acked.max(frame["upto"].as_u64().unwrap()),
                Some("welcome") => self.acked = frame["upto"].as_u64().unwrap(),
                Some("command") => {
                    let id = frame["id"].as_str().unwrap().to_owned();
                    if self.done.insert(id.clone()) {
                        self.did += 1;
                    }
                    desk.text(place, &json!({"type": "ack", "id": id, "state": "done"}));
                }
                _ => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn nothing_is_lost_and_nothing_counts_twice(steps in prop::collection::vec(0_u8..8, 1..120)) {
        let mut desk = Desk::open();
        let told = registration(1, DeviceKind::Fridge);
        let (mut place, _) = desk.welcome(&told);
        let (mut machine, mut given, mut numbers) = (Device::default(), 0_u32, Vec::new());
        machine.hear(&mut desk, place);
        let collect = |desk: &mut Desk, numbers: &mut Vec<u64>| {
            for (kind, data) in desk.told() {
                if kind == "DeviceDataReceived" {
                    numbers.extend(data["data"].as_array().unwrap().iter().map(|event| event["number"].as_u64().unwrap()));
                }
            }
        };
        for step in steps.into_iter().chain([1, 5, 7, 1, 5, 7, 1, 5]) {
            desk.pass_time(2);
            match step {
                0 => machine.happened += 3,
                // Tells what it does not know to be kept, or too little of it: a part that was lost before.
                1 | 2 if machine.happened > machine.acked => {
                    let first = machine.acked + if step == 2 { 2 } else { 1 };
                    let events: Vec<_> = (first..=machine.happened.min(first + 40)).map(|_| json!({"type": "door_closed"})).collect();
                    if !events.is_empty() {
                        desk.text(place, &json!({"type": "events", "first": first, "events": events}));
                    }
                }
                3 if given < 20 => {
                    let moment = desk.moment();
                    let issue = Issue { id: moment.id(), name: "defrost".into(), args: json!({}), ttl: 80_000, by: "x".into() };
                    let (_, outputs) = desk.hub.issue(device(1), &issue, &moment).unwrap();
                    desk.apply(usize::MAX, outputs);
                    given += 1;
                }
                // Its line breaks: what was said on it last, it never heard.
                4 | 7 => {
                    desk.drop_line(place);
                    desk.pass_time(5);
                    (place, _) = desk.welcome(&told);
                    machine.read = 0;
                    machine.hear(&mut desk, place);
                }
                5 => machine.hear(&mut desk, place),
                6 => desk.run_due(),
                _ => {}
            }
            collect(&mut desk, &mut numbers);
        }
        for _ in 0..10 {
            let first = machine.acked + 1;
            let events: Vec<_> = (first..=machine.happened).take(100).map(|_| json!({"type": "door_closed"})).collect();
            if !events.is_empty() {
                desk.text(place, &json!({"type": "events", "first": first, "events": events}));
            }
            machine.hear(&mut desk, place);
            desk.pass_time(2);
        }
        collect(&mut desk, &mut numbers);
        prop_assert_eq!(numbers, (1..=machine.happened).collect::<Vec<_>>());
        prop_assert_eq!(machine.did, given);
        let open = desk.hub.commands(device(1)).unwrap().into_iter().filter(|one| one.state != "done").count();
        prop_assert_eq!(open, 0);
    }
}
