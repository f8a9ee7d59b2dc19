//! What a client may learn of somebody.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Who it is: a number that stays the same.
    Openid,
    /// How to address them.
    Profile,
    /// Where to write to them.
    Email,
    /// What they are to the chain, and in which stores.
    Stores,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Openid, Self::Profile, Self::Email, Self::Stores];

    /// Its name in requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Openid => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Stores => "stores",
        }
    }

    /// What somebody is asked when they are to agree.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Openid => "recognise you when you come back",
            Self::Profile => "see your name",
            Self::Email => "see your e-mail address",
            Self::Stores => "see your roles and the stores you work in",
        }
    }
}

/// The scopes in a list with spaces between them, each once, in our order. What we do not know is passed over, as OpenID
/// Connect (section 3.1.2.1) has it.
#[must_use]
pub fn parse(text: &str) -> Vec<Scope> {
    Scope::ALL.into_iter().filter(|scope| text.split(' ').any(|word| word == scope.name())).collect()
}

/// The list as it is written.
#[must_use]
pub fn written(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ")
}

/// Is all of this in that?
#[must_use]
pub fn within(these: &[Scope], those: &[Scope]) -> bool {
    these.iter().all(|scope| those.contains(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_is_written() {
        let scopes = parse("email openid offline_access email  nonsense");
        assert_eq!(scopes, [Scope::Openid, Scope::Email]);
        assert_eq!(written(&scopes), "openid email");
        assert_eq!(parse(&written(&Scope::ALL)), Scope::ALL);
        assert!(parse("OpenID").is_empty(), "scopes are case-sensitive");
        assert!(within(&[Scope::Email], &scopes) && !within(&[Scope::Stores], &scopes));
    }
}
