//! What a worker beside identity has written into the chain's one audit log.

use crate::staff::Decider;
use serde::{Deserialize, Serialize};

/// An entry to be written before the change that it tells of: should that fail, the log says more than was done, never less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditNote {
    /// Who.
    pub by: Decider,
    /// What they do, such as `oauth_client.made`.
    pub action: String,
    /// To what.
    pub object: String,
    /// Why, if they said.
    pub reason: Option<String>,
    /// How it stood, as JSON.
    pub before: Option<String>,
    /// How it will stand, as JSON.
    pub after: Option<String>,
}
