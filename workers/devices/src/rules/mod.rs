//! The rules of devices that are not the hub's: stages of roll-outs, and the bytes of Connect.

pub mod proto;
pub mod stages;
