//! Frames that are heard together come to the same as heard one after the other, or to nothing at all.

use crate::desk::{Desk, registration};
use kirana_devices::hub::{Begun, Frame, Output, Refusal};
use kirana_devices::kind::DeviceKind;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A desk with three devices that have been let in, at places 0 to 2.
fn desk() -> Desk {
    let mut desk = Desk::open();
    for (number, kind) in [(1, DeviceKind::Fridge), (2, DeviceKind::Printer), (3, DeviceKind::Scale)] {
        desk.welcome(&registration(number, kind));
    }
    desk.told();
    desk
}

fn frame(step: u8, first: u64) -> Value {
    let event = json!({"type": "log", "data": {"level": "info", "text": format!("{first}")}});
    match step {
        0 => json!({"type": "heartbeat"}),
        1 => json!({"type": "time", "sent": first}),
        2 => json!({"type": "telemetry", "values": {"temperature": 4.5}}),
        3 => json!({"type": "ack", "id": "01890000-0000-7000-8000-000000000000", "state": "done"}),
        4 => json!({"type": "hello", "v": 1, "proof": "none", "reset": true}),
        5 => json!({"type": "reported", "version": 1, "config": {}}),
        _ => json!({"type": "events", "first": first, "events": [event.clone(), event]}),
    }
}

/// Hears all of them together, as `device-hub` does.
fn together(desk: &mut Desk, frames: &[(usize, Value)]) {
    let mut waiting: Vec<(usize, Frame, kirana_devices::hub::Moment)> = Vec::new();
    for (place, said) in frames.iter().filter(|(place, _)| desk.sockets[*place].open).cloned().collect::<Vec<_>>() {
        let (moment, mut session) = (desk.moment(), desk.sockets[place].session.clone());
        let first = !waiting.iter().any(|(other, ..)| *other == place);
        let begun = desk.hub.begin_text(&mut session, &said.to_string(), first, &moment).unwrap();
        desk.sockets[place].session = session;
        match begun {
            Begun::Heard(outputs) => desk.apply(place, outputs),
            Begun::Frame(frame) => waiting.push((place, frame, moment)),
        }
    }
    let mut sessions: Vec<_> = desk.sockets.iter().map(|socket| socket.session.clone()).collect();
    let hub = &desk.hub;
    let heard = hub.together(|| {
        let mut all = Vec::new();
        for (place, frame, moment) in &waiting {
            let session = &mut sessions[*place];
            let said = if session.over { Vec::new() } else { hub.hear_begun(session, frame, moment)? };
            session.over |= said.iter().any(Output::is_good_bye);
            all.push((*place, said));
        }
        Ok(all)
    });
    for (socket, session) in desk.sockets.iter_mut().zip(sessions) {
        socket.session = session;
    }
    for (place, said) in heard.unwrap() {
        desk.apply(place, said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn it_comes_to_the_same(
        parts in prop::collection::vec(prop::collection::vec((0_usize..3, 0_u8..12, 0_u64..3), 1..12), 1..6)
    ) {
        let (mut one, mut all) = (desk(), desk());
        let mut counts = [0_u64; 3];
        for part in parts {
            let frames: Vec<_> = part.into_iter().map(|(place, step, ahead)| {
                // The next event, one that was told, or one too far.
                let first = (counts[place] + ahead).max(1);
                if step > 5 && first <= counts[place] + 1 {
                    counts[place] = counts[place].max(first + 1);
                }
                (place, frame(step, first))
            }).collect();
            for (place, said) in &frames {
                one.text(*place, said);
            }
            together(&mut all, &frames);
            for (apart, whole) in one.sockets.iter().zip(&all.sockets) {
                // What takes no transaction is answered at once: before what came first from others, never before what its own device said first.
                prop_assert_eq!((&apart.texts, apart.open), (&whole.texts, whole.open));
            }
            let numbers = |told: Vec<(String, Value)>| {
                let data = |(kind, event): (String, Value)| (kind, event["device_id"].clone(), event["data"].clone());
                told.into_iter().map(data).collect::<Vec<_>>()
            };
            prop_assert_eq!(numbers(one.told()), numbers(all.told()));
        }
    }
}

#[test]
fn what_fails_together_was_not_done() {
    let mut desk = desk();
    let (moment, session) = (desk.moment(), desk.sockets[0].session.clone());
    let said = frame(6, 1);
    let failed = desk.hub.together(|| {
        let mut session = session.clone();
        desk.hub.hear_text(&mut session, &said.to_string(), &moment)?;
        Err::<(), _>(Refusal::Fault("the disk is full".into()))
    });
    assert_eq!(failed, Err(Refusal::Fault("the disk is full".into())));
    assert!(desk.told().is_empty());
    // It is taken when it is told again, and once.
    assert_eq!(desk.text(0, &said), [json!({"type": "acked", "upto": 2})]);
    assert_eq!(desk.text(0, &said), [json!({"type": "acked", "upto": 2})]);
    assert_eq!(desk.told().len(), 1);
}
