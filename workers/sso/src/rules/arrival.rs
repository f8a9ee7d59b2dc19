//! Somebody who comes from another provider: what becomes of them.

use crate::rules::id_token::Told;
use kirana_kernel::Id;
use std::time::Duration;

/// How long the app that sent them there may take to come for them.
pub const LIFETIME: Duration = Duration::from_secs(60);

/// How long they may take over there.
pub const JOURNEY: Duration = Duration::from_secs(600);

/// What becomes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Welcome {
    /// They are this user: it was said before.
    Known(Id),
    /// They are whoever has proved this address here, as the provider has seen it proved there; or a new customer.
    ByAddress(String),
    /// Nobody can say who they are: the provider vouches for no address.
    Unknown,
}

/// Who somebody is. An address that the provider does not vouch for is nobody's: otherwise everybody could become anybody by
/// writing an address into a profile elsewhere.
#[must_use]
pub fn welcome(linked: Option<Id>, told: &Told) -> Welcome {
    match (linked, &told.email) {
        (Some(user), _) => Welcome::Known(user),
        (None, Some(email)) if told.email_verified => Welcome::ByAddress(email.clone()),
        _ => Welcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::Timestamp;

    #[test]
    fn an_address_that_nobody_vouches_for_is_nobodys() {
        let told = |email: Option<&str>, email_verified| Told {
            subject: "7".into(),
            email: email.map(str::to_owned),
            email_verified,
            name: None,
        };
        let (email, user) = ("mali@example.com", Id::new(Timestamp::from_millis(1), [1; 10]));
        assert_eq!(welcome(None, &told(Some(email), true)), Welcome::ByAddress(email.into()));
        assert_eq!(welcome(None, &told(Some(email), false)), Welcome::Unknown);
        assert_eq!(welcome(None, &told(None, true)), Welcome::Unknown);
        assert_eq!(welcome(Some(user), &told(Some("other@example.com"), true)), Welcome::Known(user));
        assert_eq!(welcome(Some(user), &told(None, false)), Welcome::Known(user));
    }
}
