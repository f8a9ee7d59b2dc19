//! Clients: the tools that people sign in to.

use crate::rules::grant_type::{self, GrantType};
use crate::rules::redirect;
use crate::rules::scope::{self, Scope};
use kirana_edge::FieldError;
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Clients of one chain.
pub const MAX_CLIENTS: usize = 500;

/// Can it keep a secret (RFC 6749, section 2.1)?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientType {
    /// It runs on a server, and proves itself with a secret.
    Confidential,
    /// It runs where its users can look inside: an app, a page. PKCE alone protects its codes.
    Public,
}

impl ClientType {
    /// Its name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confidential => "confidential",
            Self::Public => "public",
        }
    }
}

/// A client, in the words of RFC 7591.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Client {
    /// Its id.
    pub client_id: Id,
    /// What people know it by.
    pub client_name: String,
    /// Can it keep a secret?
    pub client_type: ClientType,
    /// Where answers may go, letter by letter.
    pub redirect_uris: Vec<String>,
    /// Where its user may be led after signing out, letter by letter.
    pub post_logout_redirect_uris: Vec<String>,
    /// Which grants it may use.
    pub grant_types: Vec<GrantType>,
    /// What it may ask for, with spaces between.
    pub scope: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A client as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What everybody may know.
    pub client: Client,
    /// The hash of its secret, if it has one.
    pub secret_hash: Option<String>,
}

/// What an admin says of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientMetadata {
    /// What people know it by, 1 to 60 characters.
    pub client_name: String,
    /// Where answers may go, 1 to 10 addresses; compared letter by letter.
    pub redirect_uris: Vec<String>,
    /// Where its user may be led after signing out, 10 addresses at most; compared letter by letter.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// Which grants it may use: `authorization_code`, and `refresh_token` if it goes on while nobody looks. Both, if not given.
    #[serde(default = "grant_type::usual")]
    pub grant_types: Vec<GrantType>,
    /// What it may ask for, with spaces between: `openid`, and of `profile`, `email`, `stores` what it needs.
    pub scope: String,
}

/// What is wrong with it, by field.
#[must_use]
pub fn faults(metadata: &ClientMetadata, client_type: ClientType) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |path: String, message: &str| faults.push(FieldError { path, message: message.into() });
    let name = metadata.client_name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        fault("client_name".into(), "expected 1 to 60 characters");
    }
    if metadata.redirect_uris.is_empty() || metadata.redirect_uris.len() > 10 {
        fault("redirect_uris".into(), "expected 1 to 10 addresses");
    }
    if metadata.post_logout_redirect_uris.len() > 10 {
        fault("post_logout_redirect_uris".into(), "expected 10 addresses at most");
    }
    let lists = [
        ("redirect_uris", &metadata.redirect_uris),
        ("post_logout_redirect_uris", &metadata.post_logout_redirect_uris),
    ];
    for (list, uris) in lists {
        for (at, uri) in uris.iter().take(10).enumerate() {
            if let Some(message) = redirect::fault(uri, client_type == ClientType::Confidential) {
                fault(format!("{list}[{at}]"), message);
            }
        }
    }
    if !metadata.grant_types.contains(&GrantType::AuthorizationCode) {
        fault("grant_types".into(), "expected authorization_code, and refresh_token where it is needed");
    }
    let known = |word: &str| Scope::ALL.iter().any(|scope| scope.name() == word);
    let scopes = scope::parse(&metadata.scope);
    if !metadata.scope.split(' ').all(known) || !scopes.contains(&Scope::Openid) {
        fault("scope".into(), "expected openid, and of profile, email and stores what is needed, with spaces between");
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_says_what_it_needs() {
        let good = ClientMetadata {
            client_name: "Accounts".into(),
            redirect_uris: vec!["https://tool.example/cb".into()],
            post_logout_redirect_uris: vec!["https://tool.example/bye".into()],
            grant_types: vec![GrantType::AuthorizationCode],
            scope: "openid email".into(),
        };
        assert_eq!(faults(&good, ClientType::Confidential), []);
        let paths = |metadata: &ClientMetadata| {
            faults(metadata, ClientType::Public).into_iter().map(|fault| fault.path).collect::<Vec<_>>()
        };
        assert_eq!(paths(&ClientMetadata { client_name: " ".into(), ..good.clone() }), ["client_name"]);
        assert_eq!(paths(&ClientMetadata { redirect_uris: vec![], ..good.clone() }), ["redirect_uris"]);
        let uris = vec!["https://tool.example/cb".into(), "http://tool.example/cb".into()];
        assert_eq!(paths(&ClientMetadata { redirect_uris: uris, ..good.clone() }), ["redirect_uris[1]"]);
        let uris = vec!["javascript:alert(1)".into()];
        let bad = ClientMetadata { post_logout_redirect_uris: uris, ..good.clone() };
        assert_eq!(paths(&bad), ["post_logout_redirect_uris[0]"]);
        for grants in [vec![], vec![GrantType::RefreshToken]] {
            assert_eq!(paths(&ClientMetadata { grant_types: grants, ..good.clone() }), ["grant_types"]);
        }
        for scope in ["", "email", "openid everything", "openid  email"] {
            assert_eq!(paths(&ClientMetadata { scope: scope.into(), ..good.clone() }), ["scope"], "{scope}");
        }
    }
}
