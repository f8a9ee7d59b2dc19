//! What is answered: by a worker, which is passed on as it is, or by this script from what it has in memory.

use kirana_edge::CODE_HEADER;
use worker::js_sys::{JSON, Uint8Array};
use worker::{Response, web_sys};

/// An answer before its last headers.
pub enum Reply {
    /// The runtime's own, with a body that stays with it.
    Theirs(Response),
    /// Whole, and not with the runtime yet.
    Ours(Whole),
}

/// An answer that is whole: it crosses in one piece.
pub struct Whole {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body; none where there may be none.
    pub body: Option<Vec<u8>>,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self::Theirs(response)
    }
}

impl Reply {
    /// The status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Theirs(response) => response.status_code(),
            Self::Ours(whole) => whole.status,
        }
    }

    /// The code of the problem that is answered; none where there is none.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Theirs(response) if response.status_code() >= 400 => {
                response.headers().get(CODE_HEADER).ok().flatten()
            }
            _ => None,
        }
    }
}

impl Whole {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Sets a header, in place of the one that is there.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.headers.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.headers.push((name.to_owned(), value.to_owned())),
        }
    }

    /// As the runtime takes it: its headers as one text, not each for itself.
    ///
    /// # Errors
    /// When the runtime refuses a header.
    pub fn into_response(self) -> worker::Result<web_sys::Response> {
        let init = web_sys::ResponseInit::new();
        init.set_status(self.status);
        init.set_headers(&JSON::parse(&serde_json::to_string(&self.headers)?)?);
        let body = self.body.map(|body| Uint8Array::from(body.as_slice()));
        Ok(web_sys::Response::new_with_opt_js_u8_array_and_init(body.as_ref(), &init)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_there_once() {
        let mut whole = Whole { status: 200, headers: Vec::new(), body: None };
        whole.set("etag", "a");
        whole.set("vary", "Origin");
        whole.set("etag", "b");
        assert_eq!((whole.headers.len(), whole.header("etag"), whole.header("age")), (2, Some("b"), None));
    }
}
