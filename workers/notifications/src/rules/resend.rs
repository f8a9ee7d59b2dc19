//! Resend: `POST /emails`. It remembers an `Idempotency-Key` for a day: a letter with the same key goes out once.

use super::letter::Message;
use super::wire::{Call, Reply, Verdict, number};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};

/// Where it answers.
pub const BASE: &str = "https://api.resend.com";

#[derive(Serialize)]
struct Email<'a> {
    from: &'a str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    html: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    id: Option<String>,
    name: String,
}

/// A letter as Resend takes it; `id` is the letter's own.
///
/// # Errors
/// Of JSON: none in practice.
pub fn call(base: &str, key: &str, from: &str, letter: &Message, id: Id) -> serde_json::Result<Call> {
    let Message { to, title, text, html, .. } = letter;
    let email = Email { from, to, subject: title, text, html };
    Ok(Call {
        url: format!("{base}/emails"),
        headers: vec![
            ("authorization", format!("Bearer {key}")),
            ("content-type", "application/json".into()),
            ("idempotency-key", id.to_string()),
            // It refuses whoever does not say what they are.
            ("user-agent", "kirana".into()),
        ],
        body: serde_json::to_string(&email)?,
    })
}

/// What its answer means. 400 and 422 say what is wrong with the letter, but for a sender that is not ours yet.
#[must_use]
pub fn judge(reply: Reply<'_>) -> Verdict {
    let answer: Answer = reply.read();
    if matches!(reply.status, 200 | 201) && answer.id.is_some() {
        return Verdict::Accepted(number(answer.id));
    }
    // 409: the same key is under way, or went out with other words before: either way not this one again.
    let never = match (reply.status, answer.name.as_str()) {
        (400 | 422, name) => !matches!(name, "invalid_from_address" | "missing_api_key"),
        (409, name) => name == "invalid_idempotent_request",
        _ => false,
    };
    reply.verdict("resend", &answer.name, never)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::letter::Medium;
    use kirana_kernel::Timestamp;
    use serde_json::{Value, json};

    #[test]
    fn a_letter_has_its_own_key() {
        let (text, html) = ("Hi\n".to_owned(), "<p>Hi</p>".to_owned());
        let letter = Message { medium: Medium::Letter, to: "mali@example.com".into(), title: "A subject", text, html };
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        let call = call(BASE, "re_1", "hello@kirana.example", &letter, id).unwrap();
        assert_eq!(call.url, "https://api.resend.com/emails");
        assert!(call.headers.contains(&("authorization", "Bearer re_1".into())));
        assert!(call.headers.contains(&("idempotency-key", id.to_string())));
        let body: Value = serde_json::from_str(&call.body).unwrap();
        let expected = json!({"from": "hello@kirana.example", "to": "mali@example.com", "subject": "A subject", "text": "Hi\n", "html": "<p>Hi</p>"});
        assert_eq!(body, expected);
    }

    #[test]
    fn answers_are_told_apart() {
        let reply = |status, name: &str| {
            judge(Reply { status, error_type: None, body: &json!({"statusCode": status, "name": name}).to_string() })
        };
        let taken = judge(Reply { status: 200, error_type: None, body: r#"{"id":"49a3999c-0ce1"}"# });
        assert_eq!(taken, Verdict::Accepted(Some("49a3999c-0ce1".into())));
        for (status, name) in
            [(422, "validation_error"), (400, "validation_error"), (409, "invalid_idempotent_request")]
        {
            assert!(matches!(reply(status, name), Verdict::Refused(_)), "{status} {name}");
        }
        let later = [
            (401, "missing_api_key"),
            (403, "invalid_api_key"),
            (409, "concurrent_idempotent_requests"),
            (422, "invalid_from_address"),
            (429, "rate_limit_exceeded"),
            (500, "application_error"),
        ];
        for (status, name) in later {
            assert!(matches!(reply(status, name), Verdict::Later(_)), "{status} {name}");
        }
    }
}
