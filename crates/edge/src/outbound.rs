//! Where a worker may call to, when somebody else says where: a provider's metadata, a webhook, an image (OWASP API7, SSRF).
//!
//! An address is read once, by the rules that browsers and the runtime read it by (WHATWG URL), and judged as it was read, so
//! that no spelling means one thing here and another there. What a name resolves to cannot be seen from a worker: a name that
//! leads into a private network is stopped by there being no such network around it. Whoever calls does not follow redirects
//! (`RequestRedirect::Manual`): where one leads to is another address, to be asked about here.

use std::net::{Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Where calls may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Into the world, with https.
    World,
    /// Into the world, and to this machine also without https: for peers of a deployment that runs on one.
    WorldAndHere,
}

/// Why an address may not be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no absolute URL, or one that is written in more ways than one.
    #[error("expected an absolute URL")]
    Malformed,
    /// It is not asked with https.
    #[error("expected https")]
    Scheme,
    /// A name or a password stands before the host.
    #[error("expected no name and no password before the host")]
    Userinfo,
    /// It is an address that is nobody's in the world: this machine's, a private network's, or one for a special purpose.
    #[error("expected a host in the public network")]
    Network,
}

/// Names that mean something in one network only (RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what many have chosen).
const LOCAL_NAMES: &[&str] = &[
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "arpa",
    "test",
    "invalid",
    "onion",
    "alt",
];

/// IPv4 networks for special purposes (IANA's registry), as the first address and the length of its prefix.
const SPECIAL_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// The address, if it may be called.
///
/// # Errors
/// [`Refused`], for the log or the field at fault.
pub fn may_call(address: &str, reach: Reach) -> Result<Url, Refused> {
    // Blanks, line breaks and backslashes are passed over or turned by readers of URLs: whoever writes them hides something.
    if address.len() > 2_000 || address.bytes().any(|byte| !byte.is_ascii_graphic() || b"\\\"<>^`{|}".contains(&byte)) {
        return Err(Refused::Malformed);
    }
    let url = Url::parse(address).map_err(|_| Refused::Malformed)?;
    let host = url.host().ok_or(Refused::Malformed)?;
    // A reader takes one slash, three or none for two, and drops a name that is empty: what is before the host is looked for in
    // the text, which says where the host begins.
    let (scheme, rest) = address.split_once("://").ok_or(Refused::Malformed)?;
    if !scheme.eq_ignore_ascii_case(url.scheme()) || rest.starts_with('/') {
        return Err(Refused::Malformed);
    }
    if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
        return Err(Refused::Userinfo);
    }
    let here = is_here(&host);
    match url.scheme() {
        "https" | "http" if here && reach == Reach::WorldAndHere => return Ok(url),
        "https" => {}
        _ => return Err(Refused::Scheme),
    }
    if is_public(&host) { Ok(url) } else { Err(Refused::Network) }
}

/// Is this host the machine itself, in one of its three plain names?
fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => *address == Ipv4Addr::LOCALHOST,
        Host::Ipv6(address) => *address == Ipv6Addr::LOCALHOST,
    }
}

fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_public_name(name),
        Host::Ipv4(address) => is_public_v4(*address),
        Host::Ipv6(address) => is_public_v6(*address),
    }
}

/// Has it a dot, no empty label, and an end that the world knows? The reader has written it in small letters already.
fn is_public_name(name: &str) -> bool {
    let mut labels = name.rsplit('.');
    let last = labels.next().unwrap_or_default();
    let rest: Vec<_> = labels.collect();
    !rest.is_empty() && !last.is_empty() && rest.iter().all(|label| !label.is_empty()) && !LOCAL_NAMES.contains(&last)
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !SPECIAL_V4.iter().any(|(first, prefix)| (bits ^ u32::from_be_bytes(*first)) >> (32 - prefix) == 0)
}

/// Only 2000::/3 is given to anybody; within it some are for documentation, and some carry an IPv4 address that is called in
/// their place (6to4, Teredo).
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let special =
        (first == 0x2001 && (second < 0x0200 || second == 0x0db8)) || first == 0x2002 || first & 0xfff0 == 0x3ff0;
    first & 0xe000 == 0x2000 && !special
}

#[cfg(test)]
mod tests;
