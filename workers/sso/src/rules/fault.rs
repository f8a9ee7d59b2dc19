//! What is wrong with a request of a client, in the words of RFC 6749 and OpenID Connect.

use serde::Serialize;

/// A refusal that a client can read: `error` and `error_description`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// One of the standards' codes.
    pub error: &'static str,
    /// For the client's developer: what was wrong, and what would be right.
    #[serde(rename = "error_description")]
    pub description: &'static str,
}

/// A refusal.
#[must_use]
pub const fn fault(error: &'static str, description: &'static str) -> Fault {
    Fault { error, description }
}

/// `invalid_request`: a parameter is missing, repeated or malformed.
#[must_use]
pub const fn invalid_request(description: &'static str) -> Fault {
    fault("invalid_request", description)
}

/// `invalid_grant`: a code or token that is not good for this client, or not any more. Which of all the reasons is nobody's
/// business.
pub const INVALID_GRANT: Fault =
    fault("invalid_grant", "this code or token is not good: used, ended, or not this client's");

/// `invalid_client`: who asks is not the client it says it is.
pub const INVALID_CLIENT: Fault =
    fault("invalid_client", "no client has this id and this secret, sent in one way and once");
