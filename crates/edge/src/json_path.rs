//! The way to a place in a JSON text, such as `lines[0].quantity`.
//!
//! A deserializer that keeps track of its way would be a second one for every type of body, a tenth of a script. An error of
//! serde_json knows the line and column at which it stopped; from there the way is found by reading the text once more.

/// What the reader is in.
enum Frame {
    /// A list, at this element.
    Array(usize),
    /// An object, at the value of this key; at none before its first key and after each value.
    Object(Option<String>),
}

/// The way to where a reader stopped: `line` and `column` count from 1, as serde_json's errors have them. Empty for the whole.
#[must_use]
pub fn path_at(text: &str, line: usize, column: usize) -> String {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let end = text.len().min(start + column);
    let bytes = text.as_bytes().get(..end).unwrap_or_default();
    let mut frames: Vec<Frame> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' => frames.push(Frame::Object(None)),
            b'[' => frames.push(Frame::Array(0)),
            b'}' | b']' => drop(frames.pop()),
            b',' => match frames.last_mut() {
                Some(Frame::Array(index)) => *index += 1,
                Some(Frame::Object(key)) => *key = None,
                None => {}
            },
            b'"' => {
                let begin = at;
                at = end_of_string(bytes, at);
                if let Some(Frame::Object(key @ None)) = frames.last_mut() {
                    let raw = bytes.get(begin..at.saturating_sub(1)).unwrap_or_default();
                    *key = Some(String::from_utf8_lossy(raw).into_owned());
                }
            }
            _ => {}
        }
    }
    written(&frames)
}

/// Where the text goes on after a string that began before `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn written(frames: &[Frame]) -> String {
    let mut path = String::new();
    for frame in frames {
        match frame {
            Frame::Array(index) => path.push_str(&format!("[{index}]")),
            Frame::Object(Some(key)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Frame::Object(None) => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Body {
        name: String,
        #[serde(default)]
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Line {
        quantity: u32,
        #[serde(default)]
        tags: Vec<String>,
    }

    fn path(text: &str) -> String {
        let error = serde_json::from_str::<Body>(text).unwrap_err();
        path_at(text, error.line(), error.column())
    }

    #[test]
    fn the_way_leads_to_what_is_wrong() {
        assert_eq!(path(r#"{"name":"a, \"b\" {[","lines":[{"quantity":1},{"quantity":"two"}]}"#), "lines[1].quantity");
        assert_eq!(path("{\n \"name\": \"x\",\n \"lines\": [\n  {\"quantity\": 1.5}\n ]\n}"), "lines[0].quantity");
        assert_eq!(path(r#"{"name":"x","lines":[{"quantity":1,"tags":["a",2]}]}"#), "lines[0].tags[1]");
        assert_eq!(path(r#"{"name":"x","lines":[{"quantity":1,"colour":"red"}]}"#), "lines[0].colour");
        assert_eq!(path(r#"{"name":"x","lines":[{"tags":[]}]}"#), "lines[0]", "what is missing is missing in it");
        assert_eq!(path(r#"{"name":"x","lines":{}}"#), "lines");
        assert_eq!(path(r#"{"lines":[]}"#), "");
        assert_eq!(path("[]"), "");
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[\\[\\]{}\",:\\\\a0 \n]{0,40}", line in 0_usize..5, column in 0_usize..50) {
            let _ = path_at(&text, line, column);
        }
    }
}
