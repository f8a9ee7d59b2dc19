//! Twilio: `POST /2010-04-01/Accounts/{sid}/Messages.json`, a form. It knows no idempotency.

use super::letter::Message;
use super::wire::{Call, Reply, Verdict, number};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;
use serde::Deserialize;

/// Where it answers.
pub const BASE: &str = "https://api.twilio.com";

/// An account, and what proves that it is ours.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Credentials {
    /// `AC...`.
    pub account_sid: String,
    /// Its token.
    pub auth_token: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    sid: Option<String>,
    code: Option<i64>,
}

/// A text message as Twilio takes it.
#[must_use]
pub fn call(base: &str, credentials: &Credentials, from: &str, message: &Message) -> Call {
    let Credentials { account_sid, auth_token } = credentials;
    let body = Serializer::new(String::new())
        .append_pair("To", &message.to)
        .append_pair("From", from)
        .append_pair("Body", &message.text)
        .finish();
    Call {
        url: format!("{base}/2010-04-01/Accounts/{account_sid}/Messages.json"),
        headers: vec![
            ("accept", "application/json".into()),
            ("authorization", format!("Basic {}", STANDARD.encode(format!("{account_sid}:{auth_token}")))),
            ("content-type", "application/x-www-form-urlencoded".into()),
        ],
        body,
    }
}

/// What its answer means. A 400 is about this message, but for what it says of our own number or account.
#[must_use]
pub fn judge(reply: Reply<'_>) -> Verdict {
    let answer: Answer = reply.read();
    if matches!(reply.status, 200 | 201) {
        return Verdict::Accepted(number(answer.sid));
    }
    let code = answer.code.unwrap_or_default();
    let is_ours = matches!(code, 20_003 | 20_005 | 20_429 | 21_212 | 21_603 | 21_606 | 21_611 | 21_659 | 21_660);
    reply.verdict("twilio", &code.to_string(), reply.status == 400 && !is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::letter::Medium;

    #[test]
    fn a_message_is_a_form() {
        let credentials = Credentials { account_sid: "AC1".into(), auth_token: "secret".into() };
        let text = "your code is 123456 & more".to_owned();
        let message = Message { medium: Medium::Text, to: "+66812345678".into(), title: "", text, html: String::new() };
        let call = call(BASE, &credentials, "+15005550006", &message);
        assert_eq!(call.url, "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
        assert_eq!(call.body, "To=%2B66812345678&From=%2B15005550006&Body=your+code+is+123456+%26+more");
        assert!(call.headers.contains(&("authorization", "Basic QUMxOnNlY3JldA==".into())));
    }

    #[test]
    fn answers_are_told_apart() {
        let reply = |status, body: &str| judge(Reply { status, error_type: None, body });
        assert_eq!(reply(201, r#"{"sid":"SM1","status":"queued"}"#), Verdict::Accepted(Some("SM1".into())));
        for code in [21_211, 21_610, 21_614] {
            let body =
                format!(r#"{{"code":{code},"message":"The 'To' number +66812345678 is not valid","status":400}}"#);
            assert!(matches!(reply(400, &body), Verdict::Refused(reason) if !reason.contains("668")), "{code}");
        }
        for (status, code) in [(400, 21_606), (401, 20_003), (429, 20_429), (500, 20_500), (404, 20_404)] {
            assert!(matches!(reply(status, &format!(r#"{{"code":{code}}}"#)), Verdict::Later(_)), "{status} {code}");
        }
    }
}
