//! The domain, without I/O.

pub mod changes;
pub mod groups;
pub mod import;
pub mod overrides;
pub mod photo;
pub mod product;
