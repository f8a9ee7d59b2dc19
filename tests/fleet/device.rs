//! A device with a memory and bad luck.

use crate::line::{Heard, Line};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What it did and what happened to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    pub events: u64,
    pub again: u64,
    pub values: u64,
    pub broken: u64,
    pub connections: u64,
    pub nonsense: u64,
    pub done: u32,
}

pub struct Device {
    pub id: String,
    pub kind: String,
    key: SigningKey,
    address: String,
    mqtt: Option<u8>,
    random: u64,
    acked: u64,
    known: BTreeSet<String>,
    told: Told,
}

impl Device {
    pub fn new(id: String, kind: String, key: SigningKey, address: String, mqtt: Option<u8>, random: u64) -> Self {
        Self { id, kind, key, address, mqtt, random, acked: 0, known: BTreeSet::new(), told: Told::default() }
    }

    /// A number below `most`.
    fn chance(&mut self, most: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % most
    }

    /// Lives until it is stopped, and then until everything that happened is kept.
    pub fn live(mut self, stop: &AtomicBool) -> Told {
        let (mut tries, mut calm) = (0_u32, None);
        loop {
            let stopped = stop.load(Ordering::Relaxed);
            match Line::open(&self.id, &self.key, &self.address, self.mqtt) {
                Ok((mut line, upto)) => {
                    tries = 0;
                    self.told.connections += 1;
                    self.acked = upto.unwrap_or(self.acked).max(self.acked);
                    let ended = self.speak(&mut line, stop);
                    if ended.is_ok() {
                        return self.told;
                    }
                    self.told.broken += 1;
                }
                // Back-off with a random part, as the platform asks for.
                Err(fault) => {
                    tries += 1;
                    assert!(tries < 60, "{}: {fault}", self.id);
                    let longest = (50 << tries.min(6)).min(2_000);
                    let pause = self.chance(longest) + 20;
                    std::thread::sleep(Duration::from_millis(pause));
                }
            }
            // It must come to an end one day.
            if stopped {
                let since = *calm.get_or_insert_with(Instant::now);
                assert!(
                    since.elapsed() < Duration::from_secs(90),
                    "{}: {} of {} are kept",
                    self.id,
                    self.acked,
                    self.told.events
                );
            }
        }
    }

    /// Speaks until its line breaks, or, once it is stopped, everything is kept and nothing comes any more.
    fn speak(&mut self, line: &mut Line, stop: &AtomicBool) -> Result<(), Box<dyn std::error::Error>> {
        let (mut sent_upto, mut quiet) = (self.acked, 0);
        loop {
            let stopped = stop.load(Ordering::Relaxed);
            // Within the limits that the hub has told: twenty frames a second.
            std::thread::sleep(Duration::from_millis(120));
            if !stopped {
                match self.chance(40) {
                    0..=9 => self.told.events += 1 + self.chance(3),
                    10..=14 => {
                        let skew = Self::wrong_clock(self.chance(4));
                        line.say("telemetry", json!({"values": {"battery": 80.0}, "at": skew}), false)?;
                        self.told.values += 1;
                    }
                    // The same again, as a device does that has not heard.
                    15 => sent_upto = self.acked,
                    16 => {
                        line.babble()?;
                        self.told.nonsense += 1;
                    }
                    // Its line breaks in the middle of whatever it does.
                    17 => return Err("its line broke".into()),
                    _ => {}
                }
            }
            if self.told.events > sent_upto {
                let first = sent_upto + 1;
                let last = self.told.events.min(sent_upto + 50);
                self.told.again += (self.acked + 1..=last).filter(|number| *number <= sent_upto).count() as u64;
                let events: Vec<Value> = (first..=last)
                    .map(|number| json!({"type": "log", "data": {"text": format!("number {number}")}}))
                    .collect();
                line.say("events", json!({"first": first, "events": events}), true)?;
                sent_upto = last;
            }
            match line.hear()? {
                Some(Heard::Acked(upto)) => (self.acked, quiet) = (self.acked.max(upto), 0),
                Some(Heard::Resend(from)) => (sent_upto, quiet) = (from - 1, 0),
                Some(Heard::Command(id)) => {
                    if self.known.insert(id.clone()) {
                        self.told.done += 1;
                    }
                    line.say("ack", json!({"id": id, "state": "done"}), true)?;
                    quiet = 0;
                }
                Some(Heard::Else) => {}
                None if stopped => {
                    quiet += 1;
                    if quiet % 20 == 19 {
                        sent_upto = self.acked;
                    }
                    if quiet > 30 && self.acked >= self.told.events {
                        return Ok(());
                    }
                }
                None => {}
            }
        }
    }

    /// A clock that is years off, or not there.
    fn wrong_clock(which: u64) -> Value {
        match which {
            0 => json!("2001-01-01T00:00:00Z"),
            1 => json!("2042-01-01T00:00:00Z"),
            _ => Value::Null,
        }
    }
}
