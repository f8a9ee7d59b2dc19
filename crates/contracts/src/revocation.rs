//! What is no longer believed, though its token has not ended yet: identity keeps the list, the gateway asks for what is new.

use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an entry matters: an access token's ten minutes, what clocks may differ by, and some more.
pub const MATTERS_FOR: Duration = Duration::from_secs(15 * 60);

/// How many entries are given at a time.
pub const MAX_ENTRIES: usize = 500;

/// What is no longer believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Revoked {
    /// Tokens of a session that ended.
    Session {
        /// The session.
        id: Id,
    },
    /// Tokens of a session from before its user proved again who they are: another has taken their place.
    Proof {
        /// The session.
        id: Id,
        /// The second of the proof that tokens must have at least.
        since: u64,
    },
    /// Tokens that say of a user what is no longer so.
    User {
        /// The user.
        id: Id,
        /// The version that a token must have at least.
        version: u32,
    },
    /// An API key.
    Key {
        /// The key.
        id: Id,
    },
}

/// One entry of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Its number; later entries have larger ones.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub revoked: Revoked,
}

/// The entries after a number that still matter, in order; [`MAX_ENTRIES`] of them when there are more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocations {
    /// The entries.
    pub entries: Vec<Revocation>,
}
