//! What the public and the other workers can ask of identity.

pub mod internal;
pub mod issue;
pub mod keys;
pub mod login;
pub mod register;
pub mod sessions;
pub mod users;
pub mod verification;
