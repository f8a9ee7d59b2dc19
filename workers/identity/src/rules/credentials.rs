//! What a user must give: an address, a password, a name.

use kirana_edge::FieldError;

/// The address in the form it is stored in.
#[must_use]
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What is wrong with these, by field; nothing when they will do.
#[must_use]
pub fn faults(email: &str, password: &str, name: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |path: &str, message: &str| {
        faults.push(FieldError { path: path.into(), message: message.into() });
    };
    if !is_email(email) {
        fault("email", "expected an e-mail address such as mali@example.com, of 254 characters at most");
    }
    if !(8..=128).contains(&password.chars().count()) {
        fault("password", "expected 8 to 128 characters");
    }
    if name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        fault("name", "expected 1 to 100 characters");
    }
    faults
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
        assert!(faults("mali@example.com", "12345678", "Mali").is_empty());
        for bad in ["", "mali", "@example.com", "mali@", "mali@example", "a@b@c.d", "a b@c.d", "a@b..c"] {
            assert_eq!(faults(bad, "12345678", "Mali")[0].path, "email", "{bad}");
        }
        assert_eq!(faults("a@b.c", "short", "")[0].path, "password");
        assert_eq!(faults("a@b.c", "short", "")[1].path, "name");
        assert_eq!(normal_email(" Mali@Example.COM "), "mali@example.com");
    }
}
