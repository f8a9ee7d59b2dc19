//! Where a worker may call to, when somebody else says where: a provider's metadata, a webhook, an image (OWASP API7, SSRF).
//!
//! Only addresses are taken that every reader of URLs reads in the same way: a scheme, two slashes, a host in plain letters or an IP
//! address as the RFCs write it, a port. What readers forgive (one slash, numbers for dots, blanks, other alphabets) is refused, so
//! that nothing means one thing here and another to the runtime; the tests hold this against one that reads as browsers do. What a
//! name resolves to cannot be seen from a worker: a name that leads into a private network is stopped by there being no such
//! network around it. Whoever calls does not follow redirects (`RequestRedirect::Manual`): where one leads to is another address,
//! to be asked about here.

use std::net::{Ipv4Addr, Ipv6Addr};

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

/// A host, as an address names it.
enum Host {
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

/// May this address be called?
///
/// # Errors
/// [`Refused`], for the log or the field at fault.
pub fn may_call(address: &str, reach: Reach) -> Result<(), Refused> {
    // Blanks, line breaks and backslashes are passed over or turned by readers of URLs: whoever writes them hides something.
    if address.len() > 2_000 || address.bytes().any(|byte| !byte.is_ascii_graphic() || b"\\\"<>^`{|}".contains(&byte)) {
        return Err(Refused::Malformed);
    }
    let (scheme, rest) = address.split_once("://").ok_or(Refused::Malformed)?;
    let secure = scheme.eq_ignore_ascii_case("https");
    if !secure && !scheme.eq_ignore_ascii_case("http") {
        return Err(Refused::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Refused::Userinfo);
    }
    let host = host(authority).ok_or(Refused::Malformed)?;
    if reach == Reach::WorldAndHere && host.is_here() {
        return Ok(());
    }
    match (secure, host.is_public()) {
        (true, true) => Ok(()),
        (true, false) => Err(Refused::Network),
        (false, _) => Err(Refused::Scheme),
    }
}

/// The host of an authority without a name and a password; none when it is not written in the one way.
fn host(authority: &str) -> Option<Host> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, after) = rest.split_once(']')?;
            (Host::V6(address.parse().ok()?), if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => {
            let (name, port) = authority.split_once(':').map_or((authority, None), |(name, port)| (name, Some(port)));
            (named(name)?, port)
        }
    };
    let good = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    port.is_none_or(good).then_some(host)
}

/// A name, or an IPv4 address. What ends like a number is one to readers of URLs (`127.1`, `0x7f000001`): then it is four in decimal.
fn named(name: &str) -> Option<Host> {
    let name = name.to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    if name.is_empty() || !name.bytes().all(plain) {
        return None;
    }
    let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    if last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit()) {
        return name.parse().ok().map(Host::V4);
    }
    Some(Host::Name(name))
}

impl Host {
    /// Is it the machine itself, in one of its three plain names?
    fn is_here(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost",
            Self::V4(address) => *address == Ipv4Addr::LOCALHOST,
            Self::V6(address) => *address == Ipv6Addr::LOCALHOST,
        }
    }

    fn is_public(&self) -> bool {
        match self {
            Self::Name(name) => is_public_name(name),
            Self::V4(address) => is_public_v4(*address),
            Self::V6(address) => is_public_v6(*address),
        }
    }
}

/// Has it a dot, no empty label, and an end that the world knows? It is in small letters already.
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
