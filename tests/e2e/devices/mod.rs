//! Devices in real workerd: both protocols, what follows from what they say, and what is refused.

mod boards;
pub mod fleets;
mod goods;
mod hostile;
mod lifecycle;
mod live;
mod mqtt;
pub mod qr;
mod rpc;
mod vending;

use crate::shared;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use kirana_tests::{Client, eventually};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

/// A claimed device, with the key that was made on it.
struct Device {
    id: String,
    key: SigningKey,
}

fn key() -> SigningKey {
    static MADE: AtomicU8 = AtomicU8::new(1);
    SigningKey::from_bytes(&[MADE.fetch_add(1, Ordering::Relaxed); 32])
}

fn public(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes())
}

/// Registers a device of the shared chain's store; answers its id and its code.
fn register(kind: &str) -> (String, String) {
    let body = json!({"store_id": shared().store, "kind": kind, "name": format!("The {kind}")});
    let made = shared().manager.post("/api/v1/devices", &body).unwrap().expect(201).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["device"]["id"]), text(&made["claim"]["code"]))
}

impl Device {
    /// Registered by the manager, claimed by itself.
    fn claimed(kind: &str) -> Self {
        let (id, code) = register(kind);
        let key = key();
        let claim = json!({"code": code, "public_key": public(&key)});
        let told = shared().nobody.post("/api/v1/devices/claim", &claim).unwrap().expect(201).unwrap();
        assert_eq!((told["device_id"].as_str(), told["kind"].as_str()), (Some(id.as_str()), Some(kind)));
        assert!(told["hmac_key"].is_null());
        Self { id, key }
    }

    fn path(&self, of: &str) -> String {
        format!("/api/v1/devices/{}/{of}", self.id)
    }

    fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes()).to_bytes())
    }

    /// A socket on which nothing is proved yet.
    fn socket(&self) -> Socket {
        let (socket, _) = tungstenite::connect(shared().nobody.socket_address(&self.path("connect"))).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        }
        socket
    }

    /// Connected by protocol 1 and welcome.
    fn connected(&self) -> Line {
        let mut line = Line(self.socket());
        let asked = line.next("challenge");
        let nonce = asked["nonce"].as_str().unwrap();
        let proof = self.sign(&format!("kirana device 1 hello\n{}\n{nonce}", self.id));
        line.say(&json!({"type": "hello", "v": 1, "proof": proof, "firmware": "1.0", "interval": 30}));
        let welcome = line.next("welcome");
        assert_eq!(welcome["interval"], 30);
        line
    }

    fn status(&self) -> Value {
        shared().manager.get(&self.path("status")).unwrap().expect(200).unwrap()
    }
}

/// A line of protocol 1.
struct Line(Socket);

impl Line {
    fn say(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).unwrap();
    }

    /// The next frame of this type; others are passed over.
    fn next(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.frame();
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    fn frame(&mut self) -> Value {
        loop {
            match self.0.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(text.as_str()).unwrap(),
                Message::Close(why) => panic!("closed: {why:?}"),
                _ => {}
            }
        }
    }

    /// The next command of this name, acknowledged as done.
    fn obey(&mut self, name: &str) -> Value {
        loop {
            let command = self.next("command");
            self.say(&json!({"type": "ack", "id": command["id"], "state": "accepted"}));
            if command["name"] == name {
                return command;
            }
        }
    }

    /// The next words for the display.
    fn display(&mut self, state: &str) -> Value {
        loop {
            let command = self.next("command");
            if command["name"] != "sale" {
                continue;
            }
            self.say(&json!({"type": "ack", "id": command["id"], "state": "done"}));
            if command["args"]["state"] == state {
                return command["args"].clone();
            }
        }
    }

    /// What happened, from this number on; until it is kept.
    fn tell(&mut self, first: u64, events: &Value) {
        self.say(&json!({"type": "events", "first": first, "events": events}));
        let upto = first + events.as_array().unwrap().len() as u64 - 1;
        loop {
            let frame = self.frame();
            match frame["type"].as_str() {
                Some("acked") if frame["upto"] == upto => return,
                Some("error") => panic!("{frame}"),
                _ => {}
            }
        }
    }

    /// The code that the line is closed with.
    fn until_closed(&mut self) -> u16 {
        loop {
            match self.0.read() {
                Ok(Message::Close(frame)) => return frame.map_or(0, |frame| frame.code.into()),
                Ok(_) => {}
                Err(_) => return 0,
            }
        }
    }
}

/// Waits until the registry says that a device is there, or not.
fn wait_for_online(device: &Device, online: bool) {
    eventually("the fleet view to follow", Duration::from_secs(30), || {
        let view =
            shared().manager.get(&format!("/api/v1/devices/{}", device.id)).map_err(|error| error.to_string())?;
        if view.body["online"] == online { Ok(()) } else { Err(view.body.to_string()) }
    })
    .unwrap();
}

/// Runs a program of tests/devices with what it needs to know.
fn run(interpreter: &str, program: &str, vars: &[(&str, &str)]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("devices").join(program);
    let done = Command::new(interpreter).arg(file).envs(vars.iter().copied()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{program}:\n{said}");
    eprintln!("{said}");
}

fn command(client: &Client, device: &Device, body: &Value) -> Value {
    client.post(&device.path("command"), body).unwrap().expect(201).unwrap()
}
