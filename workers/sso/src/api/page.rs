//! Pages and redirects: what a browser gets, and the cookies it keeps.

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{StatusCode, header};
use kirana_edge::{Problem, Result};
use sha2::{Digest, Sha256};
use std::convert::Infallible;

/// The cookie that tells browsers apart: a form is good in the browser it was shown in.
const BROWSER: &str = "__Host-kirana-browser";

/// The cookie of somebody who is signed in.
const SIGNED_IN: &str = "__Host-kirana-sso";

/// Seconds that somebody stays signed in at most: a shift.
pub const SIGNED_IN_SECONDS: u64 = 12 * 3600;

/// The one style of all pages: readable on a telephone, in the dark, and for who sees little.
pub const STYLE: &str = include_str!("page.css");

/// What a browser says beside its parameters.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// Which browser, if it has been here before.
    pub browser: Option<String>,
    /// Who is signed in, if somebody is: a secret.
    pub signed_in: Option<String>,
    /// Would it rather have a page than a problem document?
    pub wants_page: bool,
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = |name: &str| {
            let pairs = header(header::COOKIE).split(';').filter_map(|pair| pair.trim().split_once('='));
            let found = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next();
            found.filter(|value| value.len() == 68 && value.starts_with("kob_"))
        };
        let wants_page = header(header::ACCEPT).contains("text/html");
        Ok(Self { browser: cookie(BROWSER), signed_in: cookie(SIGNED_IN), wants_page })
    }
}

/// `Set-Cookie` for [`Visitor::browser`].
#[must_use]
pub fn browser_cookie(value: &str) -> String {
    format!("{BROWSER}={value}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// `Set-Cookie` for [`Visitor::signed_in`].
#[must_use]
pub fn signed_in_cookie(value: &str) -> String {
    format!("{SIGNED_IN}={value}; Path=/; Max-Age={SIGNED_IN_SECONDS}; Secure; HttpOnly; SameSite=Lax")
}

/// `Set-Cookie` after which nobody is signed in.
#[must_use]
pub fn signed_out_cookie() -> String {
    format!("{SIGNED_IN}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}

fn with_cookies(mut response: Response, cookies: &[String]) -> Result<Response> {
    for cookie in cookies {
        let value = cookie.parse().map_err(Problem::internal)?;
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// A page. It runs no script, shows nothing from elsewhere, stands in nobody's frame, and its forms go to us; from there browsers
/// follow to `leads_to` only.
///
/// # Errors
/// 500 when a header cannot be written.
pub fn page(status: StatusCode, html: String, leads_to: Option<&str>, cookies: &[String]) -> Result<Response> {
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'self' {}; frame-ancestors 'none'",
        leads_to.unwrap_or_default()
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
    ];
    with_cookies((status, headers, html).into_response(), cookies)
}

/// Leads the browser on; it asks there with GET, whatever it asked here.
///
/// # Errors
/// 500 when a header cannot be written.
pub fn redirect(to: &str, cookies: &[String]) -> Result<Response> {
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, "no-store")];
    with_cookies((StatusCode::SEE_OTHER, headers).into_response(), cookies)
}
