//! What goes to a provider and what comes back.

use serde::Deserialize;

/// A POST, ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where to.
    pub url: String,
    /// With which headers; the runtime adds `Host` and `Content-Length`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// What a provider answered.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `x-amzn-errortype`, which AWS names an error in.
    pub error_type: Option<&'a str>,
    /// The body.
    pub body: &'a str,
}

/// What that means for the message. Reasons are in our own words with the provider's code: what a provider writes may repeat the
/// address or the body, and a reason is kept, shown and logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has it, under this number of its own.
    Accepted(Option<String>),
    /// It will never take this message.
    Refused(String),
    /// Not now: for what is ours to mend, or theirs.
    Later(String),
}

impl Reply<'_> {
    /// The body, read; what is none of the expected shape is empty.
    #[must_use]
    pub fn read<T: for<'de> Deserialize<'de> + Default>(&self) -> T {
        serde_json::from_str(self.body).unwrap_or_default()
    }

    /// What a provider's code means, by its status where the code says no more: what is not accepted is tried again.
    #[must_use]
    pub fn verdict(&self, provider: &str, code: &str, never: bool) -> Verdict {
        let code: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect();
        let with = if code.is_empty() { String::new() } else { format!(", code {code}") };
        if never {
            return Verdict::Refused(format!("{provider} refuses this message: status {}{with}", self.status));
        }
        let what = match self.status {
            401 | 403 => "does not know our credentials",
            429 => "has too much of us",
            500.. => "has a fault",
            _ => "does not take it now",
        };
        Verdict::Later(format!("{provider} {what}: status {}{with}", self.status))
    }
}

/// The provider's number of a message, if it is one: it is kept and shown.
#[must_use]
pub fn number(id: Option<String>) -> Option<String> {
    id.filter(|id| !id.is_empty() && id.len() <= 200 && id.chars().all(|c| c.is_ascii_graphic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_repeats_nothing_that_a_provider_wrote() {
        let reply = Reply { status: 422, error_type: None, body: "" };
        let Verdict::Refused(reason) = reply.verdict("postmark", "406 mali@example.com", true) else { panic!() };
        assert!(!reason.contains('@') && reason.contains("422"), "{reason}");
        assert_eq!(number(Some("a\nb".into())), None);
        assert_eq!(number(Some("<1@x>".into())).as_deref(), Some("<1@x>"));
    }
}
