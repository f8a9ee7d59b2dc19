//! Amazon SES, version 2: `POST /v2/email/outbound-emails`, signed. It knows no idempotency.

use super::letter::Message;
use super::sigv4::{Credentials, Scope, Unsigned, amz_date, authorization};
use super::wire::{Call, Reply, Verdict, number};
use kirana_kernel::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

const PATH: &str = "/v2/email/outbound-emails";

/// Where it answers in a region.
#[must_use]
pub fn base(region: &str) -> String {
    format!("https://email.{region}.amazonaws.com")
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    #[serde(rename = "MessageId")]
    message_id: Option<String>,
    /// Where some of AWS's front doors name an error instead of in the header.
    #[serde(rename = "__type")]
    kind: Option<String>,
}

/// A letter as SES takes it, signed for the moment `now`.
#[must_use]
pub fn call(base: &str, credentials: &Credentials, region: &str, from: &str, letter: &Message, now: Timestamp) -> Call {
    let content = |data: &str| json!({"Data": data, "Charset": "UTF-8"});
    let email: Value = json!({
        "FromEmailAddress": from,
        "Destination": {"ToAddresses": [letter.to]},
        "Content": {"Simple": {
            "Subject": content(letter.title),
            "Body": {"Text": content(&letter.text), "Html": content(&letter.html)},
        }},
    });
    let (body, date) = (email.to_string(), amz_date(now));
    let host = base.split_once("://").map_or(base, |(_, host)| host);
    let headers = [("content-type", "application/json"), ("host", host), ("x-amz-date", date.as_str())];
    let unsigned = Unsigned { method: "POST", path: PATH, headers: &headers, body: &body };
    let authorization = authorization(&unsigned, credentials, Scope { region, service: "ses" }, now);
    Call {
        url: format!("{base}{PATH}"),
        headers: vec![
            ("authorization", authorization),
            ("content-type", "application/json".into()),
            ("x-amz-date", date),
        ],
        body,
    }
}

/// What its answer means: a message that is rejected or malformed stays so; all else is the account's, and may be mended.
#[must_use]
pub fn judge(reply: Reply<'_>) -> Verdict {
    let answer: Answer = reply.read();
    if reply.status == 200 {
        return Verdict::Accepted(number(answer.message_id));
    }
    // `MessageRejected:http://...`, `com.amazonaws.ses#MessageRejected`.
    let kind = reply.error_type.map(str::to_owned).or(answer.kind).unwrap_or_default();
    let kind = kind.split(':').next().unwrap_or_default().rsplit('#').next().unwrap_or_default();
    let never = reply.status == 400 && matches!(kind, "BadRequestException" | "MessageRejected");
    reply.verdict("ses", kind, never)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::letter::Medium;

    fn letter() -> Message {
        let (text, html) = ("Hi\n".to_owned(), "<p>Hi</p>".to_owned());
        Message { medium: Medium::Letter, to: "mali@example.com".into(), title: "A subject", text, html }
    }

    fn credentials() -> Credentials {
        Credentials { access_key_id: "AKIDEXAMPLE".into(), secret_access_key: "wJalrXUtnFEMI".into() }
    }

    #[test]
    fn a_letter_is_signed_with_its_body() {
        let now = Timestamp::from_millis(1_763_631_000_000);
        let made = |letter: &Message| call(&base("eu-central-1"), &credentials(), "eu-central-1", "a@b.c", letter, now);
        let one = made(&letter());
        assert_eq!(one.url, "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails");
        let body: Value = serde_json::from_str(&one.body).unwrap();
        assert_eq!(body["Content"]["Simple"]["Body"]["Html"]["Data"], "<p>Hi</p>");
        assert_eq!(body["Destination"]["ToAddresses"], json!(["mali@example.com"]));
        let signed = &one.headers[0].1;
        let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20251120/eu-central-1/ses/aws4_request, \
                     SignedHeaders=content-type;host;x-amz-date, Signature=";
        assert!(signed.starts_with(scope), "{signed}");
        let other = made(&Message { text: "Ho\n".into(), ..letter() });
        assert_ne!(&other.headers[0].1, signed, "another body has another signature");
    }

    #[test]
    fn answers_are_told_apart() {
        let taken = judge(Reply { status: 200, error_type: None, body: r#"{"MessageId":"0107018d-1"}"# });
        assert_eq!(taken, Verdict::Accepted(Some("0107018d-1".into())));
        let named = |status, kind| judge(Reply { status, error_type: Some(kind), body: "{\"message\":\"a@b.c\"}" });
        for kind in ["MessageRejected", "BadRequestException:http://internal.amazon.com/coral/", "x#MessageRejected"] {
            assert!(matches!(named(400, kind), Verdict::Refused(reason) if !reason.contains('@')), "{kind}");
        }
        for (status, kind) in [
            (400, "MailFromDomainNotVerifiedException"),
            (400, "SendingPausedException"),
            (403, "SignatureDoesNotMatch"),
            (429, "TooManyRequestsException"),
            (500, "InternalFailure"),
        ] {
            assert!(matches!(named(status, kind), Verdict::Later(_)), "{kind}");
        }
        let in_body = judge(Reply { status: 400, error_type: None, body: r#"{"__type":"MessageRejected"}"# });
        assert!(matches!(in_body, Verdict::Refused(_)));
    }
}
