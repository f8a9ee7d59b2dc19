//! The body of a request, as far as somebody will have it: counted as it comes, and only while it comes.

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use http::StatusCode;
use kirana_edge::{Problem, Result};
use std::pin::pin;
use std::time::Duration;
use worker::{Delay, Request};

/// How long a body may take to the next of its bytes: the runtime itself would wait for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the whole of it may take, at some bytes now and then.
const WHOLE: Duration = Duration::from_secs(60);

/// Bodies of a declared length up to this are taken in one piece and not counted by chunks: they come within
/// [`PATIENCE`] or not at all.
const IN_ONE_PIECE: usize = 32 << 10;

/// The body, of so many bytes at most. A declared length may lie, and a chunked body declares none.
///
/// # Errors
/// 400 for a body of two lengths, 408 for one that does not come, 413 for one that is too large.
pub async fn read(request: &mut Request, max: usize) -> Result<Vec<u8>> {
    let headers = request.headers();
    let declared = headers.get("content-length")?;
    // RFC 9112, 6.1: somebody between us and the sender may read the other one.
    if declared.is_some() && headers.get("transfer-encoding")?.is_some() {
        return Err(Problem::bad_request("two_lengths", "expected Content-Length or Transfer-Encoding, not both"));
    }
    let declared = declared.and_then(|length| length.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max) {
        return Err(too_large(max));
    }
    if declared.is_some_and(|length| length <= IN_ONE_PIECE) {
        // The runtime hands over no more than was declared.
        let whole = pin!(request.bytes());
        return match select(whole, Delay::from(PATIENCE)).await {
            Either::Left((bytes, _)) => Ok(bytes?),
            Either::Right(_) => Err(too_slow(0)),
        };
    }
    let mut bytes = Vec::with_capacity(declared.unwrap_or(0));
    let Ok(mut stream) = request.stream() else { return Ok(bytes) };
    let mut whole = pin!(Delay::from(WHOLE));
    loop {
        let next = pin!(select(stream.next(), Delay::from(PATIENCE)));
        let chunk = match select(next, whole.as_mut()).await {
            Either::Left((Either::Left((chunk, _)), _)) => chunk,
            _ => return Err(too_slow(bytes.len())),
        };
        let Some(chunk) = chunk else { return Ok(bytes) };
        bytes.extend(chunk?);
        if bytes.len() > max {
            return Err(too_large(max));
        }
    }
}

fn too_slow(came: usize) -> Problem {
    let detail = format!("the body did not come: {came} bytes of it are here");
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail)
}

fn too_large(max: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", format!("the body may have {max} bytes at most"))
}
