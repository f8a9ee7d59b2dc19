//! Sessions: how long they live, what a device is known by, and what a refresh token is worth when it comes again.

use kirana_kernel::{Role, Timestamp};
use sha2::{Digest, Sha256};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// How long a reply may have been lost: the same device gets the same tokens once more.
pub const GRACE: Duration = Duration::from_secs(10);

/// How long a session lives without being used, and whatever happens.
#[must_use]
pub fn lifetimes(roles: &[Role]) -> (Duration, Duration) {
    let private = |role: &Role| matches!(role, Role::Customer | Role::Rider | Role::Supplier);
    if roles.iter().all(private) {
        (HOUR * 24 * 7, HOUR * 24 * 30)
    } else {
        // A shift: who works for the chain logs in each day.
        (HOUR * 12, HOUR * 16)
    }
}

/// SHA-256 in hex: how tokens are kept.
#[must_use]
pub fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The device that somebody logs in from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What its user calls it, or what it says it is.
    pub name: String,
    /// What it is known by, hashed.
    pub fingerprint: String,
    /// Did it give a secret of its own? Then its session is good there only.
    pub bound: bool,
}

impl Device {
    /// From what a login says of it: a name, and a random text that the device keeps to itself. Without these it is known
    /// by its user agent, which everybody can send: enough to tell a lost reply, not enough to bind a session.
    #[must_use]
    pub fn of(name: Option<&str>, secret: Option<&str>, user_agent: &str) -> Self {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        let name = name.map_or_else(|| describe(user_agent), |name| printable(name, 60));
        let known_by = secret.map_or_else(|| format!("user agent {user_agent}"), |secret| format!("secret {secret}"));
        Self { name, fingerprint: hash(&known_by), bound: secret.is_some() }
    }
}

/// What is wrong with a device's name or secret.
#[must_use]
pub fn device_fault(name: Option<&str>, secret: Option<&str>) -> Option<(&'static str, &'static str)> {
    if name.is_some_and(|name| name.chars().count() > 60) {
        return Some(("device_name", "expected 60 characters at most"));
    }
    let good = |secret: &str| (16..=128).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic());
    if secret.is_some_and(|secret| !good(secret)) {
        return Some(("device_secret", "expected 16 to 128 random printable characters that the device keeps"));
    }
    None
}

fn printable(text: &str, max: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(max).collect()
}

/// A user agent in the words of its owner: `Firefox on Windows`.
fn describe(user_agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let program = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) if user_agent.trim().is_empty() => "an unknown device".into(),
        (None, None) => printable(user_agent, 40),
    }
}

/// A refresh token that somebody presents, and its session.
#[derive(Clone, Copy, Debug)]
pub struct Presented {
    /// When it was used, if it was.
    pub used_at: Option<Timestamp>,
    /// Was its successor used?
    pub successor_used: bool,
    /// When it ends unused.
    pub expires_at: Timestamp,
    /// When its session was revoked.
    pub revoked: bool,
    /// When its session ends whatever happens.
    pub ends_at: Timestamp,
    /// Does it come from the device that the session began on, as far as that can be told?
    pub same_device: bool,
    /// Is the session good on that device only?
    pub bound: bool,
}

/// What a presented token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// New tokens for it.
    Rotate,
    /// The reply was lost: the same successor again.
    Again,
    /// Two have it, so one has stolen it: the session ends.
    Stolen,
    /// Its time is over.
    Over,
}

/// Judges a presented token.
#[must_use]
pub fn judge(token: &Presented, now: Timestamp) -> Verdict {
    if token.revoked || token.ends_at <= now {
        return Verdict::Over;
    }
    if token.bound && !token.same_device {
        return Verdict::Stolen;
    }
    match token.used_at {
        Some(at) if token.same_device && !token.successor_used && now.since(at) <= GRACE => Verdict::Again,
        Some(_) => Verdict::Stolen,
        None if token.expires_at <= now => Verdict::Over,
        None => Verdict::Rotate,
    }
}

/// A successor as it is kept beside its predecessor's hash: readable only with the predecessor, which is not kept. Each
/// predecessor is random and has one successor, so this is a one-time pad. Undoes itself.
#[must_use]
pub fn seal(predecessor: &str, successor: [u8; 32]) -> [u8; 32] {
    let pad = Sha256::digest(format!("successor of {predecessor}").as_bytes());
    let mut sealed = successor;
    sealed.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
    sealed
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);

    fn fresh() -> Presented {
        Presented {
            used_at: None,
            successor_used: false,
            expires_at: NOW + HOUR,
            revoked: false,
            ends_at: NOW + HOUR,
            same_device: true,
            bound: false,
        }
    }

    #[test]
    fn a_token_is_good_once_and_a_lost_reply_is_forgiven() {
        assert_eq!(judge(&fresh(), NOW), Verdict::Rotate);
        let used = Presented { used_at: Some(NOW), ..fresh() };
        assert_eq!(judge(&used, NOW + GRACE), Verdict::Again);
        assert_eq!(judge(&used, NOW + GRACE + Duration::from_millis(1)), Verdict::Stolen);
        assert_eq!(judge(&Presented { same_device: false, ..used }, NOW), Verdict::Stolen);
        assert_eq!(judge(&Presented { successor_used: true, ..used }, NOW), Verdict::Stolen, "the client has gone on");
    }

    #[test]
    fn a_bound_session_is_good_on_its_device_only() {
        let elsewhere = Presented { same_device: false, ..fresh() };
        assert_eq!(judge(&elsewhere, NOW), Verdict::Rotate, "a browser may have been updated");
        assert_eq!(judge(&Presented { bound: true, ..elsewhere }, NOW), Verdict::Stolen);
    }

    #[test]
    fn everything_ends() {
        assert_eq!(judge(&Presented { revoked: true, ..fresh() }, NOW), Verdict::Over);
        assert_eq!(judge(&Presented { ends_at: NOW, ..fresh() }, NOW), Verdict::Over);
        assert_eq!(judge(&Presented { expires_at: NOW, ..fresh() }, NOW), Verdict::Over);
        let (idle, absolute) = lifetimes(&[Role::Customer]);
        assert_eq!((idle, absolute), (HOUR * 168, HOUR * 720));
        assert!(lifetimes(&[Role::Customer, Role::Staff]).1 < HOUR * 24, "a shift");
    }

    #[test]
    fn a_successor_is_read_with_its_predecessor_only() {
        let successor = [7; 32];
        let sealed = seal("a", successor);
        assert_ne!(sealed, successor);
        assert_eq!(seal("a", sealed), successor);
        assert_ne!(seal("b", sealed), successor);
    }

    #[test]
    fn devices_have_names() {
        let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(Device::of(None, None, firefox).name, "Firefox on Windows");
        assert_eq!(Device::of(None, None, "").name, "an unknown device");
        assert_eq!(Device::of(None, None, "ureq/3.1").name, "ureq/3.1");
        assert_eq!(Device::of(Some(" The till "), None, firefox).name, "The till");
        let (plain, bound) = (Device::of(None, None, firefox), Device::of(None, Some("0123456789abcdef"), firefox));
        assert!(!plain.bound && bound.bound && plain.fingerprint != bound.fingerprint);
        assert_eq!(bound.fingerprint, Device::of(Some("x"), Some("0123456789abcdef"), "other").fingerprint);
        assert!(device_fault(None, Some("short")).is_some() && device_fault(Some("till"), None).is_none());
    }
}
