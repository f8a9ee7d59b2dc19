//! Rules that need no database.

pub mod campaign;
