//! The web apps: their files are answered before this script is asked at all; what it adds is that an address within an app is the
//! app's page, whose router knows the rest. Nothing else is a page: a file that is gone, or a mistyped call, stays not found.

use crate::page_policy;
use kirana_edge::Result;
use worker::{Env, Request, Response};

/// The binding to the built files (`[assets]` in wrangler.toml); a platform without web apps has none.
const FILES: &str = "ASSETS";

/// The variable that names gateways whose script the pages that pay may load.
const SCRIPTS: &str = "PAYMENT_SCRIPTS";

/// What a page may load.
const POLICY: &str = "content-security-policy";

/// Where only the API and its documents live.
const OURS: [&str; 5] = ["/api/", "/docs", "/metrics", "/.well-known/", "/cdn-cgi/"];

/// The page of the app that an address is within, for a browser that goes there; nothing for all else.
///
/// # Errors
/// When the files cannot be asked.
pub async fn answer(request: &Request, env: &Env) -> Result<Option<Response>> {
    let accept = request.headers().get("accept")?.unwrap_or_default();
    let Some(page) = page(request.method().as_ref(), &request.path(), &accept) else { return Ok(None) };
    let Ok(files) = env.assets(FILES) else { return Ok(None) };
    let mut address = request.url()?;
    address.set_path(page);
    address.set_query(None);
    let found: Response = files.fetch(address.as_str(), None).await?.try_into()?;
    if found.status_code() != 200 {
        return Ok(None);
    }
    // Its headers are the files' own and cannot be added to.
    let headers = found.headers().clone();
    let scripts = env.var(SCRIPTS).map(|value| value.to_string()).unwrap_or_default();
    let policy = headers.get(POLICY)?.and_then(|policy| page_policy::of_page(&request.path(), &scripts, &policy));
    if let Some(policy) = policy {
        headers.set(POLICY, &policy)?;
    }
    Ok(Some(found.with_headers(headers)))
}

/// The page that a request is for, if it is for any.
fn page(method: &str, path: &str, accept: &str) -> Option<&'static str> {
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let is_ours = OURS.iter().any(|ours| path.starts_with(ours));
    if !matches!(method, "GET" | "HEAD") || !accept.contains("text/html") || is_file || is_ours {
        return None;
    }
    let is_dashboard = path == "/dashboard" || path.starts_with("/dashboard/");
    Some(if is_dashboard { "/dashboard/" } else { "/" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

    #[test]
    fn an_address_within_an_app_is_its_page() {
        assert_eq!(page("GET", "/", BROWSER), Some("/"));
        assert_eq!(page("GET", "/stores/01a219af", BROWSER), Some("/"));
        assert_eq!(page("GET", "/dashboard/stores/1/orders", BROWSER), Some("/dashboard/"));
        assert_eq!(page("GET", "/dashboards", BROWSER), Some("/"));
    }

    #[test]
    fn calls_files_and_programs_get_no_page() {
        assert_eq!(page("GET", "/api/v1/nothing", BROWSER), None);
        assert_eq!(page("GET", "/docs/nothing", BROWSER), None);
        assert_eq!(page("GET", "/assets/index-0a1b.js", BROWSER), None);
        assert_eq!(page("POST", "/orders", BROWSER), None);
        assert_eq!(page("GET", "/orders", "application/json"), None);
    }
}
