//! Claimed, connected, told what to do, revoked.
#![allow(clippy::disallowed_methods)] // the clock: never runs as WASM

use super::{Device, command, key, public, register, wait_for_online};
use crate::{shared, wanted};
use kirana_tests::{Client, eventually};
use serde_json::json;
use std::time::{Duration, Instant};

#[test]
fn a_code_claims_one_device_once() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (id, code) = register("tv");
    let claim = |code: &str| {
        let body = json!({"code": code, "public_key": public(&key())});
        chain.nobody.post("/api/v1/devices/claim", &body).unwrap()
    };
    assert_eq!(claim("2222-2222-2222-2222").status, 404);
    assert_eq!(claim("short").body["code"], "invalid_body");
    let weak = json!({"code": code, "public_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"});
    assert_eq!(chain.nobody.post("/api/v1/devices/claim", &weak).unwrap().status, 422, "a key that signs anything");
    // Two at once: one has it.
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| claim(&code.to_lowercase()).status)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [201, 404].contains(status)));
    let view = chain.manager.get(&format!("/api/v1/devices/{id}")).unwrap().expect(200).unwrap();
    assert_eq!((&view["status"], &view["key_kind"]), (&json!("active"), &json!("ed25519")));
    let (stranger, _) = chain.customer().map(|(_, client)| (client, ())).unwrap();
    assert_eq!(stranger.get(&format!("/api/v1/devices/{id}")).unwrap().status, 403);
    // Whoever cannot make a key is told one.
    let (_, code) = register("scale");
    let told = chain.nobody.post("/api/v1/devices/claim", &json!({"code": code})).unwrap().expect(201).unwrap();
    assert_eq!(told["hmac_key"].as_str().map(str::len), Some(43));
}

#[test]
fn a_device_is_there_measures_and_obeys() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let device = Device::claimed("fridge");
    assert_eq!(device.status()["online"], false);
    let config = json!({"config": {"temperature_max": 4.5}});
    let version = chain.manager.put(&device.path("configuration"), &config).unwrap().expect(200).unwrap();
    assert_eq!(version["version"], 1);
    let waiting = command(&chain.manager, &device, &json!({"name": "identify"}));
    assert_eq!(waiting["state"], "queued");
    let mut line = device.connected();
    let came = line.obey("identify");
    assert_eq!(came["id"], waiting["id"]);
    line.say(&json!({"type": "ack", "id": came["id"], "state": "done", "result": {"blinked": 3}}));
    line.say(&json!({"type": "reported", "version": 1, "config": {"temperature_max": 4.5}}));
    line.say(&json!({"type": "telemetry", "values": {"temperature": 3.25, "humidity": 60.0}}));
    line.tell(
        1,
        &json!([{"type": "door_opened"}, {"type": "log", "data": {"level": "warning", "text": "the light flickers"}}]),
    );
    line.say(&json!({"type": "heartbeat"}));
    line.next("heartbeat");
    line.say(&json!({"type": "time", "sent": 12345}));
    assert_eq!(line.next("time")["sent"], 12345);
    let status = device.status();
    assert_eq!(
        (&status["online"], &status["protocol"], &status["reported_version"]),
        (&json!(true), &json!("protocol-1"), &json!(1))
    );
    assert_eq!((&status["events"], &status["firmware"]), (&json!(2), &json!("1.0")));
    let temperature =
        status["values"].as_array().unwrap().iter().find(|value| value["metric"] == "temperature").unwrap();
    assert_eq!(temperature["last"], 3.25);
    let done = chain.manager.get(&device.path("commands")).unwrap().expect(200).unwrap();
    assert_eq!((&done[0]["state"], &done[0]["result"]["blinked"]), (&json!("done"), &json!(3)));
    let logs = chain.manager.get(&device.path("logs")).unwrap().expect(200).unwrap();
    assert_eq!(logs[0]["text"], "the light flickers");
    let series = chain.manager.get(&device.path("series?metric=temperature")).unwrap().expect(200).unwrap();
    assert_eq!(series[0]["count"], 1);
    assert_eq!(chain.manager.get(&device.path("series?metric=sales")).unwrap().status, 400);
    wait_for_online(&device, true);
    // The same key is the same command; what a fridge cannot do is refused with what it can.
    let key = Client::new_key();
    let again =
        |name: &str| chain.manager.post_with_key(&device.path("command"), &key, &json!({"name": name})).unwrap();
    assert_eq!(again("defrost").expect(201).unwrap()["id"], again("defrost").expect(201).unwrap()["id"]);
    let refused = chain.manager.post(&device.path("command"), &json!({"name": "vend"})).unwrap();
    assert_eq!(refused.status, 422);
    assert!(refused.body["detail"].as_str().unwrap().contains("a fridge takes identify"), "{}", refused.body);
    let history = chain.manager.get(&device.path("history")).unwrap().expect(200).unwrap();
    let actions: Vec<_> = history.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert!(
        ["registered", "claimed", "configured", "command"].iter().all(|action| actions.contains(action)),
        "{actions:?}"
    );
}

#[test]
fn revoked_is_cut_off() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let device = Device::claimed("kds");
    let mut line = device.connected();
    chain.manager.post(&device.path("revoke"), &json!({})).unwrap().expect(200).unwrap();
    assert_eq!(line.until_closed(), 1008);
    let refused = tungstenite::connect(chain.nobody.socket_address(&device.path("connect")));
    assert!(refused.is_err(), "a revoked device opens nothing");
    wait_for_online(&device, false);
    let command = chain.manager.post(&device.path("command"), &json!({"name": "restart"})).unwrap();
    assert_eq!(command.body["code"], "revoked");
}

