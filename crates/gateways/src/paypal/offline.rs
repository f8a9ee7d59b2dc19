//! Verifying PayPal's webhooks without asking PayPal each time ("Integrate webhooks": self verification).
//!
//! The certificate is fetched once from its address and may be kept for that address. Its chain is not looked through: that it came over TLS
//! from a host of paypal.com is what makes it PayPal's, and only such addresses are ever fetched.

use super::Config;
use super::webhooks::notice;
use crate::notice::{Received, Rejected, fits};
use crate::request::{Headers, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kirana_kernel::Timestamp;
use rsa::RsaPublicKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey;
use rsa::sha2::Sha256;
use rsa::signature::Verifier;
use rsa::traits::PublicKeyParts;
use x509_cert::Certificate;
use x509_cert::der::Encode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::name::Name;

/// X.520's name of the attribute `CN`.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// The shortest key that is believed, in bytes: 2048 bits.
const SHORTEST_KEY: usize = 256;

/// What the headers of a notice say.
pub(super) struct Signed<'a> {
    pub id: &'a str,
    pub time: &'a str,
    pub signature: &'a str,
    pub algorithm: &'a str,
    pub certificate: &'a str,
}

/// Is everything there, of an algorithm that we know, and does the certificate lie at PayPal's, in our mode?
pub(super) fn check_headers<'a>(config: &Config, headers: &'a Headers) -> Result<Signed<'a>, Rejected> {
    let header = |name| headers.get(name).filter(|value| (1..=500).contains(&value.len())).ok_or(Rejected::NoSignature);
    let signed = Signed {
        id: header("paypal-transmission-id")?,
        time: header("paypal-transmission-time")?,
        signature: header("paypal-transmission-sig")?,
        algorithm: header("paypal-auth-algo")?,
        certificate: header("paypal-cert-url")?,
    };
    if signed.algorithm != "SHA256withRSA" {
        return Err(Rejected::NoSignature);
    }
    let sandbox = host(signed.certificate).ok_or(Rejected::Certificate)?.ends_with(".sandbox.paypal.com");
    if sandbox == config.live { Err(Rejected::Mode) } else { Ok(signed) }
}

/// The host of an address at PayPal's that every reader of URLs reads in the same way.
fn host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://")?;
    let (host, path) = rest.split_once('/')?;
    let plain = |text: &str, more: &[u8]| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte));
    let good = plain(host, b".-") && plain(path, b".-_/") && !path.contains("..");
    (good && host.ends_with(".paypal.com")).then_some(host)
}

/// The request for the certificate that a notice names, if it lies at PayPal's. Its answer's body is what [`verify`] takes;
/// redirects must not be followed.
///
/// # Errors
/// [`Rejected`].
pub fn certificate(config: &Config, headers: &Headers) -> Result<Request, Rejected> {
    let url = check_headers(config, headers)?.certificate.to_owned();
    Ok(Request { headers: vec![("accept", "*/*".to_owned())], ..Request::get(url) })
}

/// A notice, if PayPal signed it for our webhook with the key of this certificate (PEM, PayPal's own first).
///
/// # Errors
/// [`Rejected`].
pub fn verify(
    config: &Config,
    headers: &Headers,
    body: &[u8],
    certificate: &[u8],
    now: Timestamp,
) -> Result<Received, Rejected> {
    let signed = check_headers(config, headers)?;
    let key = key(certificate, now).ok_or(Rejected::Certificate)?;
    let checksum = crc32fast::hash(fits(body)?);
    let words = format!("{}|{}|{}|{checksum}", signed.id, signed.time, config.webhook_id);
    let signature = STANDARD.decode(signed.signature).map_err(|_| Rejected::BadSignature)?;
    let signature = Signature::try_from(signature.as_slice()).map_err(|_| Rejected::BadSignature)?;
    key.verify(words.as_bytes(), &signature).map_err(|_| Rejected::BadSignature)?;
    notice(body).map(Received::Genuine)
}

/// Is this the name of a host of PayPal's? Read part by part: as one text, a part could look like another.
fn is_paypal(name: &Name) -> bool {
    let mut parts = name.0.iter().flat_map(|parts| parts.0.iter());
    parts.any(|part| part.oid == COMMON_NAME && part.value.value().ends_with(b".paypal.com"))
}

/// The key of a certificate that is PayPal's by its name, good now, and long enough.
fn key(pem: &[u8], now: Timestamp) -> Option<VerifyingKey<Sha256>> {
    let chain = Certificate::load_pem_chain(pem).ok()?;
    let own = &chain.first()?.tbs_certificate;
    let (from, until) = (own.validity.not_before.to_unix_duration(), own.validity.not_after.to_unix_duration());
    let seconds = u64::try_from(now.seconds()).ok()?;
    if !is_paypal(&own.subject) || !(from.as_secs()..=until.as_secs()).contains(&seconds) {
        return None;
    }
    let key = RsaPublicKey::from_public_key_der(&own.subject_public_key_info.to_der().ok()?).ok()?;
    (key.size() >= SHORTEST_KEY).then(|| VerifyingKey::new(key))
}
