//! What the public and the other workers can ask of identity.

pub mod api_keys;
pub mod audit;
pub mod factors;
pub mod failed;
pub mod franchise;
pub mod internal;
pub mod invitations;
pub mod issue;
pub mod keys;
pub mod leaked;
pub mod login;
pub mod profile;
pub mod proof;
pub mod register;
pub mod second_factor;
pub mod sessions;
pub mod social;
pub mod users;
pub mod verification;

use crate::rules::words::Words;
use worker::Env;

/// The chain's own words, which no password has in it.
#[must_use]
pub fn words(env: &Env) -> Words {
    env.var("CHAIN_WORDS").map(|words| Words::of(&words.to_string())).unwrap_or_default()
}
