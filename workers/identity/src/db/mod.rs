//! SQL of identity: the only place that knows its tables.

pub mod api_keys;
pub mod audit;
pub mod factors;
pub mod invitations;
pub mod people;
pub mod record;
pub mod revocations;
pub mod sessions;
pub mod staff;
pub mod tickets;
pub mod users;
