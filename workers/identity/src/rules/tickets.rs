//! Letters and codes that prove something once: that an address is somebody's, that the first factor was right.
//!
//! The database knows a ticket's id, purpose, user and end; its token is the id with a MAC under the deployment's key. So a
//! copy of the database opens nothing, no event carries a token, and a letter that is sent twice says the same.

use kirana_kernel::Id;
use kirana_vault::Master;
use std::time::Duration;
use subtle::ConstantTimeEq;

const MINUTE: Duration = Duration::from_secs(60);

/// What a ticket is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Proves that an address is its user's.
    Verify,
    /// Sets a new password.
    Reset,
    /// The first half of a login, which a second factor completes.
    Login,
    /// A code by e-mail.
    MailCode,
    /// A code by text message.
    SmsCode,
    /// An account that somebody else has prepared.
    Invitation,
}

impl Purpose {
    const ALL: [Self; 6] = [Self::Verify, Self::Reset, Self::Login, Self::MailCode, Self::SmsCode, Self::Invitation];

    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Login => "login",
            Self::MailCode => "mail code",
            Self::SmsCode => "sms code",
            Self::Invitation => "invitation",
        }
    }

    /// The purpose of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// How long a ticket is good.
    #[must_use]
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::Verify => Duration::from_secs(3 * 24 * 3600),
            Self::Reset => Duration::from_secs(30 * 60),
            Self::Invitation => Duration::from_secs(7 * 24 * 3600),
            Self::Login => Duration::from_secs(5 * 60),
            Self::MailCode | Self::SmsCode => Duration::from_secs(10 * 60),
        }
    }
}

/// How many tickets of a purpose somebody gets within [`WINDOW`]: more letters would be a nuisance, and somebody's aim.
pub const MAX_LETTERS: u64 = 3;

/// See [`MAX_LETTERS`].
pub const WINDOW: Duration = MINUTE.saturating_mul(15);

fn mac(key: &Master, purpose: Purpose, id: Id) -> [u8; 32] {
    key.mac("tickets", format!("{} {id}", purpose.name()).as_bytes())
}

/// The token of a ticket, as its letter says it.
#[must_use]
pub fn token(key: &Master, purpose: Purpose, id: Id) -> String {
    format!("{id}.{}", hex::encode(mac(key, purpose, id)))
}

/// The ticket of a token, if the token is genuine. Whether the ticket is still good the database knows.
#[must_use]
pub fn read(key: &Master, purpose: Purpose, token: &str) -> Option<Id> {
    let (id, given) = token.trim().split_once('.')?;
    let (id, given) = (id.parse().ok()?, hex::decode(given).ok()?);
    bool::from(given.ct_eq(&mac(key, purpose, id))).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::Timestamp;

    #[test]
    fn a_token_is_good_for_its_ticket_and_purpose_only() {
        let (key, other) = (Master::from_hex(&"01".repeat(32)).unwrap(), Master::from_hex(&"02".repeat(32)).unwrap());
        let id = Id::new(Timestamp::from_millis(1), [7; 10]);
        let good = token(&key, Purpose::Reset, id);
        assert_eq!(read(&key, Purpose::Reset, &format!(" {good}\n")), Some(id));
        assert_eq!(read(&key, Purpose::Verify, &good), None);
        assert_eq!(read(&other, Purpose::Reset, &good), None);
        let foreign = good.replace("0707", "0708");
        for bad in ["", ".", "x.y", &foreign, &good[..good.len() - 2], &id.to_string()] {
            assert_eq!(read(&key, Purpose::Reset, bad), None, "{bad}");
        }
    }
}
