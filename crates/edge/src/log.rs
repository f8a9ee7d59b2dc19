//! One JSON object a line. Callers name what they log; nobody logs a whole request, a token or a person's data.

use serde_json::{Map, Value};

fn line(level: &str, message: &str, fields: &[(&str, &str)]) -> String {
    let mut record = Map::new();
    record.insert("level".into(), level.into());
    record.insert("message".into(), message.into());
    for (name, value) in fields {
        record.insert((*name).into(), (*value).into());
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
