//! Commands: queued, sent, sent again, acknowledged once, over in time.

use crate::desk::{Desk, device, registration};
use kirana_devices::hub::{Issue, Refusal};
use kirana_devices::kind::DeviceKind;
use kirana_kernel::Id;
use serde_json::{Value, json};

fn issue(desk: &mut Desk, name: &str, ttl: u32) -> Result<Id, Refusal> {
    let moment = desk.moment();
    let id = moment.id();
    let wanted = Issue { id, name: name.into(), args: json!({"x": 1}), ttl, by: "Noi".into() };
    let (_, outputs) = desk.hub.issue(device(1), &wanted, &moment)?;
    desk.apply(usize::MAX, outputs);
    Ok(id)
}

fn state(desk: &Desk, id: Id) -> String {
    desk.hub.commands(device(1)).unwrap().into_iter().find(|one| one.id == id).unwrap().state
}

fn received(frames: &[Value]) -> Vec<&Value> {
    frames.iter().filter(|frame| frame["type"] == "command").collect()
}

#[test]
fn a_command_waits_for_its_device_and_is_done_once() {
    let mut desk = Desk::open();
    let tv = registration(1, DeviceKind::Tv);
    desk.hub.register(&tv).unwrap();
    let first = issue(&mut desk, "restart", 3600).unwrap();
    let second = issue(&mut desk, "identify", 3600).unwrap();
    assert_eq!(state(&desk, first), "queued");
    let (place, answer) = desk.welcome(&tv);
    let came: Vec<_> = received(&answer).iter().map(|frame| frame["id"].clone()).collect();
    assert_eq!(came, [json!(first), json!(second)], "in the order in which they were given");
    // Its line breaks before it can answer: it comes again, with the same id.
    desk.drop_line(place);
    let (place, answer) = desk.welcome(&tv);
    let again = received(&answer);
    assert_eq!((again.len(), &again[0]["attempt"]), (2, &json!(2)));
    desk.text(place, &json!({"type": "ack", "id": first, "state": "accepted"}));
    assert_eq!(state(&desk, first), "accepted");
    for _ in 0..2 {
        let answer = desk.text(place, &json!({"type": "ack", "id": first, "state": "done", "result": {"ok": true}}));
        assert!(answer.is_empty(), "{answer:?}");
    }
    assert_eq!(state(&desk, first), "done");
    desk.text(place, &json!({"type": "ack", "id": first, "state": "failed"}));
    assert_eq!(state(&desk, first), "done", "what is over is over");
    desk.drop_line(place);
    let (_, answer) = desk.welcome(&tv);
    assert_eq!(received(&answer).len(), 1, "what is done does not come again");
}

#[test]
fn a_command_that_nobody_answers_is_sent_again_and_then_over() {
    let mut desk = Desk::open();
    let (place, _) = desk.welcome(&registration(1, DeviceKind::Tv));
    let id = issue(&mut desk, "restart", 3600).unwrap();
    for _ in 0..60 {
        desk.pass_time(20);
        desk.text(place, &json!({"type": "heartbeat"}));
        desk.run_due();
    }
    assert_eq!(state(&desk, id), "timed_out");
    assert_eq!(received(&desk.sockets[place].texts).len(), 5);
    let errors: Vec<_> = desk.told().into_iter().filter(|(kind, _)| kind == "DeviceError").collect();
    assert_eq!(errors[0].1["code"], "command_timed_out");
    // It did it after all, and says so: that is what happened.
    desk.text(place, &json!({"type": "ack", "id": id, "state": "done"}));
    assert_eq!(state(&desk, id), "done");
}

#[test]
fn a_command_expires_and_never_comes_late() {
    let mut desk = Desk::open();
    let tv = registration(1, DeviceKind::Tv);
    desk.hub.register(&tv).unwrap();
    let id = issue(&mut desk, "restart", 60).unwrap();
    desk.pass_time(61);
    let (_, answer) = desk.welcome(&tv);
    assert!(received(&answer).is_empty());
    desk.run_due();
    assert_eq!(state(&desk, id), "expired");
}

#[test]
fn what_a_device_does_not_take_is_refused() {
    let mut desk = Desk::open();
    desk.hub.register(&registration(1, DeviceKind::Tv)).unwrap();
    let refused = issue(&mut desk, "vend", 60).unwrap_err();
    assert!(refused.to_string().contains("a tv takes identify"), "{refused}");
    assert!(matches!(issue(&mut desk, "restart", 0), Err(Refusal::Invalid { .. })));
    assert!(matches!(issue(&mut desk, "restart", 700_000), Err(Refusal::Invalid { .. })));
    for _ in 0..100 {
        issue(&mut desk, "restart", 60).unwrap();
    }
    assert!(matches!(issue(&mut desk, "restart", 60), Err(Refusal::Conflict("queue_full", _))));
    let moment = desk.moment();
    let unknown = desk.hub.issue(
        device(9),
        &Issue { id: moment.id(), name: "restart".into(), args: Value::Null, ttl: 5, by: "x".into() },
        &moment,
    );
    assert!(matches!(unknown, Err(Refusal::Unknown(_))));
}

#[test]
fn a_configuration_is_desired_until_it_is_reported() {
    let mut desk = Desk::open();
    let fridge = registration(1, DeviceKind::Fridge);
    let (place, _) = desk.welcome(&fridge);
    let moment = desk.moment();
    let (version, outputs) = desk.hub.configure(device(1), &json!({"temperature_max": 4.0}), &moment).unwrap();
    desk.apply(usize::MAX, outputs);
    assert_eq!(version, 1);
    assert_eq!(desk.last(place, "desired")["config"]["temperature_max"], 4.0);
    desk.drop_line(place);
    let (place, answer) = desk.welcome(&fridge);
    assert_eq!(answer[0]["desired"]["version"], 1, "it has not said that it took it");
    desk.text(place, &json!({"type": "reported", "version": 1, "config": {"temperature_max": 4.0}}));
    desk.drop_line(place);
    let (_, answer) = desk.welcome(&fridge);
    assert!(answer[0]["desired"].is_null());
    let moment = desk.moment();
    assert_eq!(desk.hub.configure(device(1), &json!({"temperature_max": 4.0}), &moment).unwrap().0, 1, "nothing new");
}
