//! What figures follow: pure.

pub mod figures;
