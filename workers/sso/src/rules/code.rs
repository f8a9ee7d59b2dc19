//! What a code or a refresh token is worth when a client shows it.

use crate::rules::pkce;
use kirana_kernel::{Id, Timestamp};
use std::time::Duration;

/// How long a code is good.
pub const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// How long an access token is good.
pub const ACCESS_LIFETIME: Duration = Duration::from_secs(600);

/// How long an ID token is good: it is read once, when it comes.
pub const ID_TOKEN_LIFETIME: Duration = Duration::from_secs(600);

/// How long a refresh token is good unused.
pub const REFRESH_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long what a client was given lasts, whatever happens. It ends before with the session it was given in.
pub const GRANT_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// A code as it is kept.
#[derive(Clone, Debug)]
pub struct Code<'a> {
    /// Whose.
    pub client: Id,
    /// Where it went.
    pub redirect_uri: &'a str,
    /// The S256 challenge it was asked with.
    pub challenge: &'a str,
    /// When it ends unused.
    pub expires_at: Timestamp,
    /// Was it used?
    pub redeemed: bool,
    /// Was what it stands for taken back?
    pub revoked: bool,
}

/// What a client shows with it.
#[derive(Clone, Copy, Debug)]
pub struct Redeemer<'a> {
    /// The client, which has proved itself.
    pub client: Id,
    /// Where it says the code went.
    pub redirect_uri: Option<&'a str>,
    /// The verifier.
    pub verifier: Option<&'a str>,
}

/// What it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Tokens.
    Good,
    /// Somebody has it who should not: it was used before. What was given for it is taken back.
    Replayed,
    /// Nothing. It stays good for whom it is for.
    Refused,
}

/// Judges a code. Who shows a used one makes it known that two have it, whoever that is and however late.
#[must_use]
pub fn judge(code: &Code<'_>, shown: &Redeemer<'_>, now: Timestamp) -> Verdict {
    if code.redeemed {
        return Verdict::Replayed;
    }
    let good = !code.revoked
        && now < code.expires_at
        && code.client == shown.client
        && shown.redirect_uri == Some(code.redirect_uri)
        && shown.verifier.is_some_and(|verifier| pkce::verifies(verifier, code.challenge));
    if good { Verdict::Good } else { Verdict::Refused }
}

/// A token as it is kept, with what it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Whose.
    pub client: Id,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When what it belongs to ends.
    pub ends_at: Timestamp,
    /// Was it used? Refresh tokens are good once.
    pub used: bool,
    /// Was what it belongs to taken back?
    pub revoked: bool,
}

/// Is a token good? Whether the session it came from has ended is another question.
#[must_use]
pub fn is_good(token: &Token, now: Timestamp) -> bool {
    !token.revoked && !token.used && now < token.expires_at && now < token.ends_at
}

/// Judges a refresh token that a client shows.
#[must_use]
pub fn judge_refresh(token: &Token, client: Id, now: Timestamp) -> Verdict {
    if token.client != client {
        return Verdict::Refused;
    }
    if token.used {
        return Verdict::Replayed;
    }
    if is_good(token, now) { Verdict::Good } else { Verdict::Refused }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn id(n: u8) -> Id {
        Id::new(NOW, [n; 10])
    }

    fn code() -> Code<'static> {
        Code {
            client: id(1),
            redirect_uri: "https://tool.example/cb",
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            expires_at: NOW + CODE_LIFETIME,
            redeemed: false,
            revoked: false,
        }
    }

    fn redeemer() -> Redeemer<'static> {
        Redeemer { client: id(1), redirect_uri: Some("https://tool.example/cb"), verifier: Some(VERIFIER) }
    }

    #[test]
    fn a_code_is_good_once_for_a_minute_for_its_client_with_its_verifier() {
        assert_eq!(judge(&code(), &redeemer(), NOW), Verdict::Good);
        let last = NOW + CODE_LIFETIME - Duration::from_millis(1);
        assert_eq!(judge(&code(), &redeemer(), last), Verdict::Good);
        assert_eq!(judge(&code(), &redeemer(), NOW + CODE_LIFETIME), Verdict::Refused, "60 seconds are over");
        let refused = |shown: Redeemer<'_>| assert_eq!(judge(&code(), &shown, NOW), Verdict::Refused, "{shown:?}");
        refused(Redeemer { client: id(2), ..redeemer() });
        refused(Redeemer { redirect_uri: Some("https://tool.example/cb/"), ..redeemer() });
        refused(Redeemer { redirect_uri: None, ..redeemer() });
        refused(Redeemer { verifier: None, ..redeemer() });
        refused(Redeemer { verifier: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ..redeemer() });
        assert_eq!(judge(&Code { revoked: true, ..code() }, &redeemer(), NOW), Verdict::Refused);
    }

    #[test]
    fn a_code_that_comes_again_is_stolen_however_late_and_whoever_shows_it() {
        let used = Code { redeemed: true, ..code() };
        assert_eq!(judge(&used, &redeemer(), NOW), Verdict::Replayed);
        assert_eq!(judge(&used, &redeemer(), NOW + CODE_LIFETIME * 100), Verdict::Replayed);
        assert_eq!(judge(&used, &Redeemer { client: id(2), ..redeemer() }, NOW), Verdict::Replayed);
    }

    #[test]
    fn a_refresh_token_is_good_once_for_its_client() {
        let token = Token {
            client: id(1),
            expires_at: NOW + REFRESH_LIFETIME,
            ends_at: NOW + GRANT_LIFETIME,
            used: false,
            revoked: false,
        };
        assert_eq!(judge_refresh(&token, id(1), NOW), Verdict::Good);
        assert_eq!(judge_refresh(&token, id(2), NOW), Verdict::Refused);
        assert_eq!(judge_refresh(&Token { used: true, ..token }, id(1), NOW), Verdict::Replayed);
        assert_eq!(judge_refresh(&Token { used: true, ..token }, id(2), NOW), Verdict::Refused);
        assert_eq!(judge_refresh(&token, id(1), NOW + REFRESH_LIFETIME), Verdict::Refused);
        assert_eq!(judge_refresh(&Token { ends_at: NOW, ..token }, id(1), NOW), Verdict::Refused);
        assert_eq!(judge_refresh(&Token { revoked: true, ..token }, id(1), NOW), Verdict::Refused);
    }
}
