//! Access tokens under attack (S2), natively: everything that the end-to-end test sends over the wire, and what only somebody who
//! sees the key set from inside can try. `tests/e2e/identity/tokens.rs` shows that all of these get one answer.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod claims;
mod forge;
mod headers;
mod signatures;
