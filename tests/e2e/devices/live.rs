//! Who looks at a store's devices is told who comes, goes and is in trouble, as it happens.

use super::Device;
use crate::{shared, wanted};
use serde_json::{Value, json};
use std::time::Duration;
use tungstenite::error::Error;
use tungstenite::stream::MaybeTlsStream;

#[test]
fn who_looks_is_told_who_comes_and_goes() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let path = format!("/api/v1/stores/{}/devices/live", chain.store);
    let (mut socket, _) = tungstenite::connect(chain.staff.socket(&path).unwrap()).unwrap();
    if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    }
    let first: Value = serde_json::from_str(socket.read().unwrap().to_text().unwrap()).unwrap();
    assert_eq!(first, json!({"type": "snapshot", "orders": []}), "the registry has how they stand");

    let device = Device::claimed("kds");
    // Other tests' devices come and go in this store as well.
    let mut told = |event: &str| loop {
        let message = socket.read().unwrap();
        let Ok(message) = serde_json::from_str::<Value>(message.to_text().unwrap()) else { continue };
        if message["event"] == event && message["device"]["device_id"] == device.id.as_str() {
            break message["device"].clone();
        }
    };
    let line = device.connected();
    let here = told("DeviceOnline");
    assert_eq!((&here["online"], &here["name"]), (&json!(true), &json!("The kds")));
    chain.manager.post(&device.path("revoke"), &json!({})).unwrap().expect(200).unwrap();
    assert_eq!(told("DeviceOffline")["online"], json!(false));
    drop(line);

    // A store that is not one's own is not there, and a call that is no socket is told so.
    let other = chain.open_another("No devices", 1).unwrap();
    let foreign = chain.staff.socket(&format!("/api/v1/stores/{other}/devices/live")).unwrap();
    match tungstenite::connect(foreign) {
        Err(Error::Http(answer)) => assert_eq!(answer.status().as_u16(), 404),
        other => panic!("expected a refusal: {:?}", other.map(|(_, answer)| answer)),
    }
    assert_eq!(chain.staff.get(&path).unwrap().status, 426);
}