#[test]
fn a_key_is_changed_by_people_or_by_the_device_itself() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let mut device = Device::claimed("tv");
    let mut line = device.connected();
    // By the device: the old key signs the new one.
    let new = key();
    let said = format!("kirana device 1 rotate\n{}\n{}", device.id, public(&new));
    let forged = json!({"public_key": public(&key()), "proof": device.sign(&said)});
    assert_eq!(chain.nobody.post(&device.path("rotate"), &forged).unwrap().status, 404, "signed for another key");
    let rotated = json!({"public_key": public(&new), "proof": device.sign(&said)});
    let told = chain.nobody.post(&device.path("rotate"), &rotated).unwrap().expect(200).unwrap();
    assert_eq!(told["key_version"], 2);
    assert_eq!(line.until_closed(), 1008, "whoever holds the old key is out");
    device.key = new;
    drop(device.connected());
    // By people.
    let newer = key();
    chain.manager.post(&device.path("key"), &json!({"public_key": public(&newer)})).unwrap().expect(200).unwrap();
    let mut old = super::Line(device.socket());
    let nonce = old.next("challenge")["nonce"].as_str().unwrap().to_owned();
    let proof = device.sign(&format!("kirana device 1 hello\n{}\n{nonce}", device.id));
    old.say(&json!({"type": "hello", "v": 1, "proof": proof}));
    assert_eq!(old.next("error")["code"], "not_welcome");
    device.key = newer;
    drop(device.connected());
}

#[test]
fn a_fleet_gets_a_configuration_stage_by_stage() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let store = chain.open_another("Ari", 100).unwrap();
    let mut ids = Vec::new();
    for _ in 0..4 {
        let body = json!({"store_id": store, "kind": "printer", "name": "Printer"});
        let made = chain.admin.post("/api/v1/devices", &body).unwrap().expect(201).unwrap();
        let key = key();
        let claim = json!({"code": made["claim"]["code"], "public_key": public(&key)});
        chain.nobody.post("/api/v1/devices/claim", &claim).unwrap().expect(201).unwrap();
        ids.push(Device { id: made["device"]["id"].as_str().unwrap().to_owned(), key });
    }
    let plan = json!({"kind": "printer", "store_id": store, "configuration": {"paper": "58mm"}, "stages": [25, 100]});
    let rollout = chain.admin.post("/api/v1/devices/rollouts", &plan).unwrap().expect(201).unwrap();
    assert_eq!((&rollout["sent"], &rollout["waiting"]), (&json!(1), &json!(3)), "{rollout}");
    // Nobody has it but the first, until that one says that it took it.
    let wished = |device: &Device| {
        let status = chain.admin.get(&device.path("status")).unwrap().expect(200).unwrap();
        status["desired_version"] == 1
    };
    let (first, others): (Vec<_>, Vec<_>) = ids.iter().partition(|device| wished(device));
    assert_eq!((first.len(), others.len()), (1, 3), "one of four is a quarter");
    let mut line = first[0].connected();
    line.say(&json!({"type": "reported", "version": 1, "config": {"paper": "58mm"}}));
    line.say(&json!({"type": "time", "sent": 1}));
    line.next("time");
    let path = format!("/api/v1/devices/rollouts/{}", rollout["id"].as_str().unwrap());
    eventually("the others to get it", Duration::from_secs(120), || {
        crate::tick();
        if others.iter().all(|device| wished(device)) {
            return Ok(());
        }
        Err(chain.admin.get(&path).map_err(|error| error.to_string())?.body.to_string())
    })
    .unwrap();
    let no = json!({"kind": "printer", "store_id": store, "configuration": {}, "stages": [50]});
    assert_eq!(chain.admin.post("/api/v1/devices/rollouts", &no).unwrap().status, 422);
    let halted = chain.admin.post(&format!("{path}/halt"), &json!({}));
    assert_eq!(halted.unwrap().expect(200).unwrap()["state"], "halted");
}

#[test]
fn silence_is_noticed_and_a_line_that_breaks_is_forgiven() {
    if !wanted() {
        return;
    }
    let device = Device::claimed("scale");
    let mut line = super::Line(device.socket());
    let nonce = line.next("challenge")["nonce"].as_str().unwrap().to_owned();
    let proof = device.sign(&format!("kirana device 1 hello\n{}\n{nonce}", device.id));
    // It says nothing more: two heartbeats of five seconds.
    let begun = Instant::now();
    line.say(&json!({"type": "hello", "v": 1, "proof": proof, "interval": 5}));
    line.next("welcome");
    wait_for_online(&device, true);
    assert_eq!(line.until_closed(), 1008);
    assert!(begun.elapsed() > Duration::from_secs(9), "sooner than two heartbeats: {:?}", begun.elapsed());
    eventually("it to be offline", Duration::from_secs(20), || {
        let status = device.status();
        if status["online"] == false { Ok(()) } else { Err(status.to_string()) }
    })
    .unwrap();
    wait_for_online(&device, false);
    // Who leads the store is told, once, and by letter; who works there is not.
    let title = "The scale is not there";
    eventually("the manager to be told", Duration::from_secs(30), || {
        let told = shared().manager.get("/api/v1/notifications?limit=100").map_err(|error| error.to_string())?.body;
        let mine = told["items"].as_array().into_iter().flatten().filter(|one| one["title"] == title);
        if mine.count() == 1 { Ok(()) } else { Err(told.to_string()) }
    })
    .unwrap();
    let letter = shared().letter("manager@example.com", "A device needs somebody").unwrap();
    assert!(letter.starts_with("Noi,") && letter.contains("a device of your store needs somebody"), "{letter}");
    let staff = shared().staff.get("/api/v1/notifications?limit=100").unwrap().expect(200).unwrap();
    assert!(!staff.to_string().contains(title), "{staff}");
}
