//! The address of a request, as the runtime has it: parsed already, and written out again by the rules of the WHATWG.
//!
//! `worker::Request::url` would parse it once more, with tables for names in all the scripts of the world: a tenth of a script.

use worker::Request;

/// The query of a request with its `?`; nothing without one.
#[must_use]
pub fn query(request: &Request) -> String {
    query_of(&request.inner().url())
}

/// The pairs of a request's query.
#[must_use]
pub fn pairs(request: &Request) -> Vec<(String, String)> {
    form_urlencoded::parse(query(request).trim_start_matches('?').as_bytes()).into_owned().collect()
}

/// Where a request was sent to: scheme, host, and the port if it is not the scheme's own.
#[must_use]
pub fn origin(request: &Request) -> String {
    origin_of(&request.inner().url())
}

fn query_of(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    url.find('?').and_then(|at| url.get(at..)).unwrap_or_default().to_owned()
}

fn origin_of(url: &str) -> String {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| host + at);
    url.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_a_parser_says() {
        for url in [
            "https://kirana/orders/1",
            "https://kirana/orders?limit=2&after=a%20b",
            "http://127.0.0.1:8787/?x#y?z",
            "https://example.com/#no?query",
            "https://example.com/?",
        ] {
            let parsed = url::Url::parse(url).unwrap();
            let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
            assert_eq!((query_of(url), origin_of(url)), (query, parsed.origin().ascii_serialization()), "{url}");
        }
    }
}
