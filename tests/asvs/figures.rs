//! The figures of `docs/security/rules.md` are those of the source.

use identity::rules::{guesses, keys, sessions, tickets};
use kirana_kernel::Role;
use std::time::Duration;

fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds % 86_400 == 0 => format!("{} days", seconds / 86_400),
        seconds if seconds % 3_600 == 0 => format!("{} hours", seconds / 3_600),
        seconds => format!("{} minutes", seconds / 60),
    }
}

#[test]
fn the_rules_say_what_the_source_does() {
    let rules = std::fs::read_to_string(super::root().join("docs/security/rules.md")).unwrap();
    let row = |begin: &str| {
        let found = rules.lines().find(|line| line.starts_with(&format!("| {begin}")));
        found.unwrap_or_else(|| panic!("no row begins with {begin}")).to_owned()
    };
    let says = |begin: &str, cells: &str| {
        let row = row(begin);
        assert!(row.contains(cells), "{begin}: expected {cells}: {row}");
    };
    for (who, role) in [("customers", Role::Customer), ("who works for the chain", Role::Staff)] {
        let (unused, ever) = sessions::lifetimes(&[role]);
        says(who, &format!("| {} | {} |", in_words(unused), in_words(ever)));
    }
    let (unused, ever) = (sso::rules::code::REFRESH_LIFETIME, sso::rules::code::GRANT_LIFETIME);
    says("what a client was given", &format!("| {} | {} |", in_words(unused), in_words(ever)));
    says("an access token", &format!("| {} |", in_words(kirana_edge::access_token::LIFETIME)));
    says("codes of a second factor", &format!("| {} in {};", guesses::MAX, in_words(guesses::WINDOW)));
    says("letters to one address", &format!("| {} in {} |", tickets::MAX_LETTERS, in_words(tickets::WINDOW)));
    assert!(rules.contains(&format!("{} API keys", keys::MAX_KEYS)));
    let (addresses, favourites) = (customers::rules::people::MAX_ADDRESSES, customers::rules::people::MAX_FAVOURITES);
    let text = rules.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(&format!("{addresses} addresses, {favourites} favourites")));
}
