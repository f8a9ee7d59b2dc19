//! Passwords that everybody has. The list is the 3,000 most common ones of eight characters and more from zxcvbn's
//! (MIT License, Copyright (c) 2016 Joshua Holmer): it stands in for a service that knows every password ever leaked
//! (`leaked.rs`), where a deployment asks none.

/// In order, so that it is searched by halves.
const COMMON: &str = include_str!("common_passwords.txt");

/// Is the password one that many have, or does it say who its user is?
#[must_use]
pub fn is_common(password: &str, email: &str, name: &str) -> bool {
    let password = password.trim().to_lowercase();
    let address = email.trim().to_lowercase();
    let own = [address.as_str(), address.split('@').next().unwrap_or_default(), name.trim()];
    own.iter().any(|own| own.chars().count() >= 3 && own.to_lowercase() == password) || listed(&password)
}

fn listed(password: &str) -> bool {
    let (mut low, mut high) = (0, COMMON.len());
    while low < high {
        // The line that the middle is in; every character of the list is one byte.
        let middle = (low + high) / 2;
        let begin = COMMON[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = COMMON[middle..].find('\n').map_or(COMMON.len(), |at| middle + at);
        match COMMON[begin..end].cmp(password) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = begin,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_password_is_found() {
        let lines: Vec<_> = COMMON.lines().collect();
        assert!(COMMON.is_ascii() && lines.is_sorted() && lines.len() == 3_000);
        for line in lines {
            assert!(listed(line), "{line}");
            assert!(!listed(&format!("{line}-")), "{line}-");
        }
        assert!(!listed("") && !listed("zzzzzzzzzzzz") && !listed("ก"));
    }

    #[test]
    fn who_one_is_is_no_secret() {
        assert!(is_common("Password", "", "") && is_common(" FOOTBALL ", "", ""));
        assert!(is_common("mali.suksan", "Mali.Suksan@example.com", "Mali"));
        assert!(is_common("Mali Suksan", "m@example.com", "Mali Suksan"));
        assert!(!is_common("correct horse battery", "mali@example.com", "Mali"));
    }
}
