//! Parameters of a query or a form, as OAuth reads them (RFC 6749, section 3.1): each once at most, and empty is absent.

use std::collections::BTreeMap;

/// Parameters by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    values: BTreeMap<String, String>,
    repeated: bool,
}

impl Params {
    /// From `application/x-www-form-urlencoded` text.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let mut params = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            if value.is_empty() {
                continue;
            }
            params.repeated |= params.values.insert(name.into_owned(), value.into_owned()).is_some();
        }
        params
    }

    /// The value of a parameter; none when it is absent or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Does one stand there twice? Then whoever reads the first and whoever reads the last see different requests.
    #[must_use]
    pub const fn repeated(&self) -> bool {
        self.repeated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_absent_and_twice_is_known() {
        let params = Params::parse(b"a=1&b=&c=x+y%26z");
        assert_eq!((params.get("a"), params.get("b"), params.get("c")), (Some("1"), None, Some("x y&z")));
        assert!(!params.repeated());
        assert!(Params::parse(b"a=1&b=2&a=1").repeated(), "even with the same value");
    }
}
