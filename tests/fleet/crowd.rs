//! A thousand devices in a few threads: their sockets do not wait, and each speaks when it is its turn.

use crate::line::sign;
use ed25519_dalek::SigningKey;
use kirana_tests::Chain;
use polling::{Event, Events, PollMode, Poller};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Error, Message, WebSocket};

const THREADS: usize = 4;

/// Of ten frames so many are measured values, so many events (with an acknowledgement each), and the rest heartbeats.
const VALUES: u64 = 6;
const EVENTS: u64 = 2;

/// Who speaks, and how fast.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// Only the first so many devices.
    devices: usize,
    /// Frames a second of each.
    rate: f64,
}

impl Pace {
    pub fn all(rate: f64) -> Self {
        Self { devices: usize::MAX, rate }
    }

    pub fn flood(devices: usize, rate: f64) -> Self {
        Self { devices, rate }
    }
}

#[derive(Default)]
struct Shared {
    pace: RwLock<Pace>,
    said: AtomicU64,
    cut: AtomicU64,
    stop: AtomicBool,
    /// Asks everybody for the time: what comes back says that everything before it was heard.
    barrier: AtomicU64,
    heard: AtomicU64,
    acknowledged: Mutex<HashMap<String, Instant>>,
    news: Condvar,
}

pub struct Crowd {
    shared: Arc<Shared>,
    ids: Vec<String>,
    threads: Vec<JoinHandle<()>>,
}

struct Member {
    place: usize,
    id: String,
    key: SigningKey,
    address: String,
    socket: Option<WebSocket<MaybeTlsStream<TcpStream>>>,
    again_at: Instant,
    next_at: Instant,
    count: u64,
    events: u64,
    barrier: u64,
    /// Commands that were acknowledged, until the hub has answered what was asked after it.
    waiting: HashMap<u64, String>,
}

