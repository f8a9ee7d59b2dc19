//! Handlers, by resource.

pub mod flags;
pub mod franchisees;
pub mod import;
pub mod nearby;
pub mod settings;
pub mod shifts;
pub mod staff;
pub mod stores;
pub mod zones;
