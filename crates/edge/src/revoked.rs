//! What is no longer believed, as far as this isolate knows: never older than half a second when a token is looked at, so
//! that what is revoked is refused within a second everywhere, and at once where the revoking request came through. The
//! gateway asks before each call, whoever keeps sockets open before each message.
//!
//! Identity writes an entry in the transaction that revokes; here is only a copy of the last minutes. The number of
//! questions grows with isolates and time, not with requests. KV would be stale for a minute.

use crate::access_token::Grant;
use crate::{Principal, Problem, Result, call, clock, log, principal};
use kirana_contracts::api_key::KeyGrant;
use kirana_contracts::revocation::{MATTERS_FOR, MAX_ENTRIES, Revocation, Revocations, Revoked};
use kirana_kernel::{Id, Timestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;
use worker::Env;

/// How old the copy may be when it is looked at.
const FRESH: Duration = Duration::from_millis(500);

/// How old it may be while identity does not answer; after that nobody is let in, as nobody knows who is out.
const BEARABLE: Duration = Duration::from_secs(10);

thread_local! {
    /// Its owner is identity; see [`FRESH`] for its staleness.
    static KNOWN: RefCell<Known> = RefCell::new(Known::default());
}

/// The copy.
#[derive(Debug, Default)]
struct Known {
    asked: Option<Timestamp>,
    /// Something may have been revoked since.
    news: bool,
    upto: u64,
    /// Ended sessions and revoked keys, with when.
    gone: HashMap<Id, Timestamp>,
    /// The second of the proof that a session's tokens must have, with when.
    proofs: HashMap<Id, (u64, Timestamp)>,
    /// The version that a user's tokens must have, with when.
    users: HashMap<Id, (u32, Timestamp)>,
}

impl Known {
    fn learn(&mut self, entries: &[Revocation], now: Timestamp) {
        for entry in entries {
            self.upto = self.upto.max(entry.number);
            match entry.revoked {
                Revoked::Session { id } | Revoked::Key { id } => {
                    self.gone.insert(id, entry.at);
                }
                Revoked::Proof { id, since } => {
                    let known = self.proofs.entry(id).or_insert((since, entry.at));
                    *known = (known.0.max(since), entry.at);
                }
                Revoked::User { id, version } => {
                    let known = self.users.entry(id).or_insert((version, entry.at));
                    *known = (known.0.max(version), entry.at);
                }
            }
        }
        self.gone.retain(|_, at| now.since(*at) < MATTERS_FOR);
        self.proofs.retain(|_, (_, at)| now.since(*at) < MATTERS_FOR);
        self.users.retain(|_, (_, at)| now.since(*at) < MATTERS_FOR);
    }

    fn age(&self, now: Timestamp) -> Option<Duration> {
        self.asked.map(|asked| now.since(asked))
    }

    fn believes(&self, principal: &Principal) -> bool {
        let lives = |id: Id| !self.gone.contains_key(&id);
        // An API key is a principal with the key's id.
        principal.session.is_none_or(lives) && lives(principal.id) && self.is_current(principal.id, principal.version)
    }

    fn believes_token(&self, grant: &Grant) -> bool {
        let proved = u64::try_from(grant.proved_at.seconds()).unwrap_or(0);
        let since = grant.principal.session.and_then(|session| self.proofs.get(&session));
        self.believes(&grant.principal) && since.is_none_or(|(since, _)| proved >= *since)
    }

    fn is_current(&self, user: Id, version: u32) -> bool {
        self.users.get(&user).is_none_or(|(least, _)| version >= *least)
    }
}

/// Is a principal still what a token said of it within [`MATTERS_FOR`]?
///
/// # Errors
/// 503 when identity has not answered for ten seconds.
pub async fn believes(principal: &Principal, env: &Env) -> Result<bool> {
    refresh(env).await?;
    Ok(KNOWN.with_borrow(|known| known.believes(principal)))
}

/// Is what a token says still so, and was no later one given in its place?
///
/// # Errors
/// As [`believes`].
pub async fn believes_token(grant: &Grant, env: &Env) -> Result<bool> {
    refresh(env).await?;
    Ok(KNOWN.with_borrow(|known| known.believes_token(grant)))
}

/// Is what a key grants still so? What its maker may not do any more, it may not.
///
/// # Errors
/// As [`believes`].
pub async fn believes_key(grant: &KeyGrant, env: &Env) -> Result<bool> {
    refresh(env).await?;
    Ok(KNOWN.with_borrow(|known| !known.gone.contains_key(&grant.id) && known.is_current(grant.maker, grant.version)))
}

/// The next token that is looked at here is compared with a new copy: a request that may have revoked something went through.
pub fn expect_news() {
    KNOWN.with_borrow_mut(|known| known.news = true);
}

async fn refresh(env: &Env) -> Result<()> {
    let now = clock::now();
    let (age, news, mut upto) = KNOWN.with_borrow(|known| (known.age(now), known.news, known.upto));
    if !news && age.is_some_and(|age| age < FRESH) {
        return Ok(());
    }
    let identity = call::service(env, "IDENTITY", &principal::service("gateway"));
    loop {
        match identity.get::<Revocations>(&format!("/internal/revocations?after={upto}")).await {
            Ok(found) => {
                let all = found.entries.len() < MAX_ENTRIES;
                KNOWN.with_borrow_mut(|known| {
                    known.learn(&found.entries, now);
                    upto = known.upto;
                    if all {
                        (known.asked, known.news) = (Some(now), false);
                    }
                });
                if all {
                    return Ok(());
                }
            }
            Err(problem) => {
                log::error("revocations could not be asked for", &[("problem", &problem.to_string())]);
                if age.is_some_and(|age| age < BEARABLE) {
                    return Ok(());
                }
                return Err(Problem::unavailable("who is logged in cannot be told now; try again shortly"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);

    fn id(n: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [n; 10])
    }

    fn principal_of(user: u8, session: u8, version: u32) -> Principal {
        Principal { id: id(user), session: Some(id(session)), version, ..principal::service("x") }
    }

    #[test]
    fn what_is_revoked_is_not_believed_and_all_else_is() {
        let mut known = Known::default();
        assert!(known.believes(&principal_of(1, 11, 0)));
        let entry = |number, revoked| Revocation { number, at: NOW, revoked };
        let news = [
            entry(4, Revoked::Session { id: id(11) }),
            entry(6, Revoked::Key { id: id(5) }),
            entry(7, Revoked::User { id: id(2), version: 3 }),
        ];
        known.learn(&news, NOW);
        assert_eq!(known.upto, 7);
        assert!(!known.believes(&principal_of(1, 11, 0)), "the session ended");
        assert!(known.believes(&principal_of(1, 12, 0)), "another session of the same user");
        assert!(!known.believes(&principal_of(2, 13, 2)), "a token from before the change");
        assert!(known.believes(&principal_of(2, 13, 3)));
        assert!(!known.believes(&Principal { session: None, ..principal_of(5, 0, 0) }), "a key that was revoked");
        known.learn(&[entry(8, Revoked::User { id: id(2), version: 1 })], NOW);
        assert!(!known.believes(&principal_of(2, 13, 2)), "what came late takes nothing back");
    }

    #[test]
    fn a_token_from_before_a_proof_is_not_believed() {
        let mut known = Known::default();
        let grant = |session: u8, seconds: u64| Grant {
            principal: principal_of(1, session, 0),
            version: 0,
            proved_at: NOW + Duration::from_secs(seconds),
            methods: Vec::new(),
        };
        assert!(known.believes_token(&grant(11, 0)));
        let since = u64::try_from(NOW.seconds()).unwrap() + 60;
        let entry = |since| Revocation { number: 1, at: NOW, revoked: Revoked::Proof { id: id(11), since } };
        known.learn(&[entry(since), entry(since - 60)], NOW);
        assert!(
            !known.believes_token(&grant(11, 0)) && !known.believes_token(&grant(11, 59)),
            "another took its place"
        );
        assert!(known.believes_token(&grant(11, 60)), "the one that did");
        assert!(known.believes_token(&grant(12, 0)), "another session of the same user");
        assert!(known.believes(&principal_of(1, 11, 0)), "the session goes on");
        known.learn(&[], NOW + MATTERS_FOR);
        assert!(known.proofs.is_empty());
    }

    #[test]
    fn entries_go_when_no_token_can_be_that_old() {
        let mut known = Known::default();
        known.learn(&[Revocation { number: 1, at: NOW, revoked: Revoked::Session { id: id(11) } }], NOW);
        known.learn(&[], NOW + MATTERS_FOR);
        assert!(known.gone.is_empty());
        assert_eq!(known.upto, 1, "and are not asked for again");
    }
}
