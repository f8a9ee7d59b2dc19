//! Where answers go: only to addresses that a client has registered, compared byte by byte (RFC 9700, section 2.1).

use form_urlencoded::Serializer;

/// What is wrong with an address that a client wants to register.
#[must_use]
pub fn fault(uri: &str, confidential: bool) -> Option<&'static str> {
    if uri.len() > 500 || uri.bytes().any(|byte| !byte.is_ascii_graphic() || b"\"'<>\\`{|}^*;,".contains(&byte)) {
        return Some("expected an absolute URI of 500 characters at most, with no wildcard, quote, comma or semicolon");
    }
    if uri.contains('#') {
        return Some("expected a URI without a fragment: the answer is in the query");
    }
    let Some((scheme, rest)) = uri.split_once(':') else { return Some("expected an absolute URI") };
    let authority = rest.strip_prefix("//").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    match (scheme, authority) {
        ("https" | "http", Some(authority)) if authority.is_empty() || authority.contains('@') => {
            Some("expected a host, and no name or password before it")
        }
        ("https", Some(_)) => None,
        ("http", Some(authority)) if is_loopback(authority) => None,
        ("http", _) => Some("expected https; http is for this machine only: 127.0.0.1, [::1] or localhost"),
        // RFC 8252, section 7.1: the domain of whoever makes the app, backwards.
        (scheme, _) if !confidential && is_private_scheme(scheme) && rest.starts_with('/') => None,
        _ => Some("expected https, or for an app its own scheme such as com.example.app:/callback"),
    }
}

fn is_loopback(authority: &str) -> bool {
    let port = |rest: &str| rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    ["127.0.0.1", "[::1]", "localhost"].iter().any(|host| authority.strip_prefix(host).is_some_and(port))
}

fn is_private_scheme(scheme: &str) -> bool {
    scheme.contains('.')
        && scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-+".contains(&byte))
}

/// Is this one of those, letter by letter? No port, no path, no letter's case is forgiven.
#[must_use]
pub fn is_registered(uri: &str, registered: &[String]) -> bool {
    registered.iter().any(|one| one == uri)
}

/// Is whoever listens there known to be the client? A host's certificate says so; on somebody's own machine any program may
/// listen (RFC 8252, section 8.6).
#[must_use]
pub fn is_assured(uri: &str) -> bool {
    uri.starts_with("https://")
}

/// The address with an answer in its query.
#[must_use]
pub fn answer(uri: &str, params: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in params {
        query.append_pair(name, value);
    }
    let mark = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{mark}{}", query.finish())
}

/// Scheme and host of a registered address, as a source of a Content-Security-Policy: browsers hold a form's redirect against
/// `form-action` as well.
#[must_use]
pub fn origin(uri: &str) -> String {
    let (scheme, rest) = uri.split_once(':').unwrap_or_default();
    match rest.strip_prefix("//") {
        Some(rest) => format!("{scheme}://{}", rest.split(['/', '?']).next().unwrap_or_default()),
        None => format!("{scheme}:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_registered() {
        for good in ["https://tool.example/callback", "https://tool.example:8443/a?b=c", "http://127.0.0.1:3000/cb"] {
            assert_eq!(fault(good, true), None, "{good}");
        }
        assert_eq!(fault("com.example.app:/callback", false), None);
        for bad in [
            "/callback",
            "https://",
            "https:///path",
            "https://user@tool.example/",
            "https://*.tool.example/",
            "https://tool.example/#x",
            "https://tool.example/a b",
            "https://tool.example/;script-src",
            "http://tool.example/",
            "http://127.0.0.1.evil.example/",
            "http://localhost:x/",
            "javascript:alert(1)",
            "data:text/html,x",
            "com.example.app:/callback",
        ] {
            assert!(fault(bad, true).is_some(), "{bad}");
        }
        for bad in ["myapp:/callback", "javascript:/x", "com.example.app:callback"] {
            assert!(fault(bad, false).is_some(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_itself_and_nothing_like_it() {
        let registered = ["https://tool.example/callback".to_owned(), "http://127.0.0.1:3000/cb".to_owned()];
        assert!(is_registered("https://tool.example/callback", &registered));
        for like in [
            "https://tool.example/callback/",
            "https://tool.example/callback/../evil",
            "https://tool.example/callback?x=1",
            "https://tool.example/Callback",
            "https://TOOL.example/callback",
            "https://tool.example:443/callback",
            "https://tool.example.evil.example/callback",
            "http://tool.example/callback",
            "http://127.0.0.1:3001/cb",
            "",
        ] {
            assert!(!is_registered(like, &registered), "{like}");
        }
    }

    #[test]
    fn an_answer_is_added_to_what_is_there() {
        assert_eq!(
            answer("https://a.example/cb", &[("code", "x"), ("state", "a&b=c")]),
            "https://a.example/cb?code=x&state=a%26b%3Dc"
        );
        assert_eq!(answer("https://a.example/cb?t=1", &[("code", "x")]), "https://a.example/cb?t=1&code=x");
        assert_eq!(origin("https://a.example:8443/cb?x"), "https://a.example:8443");
        assert_eq!(origin("com.example.app:/cb"), "com.example.app:");
    }
}
