//! The grants that a client may use (RFC 7591, section 2).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// Codes: how every client begins.
    AuthorizationCode,
    /// Refresh tokens: for who goes on while nobody looks.
    RefreshToken,
}

impl GrantType {
    /// Every grant.
    pub const ALL: [Self; 2] = [Self::AuthorizationCode, Self::RefreshToken];

    /// Its name in requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
        }
    }
}

/// What a client may use of which nobody said anything.
#[must_use]
pub fn usual() -> Vec<GrantType> {
    GrantType::ALL.into()
}

/// The grants in a list with spaces between them, each once, in our order.
#[must_use]
pub fn parse(text: &str) -> Vec<GrantType> {
    GrantType::ALL.into_iter().filter(|grant| text.split(' ').any(|word| word == grant.name())).collect()
}

/// The list as it is kept.
#[must_use]
pub fn written(grants: &[GrantType]) -> String {
    GrantType::ALL.iter().filter(|grant| grants.contains(grant)).map(|grant| grant.name()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        assert_eq!(written(&usual()), "authorization_code refresh_token");
        assert_eq!(parse(&written(&[GrantType::AuthorizationCode])), [GrantType::AuthorizationCode]);
        assert_eq!(parse("refresh_token password authorization_code"), usual());
        assert_eq!(parse(""), []);
    }
}
