//! S10 and S11: whoever opens sockets to do harm, and whoever pretends to be a device.
#![allow(clippy::disallowed_methods)] // the clock: never runs as WASM

use super::{Device, Line};
use crate::{shared, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::eventually;
use serde_json::{Value, json};
use std::time::Duration;
use tungstenite::Message;
use tungstenite::client::IntoClientRequest;
use tungstenite::error::Error;

#[test]
fn nobody_is_believed_without_the_devices_own_proof() {
    if !wanted() {
        return;
    }
    let (one, other) = (Device::claimed("fridge"), Device::claimed("fridge"));
    let mut earlier = Line(one.socket());
    let stale = earlier.next("challenge")["nonce"].as_str().unwrap().to_owned();
    let hello = |proof: String| json!({"type": "hello", "v": 1, "proof": proof});
    let words = |device: &Device, nonce: &str| format!("kirana device 1 hello\n{}\n{nonce}", device.id);
    type Wrong<'a> = &'a dyn Fn(&str) -> Value;
    let wrongs: [(&str, Wrong<'_>); 6] = [
        ("another device's key", &|nonce| hello(other.sign(&words(&one, nonce)))),
        ("the challenge of another socket", &|_| hello(one.sign(&words(&one, &stale)))),
        ("another device's words", &|nonce| hello(one.sign(&words(&other, nonce)))),
        ("no proof", &|_| hello(String::new())),
        ("an older protocol", &|nonce| json!({"type": "hello", "v": 0, "proof": one.sign(&words(&one, nonce))})),
        ("no hello", &|_| json!({"type": "events", "first": 1, "events": [{"type": "door_opened"}]})),
    ];
    for (what, wrong) in wrongs {
        let mut line = Line(one.socket());
        let nonce = line.next("challenge")["nonce"].as_str().unwrap().to_owned();
        line.say(&wrong(&nonce));
        let fault = line.next("error");
        assert_eq!(fault["fatal"], true, "{what}: {fault}");
        assert!([1002, 1008].contains(&line.until_closed()), "{what}");
    }
    assert_eq!(one.status()["events"], 0);
    let logs = shared().manager.get(&one.path("logs")).unwrap().expect(200).unwrap();
    assert!(logs.to_string().contains("without its key"), "it is written down: {logs}");
}

#[test]
fn what_a_socket_may_not_carry_closes_it_and_nothing_else() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let neighbour = Device::claimed("tv");
    let mut quiet = neighbour.connected();
    let device = Device::claimed("fridge");
    let mut request = chain.nobody.socket_address(&device.path("connect")).into_client_request().unwrap();
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert!(matches!(tungstenite::connect(request), Err(Error::Http(answer)) if answer.status() == 403));
    let mut request = chain.nobody.socket_address(&device.path("connect")).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "soap".parse().unwrap());
    assert!(matches!(tungstenite::connect(request), Err(Error::Http(answer)) if answer.status() == 400));
    let nowhere = "/api/v1/devices/0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44/connect";
    assert!(
        matches!(tungstenite::connect(chain.nobody.socket_address(nowhere)), Err(Error::Http(answer)) if answer.status() == 404)
    );

    let mut line = device.connected();
    line.say(&json!({"type": "telemetry", "values": {"temperature": 1.0}, "x": "y".repeat(70_000)}));
    assert_eq!(line.until_closed(), 1009);
    let mut line = device.connected();
    line.0.send(Message::binary(vec![0x10, 0x00])).unwrap();
    assert_eq!(line.until_closed(), 1002, "packets where frames are spoken");
    let mut line = device.connected();
    for (said, code) in [
        ("nonsense", "malformed"),
        (r#"{"type":"dance"}"#, "malformed"),
        (r#"{"type":"telemetry","values":{"t":1e999}}"#, "malformed"),
    ] {
        line.0.send(Message::text(said)).unwrap();
        assert_eq!(line.next("error")["code"], code, "{said}");
    }
    // A batch with a gap, and one that was told before.
    line.say(&json!({"type": "events", "first": 5, "events": [{"type": "door_opened"}]}));
    assert_eq!(line.next("resend")["from"], 1);
    line.tell(1, &json!([{"type": "door_opened"}]));
    line.say(&json!({"type": "events", "first": 1, "events": [{"type": "door_opened"}]}));
    assert_eq!(line.next("acked")["upto"], 1);
    assert_eq!(device.status()["events"], 1, "a replayed frame changes nothing");
    quiet.say(&json!({"type": "time", "sent": 7}));
    assert_eq!(quiet.next("time")["sent"], 7, "the neighbour is unharmed");
}

#[test]
fn whoever_holds_sockets_open_keeps_no_device_out() {
    if !wanted() {
        return;
    }
    let device = Device::claimed("printer");
    let mut held: Vec<_> = (0..6).map(|_| device.socket()).collect();
    let mut line = device.connected();
    line.say(&json!({"type": "time", "sent": 3}));
    assert_eq!(line.next("time")["sent"], 3);
    held.clear();
}

/// Forty orders at the store of all this, each taken.
fn ordering() {
    let (_, customer) = shared().customer().unwrap();
    for _ in 0..40 {
        customer.post("/api/v1/orders", &shared().order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    }
}

#[test]
fn a_flood_is_cut_off_and_orders_go_on() {
    if !wanted() {
        return;
    }
    let device = Device::claimed("fridge");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let floods = std::thread::scope(|scope| {
        let flood = scope.spawn(|| {
            let mut floods = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let mut line = device.connected();
                floods += 1;
                for _ in 0..3_000 {
                    if line.0.send(Message::text(r#"{"type":"time","sent":1}"#)).is_err() {
                        break;
                    }
                }
                line.until_closed();
                // It comes back at once, and again, until it is let in.
                let barred =
                    eventually("the flood to be let in again", Duration::from_secs(60), || match tungstenite::connect(
                        shared().nobody.socket_address(&device.path("connect")),
                    ) {
                        Ok(_) => Ok(()),
                        Err(Error::Http(answer)) if answer.status() == 429 => Err("barred".into()),
                        Err(error) => Err(error.to_string()),
                    });
                barred.unwrap();
            }
            floods
        });
        ordering();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        flood.join().unwrap()
    });
    // What orders feel of it is measured by `cargo xtask devices --load`.
    assert!(floods > 0);
}
