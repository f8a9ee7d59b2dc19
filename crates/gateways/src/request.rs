//! What goes to a gateway and what comes back, as values: who sends them is somebody else.

use std::fmt;

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Asks what is.
    Get,
    /// Asks for something.
    Post,
    /// Asks for something under a name of ours.
    Put,
    /// Changes something.
    Patch,
    /// Ends something.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request, ready to go. Its [`fmt::Debug`] tells neither credentials nor the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Where to: absolute.
    pub url: String,
    /// With which headers, names in lower case; whoever sends it adds `Host` and `Content-Length`.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: String,
}

impl Request {
    /// GET.
    #[must_use]
    pub(crate) fn get(url: String) -> Self {
        Self::bare(Method::Get, url)
    }

    /// Without a body.
    pub(crate) fn bare(method: Method, url: String) -> Self {
        Self { method, url, headers: vec![("accept", "application/json".into())], body: String::new() }
    }

    /// A body of this type.
    pub(crate) fn with_body(method: Method, url: String, content_type: &str, body: String) -> Self {
        let headers = vec![("accept", "application/json".into()), ("content-type", content_type.to_owned())];
        Self { method, url, headers, body }
    }

    /// A body of JSON.
    pub(crate) fn json(method: Method, url: String, body: &serde_json::Value) -> Self {
        Self::with_body(method, url, "application/json", body.to_string())
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        let (method, length) = (self.method.as_str(), self.body.len());
        write!(formatter, "{method} {} with {names:?} and {length} bytes", self.url)
    }
}

/// Headers as they came; names are compared without regard to case.
#[derive(Clone, Debug, Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a header.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        Self(headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// What a gateway answered. Who got no answer has [`crate::Failure::no_answer`].
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: &'a Headers,
    /// The body, as it came.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Was it done?
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}
