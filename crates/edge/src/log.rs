//! One JSON object a line. Callers name what they log; nobody logs a whole request, a token or a person's data.

use crate::card_numbers::without_cards;
use kirana_kernel::Timestamp;
use serde_json::{Map, Value};

/// `time` is the script's own, in UTC: the platform stamps a line when it takes it, which may be after the answer has gone.
fn line(time: Timestamp, level: &str, message: &str, fields: &[(&str, &str)]) -> String {
    let mut record = Map::new();
    record.insert("time".into(), time.to_string().into());
    record.insert("level".into(), level.into());
    record.insert("message".into(), message.into());
    for (name, value) in fields {
        record.insert((*name).into(), without_cards(value).into());
    }
    Value::Object(record).to_string()
}

/// Something worth knowing.
pub fn info(message: &str, fields: &[(&str, &str)]) {
    write(&line(now(), "info", message, fields), false);
}

/// Something that somebody should look at.
pub fn error(message: &str, fields: &[(&str, &str)]) {
    write(&line(now(), "error", message, fields), true);
}

/// On the host nobody runs a platform, and the clock that workers have is not there.
fn now() -> Timestamp {
    if cfg!(target_arch = "wasm32") { crate::clock::now() } else { Timestamp::from_millis(0) }
}

fn write(line: &str, is_error: bool) {
    if !cfg!(target_arch = "wasm32") {
        eprintln!("{line}");
    } else if is_error {
        worker::console_error!("{line}");
    } else {
        worker::console_log!("{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// No text from outside begins a line of its own, or ends its field.
        #[test]
        fn whatever_is_logged_is_one_line(message in "(?s).{0,40}", text in "(?s)(.|\\r\\n|\",\"level\":\"error){0,40}") {
            let line = line(Timestamp::from_millis(1_763_631_000_123), "info", &message, &[("path", &text), ("status", "200")]);
            prop_assert!(!line.contains(['\n', '\r', '\u{1b}', '\0']), "{line:?}");
            let read: Map<String, Value> = serde_json::from_str(&line).unwrap();
            prop_assert_eq!(read.len(), 5);
            prop_assert_eq!(read.get("time"), Some(&Value::from("2025-11-20T09:30:00.123Z")));
            prop_assert_eq!(read.get("level"), Some(&Value::from("info")));
            prop_assert_eq!(read.get("path"), Some(&Value::from(text)));
        }
    }
}
