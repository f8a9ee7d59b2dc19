//! Letters about somebody's account. Their templates, and the one channel there is: `outbox`, which sends nothing and says
//! so. What only the reader may know (a link, a code) is asked of identity at the moment of writing; no event carries it.

use kirana_contracts::letter::LetterSecret;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Problem, Result, call, clock, log, params, principal};
use kirana_events::{Event, EventData, Letter};
use kirana_kernel::{Id, Timestamp};
use std::time::Duration;
use worker::Env;

/// How long the outbox keeps a letter.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A letter as it goes out.
#[derive(Debug, PartialEq, Eq)]
struct Written {
    address: String,
    title: &'static str,
    body: String,
}

/// The statements that put an event's letter into the outbox, if it has one.
///
/// # Errors
/// What identity answered; 500 for a channel that does not exist.
pub async fn apply(event: &Event, env: &Env) -> Result<Vec<Statement>> {
    let secret = match asks(&event.data) {
        Some(ticket) => match secret(env, ticket).await? {
            Some(secret) => Some(secret),
            // Used or too old by now: nobody waits for this letter any more.
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    let Some(written) = write(&event.data, &public_url(env)?, secret.as_ref()) else { return Ok(Vec::new()) };
    require_outbox(env)?;
    log::info("a letter is in the outbox; this channel sends nothing", &[("title", written.title)]);
    let now = clock::now();
    Ok(vec![
        stmt("DELETE FROM letters WHERE created_at < ?1", params![now - KEPT]),
        stmt(
            "INSERT OR IGNORE INTO letters (id, address, title, body, cause, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![clock::new_id(), written.address, written.title, written.body, event.id, now],
        ),
    ])
}

/// Refuses to go on when letters are not kept but sent.
///
/// # Errors
/// 404, 500 for a channel that does not exist.
pub fn require_outbox(env: &Env) -> Result<()> {
    match env.var("LETTER_CHANNEL")?.to_string().as_str() {
        "outbox" => Ok(()),
        other => Err(Problem::internal(format!("LETTER_CHANNEL is {other}: there is only outbox"))),
    }
}

fn public_url(env: &Env) -> Result<String> {
    Ok(env.var("PUBLIC_URL")?.to_string().trim_end_matches('/').to_owned())
}

async fn secret(env: &Env, ticket: Id) -> Result<Option<LetterSecret>> {
    let identity = call::service(env, "IDENTITY", &principal::service("notifications"));
    match identity.get(&format!("/internal/tickets/{ticket}")).await {
        Ok(secret) => Ok(Some(secret)),
        Err(problem) if problem.status == 404 => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// The ticket whose secret the letter of an event says.
fn asks(data: &EventData) -> Option<Id> {
    match data {
        EventData::VerificationRequested(Letter { ticket, .. })
        | EventData::PasswordResetRequested(Letter { ticket, .. })
        | EventData::OneTimeCodeRequested(Letter { ticket, .. })
        | EventData::StaffInvited(Letter { ticket, .. }) => Some(*ticket),
        _ => None,
    }
}

fn until(expires_at: Timestamp) -> String {
    let text = expires_at.to_string();
    format!("{} UTC", text.get(..16).unwrap_or(&text).replace('T', " "))
}

/// The letter of an event.
fn write(data: &EventData, url: &str, secret: Option<&LetterSecret>) -> Option<Written> {
    let (name, address, title, text) = match (data, secret) {
        (EventData::VerificationRequested(to), Some(LetterSecret { secret, expires_at, .. })) => {
            let text = format!(
                "somebody registered with this address. If it was you, say so here until {}:\n\n\
                 {url}/api/v1/auth/verify-email?token={secret}\n\n\
                 If it was not, do nothing: without you the address is not theirs.",
                until(*expires_at)
            );
            (&to.name, &to.email, "Is this your address?", text)
        }
        (EventData::AddressClaimed(to), _) => {
            let text =
                "somebody tried to register with your address. You have an account already: log in, or ask for a \
                        new password if you forgot yours. If it was not you, do nothing."
                    .to_owned();
            (&to.name, &to.email, "You have an account already", text)
        }
        (EventData::PasswordResetRequested(to), Some(LetterSecret { secret, expires_at, .. })) => {
            let text = format!(
                "somebody asked for a new password for your account. To set one until {}, use this:\n\n{secret}\n\n\
                 If it was not you, do nothing: your password stays as it is.",
                until(*expires_at)
            );
            (&to.name, &to.email, "A new password", text)
        }
        (EventData::StaffInvited(to), Some(LetterSecret { secret, expires_at, .. })) => {
            let text = format!(
                "you are invited to work with us. To choose a password and begin, use this until {}:\n\n{secret}",
                until(*expires_at)
            );
            (&to.name, &to.email, "You are invited", text)
        }
        (EventData::OneTimeCodeRequested(to), Some(LetterSecret { secret, expires_at, phone })) => {
            let text =
                format!("your code is {secret}, until {}. Nobody of us will ever ask you for it.", until(*expires_at));
            (&to.name, phone.as_ref().unwrap_or(&to.email), "Your code", text)
        }
        (EventData::PasswordChanged(to), _) => {
            let text =
                "your password was changed, and all other sessions were ended. If it was not you, ask for a new \
                        password at once."
                    .to_owned();
            (&to.name, &to.email, "Your password was changed", text)
        }
        _ => return None,
    };
    Some(Written { address: address.clone(), title, body: format!("{name},\n\n{text}\n") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        Letter { user_id: id, name: "Mali".into(), email: "mali@example.com".into(), ticket: id }
    }

    #[test]
    fn a_letter_says_its_secret_and_until_when() {
        let event = EventData::VerificationRequested(letter());
        assert_eq!(asks(&event), Some(letter().ticket));
        assert_eq!(write(&event, "https://x", None), None, "a letter without its secret is none");
        let expires_at = Timestamp::from_millis(1_763_631_000_000);
        let secret = LetterSecret { secret: "abc.def".into(), expires_at, phone: None };
        let written = write(&event, "https://x", Some(&secret)).unwrap();
        assert_eq!(written.address, "mali@example.com");
        assert!(written.body.contains("https://x/api/v1/auth/verify-email?token=abc.def"), "{}", written.body);
        assert!(written.body.contains("2025-11-20 09:30 UTC"), "{}", written.body);
        let secret = LetterSecret { phone: Some("+66812345678".into()), ..secret };
        let code = write(&EventData::OneTimeCodeRequested(letter()), "https://x", Some(&secret)).unwrap();
        assert_eq!(code.address, "+66812345678", "a text message goes to a telephone");
    }
}
