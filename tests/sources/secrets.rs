//! Nothing that opens anything lies in the sources, or in what is built from them.

use super::{files, root};
use kirana_tests::platform::SECRET;

/// May this byte be part of a word?
type Of = fn(u8) -> bool;

/// How those begin that mean something elsewhere: the letters, which may follow, and how many of them at least.
const PREFIXES: &[(&str, Of, usize)] = &[
    ("sk_live_", is_word, 16),
    ("rk_live_", is_word, 16),
    ("rzp_live_", is_word, 12),
    ("whsec_", is_word, 24),
    ("shpat_", is_word, 24),
    ("AKIA", is_capital, 16),
    ("ASIA", is_capital, 16),
    ("AIza", is_word, 35),
    ("GOCSPX-", is_word, 20),
    ("ghp_", is_word, 30),
    ("gho_", is_word, 30),
    ("ghs_", is_word, 30),
    ("github_pat_", is_word, 30),
    ("glpat-", is_word, 20),
    ("npm_", is_word, 36),
    ("xoxb-", is_word, 20),
    ("xoxp-", is_word, 20),
    ("SG.", is_token, 40),
    ("AGE-SECRET-KEY-", is_capital, 40),
];

/// What looks like a secret and is none: the file, and how the text begins.
const NO_SECRETS: &[(&str, &str)] = &[];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_capital(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_token(byte: u8) -> bool {
    is_word(byte) || byte == b'.'
}

/// Every place where a text stands and does not go on a word.
fn places<'a>(text: &'a str, what: &'a str) -> impl Iterator<Item = &'a str> {
    let begins = |at: usize| at == 0 || !is_word(text.as_bytes()[at - 1]);
    text.match_indices(what).filter(move |(at, _)| begins(*at)).map(|(at, _)| &text[at..])
}

fn run(text: &str, of: Of) -> usize {
    text.bytes().take_while(|byte| of(*byte)).count()
}

/// What in a text looks like something that opens something.
fn found(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (prefix, of, least) in PREFIXES {
        let long = |rest: &&str| run(&rest[prefix.len()..], *of) >= *least;
        all.extend(
            places(text, prefix)
                .filter(long)
                .map(|rest| rest[..prefix.len() + run(&rest[prefix.len()..], *of)].to_owned()),
        );
    }
    // A private key: its first line, and letters below it.
    for (at, head) in text.match_indices("PRIVATE KEY-----") {
        let body = text[at + head.len()..].trim_start_matches(|c: char| c.is_whitespace() || c == '\\' || c == 'n');
        if run(body, |byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)) >= 32 {
            all.push(format!("a private key at byte {at}"));
        }
    }
    // A JWT with a signature: somebody's session, or a service account.
    for rest in places(text, "eyJ") {
        let token = &rest[..run(rest, is_token)];
        let parts: Vec<_> = token.split('.').collect();
        if parts.len() == 3 && parts[1].starts_with("eyJ") && parts[2].len() >= 40 {
            all.push(token.to_owned());
        }
    }
    // One of our own, written down beside its name.
    for line in text.lines() {
        let named = ["JWT_SEED", "INTERNAL_KEY", "DATA_KEY", "BOOTSTRAP_SECRET", "METRICS_TOKEN", "WEBHOOK_SECRET"];
        if let Some(at) = named.iter().filter_map(|name| line.find(name)).min() {
            let mut words = line[at..].split(|c: char| !c.is_ascii_hexdigit());
            all.extend(words.find(|word| word.len() >= 32).map(str::to_owned));
        }
    }
    all
}

#[test]
fn the_sources_hold_nothing_that_opens_anything() {
    let mut wrong = Vec::new();
    let all = files(&root());
    assert!(all.len() > 500, "{} files", all.len());
    for (path, bytes) in &all {
        for found in found(&String::from_utf8_lossy(bytes)) {
            if !NO_SECRETS.iter().any(|(file, begin)| path == file && found.starts_with(begin)) {
                // Not the whole of it: what this says ends up in logs.
                wrong.push(format!("{path}: {}…", &found[..found.len().min(12)]));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these look like secrets; take them out, and change them where they are used:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn what_is_built_holds_none_of_its_secrets() {
    let mut built = 0;
    for group in ["durable-objects", "queues", "workers"] {
        for script in std::fs::read_dir(root().join(group)).unwrap() {
            let folder = script.unwrap().path().join("build");
            if !folder.is_dir() {
                continue;
            }
            for (path, bytes) in files(&folder) {
                built += 1;
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains(SECRET), "{path} holds the value of a secret");
                assert_eq!(found(&text), Vec::<String>::new(), "{path}");
            }
        }
    }
    if built == 0 {
        eprintln!("nothing is built here: `cargo xtask test` builds first");
    }
}

/// Each kind is seen where it stands: without this, finding none would prove nothing. Made here, so that none stands in this file.
#[test]
fn a_secret_would_be_seen() {
    for (prefix, _, least) in PREFIXES {
        let secret = format!("{prefix}{}", "A1".repeat(*least));
        assert_eq!(found(&format!("let key = \"{secret}\";")), std::slice::from_ref(&secret), "{prefix}");
        assert_eq!(found(&format!("x{secret}")), Vec::<String>::new(), "a longer word");
    }
    for kind in ["", "EC ", "RSA ", "OPENSSH "] {
        let dashes = "-----";
        let key = format!("{dashes}BEGIN {kind}PRIVATE KEY{dashes}\n{}\n", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC");
        assert_eq!(found(&key).len(), 1, "{kind}");
        assert_eq!(found(&key.replace('\n', "\\n")).len(), 1, "{kind} in one line");
    }
    let token = format!("eyJ{}.eyJ{}.{}", "h".repeat(30), "p".repeat(60), "s".repeat(86));
    assert_eq!(found(&format!("Bearer {token}")), std::slice::from_ref(&token));
    for name in ["JWT_SEED", "DATA_KEY"] {
        assert_eq!(found(&format!("{name} = \"{}\"", "0f".repeat(32))).len(), 1, "{name}");
        assert_eq!(found(&format!("{name} is 32 bytes in hex")).len(), 0, "{name}");
    }
}
