//! What customers tell of themselves: addresses, preferences, what they like, and how old they are at least.

use kirana_edge::FieldError;
use kirana_kernel::{Position, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// Addresses of one person.
pub const MAX_ADDRESSES: usize = 20;

/// Favourites of one person.
pub const MAX_FAVOURITES: usize = 200;

/// How long an age check is good: who was old enough stays so, but whose account it is may change.
pub const AGE_CHECK_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// Where something is brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// What to call it, such as `Home`.
    pub label: String,
    /// Who takes it there.
    pub recipient: String,
    /// Street and number, building, floor.
    pub street: String,
    /// The city.
    pub city: String,
    /// The region, where letters need one.
    #[serde(default)]
    pub region: Option<String>,
    /// The postal code, where there are any.
    #[serde(default)]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "TH")]
    pub country: String,
    /// Whom to call at the door (E.164).
    #[serde(default)]
    pub phone: Option<String>,
    /// Where it is on the map.
    #[serde(default)]
    pub position: Option<Position>,
    /// For whoever brings it.
    #[serde(default)]
    pub note: Option<String>,
}

/// Is this a telephone number as E.164 writes it?
fn is_phone(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// What is wrong with an address, by field.
#[must_use]
pub fn address_faults(address: &Address) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut need = |path: &str, good: bool, message: &str| {
        if !good {
            faults.push(FieldError { path: path.into(), message: message.into() });
        }
    };
    let text = |text: &str, most: usize| {
        !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
    };
    let maybe = |value: &Option<String>, most| value.as_deref().is_none_or(|value| text(value, most));
    need("label", text(&address.label, 40), "expected 1 to 40 characters");
    need("recipient", text(&address.recipient, 100), "expected 1 to 100 characters");
    need("street", text(&address.street, 200), "expected 1 to 200 characters");
    need("city", text(&address.city, 100), "expected 1 to 100 characters");
    need("region", maybe(&address.region, 100), "expected 1 to 100 characters, or nothing");
    need("postal_code", maybe(&address.postal_code, 12), "expected 1 to 12 characters, or nothing");
    let country = address.country.len() == 2 && address.country.bytes().all(|byte| byte.is_ascii_uppercase());
    need("country", country, "expected two capital letters such as TH");
    let phone = address.phone.as_deref().is_none_or(is_phone);
    need("phone", phone, "expected a number such as +66812345678 (E.164), or nothing");
    need("note", maybe(&address.note, 300), "expected 1 to 300 characters, or nothing");
    let on_earth = |position: &Position| position.latitude.abs() <= 90.0 && position.longitude.abs() <= 180.0;
    need("position", address.position.as_ref().is_none_or(on_earth), "expected a place on earth, or nothing");
    faults
}

/// What somebody likes, and how they want to hear of things.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Preferences {
    /// Shows organic goods first.
    pub organic: bool,
    /// Shows goods of the season first.
    pub seasonal: bool,
    /// Shows goods from nearby first.
    pub local: bool,
    /// What they do not eat, such as `vegan` or `no peanuts`.
    pub dietary: Vec<String>,
    /// How they may be told of offers; what concerns an order is told anyway.
    pub channels: Channels,
}

/// Ways to tell somebody of offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Channels {
    /// By e-mail.
    pub email: bool,
    /// By text message.
    pub sms: bool,
    /// On their devices.
    pub push: bool,
}

/// What is wrong with preferences.
#[must_use]
pub fn preference_faults(preferences: &Preferences) -> Vec<FieldError> {
    let good = |one: &String| !one.trim().is_empty() && one.chars().count() <= 40 && !one.chars().any(char::is_control);
    if preferences.dietary.len() <= 20 && preferences.dietary.iter().all(good) {
        return Vec::new();
    }
    vec![FieldError { path: "dietary".into(), message: "expected 20 entries at most, of 1 to 40 characters".into() }]
}

/// Is a check good for something that asks for this age?
#[must_use]
pub fn is_old_enough(passed: bool, min_age: u32, expires_at: Timestamp, asked: u32, now: Timestamp) -> bool {
    passed && min_age >= asked && expires_at > now
}

/// What the built-in sandbox says of a document: a real provider looks at it. It checks nobody.
#[must_use]
pub fn sandbox_age_check(document: &str, min_age: u32) -> bool {
    document.strip_prefix("doc_age_").and_then(|age| age.parse::<u32>().ok()).is_some_and(|age| age >= min_age)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> Address {
        Address {
            label: "Home".into(),
            recipient: "Mali".into(),
            street: "12 Rama I Road".into(),
            city: "Bangkok".into(),
            region: None,
            postal_code: Some("10330".into()),
            country: "TH".into(),
            phone: Some("+66812345678".into()),
            position: None,
            note: None,
        }
    }

    #[test]
    fn an_address_can_be_found() {
        assert_eq!(address_faults(&home()), []);
        let far = Position { latitude: 100.0, longitude: 0.0 };
        let bad = Address { label: String::new(), country: "Thailand".into(), position: Some(far), ..home() };
        let paths: Vec<_> = address_faults(&bad).into_iter().map(|fault| fault.path).collect();
        assert_eq!(paths, ["label", "country", "position"]);
    }

    #[test]
    fn a_check_is_good_for_its_age_and_time() {
        let now = Timestamp::from_millis(1_763_631_000_000);
        let later = now + AGE_CHECK_LIFETIME;
        assert!(is_old_enough(true, 20, later, 18, now) && is_old_enough(true, 20, later, 20, now));
        assert!(!is_old_enough(true, 18, later, 20, now), "checked for less");
        assert!(!is_old_enough(true, 20, later, 20, later), "too long ago");
        assert!(!is_old_enough(false, 20, later, 20, now));
        assert!(sandbox_age_check("doc_age_20", 20) && !sandbox_age_check("doc_age_19", 20));
        assert!(!sandbox_age_check("passport", 0));
    }

    #[test]
    fn words_are_short() {
        let many = Preferences { dietary: vec!["vegan".into(); 21], ..Preferences::default() };
        assert_eq!(preference_faults(&many)[0].path, "dietary");
        assert_eq!(preference_faults(&Preferences::default()), []);
    }
}
