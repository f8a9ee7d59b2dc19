//! What the public and the other workers can ask of identity.

pub mod api_keys;
pub mod audit;
pub mod factors;
pub mod failed;
pub mod internal;
pub mod invitations;
pub mod issue;
pub mod keys;
pub mod login;
pub mod profile;
pub mod proof;
pub mod register;
pub mod second_factor;
pub mod sessions;
pub mod social;
pub mod users;
pub mod verification;
