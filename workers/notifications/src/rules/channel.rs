//! By whom messages go: what a deployment says, read and looked through.

use super::address::{is_address, is_phone, is_sender};
use super::letter::{Medium, Message};
use super::wire::{Call, Reply, Verdict};
use super::{postmark, resend, ses, sigv4, twilio};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// What a deployment says of one way: its variables, and the secret.
#[derive(Clone, Default)]
pub struct Settings {
    /// `outbox` or a provider's name.
    pub channel: String,
    /// The sender: an address or a number.
    pub from: String,
    /// Where the provider answers; nothing for its own address.
    pub api: String,
    /// The region of SES.
    pub region: String,
    /// Credentials by provider, as JSON.
    pub secrets: String,
}

/// A way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Sends nothing: messages are kept for a day, for a local chain and its tests.
    Outbox,
    /// A provider sends.
    Provider(Provider),
}

/// A provider, ready to be asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    api: Api,
    base: String,
    from: String,
}

#[derive(Clone, PartialEq, Eq)]
enum Api {
    Postmark { token: String },
    Resend { key: String },
    Ses { credentials: sigv4::Credentials, region: String },
    Twilio(twilio::Credentials),
}

/// The secret `PROVIDER_SECRETS`. One that is no JSON has nothing: a local deployment's is random.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Secrets {
    postmark: Option<String>,
    resend: Option<String>,
    ses: Option<SesSecret>,
    twilio: Option<twilio::Credentials>,
}

#[derive(Deserialize)]
struct SesSecret {
    access_key_id: String,
    secret_access_key: String,
}

/// The way of a medium.
///
/// # Errors
/// With what is wrong with the deployment, in words for whoever deployed it, without any secret.
pub fn channel(medium: Medium, settings: &Settings) -> Result<Channel, String> {
    let Settings { channel, from, api, region, secrets } = settings;
    if channel == "outbox" {
        return Ok(Channel::Outbox);
    }
    let secrets: Secrets = serde_json::from_str(secrets).unwrap_or_default();
    let lacks = || format!("PROVIDER_SECRETS has nothing for {channel}");
    let (api_of, own) = match (medium, channel.as_str()) {
        (Medium::Letter, "postmark") => {
            (Api::Postmark { token: secrets.postmark.ok_or_else(lacks)? }, postmark::BASE.to_owned())
        }
        (Medium::Letter, "resend") => (Api::Resend { key: secrets.resend.ok_or_else(lacks)? }, resend::BASE.to_owned()),
        (Medium::Letter, "ses") => {
            let SesSecret { access_key_id, secret_access_key } = secrets.ses.ok_or_else(lacks)?;
            if region.is_empty() || !region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                return Err("SES_REGION is no region".to_owned());
            }
            let credentials = sigv4::Credentials { access_key_id, secret_access_key };
            (Api::Ses { credentials, region: region.clone() }, ses::base(region))
        }
        (Medium::Text, "twilio") => (Api::Twilio(secrets.twilio.ok_or_else(lacks)?), twilio::BASE.to_owned()),
        (Medium::Letter, other) => {
            return Err(format!("LETTER_CHANNEL is {other}: expected outbox, postmark, resend or ses"));
        }
        (Medium::Text, other) => return Err(format!("TEXT_CHANNEL is {other}: expected outbox or twilio")),
    };
    let base = if api.is_empty() { own } else { api.trim_end_matches('/').to_owned() };
    if !may_ask(&base) {
        return Err(format!("the address of {channel} is neither https nor on this machine"));
    }
    match medium {
        Medium::Letter if !is_sender(from) => Err("LETTER_FROM is no sender".to_owned()),
        Medium::Text if !is_phone(from) => Err("TEXT_FROM is no number as E.164 writes it".to_owned()),
        _ => Ok(Channel::Provider(Provider { api: api_of, base, from: from.clone() })),
    }
}

/// May credentials and letters go there? Over TLS, or to this machine.
fn may_ask(base: &str) -> bool {
    let host = |rest: &str| rest.split(['/', '?', '#', '@']).next() == Some(rest) && !rest.is_empty();
    match (base.strip_prefix("https://"), base.strip_prefix("http://")) {
        (Some(rest), _) => host(rest),
        (_, Some(rest)) => host(rest) && matches!(rest.split(':').next(), Some("127.0.0.1" | "localhost")),
        _ => false,
    }
}

