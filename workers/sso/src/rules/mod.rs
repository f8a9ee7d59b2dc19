//! What is right in a sign-on: pure, with the clock and randomness as arguments.

pub mod amr;
pub mod arrival;
pub mod authorize;
pub mod client;
pub mod client_auth;
pub mod code;
pub mod end_session;
pub mod fault;
pub mod grant_type;
pub mod id_token;
pub mod jwt;
pub mod keys;
pub mod params;
pub mod pkce;
pub mod provider;
pub mod redirect;
pub mod scope;
pub mod secret;