impl Crowd {
    /// All of them connected and welcome.
    pub fn connect(chain: &Chain, made: Vec<(String, SigningKey)>) -> Self {
        let shared = Arc::new(Shared::default());
        let ids: Vec<String> = made.iter().map(|(id, _)| id.clone()).collect();
        let (mut groups, now): (Vec<Vec<Member>>, _) = ((0..THREADS).map(|_| Vec::new()).collect(), Instant::now());
        for (place, (id, key)) in made.into_iter().enumerate() {
            let address = chain.nobody.socket_address(&format!("/api/v1/devices/{id}/connect"));
            groups[place % THREADS].push(Member {
                place,
                id,
                key,
                address,
                socket: None,
                again_at: now,
                next_at: now,
                count: place as u64,
                events: 0,
                barrier: 0,
                waiting: HashMap::new(),
            });
        }
        let mut joined: Vec<Vec<Member>> = Vec::new();
        std::thread::scope(|scope| {
            let threads: Vec<_> = groups
                .into_iter()
                .map(|mut group| {
                    scope.spawn(|| {
                        for member in &mut group {
                            member.connect().unwrap();
                        }
                        group
                    })
                })
                .collect();
            joined = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        });
        let threads = joined
            .into_iter()
            .map(|group| {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || live(group, &shared))
            })
            .collect();
        Self { shared, ids, threads }
    }

    pub fn id(&self, place: usize) -> String {
        self.ids[place % self.ids.len()].clone()
    }

    pub fn mix(&self) -> String {
        format!("of ten {VALUES} measured values, {EVENTS} events, {} heartbeats", 10 - VALUES - EVENTS)
    }

    pub fn speak(&self, pace: &Pace) {
        self.shared.said.store(0, Ordering::SeqCst);
        *self.shared.pace.write().unwrap() = *pace;
    }

    /// Nobody says anything any more; answers how many frames were said.
    pub fn hush(&self) -> u64 {
        *self.shared.pace.write().unwrap() = Pace::default();
        self.shared.said.load(Ordering::SeqCst)
    }

    /// How many lines were cut off.
    pub fn cut(&self) -> u64 {
        self.shared.cut.load(Ordering::SeqCst)
    }

    /// Waits until the hub has heard everything.
    pub fn all_heard(&self) {
        self.shared.heard.store(0, Ordering::SeqCst);
        self.shared.barrier.fetch_add(1, Ordering::SeqCst);
        let begun = Instant::now();
        while self.shared.heard.load(Ordering::SeqCst) < self.ids.len() as u64 {
            assert!(begun.elapsed() < Duration::from_secs(120), "not everything is heard");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// When the hub had the acknowledgement of a command; nothing when that takes longer than somebody waits.
    pub fn acknowledged(&self, command: &str, patience: Duration) -> Option<Instant> {
        let mut known = self.shared.acknowledged.lock().unwrap();
        let begun = Instant::now();
        loop {
            if let Some(at) = known.remove(command) {
                return Some(at);
            }
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return None;
            }
            known = self.shared.news.wait_timeout(known, left).unwrap().0;
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// How often it is looked whose turn it is: nobody is woken for less.
const LOOKS: Duration = Duration::from_millis(5);

/// Devices whose sockets are waited for together: what they cost is no part of what a hub costs, and both run on the same processors.
fn live(mut group: Vec<Member>, shared: &Shared) {
    let (poller, mut ready) = (Poller::new().unwrap(), Events::new());
    for (key, member) in group.iter().enumerate() {
        member.watch(&poller, key);
    }
    while !shared.stop.load(Ordering::Relaxed) {
        let (pace, barrier) = (*shared.pace.read().unwrap(), shared.barrier.load(Ordering::SeqCst));
        let begun = Instant::now();
        let mut broken: Vec<usize> = Vec::new();
        for (key, member) in group.iter_mut().enumerate() {
            if member.socket.is_none() {
                member.come_back(begun, &poller, key);
            } else if member.speak(&pace, barrier, shared, begun).is_err() {
                broken.push(key);
            }
        }
        ready.clear();
        poller.wait(&mut ready, Some(LOOKS.saturating_sub(begun.elapsed()))).unwrap();
        broken.extend(ready.iter().map(|event| event.key).filter(|key| group[*key].listen(shared).is_err()));
        broken.sort_unstable();
        broken.dedup();
        for key in broken {
            // Cut off: back in a while, each time with a part of chance.
            let member = &mut group[key];
            member.unwatch(&poller);
            member.socket = None;
            shared.cut.fetch_add(1, Ordering::Relaxed);
            member.again_at = begun + Duration::from_millis(1_000 + (member.count * 7919) % 1_000);
        }
        std::thread::sleep(LOOKS.saturating_sub(begun.elapsed()));
    }
}

type Fault = Box<dyn std::error::Error>;

impl Member {
    fn connect(&mut self) -> Result<(), Fault> {
        let (mut socket, _) = tungstenite::connect(self.address.as_str())?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_secs(60)))?;
            stream.set_nodelay(true)?;
        }
        let asked = frame(&mut socket)?;
        let words = format!("kirana device 1 hello\n{}\n{}", self.id, asked["nonce"].as_str().ok_or("no nonce")?);
        let hello = json!({"type": "hello", "v": 1, "proof": sign(&self.key, &words), "interval": 3600});
        socket.send(Message::text(hello.to_string()))?;
        let welcome = frame(&mut socket)?;
        self.events = welcome["upto"].as_u64().ok_or("not welcome")?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_nonblocking(true)?;
        }
        self.socket = Some(socket);
        self.next_at = Instant::now();
        Ok(())
    }

    fn stream(&self) -> Option<&TcpStream> {
        match self.socket.as_ref()?.get_ref() {
            MaybeTlsStream::Plain(stream) => Some(stream),
            _ => None,
        }
    }

    fn watch(&self, poller: &Poller, key: usize) {
        if let Some(stream) = self.stream() {
            // SAFETY: it is taken out of the poller before the socket is dropped, see `unwatch`; at the end the poller goes first.
            #[allow(unsafe_code)]
            unsafe { poller.add_with_mode(stream, Event::readable(key), PollMode::Level) }.unwrap();
        }
    }

    fn unwatch(&self, poller: &Poller) {
        if let Some(stream) = self.stream() {
            let _ = poller.delete(stream);
        }
    }

    fn come_back(&mut self, now: Instant, poller: &Poller, key: usize) {
        if now < self.again_at {
            return;
        }
        match self.connect() {
            Ok(()) => self.watch(poller, key),
            Err(_) => self.again_at = now + Duration::from_millis(2_000 + (self.count * 6_007) % 1_000),
        }
    }

    fn say(&mut self, text: String) -> Result<(), Fault> {
        let Some(socket) = &mut self.socket else { return Err("no line".into()) };
        match socket.send(Message::text(text)) {
            Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(()),
            other => Ok(other?),
        }
    }

    /// Says what is due.
    fn speak(&mut self, pace: &Pace, barrier: u64, shared: &Shared, now: Instant) -> Result<(), Fault> {
        if self.place < pace.devices && pace.rate > 0.0 {
            let gap = Duration::from_secs_f64(1.0 / pace.rate);
            if now > self.next_at + Duration::from_secs(1) {
                // It begins now, at a moment of its own.
                self.next_at = now + gap.mul_f64((self.place % 100) as f64 / 100.0);
            }
            while self.next_at <= now {
                self.next_at += gap;
                self.count += 1;
                let text = match self.count % 10 {
                    kind if kind < VALUES => {
                        format!(r#"{{"type":"telemetry","values":{{"battery":{}.5}}}}"#, self.count % 100)
                    }
                    kind if kind < VALUES + EVENTS => {
                        self.events += 1;
                        format!(
                            r#"{{"type":"events","first":{},"events":[{{"type":"log","data":{{"text":"all is well"}}}}]}}"#,
                            self.events
                        )
                    }
                    _ => r#"{"type":"heartbeat"}"#.to_owned(),
                };
                self.say(text)?;
                shared.said.fetch_add(1, Ordering::Relaxed);
            }
        }
        if self.barrier < barrier {
            self.barrier = barrier;
            self.say(json!({"type": "time", "sent": 0}).to_string())?;
        }
        Ok(())
    }

    /// Hears what has come.
    fn listen(&mut self, shared: &Shared) -> Result<(), Fault> {
        loop {
            let Some(socket) = &mut self.socket else { return Ok(()) };
            let text = match socket.read() {
                Ok(Message::Text(text)) => text,
                Ok(Message::Close(_)) => return Err("closed".into()),
                Ok(_) => continue,
                Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            self.hear(text.as_str(), shared)?;
        }
    }

    fn hear(&mut self, text: &str, shared: &Shared) -> Result<(), Fault> {
        if !(text.contains("\"command\"") || text.contains("\"time\"") || text.contains("\"resend\"")) {
            return Ok(());
        }
        let frame: Value = serde_json::from_str(text)?;
        match frame["type"].as_str() {
            Some("command") => {
                let id = frame["id"].as_str().unwrap_or_default().to_owned();
                self.say(json!({"type": "ack", "id": id, "state": "done"}).to_string())?;
                // Frames are heard in their order: an answer to this says that the acknowledgement was heard.
                self.count += 1;
                let asked = 1_000_000 + self.count;
                self.waiting.insert(asked, id);
                self.say(json!({"type": "time", "sent": asked}).to_string())?;
            }
            Some("time") => match frame["sent"].as_u64() {
                Some(0) => drop(shared.heard.fetch_add(1, Ordering::SeqCst)),
                Some(asked) => {
                    if let Some(command) = self.waiting.remove(&asked) {
                        shared.acknowledged.lock().unwrap().insert(command, Instant::now());
                        shared.news.notify_all();
                    }
                }
                None => {}
            },
            Some("resend") => self.events = frame["from"].as_u64().unwrap_or(1) - 1,
            _ => {}
        }
        Ok(())
    }
}

fn frame(socket: &mut WebSocket<MaybeTlsStream<TcpStream>>) -> Result<Value, Fault> {
    loop {
        match socket.read()? {
            Message::Text(text) => return Ok(serde_json::from_str(text.as_str())?),
            Message::Close(why) => return Err(format!("closed: {why:?}").into()),
            _ => {}
        }
    }
}
