//! Who works in a store: identity keeps it, stores decides who may say so.

use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who works in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffMember {
    /// The user.
    pub user_id: Id,
    /// How to address them.
    pub name: String,
    /// Where to write to them.
    pub email: String,
    /// What they are to the chain, in every store they work in.
    pub roles: Vec<Role>,
    /// Since when they work in this store.
    pub since: Timestamp,
}

/// A user as far as an assignment cares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The user.
    pub user_id: Id,
    /// What they are to the chain.
    pub roles: Vec<Role>,
    /// The stores they work in.
    pub stores: Vec<Id>,
}

/// Who decides about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decider {
    /// The user or key.
    pub id: Id,
    /// The role they act in.
    pub role: Role,
}

impl Decider {
    /// Who decided where that was not said: a worker of the platform spoke for somebody.
    fn unsaid() -> Self {
        Self { id: Id::new(Timestamp::from_millis(0), [0; 10]), role: Role::Service }
    }
}

/// How a user should stand. Refused when the user is no longer as `from` says: who decided looked at that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reassignment {
    /// Who decided: for the audit log. An older version of stores did not say.
    #[serde(default = "Decider::unsaid")]
    pub by: Decider,
    /// What was looked at.
    pub from: Candidate,
    /// The roles they get.
    pub roles: Vec<Role>,
    /// The stores they work in then.
    pub stores: Vec<Id>,
}
