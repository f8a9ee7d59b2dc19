//! Postmark: `POST /email`. It knows no idempotency: what was not answered may have been taken.

use super::letter::Message;
use super::wire::{Call, Reply, Verdict, number};
use serde::{Deserialize, Serialize};

/// Where it answers.
pub const BASE: &str = "https://api.postmarkapp.com";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Email<'a> {
    from: &'a str,
    to: &'a str,
    subject: &'a str,
    text_body: &'a str,
    html_body: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Answer {
    error_code: i64,
    #[serde(rename = "MessageID")]
    message_id: Option<String>,
}

/// A letter as Postmark takes it, with the token of one of its servers.
///
/// # Errors
/// Of JSON: none in practice.
pub fn call(base: &str, token: &str, from: &str, letter: &Message) -> serde_json::Result<Call> {
    let Message { to, title, text, html, .. } = letter;
    let email = Email { from, to, subject: title, text_body: text, html_body: html };
    Ok(Call {
        url: format!("{base}/email"),
        headers: vec![
            ("accept", "application/json".into()),
            ("content-type", "application/json".into()),
            ("x-postmark-server-token", token.to_owned()),
        ],
        body: serde_json::to_string(&email)?,
    })
}

/// What its answer means. 300: the message is malformed, as with a bad address; 406: the address has bounced or complained
/// before; 402, 403 and 411: it cannot read what we wrote. All else is the account's, and may be mended.
#[must_use]
pub fn judge(reply: Reply<'_>) -> Verdict {
    let answer: Answer = reply.read();
    match (reply.status, answer.error_code) {
        (200, 0) => Verdict::Accepted(number(answer.message_id)),
        (status, code) => {
            let never = status == 422 && matches!(code, 300 | 402 | 403 | 406 | 411);
            reply.verdict("postmark", &code.to_string(), never)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::letter::Medium;
    use serde_json::{Value, json};

    fn reply(status: u16, body: &str) -> Verdict {
        judge(Reply { status, error_type: None, body })
    }

    #[test]
    fn a_letter_is_what_the_documentation_shows() {
        let to = "mali@example.com".to_owned();
        let (text, html) = ("Hi \"you\"\n".to_owned(), "<p>Hi</p>".to_owned());
        let letter = Message { medium: Medium::Letter, to, title: "A subject", text, html };
        let call = call("https://api.postmarkapp.com", "a-token", "Kirana <hello@kirana.example>", &letter).unwrap();
        assert_eq!(call.url, "https://api.postmarkapp.com/email");
        assert!(call.headers.contains(&("x-postmark-server-token", "a-token".into())));
        let body: Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(
            body,
            json!({"From": "Kirana <hello@kirana.example>", "To": "mali@example.com", "Subject": "A subject",
                "TextBody": "Hi \"you\"\n", "HtmlBody": "<p>Hi</p>"})
        );
    }

    #[test]
    fn answers_are_told_apart() {
        let taken = r#"{"To":"a@b.c","SubmittedAt":"2026-11-20T09:30:00Z","MessageID":"b7bc2f4a-e38e","ErrorCode":0,"Message":"OK"}"#;
        assert_eq!(reply(200, taken), Verdict::Accepted(Some("b7bc2f4a-e38e".into())));
        for code in [300, 406] {
            let body = format!(r#"{{"ErrorCode":{code},"Message":"mali@example.com is bad"}}"#);
            assert!(matches!(reply(422, &body), Verdict::Refused(reason) if !reason.contains("mali")));
        }
        let later = [(401, 10), (422, 405), (422, 400), (429, 429), (500, 0), (503, 100), (200, 300)];
        for (status, code) in later {
            let body = format!(r#"{{"ErrorCode":{code},"Message":"x"}}"#);
            assert!(matches!(reply(status, &body), Verdict::Later(_)), "{status} {code}");
        }
        assert!(matches!(reply(502, "<html>"), Verdict::Later(_)));
    }
}
