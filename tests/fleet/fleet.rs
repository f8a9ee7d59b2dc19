//! Devices of a fleet, registered by people and claimed by themselves.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use kirana_tests::Chain;
use serde_json::json;

/// How many are registered at once.
const AT_ONCE: usize = 6;

/// One device of a kind: its id.
pub fn claim_one(chain: &Chain, store: &str, kind: &str, name: &str, key: &SigningKey) -> String {
    let body = json!({"store_id": store, "kind": kind, "name": name});
    let made = chain.admin.post("/api/v1/devices", &body).unwrap().expect(201).unwrap();
    let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    let claim = json!({"code": made["claim"]["code"], "public_key": public});
    chain.nobody.post("/api/v1/devices/claim", &claim).unwrap().expect(201).unwrap();
    made["device"]["id"].as_str().unwrap().to_owned()
}

/// A key of its own for each number.
pub fn key(number: usize) -> SigningKey {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&(number as u64 + 1).to_le_bytes());
    SigningKey::from_bytes(&bytes)
}

/// Many printers of a store: they measure, tell and obey, and no rule of theirs does more.
pub fn claim(chain: &Chain, store: &str, count: usize) -> Vec<(String, SigningKey)> {
    let part = count.div_ceil(AT_ONCE).max(1);
    let numbers: Vec<usize> = (0..count).collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> = numbers
            .chunks(part)
            .map(|numbers| {
                scope.spawn(|| {
                    let one = |number: &usize| {
                        let key = key(*number);
                        (claim_one(chain, store, "printer", &format!("printer {number}"), &key), key)
                    };
                    numbers.iter().map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}
