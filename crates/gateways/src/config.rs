//! What is the same in every gateway's configuration.

use std::fmt;

/// What is wrong with a configuration, in words for whoever deploys, without any secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{gateway}: {what}")]
pub struct ConfigError {
    /// Which gateway.
    pub gateway: &'static str,
    /// What is wrong, and what would be right.
    pub what: &'static str,
}

/// Is this what a gateway needs?
pub(crate) fn require(good: bool, gateway: &'static str, what: &'static str) -> Result<(), ConfigError> {
    if good { Ok(()) } else { Err(ConfigError { gateway, what }) }
}

/// May credentials go there? Over TLS, or to this machine; a path may follow, nothing else.
pub(crate) fn may_ask(base: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '_');
    let good =
        |rest: &str| !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain) && !rest.ends_with('/');
    match (base.strip_prefix("https://"), base.strip_prefix("http://")) {
        (Some(rest), _) => good(rest),
        (_, Some(rest)) => {
            let host = rest.split([':', '/']).next().unwrap_or_default();
            good(rest) && matches!(host, "127.0.0.1" | "localhost")
        }
        _ => false,
    }
}

/// What every base address must be.
pub(crate) const BASE: &str = "`base` must be https without a slash at its end, or http to this machine";

/// `Basic` credentials.
pub(crate) fn basic(name: &impl fmt::Display, password: &impl fmt::Display) -> String {
    use base64::Engine;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_nowhere_in_the_clear() {
        for good in ["https://api.stripe.com", "http://127.0.0.1:8420", "https://cpc.getswish.net/swish-cpcapi"] {
            assert!(may_ask(good), "{good}");
        }
        for bad in [
            "http://api.stripe.com",
            "https://api.stripe.com/",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "https://a?b",
            "https://",
            "ftp://x",
            "",
        ] {
            assert!(!may_ask(bad), "{bad}");
        }
    }

    #[test]
    fn basic_is_as_rfc_7617_shows_it() {
        assert_eq!(basic(&"Aladdin", &"open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
