//! To whom something may be sent, and how to address them. Both come from people: an address may not become two, and a name may
//! not become a letter of somebody else's making.

/// The longest name that a letter begins with, in characters. What is longer is a message.
const MAX_NAME: usize = 60;

/// Is this one e-mail address, in the plain form that every provider takes? What could be read as two, as a name with an
/// address, or as the next header is none.
#[must_use]
pub fn is_address(address: &str) -> bool {
    let plain = address.len() <= 254
        && address.chars().all(|c| !c.is_whitespace() && !is_hidden(c) && !",;:<>()[]\\\"".contains(c));
    plain
        && address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|label| !label.is_empty())
        })
}

/// Is this a telephone number as E.164 writes it?
#[must_use]
pub fn is_phone(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Is this a sender, an address alone or with a name before it, such as `Kirana <hello@kirana.example>`?
#[must_use]
pub fn is_sender(sender: &str) -> bool {
    if sender.chars().any(is_hidden) {
        return false;
    }
    match sender.strip_suffix('>').and_then(|sender| sender.split_once('<')) {
        Some((name, address)) => !name.contains(['"', ',', ';', '<', '>']) && is_address(address),
        None => is_address(sender),
    }
}

/// How a letter begins: with the name, or without one when the name would say more than who somebody is. Anybody may register
/// with somebody else's address and any name, and the letter is ours.
#[must_use]
pub fn greeting(name: &str) -> &str {
    let name = name.trim();
    let is_name = !name.is_empty()
        && name.chars().count() <= MAX_NAME
        && !name.chars().any(|c| is_hidden(c) || "/\\@:<>".contains(c))
        && !looks_like_a_host(name);
    if is_name { name } else { "Hello" }
}

/// Mail programs make a link of every word with a dot inside.
fn looks_like_a_host(name: &str) -> bool {
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let is_dot = matches!(character, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}');
        if is_dot && characters.peek().is_some_and(|next| next.is_alphanumeric()) {
            return true;
        }
    }
    false
}

/// What nobody sees: control characters, ends of lines, and marks that turn the direction of what follows.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_one() {
        for good in ["mali@example.com", "m.ali+tea@sub.example.co.th", "o'neil@example.com", "มะลิ@example.com"]
        {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "mali",
            "mali@example",
            "@example.com",
            "mali@.com",
            "mali@example.com,eve@example.com",
            "mali@example.com;eve@example.com",
            "mali,eve@example.com",
            "mali;eve@example.com",
            "mali@example.com,eve",
            "mali<eve@example.com>",
            "mali@example.com\r\nBcc: eve@example.com",
            "mali@example.com\nX: y",
            "mali@exam ple.com",
            "a@b@c.d",
            "\"mali\"@example.com",
            "mali@example.com\u{202e}",
        ] {
            assert!(!is_address(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_sender_may_have_a_name_and_no_more() {
        for good in ["hello@kirana.example", "Kirana <hello@kirana.example>"] {
            assert!(is_sender(good), "{good}");
        }
        for bad in [
            "",
            "Kirana",
            "Kirana <hello>",
            "Kirana, Eve <hello@kirana.example>",
            "K\r\nBcc: e <a@b.c>",
            "a@b.c <d@e.f> g",
        ] {
            assert!(!is_sender(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_number_is_written_as_e164_has_it() {
        assert!(is_phone("+66812345678"));
        for bad in ["0812345678", "+0812345678", "+66 812345678", "+668123", "+6681234567890123", "+66812345678,+1"] {
            assert!(!is_phone(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_is_no_message_of_its_own() {
        for name in ["Mali", "O'Neil & Sons", "Dr. Mali", "มะลิ", " Mali "] {
            assert_eq!(greeting(name), name.trim());
        }
        let long = "You have won, call us at once on 0812345678, and have your card ready";
        for bad in [
            "",
            "Win at evil.example",
            "https://evil",
            "a@b",
            "Mali\r\nBcc: eve",
            "Mali\u{202e}",
            "evil\u{3002}example",
            long,
        ] {
            assert_eq!(greeting(bad), "Hello", "{bad:?}");
        }
    }
}
