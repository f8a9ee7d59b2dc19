//! Versions of the platform run side by side while it is deployed, and events of the old one wait in queues (proof R12).
//! `tests/contract/v1` holds a sample of every message between scripts, as it was once written: today's code reads them all.
//! A message that changes gets a further sample (`cargo xtask contract`); what is on record is only added to.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod asked;
mod events;
mod told;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

/// A message as today's code writes it, and how today's code reads it.
pub struct Sample {
    name: String,
    value: Value,
    /// Reads a message, and answers what it would write of it.
    read: fn(&Value) -> Result<Value, serde_json::Error>,
    /// A command: what it asks for must be done whole, so that a part that is not known is refused.
    asked: bool,
}

pub fn told<T: Serialize + DeserializeOwned>(name: &str, message: &T) -> Sample {
    Sample { name: name.into(), value: serde_json::to_value(message).unwrap(), read: again::<T>, asked: false }
}

pub fn asked<T: Serialize + DeserializeOwned>(name: &str, message: &T) -> Sample {
    Sample { asked: true, ..told(name, message) }
}

fn again<T: Serialize + DeserializeOwned>(value: &Value) -> Result<Value, serde_json::Error> {
    // As text, the way it travels.
    serde_json::to_value(serde_json::from_str::<T>(&value.to_string())?)
}

fn samples() -> Vec<Sample> {
    [events::all(), told::all(), asked::all()].into_iter().flatten().collect()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/contract/v1")
}

/// Everything on record, by the file's name: `<message>.json`, and `<message>.2.json` after it changed.
fn record() -> BTreeMap<String, Value> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let samples = files.filter(|path| path.extension().is_some_and(|kind| kind == "json"));
    samples
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap())
        })
        .collect()
}

fn message_of(file: &str) -> &str {
    file.split('.').next().unwrap()
}

/// Does the one say all that the other says?
fn includes(all: &Value, part: &Value) -> bool {
    match (all, part) {
        (Value::Object(all), Value::Object(part)) => {
            part.iter().all(|(key, value)| all.get(key).is_some_and(|known| includes(known, value)) || value.is_null())
        }
        (Value::Array(all), Value::Array(part)) => {
            all.len() == part.len() && all.iter().zip(part).all(|(all, part)| includes(all, part))
        }
        _ => all == part,
    }
}

#[test]
fn all_that_was_ever_written_is_read_and_understood() {
    let samples = samples();
    for (file, written) in record() {
        let sample = samples.iter().find(|sample| sample.name == message_of(&file));
        let sample = sample.unwrap_or_else(|| panic!("{file} is on record, and no code reads it any more"));
        let read = (sample.read)(&written).unwrap_or_else(|error| panic!("{file} is not read any more: {error}"));
        assert!(includes(&read, &written), "of {file} something is lost:\n{written}\n{read}");
    }
}

#[test]
fn all_that_is_written_today_is_on_record() {
    let mut record = record();
    let mut missing = Vec::new();
    for sample in samples() {
        let known = record.iter().filter(|(file, _)| message_of(file) == sample.name);
        if known.clone().any(|(_, written)| *written == sample.value) {
            continue;
        }
        let file = match known.count() {
            0 => format!("{}.json", sample.name),
            before => format!("{}.{}.json", sample.name, before + 1),
        };
        if std::env::var_os("KIRANA_BLESS").is_some() {
            let text = serde_json::to_string_pretty(&sample.value).unwrap() + "\n";
            std::fs::write(folder().join(&file), text).unwrap();
            record.insert(file, sample.value);
        } else {
            missing.push(file);
        }
    }
    assert!(missing.is_empty(), "`cargo xtask contract` writes what is new: {missing:?}");
    seal(&record);
}

/// `sealed.txt` has a number for each sample: a sample that is edited, or gone, does not fit it any more.
fn seal(record: &BTreeMap<String, Value>) {
    let sealed = folder().join("sealed.txt");
    let number = |value: &Value| {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        value.to_string().hash(&mut hasher);
        hasher.finish()
    };
    if std::env::var_os("KIRANA_BLESS").is_some() {
        let known = std::fs::read_to_string(&sealed).unwrap_or_default();
        let new = record.iter().filter(|(file, _)| !known.lines().any(|line| line.ends_with(&format!(" {file}"))));
        let lines: String = new.map(|(file, value)| format!("{:016x} {file}\n", number(value))).collect();
        std::fs::write(&sealed, known + &lines).unwrap();
    }
    let lines = std::fs::read_to_string(&sealed).unwrap();
    assert_eq!(lines.lines().count(), record.len(), "every sample is sealed once");
    for line in lines.lines() {
        let (seal, file) = line.split_once(' ').unwrap();
        let value = record.get(file).unwrap_or_else(|| panic!("{file} was taken off the record"));
        assert_eq!(format!("{:016x}", number(value)), seal, "{file} was changed: put it back, and add another");
    }
}

/// FNV-1a: the same on every machine and in every version of Rust.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The same message from a newer version, which says more in every part of it. An amount of money is two words for ever.
fn from_the_future(value: &Value) -> Value {
    match value {
        Value::Object(map) if map.len() == 2 && map.contains_key("amount") && map.contains_key("currency") => {
            value.clone()
        }
        // The name of a variant and what is in it: nothing can stand beside that.
        Value::Object(map) if map.len() == 1 && map.values().all(Value::is_object) => {
            map.iter().map(|(name, value)| (name.clone(), from_the_future(value))).collect()
        }
        Value::Object(map) => {
            // Tax classes have names that somebody made up: nothing new stands among them.
            let newer = |(key, value): (&String, &Value)| match value.as_object() {
                Some(classes) if key == "classes" => {
                    let classes = classes.iter().map(|(name, value)| (name.clone(), from_the_future(value)));
                    (key.clone(), Value::Object(classes.collect()))
                }
                _ => (key.clone(), from_the_future(value)),
            };
            let mut more: serde_json::Map<_, _> = map.iter().map(newer).collect();
            more.insert("from_the_future".into(), json!({"new": [1]}));
            Value::Object(more)
        }
        Value::Array(items) => items.iter().map(from_the_future).collect(),
        _ => value.clone(),
    }
}

#[test]
fn what_a_newer_version_adds_is_passed_over_or_refused_by_name() {
    for sample in samples() {
        match (sample.read)(&from_the_future(&sample.value)) {
            Ok(read) => assert!(includes(&read, &sample.value), "{}: {read}", sample.name),
            Err(error) if sample.asked => assert!(error.to_string().contains("unknown"), "{}: {error}", sample.name),
            Err(error) => panic!("{} of a newer version is not read: {error}", sample.name),
        }
    }
}

#[test]
fn the_record_notices_what_is_renamed_and_what_is_edited() {
    let written = json!({"order": {"id": "1", "lines": [{"sku": "a", "quantity": 2}]}, "note": null});
    let renamed = json!({"order": {"id": "1", "lines": [{"sku": "a", "count": 2}]}});
    assert!(includes(&written, &written) && !includes(&renamed, &written));
    let shorter = json!({"order": {"id": "1", "lines": []}});
    assert!(!includes(&shorter, &written));
    let more = json!({"order": {"id": "1", "lines": [{"sku": "a", "quantity": 2, "weight": 3}]}});
    assert!(includes(&more, &written));
}
