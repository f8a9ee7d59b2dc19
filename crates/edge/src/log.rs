//! One JSON object a line. Callers name what they log; nobody logs a whole request, a token or a person's data.

use crate::card_numbers::without_cards;
use serde_json::{Map, Value};

fn line(level: &str, message: &str, fields: &[(&str, &str)]) -> String {
    let mut record = Map::new();
    record.insert("level".into(), level.into());
    record.insert("message".into(), message.into());
    for (name, value) in fields {
        record.insert((*name).into(), without_cards(value).into());
    }
    Value::Object(record).to_string()
}

/// Something worth knowing.
pub fn info(message: &str, fields: &[(&str, &str)]) {
    write(&line("info", message, fields), false);
}

/// Something that somebody should look at.
pub fn error(message: &str, fields: &[(&str, &str)]) {
    write(&line("error", message, fields), true);
}

#[cfg(target_arch = "wasm32")]
fn write(line: &str, is_error: bool) {
    if is_error {
        worker::console_error!("{line}");
    } else {
        worker::console_log!("{line}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn write(line: &str, _is_error: bool) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// No text from outside begins a line of its own, or ends its field.
        #[test]
        fn whatever_is_logged_is_one_line(message in "(?s).{0,40}", text in "(?s)(.|\\r\\n|\",\"level\":\"error){0,40}") {
            let line = line("info", &message, &[("path", &text), ("status", "200")]);
            prop_assert!(!line.contains(['\n', '\r', '\u{1b}', '\0']), "{line:?}");
            let read: Map<String, Value> = serde_json::from_str(&line).unwrap();
            prop_assert_eq!(read.len(), 4);
            prop_assert_eq!(read.get("level"), Some(&Value::from("info")));
            prop_assert_eq!(read.get("path"), Some(&Value::from(text)));
        }
    }
}