/// Its name only: what it holds else is secret.
impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Provider {
    /// Its name in tables, answers and logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.api {
            Api::Postmark { .. } => "postmark",
            Api::Resend { .. } => "resend",
            Api::Ses { .. } => "ses",
            Api::Twilio(_) => "twilio",
        }
    }

    /// Does it know a message that comes again? Only then may one be sent again at once that was not answered.
    #[must_use]
    pub const fn is_idempotent(&self) -> bool {
        matches!(self.api, Api::Resend { .. })
    }

    /// The call that sends a message; `id` is the message's own.
    ///
    /// # Errors
    /// With a reason when nobody could take it: what it goes to is no address.
    pub fn call(&self, message: &Message, id: Id, now: Timestamp) -> Result<Call, String> {
        let is_one = match message.medium {
            Medium::Letter => is_address(&message.to),
            Medium::Text => is_phone(&message.to),
        };
        if !is_one {
            return Err("what it goes to is no address".to_owned());
        }
        let Self { api, base, from } = self;
        let call = match api {
            Api::Postmark { token } => postmark::call(base, token, from, message),
            Api::Resend { key } => resend::call(base, key, from, message, id),
            Api::Ses { credentials, region } => Ok(ses::call(base, credentials, region, from, message, now)),
            Api::Twilio(credentials) => Ok(twilio::call(base, credentials, from, message)),
        };
        call.map_err(|_| "it cannot be written as JSON".to_owned())
    }

    /// What its answer means.
    #[must_use]
    pub fn judge(&self, reply: Reply<'_>) -> Verdict {
        match self.api {
            Api::Postmark { .. } => postmark::judge(reply),
            Api::Resend { .. } => resend::judge(reply),
            Api::Ses { .. } => ses::judge(reply),
            Api::Twilio(_) => twilio::judge(reply),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRETS: &str = r#"{"postmark": "t", "resend": "k", "ses": {"access_key_id": "a", "secret_access_key": "s"},
        "twilio": {"account_sid": "AC1", "auth_token": "x"}}"#;

    fn settings(channel: &str) -> Settings {
        let from = if channel == "twilio" { "+15005550006" } else { "Kirana <hello@kirana.example>" };
        let (region, secrets) = ("eu-central-1".to_owned(), SECRETS.to_owned());
        Settings { channel: channel.into(), from: from.into(), api: String::new(), region, secrets }
    }

    #[test]
    fn a_deployment_is_looked_through() {
        for name in ["postmark", "resend", "ses"] {
            let Ok(Channel::Provider(provider)) = channel(Medium::Letter, &settings(name)) else { panic!("{name}") };
            assert_eq!((provider.name(), provider.base.starts_with("https://")), (name, true));
            assert!(channel(Medium::Text, &settings(name)).is_err(), "{name} sends no text messages");
        }
        assert!(
            channel(Medium::Text, &settings("twilio")).is_ok() && channel(Medium::Letter, &settings("twilio")).is_err()
        );
        assert_eq!(
            channel(Medium::Letter, &Settings { channel: "outbox".into(), ..Settings::default() }),
            Ok(Channel::Outbox)
        );
        let wrong = [
            Settings { secrets: "00112233".into(), ..settings("postmark") },
            Settings { from: "nobody".into(), ..settings("postmark") },
            Settings { region: String::new(), ..settings("ses") },
            Settings { region: "eu-central-1.evil".into(), ..settings("ses") },
            settings("pigeon"),
        ];
        for settings in wrong {
            let said = channel(Medium::Letter, &settings).unwrap_err();
            assert!(!said.contains(SECRETS) && !said.contains("00112233"), "{said}");
        }
    }

    #[test]
    fn credentials_go_nowhere_in_the_clear() {
        let at = |api: &str| channel(Medium::Letter, &Settings { api: api.into(), ..settings("postmark") }).is_ok();
        for good in ["", "https://api.eu.postmarkapp.com/", "http://127.0.0.1:8080", "http://localhost:1"] {
            assert!(at(good), "{good}");
        }
        for bad in [
            "http://api.postmarkapp.com",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.1@evil.example",
            "ftp://x",
            "https://",
        ] {
            assert!(!at(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_no_address_is_not_asked_for() {
        let Ok(Channel::Provider(provider)) = channel(Medium::Letter, &settings("postmark")) else { panic!() };
        let (text, html) = (String::new(), String::new());
        let message = Message { medium: Medium::Letter, to: "a@b.c,eve@b.c".into(), title: "x", text, html };
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        assert!(provider.call(&message, id, Timestamp::from_millis(1)).is_err());
        assert!(provider.call(&Message { to: "a@b.c".into(), ..message }, id, Timestamp::from_millis(1)).is_ok());
    }
}
