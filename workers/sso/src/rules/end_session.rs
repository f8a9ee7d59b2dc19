//! A client asks that its user be signed out (OpenID Connect RP-Initiated Logout 1.0): what it must show, and who is asked first.

use crate::rules::redirect::{answer, is_registered};
use serde::Deserialize;

/// What an ID token says that the client shows as a hint. It may have ended: it says who, not that they are here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Hint {
    /// Which provider.
    pub iss: String,
    /// Who.
    pub sub: String,
    /// Which client.
    pub aud: String,
}

/// The client that asks, if what it says fits together.
#[must_use]
pub fn client_id<'a>(hint: Option<&'a Hint>, given: Option<&'a str>) -> Option<&'a str> {
    match (hint, given) {
        (Some(hint), Some(given)) => (hint.aud == given).then_some(given),
        (Some(hint), None) => Some(&hint.aud),
        (None, given) => given,
    }
}

/// Where the browser goes after: to an address that the client has registered for this, letter by letter, or nowhere.
#[must_use]
pub fn target(uri: Option<&str>, registered: &[String], state: Option<&str>) -> Option<String> {
    let uri = uri.filter(|uri| is_registered(uri, registered))?;
    let state = state.filter(|state| state.len() <= 1_000);
    Some(state.map_or_else(|| uri.to_owned(), |state| answer(uri, &[("state", state)])))
}

/// Is somebody signed out without being asked? Only when the client shows that it knows them: otherwise any page could sign
/// everybody out.
#[must_use]
pub fn is_sure(hint: Option<&Hint>, issuer: &str, user: &str) -> bool {
    hint.is_some_and(|hint| hint.iss == issuer && hint.sub == user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint() -> Hint {
        Hint { iss: "https://kirana.example".into(), sub: "ada".into(), aud: "tool".into() }
    }

    #[test]
    fn a_client_is_who_its_hint_says() {
        let hint = hint();
        assert_eq!(client_id(Some(&hint), None), Some("tool"));
        assert_eq!(client_id(Some(&hint), Some("tool")), Some("tool"));
        assert_eq!(client_id(Some(&hint), Some("other")), None, "one of the two is a lie");
        assert_eq!(client_id(None, Some("other")), Some("other"));
        assert_eq!(client_id(None, None), None);
    }

    #[test]
    fn nobody_is_led_to_an_address_that_is_not_registered() {
        let registered = ["https://tool.example/bye".to_owned()];
        assert_eq!(target(Some("https://tool.example/bye"), &registered, None), Some(registered[0].clone()));
        let with_state = target(Some("https://tool.example/bye"), &registered, Some("a b"));
        assert_eq!(with_state.as_deref(), Some("https://tool.example/bye?state=a+b"));
        for bad in ["https://tool.example/bye/", "https://tool.example/", "https://evil.example/bye", ""] {
            assert_eq!(target(Some(bad), &registered, None), None, "{bad}");
        }
        assert_eq!(target(None, &registered, Some("x")), None);
    }

    #[test]
    fn who_is_not_known_to_the_client_is_asked() {
        let (hint, here) = (hint(), "https://kirana.example");
        assert!(is_sure(Some(&hint), here, "ada"));
        assert!(!is_sure(Some(&hint), here, "bob") && !is_sure(Some(&hint), "https://other.example", "ada"));
        assert!(!is_sure(None, here, "ada"));
    }
}
