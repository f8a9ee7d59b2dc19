//! What is told of people: their accounts, their letters, their sessions.

use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};

/// A new customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRegistered {
    /// The customer.
    pub customer_id: Id,
    /// How to address them.
    pub name: String,
    /// Where to write to them.
    pub email: String,
}

/// Somebody, and where to write to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonEvent {
    /// The user.
    pub user_id: Id,
    /// How to address them.
    pub name: String,
    /// Where to write to them.
    pub email: String,
}

/// Something about a user; what it is, identity answers to who may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEvent {
    /// The user.
    pub user_id: Id,
}

/// Somebody who works for the chain from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffAdded {
    /// The user.
    pub user_id: Id,
    /// What they are to the chain.
    pub roles: Vec<Role>,
    /// The stores they work in.
    pub stores: Vec<Id>,
}

/// A letter to be written. What only its reader may know is asked of identity with the ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The user.
    pub user_id: Id,
    /// How to address them.
    pub name: String,
    /// Where to write to them.
    pub email: String,
    /// What it is good for, in identity's books.
    pub ticket: Id,
}

/// A login that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginFailed {
    /// Whose account it was for; absent when nobody has that address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Id>,
    /// The address that was given, as a MAC in hex: the same for the same address, and nobody can tell which.
    pub account: String,
    /// What was wrong: `password` or `code`.
    pub wrong: String,
}

/// Sessions that ended before their time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRevoked {
    /// Whose.
    pub user_id: Id,
    /// Which; absent for all, or all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Id>,
    /// Why, in words.
    pub reason: String,
}

impl SessionRevoked {
    /// The reason when a refresh token came a second time: somebody has stolen it.
    pub const REUSED: &'static str = "refresh token used twice";
}
