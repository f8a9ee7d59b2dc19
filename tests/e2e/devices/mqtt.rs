//! MQTT at the same address, spoken by clients that nobody changed: `mqtt` of npm and `paho-mqtt` of PyPI; and the packets that the
//! specification calls malformed.

use super::{Device, run};
use crate::{shared, wanted};
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tungstenite::client::IntoClientRequest;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

#[allow(clippy::disallowed_methods)] // the clock: never runs as WASM
fn pass(device: &Device) -> String {
    let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 600;
    format!("{until}.{}", device.sign(&format!("kirana device 1 pass\n{}\n{until}", device.id)))
}

fn socket(device: &Device) -> WebSocket<MaybeTlsStream<std::net::TcpStream>> {
    let mut request = shared().nobody.socket_address(&device.path("connect")).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "mqtt".parse().unwrap());
    let (socket, answer) = tungstenite::connect(request).unwrap();
    assert_eq!(answer.headers()["sec-websocket-protocol"], "mqtt");
    if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    }
    socket
}

fn with_a_real_client(interpreter: &str, program: &str) {
    let chain = shared();
    for version in ["4", "5"] {
        let (device, other) = (Device::claimed("fridge"), Device::claimed("fridge"));
        let config = json!({"config": {"temperature_max": 4.0}});
        chain.manager.put(&device.path("configuration"), &config).unwrap().expect(200).unwrap();
        let vars = [
            ("ADDRESS", chain.nobody.socket_address(&device.path("connect"))),
            ("API", chain.nobody.url().to_owned()),
            ("TOKEN", chain.manager.token().unwrap()),
            ("DEVICE", device.id.clone()),
            ("OTHER", other.id.clone()),
            ("PASS", pass(&device)),
            ("FOREIGN_PASS", pass(&other)),
            ("VERSION", version.to_owned()),
        ];
        let vars: Vec<_> = vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
        run(interpreter, program, &vars);
        let status = device.status();
        assert_eq!(status["events"], 25, "{status}");
        let temperature = status["values"].as_array().unwrap().iter().find(|value| value["metric"] == "temperature");
        assert_eq!(temperature.unwrap()["last"], 3.5);
        let done = chain.manager.get(&device.path("commands")).unwrap().expect(200).unwrap();
        assert!(done.as_array().unwrap().iter().all(|command| command["state"] == "done"), "{done}");
        assert_eq!(other.status()["events"], 0, "nobody spoke for the other");
    }
}

#[test]
fn the_client_of_npm_speaks_it() {
    if wanted() {
        with_a_real_client(&std::env::var("KIRANA_NODE").unwrap(), "mqtt.mjs");
    }
}

#[test]
fn the_client_of_pypi_speaks_it() {
    if !wanted() {
        return;
    }
    match std::env::var("KIRANA_PAHO") {
        Ok(python) => with_a_real_client(&python, "mqtt.py"),
        Err(_) => eprintln!("passed over: KIRANA_PAHO names a Python that has paho-mqtt"),
    }
}

#[test]
fn malformed_packets_close_the_line_and_harm_nobody() {
    if !wanted() {
        return;
    }
    let device = Device::claimed("tv");
    let before: &[&[u8]] = &[
        &[0x00, 0],
        &[0x30, 3, 0, 1, b'a'],
        &[0xC0, 0],
        &[0x10, 0xff, 0xff, 0xff, 0xff, 0x01],
        b"\x10\x0a\x00\x04MQTT\x09\x02\x00\x0a",
        b"\x10\x0d\x00\x04MQTT\x05\x03\x00\x0a\x00\x00\x00",
    ];
    for bytes in before {
        let mut socket = socket(&device);
        socket.send(Message::binary(bytes.to_vec())).unwrap();
        loop {
            match socket.read() {
                Ok(Message::Close(_)) | Err(_) => break,
                Ok(Message::Binary(answer)) => assert_eq!(answer[0] >> 4, 2, "a CONNACK at most: {answer:?}"),
                Ok(other) => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(device.status()["online"], false);
    drop(device.connected());
}
