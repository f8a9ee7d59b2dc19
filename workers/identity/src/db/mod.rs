//! SQL of identity: the only place that knows its tables.

pub mod sessions;
pub mod staff;
pub mod tickets;
pub mod users;
