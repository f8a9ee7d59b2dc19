//! The domain, without I/O.

pub mod flags;
pub mod hours;
pub mod import;
pub mod legal_age;
pub mod near;
pub mod settings;
pub mod shifts;
pub mod staff;
pub mod zones;
