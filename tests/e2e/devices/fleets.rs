//! Many devices at once: signed firmware, commands in stages, and the figures of them.

use super::{Device, Line, key, public};
use crate::{shared, wanted};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use kirana_tests::eventually;
use serde_json::{Value, json};
use std::time::Duration;

/// The key of the maker whose firmware the shared chain takes.
fn maker() -> SigningKey {
    SigningKey::from_bytes(&[77; 32])
}

/// What the deployment trusts.
pub fn firmware_keys() -> String {
    json!({"acme": URL_SAFE_NO_PAD.encode(maker().verifying_key().as_bytes())}).to_string()
}

fn manifest(version: &str) -> Value {
    let (kind, size, sha256) = ("printer", 4_096, "ab".repeat(32));
    let text = format!("kirana firmware 1\n{kind}\n{version}\n{size}\n{sha256}");
    let signature = URL_SAFE_NO_PAD.encode(maker().sign(text.as_bytes()).to_bytes());
    json!({"kind": kind, "version": version, "url": format!("https://acme.example/printer-{version}.bin"), "size": size,
        "sha256": sha256, "key": "acme", "signature": signature})
}

/// Printers of a store of their own, connected.
fn fleet(name: &str, count: usize) -> (String, Vec<(Device, Line)>) {
    let chain = shared();
    let store = chain.open_another(name, 10).unwrap();
    let mut devices = Vec::new();
    for number in 0..count {
        let body = json!({"store_id": store, "kind": "printer", "name": format!("Printer {number}")});
        let made = chain.admin.post("/api/v1/devices", &body).unwrap().expect(201).unwrap();
        let key = key();
        let claim = json!({"code": made["claim"]["code"], "public_key": public(&key)});
        chain.nobody.post("/api/v1/devices/claim", &claim).unwrap().expect(201).unwrap();
        let device = Device { id: made["device"]["id"].as_str().unwrap().to_owned(), key };
        let line = device.connected();
        devices.push((device, line));
    }
    (store, devices)
}

fn rollout(plan: &Value) -> Value {
    shared().admin.post("/api/v1/devices/rollouts", plan).unwrap().expect(201).unwrap()
}

/// Waits until a roll-out stands so, with cron firing meanwhile.
fn until(rollout: &Value, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/api/v1/devices/rollouts/{}", rollout["id"].as_str().unwrap());
    eventually(what, Duration::from_secs(60), || {
        crate::tick();
        let now = shared().admin.get(&path).map_err(|error| error.to_string())?.body;
        if is(&now) { Ok(now) } else { Err(now.to_string()) }
    })
    .unwrap()
}

#[test]
fn firmware_is_what_its_maker_signed() {
    if !wanted() {
        return;
    }
    let admin = &shared().admin;
    let publish = |manifest: &Value| admin.post("/api/v1/devices/firmware", manifest).unwrap();
    let good = manifest("2.4.1");
    assert_eq!(publish(&good).expect(201).unwrap(), good);
    publish(&good).expect(201).unwrap();
    let mut other = good.clone();
    other["url"] = json!("https://mirror.example/printer.bin");
    assert_eq!(publish(&other).expect(409).unwrap()["code"], "version_taken");
    for (field, value) in [
        ("kind", json!("fridge")),
        ("size", json!(4_097)),
        ("sha256", json!("cd".repeat(32))),
        ("version", json!("2.4.2")),
    ] {
        let mut forged = good.clone();
        forged[field] = value;
        let refused = publish(&forged).expect(422).unwrap();
        assert!(refused.to_string().contains("signature"), "{field}: {refused}");
    }
    let listed = admin.get("/api/v1/devices/firmware?kind=printer").unwrap().expect(200).unwrap();
    assert_eq!(listed, json!(["2.4.1"]));
    assert_eq!(admin.get("/api/v1/devices/firmware/printer/2.4.1").unwrap().expect(200).unwrap(), good);
    assert_eq!(admin.get("/api/v1/devices/firmware/printer/9.9").unwrap().status, 404);
    // Devices are told the manifest whole, and check it themselves.
    let (store, mut devices) = fleet("Phaya Thai", 1);
    let unknown = json!({"kind": "printer", "store_id": store, "firmware": "9.9", "stages": [100]});
    assert_eq!(admin.post("/api/v1/devices/rollouts", &unknown).unwrap().status, 404);
    let begun = rollout(&json!({"kind": "printer", "store_id": store, "firmware": "2.4.1", "stages": [100]}));
    let (_, line) = &mut devices[0];
    let command = line.obey("update_firmware");
    assert_eq!(command["args"], good);
    line.say(&json!({"type": "ack", "id": command["id"], "state": "done"}));
    let done = until(&begun, "the firmware to be rolled out", |now| now["state"] == "done");
    assert_eq!((&done["done"], &done["failed"]), (&json!(1), &json!(0)));
}

