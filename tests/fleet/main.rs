//! A fleet over real sockets: devices of both protocols with lines that break, clocks that are wrong, batches that come twice and frames that
//! are nonsense. What they told must be kept once each, and what they were told done once each. Run by `cargo xtask devices`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, missing_docs)]

mod crowd;
mod device;
mod fleet;
mod line;
mod load;

use device::{Device, Told};
use fleet::{claim_one, key};
use kirana_tests::{Chain, Platform, eventually};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const KINDS: [&str; 4] = ["fridge", "tv", "printer", "scale"];

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn a_fleet_loses_nothing() {
    if std::env::var_os("KIRANA_E2E").is_none() {
        eprintln!("passed over: run `cargo xtask devices`, which builds the platform first");
        return;
    }
    let (stores, each) = (number("KIRANA_FLEET_STORES", 2), number("KIRANA_FLEET_EACH", 6));
    let (seconds, seed) = (number("KIRANA_FLEET_SECONDS", 20), number("KIRANA_FLEET_SEED", 1));
    let platform = Platform::start("fleet").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let mut devices = Vec::new();
    for store in 0..stores {
        let store =
            if store == 0 { chain.store.clone() } else { chain.open_another(&format!("Store {store}"), 10).unwrap() };
        for place in 0..each {
            let kind = KINDS[place as usize % KINDS.len()];
            let key = key(devices.len());
            let id = claim_one(&chain, &store, kind, &format!("{kind} {place}"), &key);
            let address = chain.nobody.socket_address(&format!("/api/v1/devices/{id}/connect"));
            let kind = kind.to_owned();
            let mqtt = [None, Some(4), Some(5)][devices.len() % 3];
            let random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(devices.len() as u64 * 7919 + 1);
            devices.push(Device::new(id, kind, key, address, mqtt, random));
        }
    }
    let stop = AtomicBool::new(false);
    let begun = Instant::now();
    let ids: Vec<(String, String)> = devices.iter().map(|device| (device.id.clone(), device.kind.clone())).collect();
    let (told, given): (Vec<Told>, Vec<u32>) = std::thread::scope(|scope| {
        let stop = &stop;
        let threads: Vec<_> = devices.into_iter().map(|device| scope.spawn(move || device.live(stop))).collect();
        // Somebody gives them commands meanwhile.
        let mut given = vec![0_u32; ids.len()];
        let mut turn = 0;
        while begun.elapsed() < Duration::from_secs(seconds) {
            let place = turn % ids.len();
            let path = format!("/api/v1/devices/{}/command", ids[place].0);
            chain.admin.post(&path, &json!({"name": "identify", "ttl": 600})).unwrap().expect(201).unwrap();
            given[place] += 1;
            turn += 1;
            std::thread::sleep(Duration::from_millis(50));
        }
        stop.store(true, Ordering::Relaxed);
        (threads.into_iter().map(|thread| thread.join().unwrap()).collect(), given)
    });
    let mut lost = Vec::new();
    for ((id, _), (told, given)) in ids.iter().zip(told.iter().zip(&given)) {
        let path = format!("/api/v1/devices/{id}/status");
        let status = eventually("everything to be kept", Duration::from_secs(20), || {
            let status = chain.admin.get(&path).map_err(|error| error.to_string())?.body;
            if status["events"] == told.events && status["waiting_commands"] == 0 {
                Ok(status)
            } else {
                Err(status.to_string())
            }
        });
        if let Err(error) = status {
            lost.push(format!("{id}: told {} events: {error}", told.events));
        }
        if told.done != *given {
            lost.push(format!("{id}: given {given} commands, did {}", told.done));
        }
    }
    let sum = |of: fn(&Told) -> u64| told.iter().map(of).sum::<u64>();
    println!(
        "{} devices in {stores} stores for {seconds} s (seed {seed}): {} events told and kept, {} of them sent again, {} values, {} lines \
         broken, {} connections, {} frames of nonsense, {} commands done once each; lost: {}",
        ids.len(),
        sum(|told| told.events),
        sum(|told| told.again),
        sum(|told| told.values),
        sum(|told| told.broken),
        sum(|told| told.connections),
        sum(|told| told.nonsense),
        sum(|told| told.done.into()),
        lost.len()
    );
    let health: Value = chain.nobody.get("/readyz").unwrap().expect(200).unwrap();
    assert!(lost.is_empty(), "{}\n{health}", lost.join("\n"));
}

#[test]
fn load_on_one_hub() {
    if std::env::var_os("KIRANA_E2E").is_none() || std::env::var_os("KIRANA_FLEET_LOAD").is_none() {
        eprintln!("passed over: run `cargo xtask devices --load`");
        return;
    }
    let devices = usize::try_from(number("KIRANA_FLEET_DEVICES", 1_000)).unwrap();
    load::run(devices, number("KIRANA_FLEET_FRAMES", 5_000), number("KIRANA_FLEET_SECONDS", 20));
}
