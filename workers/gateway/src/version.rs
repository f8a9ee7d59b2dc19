//! Which version of the API is spoken, and what is on its way out.

use crate::headers::Trace;
use kirana_edge::{Problem, Result};
use worker::Request;

/// The version that the paths name, and callers may ask for by `X-API-Version`.
const VERSION: &str = "1";

/// A path that goes on under another name: its beginning, what takes its place, and when it was retired and will be gone.
struct Retired {
    path: &'static str,
    successor: &'static str,
    /// Seconds since 1970 (RFC 9745).
    deprecated: &'static str,
    /// As HTTP writes dates (RFC 8594).
    sunset: &'static str,
}

/// The names of the seeds.
const RETIRED: &[Retired] = &[
    Retired {
        path: "/api/v1/shops",
        successor: "/api/v1/stores",
        deprecated: "@1795651200",
        sunset: "Fri, 26 Nov 2027 00:00:00 GMT",
    },
    Retired {
        path: "/api/v1/payments/process",
        successor: "/api/v1/payments/initiate",
        deprecated: "@1795651200",
        sunset: "Fri, 26 Nov 2027 00:00:00 GMT",
    },
];

/// Refuses versions that are not spoken here, and tells of what is on its way out.
///
/// # Errors
/// 400 `unsupported_api_version`.
pub fn negotiate(request: &Request, path: &str, trace: &Trace) -> Result<()> {
    trace.tell("x-api-version", VERSION.into());
    if let Some(retired) = RETIRED.iter().find(|retired| path.starts_with(retired.path)) {
        trace.tell("deprecation", retired.deprecated.into());
        trace.tell("sunset", retired.sunset.into());
        trace.tell("link", format!("<{}>; rel=\"successor-version\"", retired.successor));
    }
    match request.headers().get("x-api-version")? {
        Some(wanted) if wanted.trim() != VERSION => Err(Problem::bad_request(
            "unsupported_api_version",
            format!("there is no version {wanted} of this API: ask for version {VERSION}, or leave X-API-Version out"),
        )),
        _ => Ok(()),
    }
}
