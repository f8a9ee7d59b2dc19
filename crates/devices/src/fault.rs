//! What was wrong with something that a device said, in a word for its program and a sentence for its people.

use serde::Serialize;

/// Close codes of sockets (RFC 6455, 7.4.1), as the hub uses them.
pub mod close {
    /// Everything is as it should be; somebody else holds the line now.
    pub const NORMAL: u16 = 1000;
    /// What came was of no kind that this protocol has.
    pub const PROTOCOL: u16 = 1002;
    /// Who speaks may not.
    pub const POLICY: u16 = 1008;
    /// A frame is too large.
    pub const TOO_LARGE: u16 = 1009;
    /// Too much for now: come back later.
    pub const LATER: u16 = 1013;
}

/// A fault of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// For programs.
    pub code: &'static str,
    /// What was expected, and what came.
    pub detail: String,
    /// Is the line closed after it?
    pub fatal: bool,
}

impl Fault {
    /// One after which the device may go on.
    pub fn of(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), fatal: false }
    }

    /// One after which the line is closed.
    pub fn fatal(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), fatal: true }
    }

    /// What its socket is closed with.
    #[must_use]
    pub fn close_code(&self) -> u16 {
        match self.code {
            "too_large" => close::TOO_LARGE,
            "too_fast" => close::LATER,
            "malformed" | "unknown_version" => close::PROTOCOL,
            _ => close::POLICY,
        }
    }
}
