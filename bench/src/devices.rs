//! Devices on one hub: frames that are answered, and events that are kept.

use crate::Bench;
use crate::load::Caller;
use crate::measure::Work;
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use kirana_tests::Chain;
use serde_json::{Value, json};
use std::net::TcpStream;
use std::sync::Mutex;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// So many that none of them says more than it may: twenty frames a second.
const DEVICES: usize = 300;

/// A device that was welcomed.
struct Line {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    events: u64,
}

impl Line {
    /// Registers a printer, claims it and connects.
    fn open(chain: &Chain, number: usize) -> Result<Self> {
        let body = json!({"store_id": chain.store, "kind": "printer", "name": format!("Printer {number}")});
        let made = chain.admin.post("/api/v1/devices", &body)?.expect(201)?;
        let mut seed = [9; 32];
        seed[..8].copy_from_slice(&(number as u64).to_le_bytes());
        let key = SigningKey::from_bytes(&seed);
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        chain
            .nobody
            .post("/api/v1/devices/claim", &json!({"code": made["claim"]["code"], "public_key": public}))?
            .expect(201)?;
        let id = made["device"]["id"].as_str().context("a device without an id")?;
        let (socket, _) = tungstenite::connect(chain.nobody.socket_address(&format!("/api/v1/devices/{id}/connect")))?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_nodelay(true)?;
        }
        let mut line = Self { socket, events: 0 };
        let asked = line.hear()?;
        let words = format!("kirana device 1 hello\n{id}\n{}", asked["nonce"].as_str().context("no nonce")?);
        let proof = URL_SAFE_NO_PAD.encode(key.sign(words.as_bytes()).to_bytes());
        line.ask(&json!({"type": "hello", "v": 1, "proof": proof, "interval": 3600}).to_string(), "welcome")?;
        Ok(line)
    }

    fn hear(&mut self) -> Result<Value> {
        loop {
            match self.socket.read()? {
                Message::Text(text) => return Ok(serde_json::from_str(text.as_str())?),
                Message::Close(why) => bail!("closed: {why:?}"),
                _ => {}
            }
        }
    }

    fn ask(&mut self, frame: &str, answer: &str) -> Result<()> {
        self.socket.send(Message::text(frame))?;
        let said = self.hear()?;
        anyhow::ensure!(said["type"] == answer, "expected {answer}: {said}");
        Ok(())
    }
}

/// What a hub does in a second, beside what the least durable object does.
pub fn measure(bench: &Bench) -> Result<()> {
    eprintln!("  bench: {DEVICES} devices on one hub");
    let lines = (0..DEVICES).map(|number| Line::open(&bench.world.chain, number)).collect::<Result<Vec<_>>>()?;
    let (idle, taken) = (Mutex::new(std::collections::VecDeque::from(lines)), || anyhow::anyhow!("a caller died"));
    // Each speaks in turn: the one that was silent for longest.
    let with = |act: &dyn Fn(&mut Line) -> Result<()>| {
        let mut line = idle.lock().map_err(|_| taken())?.pop_front().context("all devices speak")?;
        act(&mut line)?;
        idle.lock().map_err(|_| taken())?.push_back(line);
        anyhow::Ok(())
    };
    let time = |_: &Caller, _: u64| with(&|line| line.ask(r#"{"type":"time","sent":1}"#, "time"));
    bench.measure(&Work::of("device frame, answered", 8, &time))?;
    let event = |_: &Caller, _: u64| {
        with(&|line| {
            line.events += 1;
            let first = line.events;
            let frame =
                json!({"type": "events", "first": first, "events": [{"type": "log", "data": {"text": "all is well"}}]});
            line.ask(&frame.to_string(), "acked")
        })
    };
    bench.measure(&Work::of("device event, kept and acknowledged", 8, &event))?;
    Ok(())
}
