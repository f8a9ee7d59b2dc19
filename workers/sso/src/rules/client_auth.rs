//! Which client asks, and that it is that one (RFC 6749, section 2.3): with its secret in the header or in the form, in one of
//! these and not in both; or with its id alone, if it can keep no secret.

use crate::rules::client::{ClientType, Kept};
use crate::rules::fault::{Fault, INVALID_CLIENT, invalid_request};
use crate::rules::params::Params;
use crate::rules::secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What a request shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The client that it says it is.
    pub id: String,
    /// Its secret.
    pub secret: Option<String>,
}

/// Reads a request's header `authorization` and its form.
///
/// # Errors
/// `invalid_request` for two ways at once or a parameter that is repeated, `invalid_client` for none.
pub fn shown(authorization: Option<&str>, form: &Params) -> Result<Shown, Fault> {
    if form.repeated() {
        return Err(invalid_request("a parameter is there twice"));
    }
    let in_form = form.get("client_id").map(str::to_owned);
    let Some(header) = authorization else {
        let id = in_form.ok_or(INVALID_CLIENT)?;
        return Ok(Shown { id, secret: form.get("client_secret").map(str::to_owned) });
    };
    let (id, secret) = basic(header).ok_or(INVALID_CLIENT)?;
    if form.get("client_secret").is_some() || in_form.is_some_and(|other| other != id) {
        return Err(invalid_request("the client shows itself in two ways: use one"));
    }
    Ok(Shown { id, secret: Some(secret) })
}

/// Id and secret of HTTP Basic, both encoded as in a form before (RFC 6749, section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |text: &str| {
        // One name and no value: what stands before the first `=`, decoded.
        form_urlencoded::parse(text.replace('=', "%3D").replace('&', "%26").as_bytes())
            .next()
            .map(|(name, _)| name.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}

/// Is it that client?
///
/// # Errors
/// `invalid_client`, the same for whatever is wrong.
pub fn check(kept: &Kept, shown: &Shown) -> Result<(), Fault> {
    let good = match (kept.client.client_type, &kept.secret_hash, &shown.secret) {
        (ClientType::Confidential, Some(hash), Some(given)) => secret::is(given, hash),
        (ClientType::Public, None, None) => true,
        _ => false,
    };
    if good { Ok(()) } else { Err(INVALID_CLIENT) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::client::Client;
    use kirana_kernel::{Id, Timestamp};

    /// A client with this secret, or a public one.
    pub fn kept(secret: Option<&str>) -> Kept {
        let at = Timestamp::from_millis(1);
        let client = Client {
            client_id: Id::new(at, [1; 10]),
            client_name: "Tool".into(),
            client_type: if secret.is_some() { ClientType::Confidential } else { ClientType::Public },
            redirect_uris: vec!["https://tool.example/cb".into()],
            post_logout_redirect_uris: Vec::new(),
            grant_types: crate::rules::grant_type::usual(),
            scope: "openid email".into(),
            created_at: at,
            updated_at: at,
        };
        Kept { client, secret_hash: secret.map(secret::hash) }
    }

    #[test]
    fn a_client_shows_itself_in_one_way() {
        let form = |text: &str| Params::parse(text.as_bytes());
        let header = format!("Basic {}", STANDARD.encode("abc:s%2Be%3Dc+x"));
        let shown_so = Shown { id: "abc".into(), secret: Some("s+e=c x".into()) };
        assert_eq!(shown(Some(&header), &form("")), Ok(shown_so.clone()));
        assert_eq!(shown(Some(&header), &form("client_id=abc")), Ok(shown_so));
        assert_eq!(shown(Some(&header), &form("client_id=other")).unwrap_err().error, "invalid_request");
        assert_eq!(shown(Some(&header), &form("client_secret=x")).unwrap_err().error, "invalid_request");
        assert_eq!(shown(None, &form("client_id=a&client_id=b")).unwrap_err().error, "invalid_request");
        assert_eq!(shown(None, &form("client_id=a")), Ok(Shown { id: "a".into(), secret: None }));
        for bad in ["Bearer x", "Basic", "Basic !", "Basic YWJj"] {
            assert_eq!(shown(Some(bad), &form("")), Err(INVALID_CLIENT), "{bad}");
        }
        assert_eq!(shown(None, &form("")), Err(INVALID_CLIENT));
    }

    #[test]
    fn a_secret_is_needed_where_there_is_one_and_refused_where_there_is_none() {
        let with = |secret: Option<&str>| Shown { id: String::new(), secret: secret.map(str::to_owned) };
        assert_eq!(check(&kept(Some("right")), &with(Some("right"))), Ok(()));
        assert_eq!(check(&kept(Some("right")), &with(Some("wrong"))), Err(INVALID_CLIENT));
        assert_eq!(check(&kept(Some("right")), &with(None)), Err(INVALID_CLIENT));
        assert_eq!(check(&kept(None), &with(None)), Ok(()));
        assert_eq!(check(&kept(None), &with(Some("x"))), Err(INVALID_CLIENT));
    }
}
