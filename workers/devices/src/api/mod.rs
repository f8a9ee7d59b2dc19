//! What people, machines and programs may ask of devices.

pub mod breaches;
pub mod claim;
pub mod connect;
pub mod figures;
pub mod firmware;
pub mod hub;
pub mod machines;
pub mod registry;
pub mod rollouts;
pub mod socket;
