//! AWS Signature Version 4: a request is signed with a key that is good for a day, a region and a service.

use hmac::{Hmac, Mac};
use kirana_kernel::Timestamp;
use sha2::{Digest, Sha256};

/// With what a request is signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Which key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
}

/// For what.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Such as `eu-central-1`.
    pub region: &'a str,
    /// Such as `ses`.
    pub service: &'a str,
}

/// What is signed. Paths are those of our own calls, of unreserved characters, and there is no query.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// `POST`.
    pub method: &'a str,
    /// The path, beginning with a slash.
    pub path: &'a str,
    /// Names in lower case with their values; `host` and `x-amz-date` must be among them.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a str,
}

/// A moment as AWS writes it: `20150830T123600Z`.
#[must_use]
pub fn amz_date(now: Timestamp) -> String {
    let text: String = now.to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    format!("{}Z", text.get(..15).unwrap_or(&text))
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// HMAC takes keys of every length.
fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A value as it is signed: without spaces around it, one for several within.
fn canonical(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value of `Authorization` for a request of the moment `now`, which its `x-amz-date` says as well.
#[must_use]
pub fn authorization(request: &Unsigned<'_>, credentials: &Credentials, scope: Scope<'_>, now: Timestamp) -> String {
    let mut headers: Vec<_> = request.headers.iter().map(|(name, value)| (*name, canonical(value))).collect();
    headers.sort_unstable();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!("{}\n{}\n\n{lines}\n{names}\n{}", request.method, request.path, hash(request.body));
    let time = amz_date(now);
    let date = time.get(..8).unwrap_or_default();
    let within = format!("{date}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{within}\n{}", hash(&canonical));
    let secret = format!("AWS4{}", credentials.secret_access_key);
    let parts = [date, scope.region, scope.service, "aws4_request"];
    let key = parts.iter().fold(secret.into_bytes(), |key, part| mac(&key, part));
    let signature = hex::encode(mac(&key, &to_sign));
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{within}, SignedHeaders={names}, Signature={signature}",
        credentials.access_key_id
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2015-08-30T12:36:00Z, the moment of AWS's published examples.
    const NOW: Timestamp = Timestamp::from_millis(1_440_938_160_000);

    fn signed(method: &str, more: &[(&str, &str)], body: &str) -> String {
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        };
        let mut headers = vec![("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")];
        headers.extend(more);
        let request = Unsigned { method, path: "/", headers: &headers, body };
        authorization(&request, &credentials, Scope { region: "us-east-1", service: "service" }, NOW)
    }

    /// The test suite that AWS publishes for its signature: name, method, headers, body, signature.
    #[test]
    fn published_examples_are_signed_as_published() {
        assert_eq!(amz_date(NOW), "20150830T123600Z");
        let form = "application/x-www-form-urlencoded";
        type Example<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);
        let suite: [Example<'_>; 6] = [
            ("get-vanilla", "GET", &[], "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("post-vanilla", "POST", &[], "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            (
                "post-header-key-sort",
                "POST",
                &[("my-header1", "value1")],
                "",
                "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
            ),
            (
                "post-header-value-case",
                "POST",
                &[("my-header1", "VALUE1")],
                "",
                "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
            ),
            (
                "get-header-value-trim",
                "GET",
                &[("my-header1", " value1"), ("my-header2", " \"a   b   c\"")],
                "",
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            ),
            (
                "post-x-www-form-urlencoded",
                "POST",
                &[("content-type", form)],
                "Param1=value1",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
        ];
        for (name, method, headers, body, signature) in suite {
            let found = signed(method, headers, body);
            assert!(found.ends_with(&format!("Signature={signature}")), "{name}: {found}");
            assert!(
                found.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ")
            );
        }
    }
}
