//! The one place where a worker asks for the time and for random numbers; rules take both as arguments.

use kirana_kernel::{Id, Timestamp};

/// The current time. Workers' clocks stand still between two I/O operations.
#[must_use]
pub fn now() -> Timestamp {
    #[allow(clippy::cast_possible_truncation)] // milliseconds fit for the next 285,000 years
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// `N` random bytes from the platform's cryptographic source.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // The platform has always an answer; without one nothing may go on with predictable ids or keys.
        wasm_bindgen::throw_str(&format!("no source of randomness: {error}"));
    }
    bytes
}

/// A new id, made now.
#[must_use]
pub fn new_id() -> Id {
    Id::new(now(), random())
}
