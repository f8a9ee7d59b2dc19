//! Words of the chain: its names, its goods, its town. Whoever guesses passwords of its people begins with them.

/// A word shorter than this stands in too many passwords by chance.
const SHORTEST: usize = 4;

/// The words of a deployment, as `CHAIN_WORDS` lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// From a text with spaces between; a name of several words is written as one.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.split_whitespace().map(plain).filter(|word| word.chars().count() >= SHORTEST).collect())
    }

    /// Does the password have one of them in it, however it is written?
    #[must_use]
    pub fn are_in(&self, password: &str) -> bool {
        let password = plain(password);
        self.0.iter().any(|word| password.contains(word.as_str()))
    }
}

/// Letters and digits only, in one case, and the digits and marks that people put in place of letters as these letters.
fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        '0' => Some('o'),
        '1' | '!' | '|' | 'l' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        other => other.is_alphanumeric().then_some(other),
    };
    text.to_lowercase().chars().filter_map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_however_it_is_written() {
        let words = Words::of("Kirana goldenBubble ชานมไข่มุก tea");
        for bad in [
            "kirana",
            "Kirana2026!",
            "my-KIRANA-account",
            "k1r@n4 4 ever",
            "k.i.r.a.n.a",
            "Golden Bubble 1",
            "g0ld3n8 GOLDEN_BUBB1E",
            "ชานมไข่มุก99",
        ] {
            assert!(words.are_in(bad), "{bad}");
        }
        for good in ["correct horse battery", "tea for two at noon", "kiren at noon", "golden hour", ""] {
            assert!(!words.are_in(good), "{good}");
        }
        assert!(!Words::of("").are_in("kirana") && Words::of("  tea a ") == Words::default());
    }
}
