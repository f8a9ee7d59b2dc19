//! What a user must give: an address, a password, a name.

use super::common::is_common;
use super::words::Words;
use kirana_edge::FieldError;

/// The address in the form it is stored in.
#[must_use]
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What is wrong with these, by field; nothing when they will do.
#[must_use]
pub fn faults(email: &str, password: &str, name: &str, words: &Words) -> Vec<FieldError> {
    let faults = [email_fault(email), password_fault("password", password, (email, name), words), name_fault(name)];
    faults.into_iter().flatten().collect()
}

fn fault(path: &str, message: &str) -> Option<FieldError> {
    Some(FieldError { path: path.into(), message: message.into() })
}

/// What is wrong with an address.
#[must_use]
pub fn email_fault(email: &str) -> Option<FieldError> {
    if is_email(email) {
        return None;
    }
    fault("email", "expected an e-mail address such as mali@example.com, of 254 characters at most")
}

/// What is wrong with a password in the field `path`, for somebody of this address and name, in a chain with these words.
#[must_use]
pub fn password_fault(path: &str, password: &str, (email, name): (&str, &str), words: &Words) -> Option<FieldError> {
    if !(8..=128).contains(&password.chars().count()) {
        return fault(path, "expected 8 to 128 characters");
    }
    if is_common(password, email, name) {
        return fault(path, "many have this password, or it says who you are: it is guessed first; choose another");
    }
    if words.are_in(password) {
        return fault(path, "this has a word of the chain in it: such are guessed first; choose one without");
    }
    None
}

/// What is wrong with a name.
#[must_use]
pub fn name_fault(name: &str) -> Option<FieldError> {
    if name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return fault("name", "expected 1 to 100 characters");
    }
    None
}

/// Is this a telephone number as E.164 writes it?
#[must_use]
pub fn is_phone(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A language, as BCP 47 names it: `th`, `en-GB`.
#[must_use]
pub fn is_locale(locale: &str) -> bool {
    let part = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    locale.len() <= 20 && locale.split('-').all(part)
}

/// One `@` with something on both sides and a dot in the domain; whether it exists only a letter can tell.
fn is_email(email: &str) -> bool {
    let email = email.trim();
    let plain = email.len() <= 254 && email.chars().all(|c| !c.is_whitespace() && !c.is_control());
    plain
        && email.split_once('@').is_some_and(|(local, domain)| {
            let labels = domain.split('.').collect::<Vec<_>>();
            !local.is_empty()
                && !domain.contains('@')
                && labels.len() > 1
                && labels.iter().all(|label| !label.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_named() {
        let faults = |email: &str, password: &str, name: &str| faults(email, password, name, &Words::of("kirana"));
        assert!(faults("mali@example.com", "bubble tea at noon", "Mali").is_empty());
        for bad in ["", "mali", "@example.com", "mali@", "mali@example", "a@b@c.d", "a b@c.d", "a@b..c"] {
            assert_eq!(faults(bad, "bubble tea at noon", "Mali")[0].path, "email", "{bad}");
        }
        assert_eq!(faults("a@b.c", "short", "")[0].path, "password");
        assert_eq!(faults("a@b.c", "short", "")[1].path, "name");
        assert_eq!(faults("a@b.c", "iloveyou1", "Mali")[0].path, "password");
        assert_eq!(faults("a@b.c", "K1rana at noon", "Mali")[0].path, "password");
        let password_fault =
            |password: &str| password_fault("password", password, ("a@b.c", "Mali"), &Words::default());
        // Any letters will do, from 8 of them to 128.
        for good in ["        ", "ทดสอบรหัสผ่าน", "qzxwvkjh", "👍👍👍👍👍👍👍👍", &"x".repeat(64), &"x".repeat(128)]
        {
            assert_eq!(password_fault(good), None, "{good}");
        }
        assert!(password_fault(&"x".repeat(129)).is_some());
        assert!(is_locale("th") && is_locale("en-GB") && is_locale("zh-Hant-TW"));
        assert!(!is_locale("") && !is_locale("e") && !is_locale("th_TH") && !is_locale("en-"));
        assert!(is_phone("+66812345678"));
        for bad in ["", "+", "0812345678", "+0812345678", "+6681234x678", "+1234567890123456"] {
            assert!(!is_phone(bad), "{bad}");
        }
        assert_eq!(normal_email(" Mali@Example.COM "), "mali@example.com");
    }
}