#[test]
fn a_command_for_a_fleet_goes_on_while_few_fail_and_halts_when_many_do() {
    if !wanted() {
        return;
    }
    let (store, mut devices) = fleet("Asok", 4);
    let admin = &shared().admin;
    let plan = |name: &str| json!({"kind": "printer", "store_id": store, "command": {"name": name}, "stages": [25, 100], "tolerance": 0});
    let refused = admin.post("/api/v1/devices/rollouts", &plan("vend")).unwrap().expect(422).unwrap();
    assert!(refused.to_string().contains("a printer takes"), "{refused}");
    let obey = |devices: &mut [(Device, Line)], place: usize, name: &str, state: &str| {
        let (_, line) = &mut devices[place];
        let command = loop {
            let command = line.next("command");
            if command["name"] == name {
                break command;
            }
        };
        line.say(&json!({"type": "ack", "id": command["id"], "state": state}));
    };
    devices.sort_by_key(|(device, _)| device.id.clone());
    let begun = rollout(&plan("restart"));
    assert_eq!((&begun["sent"], &begun["waiting"]), (&json!(1), &json!(3)));
    obey(&mut devices, 0, "restart", "done");
    until(&begun, "the second stage", |now| now["sent"] == 3);
    (1..4).for_each(|place| obey(&mut devices, place, "restart", "done"));
    let done = until(&begun, "all to have restarted", |now| now["state"] == "done");
    assert_eq!(done["done"], 4);
    let history = admin.get(&devices[0].0.path("history")).unwrap().expect(200).unwrap();
    assert!(history.as_array().unwrap().iter().any(|entry| entry["action"] == "rolled_out"), "{history}");
    // The first of them fails: nobody else gets it.
    let begun = rollout(&plan("identify"));
    obey(&mut devices, 0, "identify", "failed");
    let halted = until(&begun, "it to be halted", |now| now["state"] == "halted");
    assert_eq!((&halted["failed"], &halted["waiting"]), (&json!(1), &json!(3)));
    // Figures of that store, for people; of all, for Prometheus.
    let figures = || admin.get(&format!("/api/v1/devices/metrics?store_id={store}")).unwrap().expect(200).unwrap();
    let told = eventually("the figures to follow", Duration::from_secs(30), || {
        let now = figures();
        if now[0]["online"] == 4 && now[0]["days"][0]["troubles"] == 1 { Ok(now) } else { Err(now.to_string()) }
    });
    let told = told.unwrap();
    assert_eq!(
        (&told[0]["kind"], &told[0]["devices"], &told[0]["troubled"]),
        (&json!("printer"), &json!(4), &json!(1))
    );
    assert_eq!(told.as_array().unwrap().len(), 1);
    assert_eq!(
        shared().staff.get(&format!("/api/v1/devices/metrics?store_id={store}")).unwrap().expect(200).unwrap(),
        json!([])
    );
    let prometheus = shared().nobody.with_token(kirana_tests::platform::SECRET).get("/metrics").unwrap();
    let text = prometheus.text;
    assert!(text.contains("kirana_devices{kind=\"printer\",online=\"true\"}"), "{text}");
    assert!(text.contains("kirana_device_troubles_total"));
}
