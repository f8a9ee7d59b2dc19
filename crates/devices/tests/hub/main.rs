//! The hub, natively: what devices say and hear, whatever happens to their lines.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod commands;
mod desk;
mod fuzz;
mod lines;
mod machines;
mod mqtt;
mod rules;
mod sales;
mod together;
mod unreliable;
