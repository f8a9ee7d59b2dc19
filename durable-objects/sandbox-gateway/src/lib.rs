//! A payment provider without an account, for demo and tests.

/// Answers until the worker is written.
#[worker::event(fetch)]
pub async fn fetch(
    _req: worker::HttpRequest,
    _env: worker::Env,
    _ctx: worker::Context,
) -> worker::Result<http::Response<worker::Body>> {
    Ok(http::Response::new(worker::Body::empty()))
}
