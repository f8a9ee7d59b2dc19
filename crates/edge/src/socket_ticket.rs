//! Tickets for sockets: browsers can give a WebSocket no header, and what stands in an address stands in logs. So a socket is opened
//! with a ticket in its address, which whoever is logged in gets for a call: good for half a minute, and once.
//!
//! A ticket says who asked, signed with a key of its own kind (HS256), so that it is good for nothing else. That it is used once sees
//! the gateway, with the object that counts calls.

use crate::Principal;
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt, Claims, Header, TimeOptions, UntrustedToken};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use worker::Env;

/// How long a ticket is good for.
pub const LIFETIME: Duration = Duration::from_secs(30);

/// Longer than any ticket of ours.
const MAX_BYTES: usize = 4096;

/// Whom a ticket lets in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its own id: no ticket is used twice.
    #[serde(rename = "jti")]
    pub ticket: Id,
    /// Who.
    #[serde(flatten)]
    pub principal: Principal,
}

/// A new ticket.
///
/// # Errors
/// 500 when the deployment has no `INTERNAL_KEY`.
pub fn issue(ticket: &Ticket, env: &Env, now: Timestamp) -> crate::Result<String> {
    sign(ticket, &key(env)?, now).map_err(crate::Problem::internal)
}

/// Whom a ticket lets in, if it is genuine and good now.
///
/// # Errors
/// 500 when the deployment has no `INTERNAL_KEY`.
pub fn read(text: &str, env: &Env, now: Timestamp) -> crate::Result<Option<Ticket>> {
    Ok(verify(text, &key(env)?, now))
}

/// Not the key that principals are signed with: neither can stand for the other.
fn key(env: &Env) -> crate::Result<Hs256Key> {
    let internal = env.secret("INTERNAL_KEY").map_err(crate::Problem::internal)?;
    Ok(Hs256Key::new(format!("socket ticket {internal}").as_bytes()))
}

fn sign(ticket: &Ticket, key: &Hs256Key, now: Timestamp) -> Result<String, jwt_compact::CreationError> {
    let mut claims = Claims::new(ticket);
    claims.expiration = Some((now + LIFETIME).to_utc());
    Hs256.token(&Header::empty(), &claims, key)
}

fn verify(text: &str, key: &Hs256Key, now: Timestamp) -> Option<Ticket> {
    let token = UntrustedToken::new(text.get(..MAX_BYTES.min(text.len()))?).ok()?;
    let token = Hs256.validator::<Ticket>(key).validate(&token).ok()?;
    let now = now.to_utc();
    let options = TimeOptions::new(chrono::Duration::seconds(1), move || now);
    token.claims().validate_expiration(&options).ok()?;
    Some(token.into_parts().1.custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);

    fn ticket() -> Ticket {
        let principal = Principal { version: 3, ..crate::principal::service("test") };
        Ticket { ticket: Id::new(NOW, [7; 10]), principal }
    }

    #[test]
    fn a_ticket_is_good_for_half_a_minute_and_under_its_own_key() {
        let key = Hs256Key::new(b"socket ticket key");
        let text = sign(&ticket(), &key, NOW).unwrap();
        assert_eq!(verify(&text, &key, NOW), Some(ticket()));
        assert_eq!(verify(&text, &key, NOW + LIFETIME), Some(ticket()), "clocks differ by a second");
        assert_eq!(verify(&text, &key, NOW + LIFETIME + Duration::from_secs(2)), None);
        assert_eq!(verify(&text, &Hs256Key::new(b"key"), NOW), None, "the key of principals");
        assert_eq!(verify(&format!("{}A", &text[..text.len() - 1]), &key, NOW), None);
        assert_eq!(verify(&"a".repeat(5_000), &key, NOW), None);
    }
}
