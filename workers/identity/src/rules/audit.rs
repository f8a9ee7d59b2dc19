//! The audit log is a chain: each entry's hash covers the one before, so that what is changed, taken out or put in shows.
//! That its end was cut off shows only to who knows an older end: the log lines of each hour say it.

use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// What the first entry's hash covers in place of one before.
pub const BEGINNING: &str = "";

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// Its number, counted without gaps from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor_id: Id,
    /// The role they acted in.
    pub actor: String,
    /// What they did, such as `user.roles`.
    pub action: String,
    /// To what, by its id.
    pub object: String,
    /// Why, if they said so.
    pub reason: Option<String>,
    /// How it stood, as JSON.
    pub before: Option<String>,
    /// How it stands, as JSON.
    pub after: Option<String>,
    /// The request.
    pub request_id: String,
}

/// The hash of an entry that follows the one with this hash.
#[must_use]
pub fn hash(previous: &str, entry: &Entry) -> String {
    // One text for each entry: a JSON list of its fields in a fixed order.
    let canonical = serde_json::json!([
        previous,
        entry.seq,
        entry.at.millis(),
        entry.actor_id,
        entry.actor,
        entry.action,
        entry.object,
        entry.reason,
        entry.before,
        entry.after,
        entry.request_id
    ]);
    hex::encode(Sha256::digest(canonical.to_string().as_bytes()))
}

/// Follows a chain; answers the last hash, or the number at which it is broken.
///
/// # Errors
/// The number of the first entry that is not as it was written, or is missing.
pub fn follow<'a>(
    mut seq: u64,
    mut previous: String,
    entries: impl IntoIterator<Item = &'a (Entry, String)>,
) -> Result<(u64, String), u64> {
    for (entry, stored) in entries {
        seq += 1;
        if entry.seq != seq || hash(&previous, entry) != *stored {
            return Err(seq);
        }
        previous.clone_from(stored);
    }
    Ok((seq, previous))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Vec<(Entry, String)> {
        let (mut chain, mut previous) = (Vec::new(), BEGINNING.to_owned());
        for seq in 1..=5 {
            let entry = Entry {
                seq,
                at: Timestamp::from_millis(1_000 * i64::try_from(seq).unwrap()),
                actor_id: Id::new(Timestamp::from_millis(1), [1; 10]),
                actor: "admin".into(),
                action: "user.roles".into(),
                object: "x".into(),
                reason: None,
                before: Some("[\"staff\"]".into()),
                after: Some(format!("[{seq}]")),
                request_id: "r".into(),
            };
            previous = hash(&previous, &entry);
            chain.push((entry, previous.clone()));
        }
        chain
    }

    fn check(chain: &[(Entry, String)]) -> Result<(u64, String), u64> {
        follow(0, BEGINNING.into(), chain)
    }

    #[test]
    fn whatever_is_done_to_it_shows() {
        let whole = chain();
        let head = check(&whole).unwrap();
        assert_eq!(head, (5, whole[4].1.clone()));
        for at in 0..5 {
            let number = u64::try_from(at).unwrap() + 1;
            let mut flipped = chain();
            flipped[at].0.after = Some("[\"admin\"]".into());
            assert_eq!(check(&flipped), Err(number), "changed");
            let mut deleted = chain();
            deleted.remove(at);
            assert!(
                if at < 4 { check(&deleted) == Err(number) } else { check(&deleted).unwrap() != head },
                "taken out"
            );
            let mut forged = chain();
            forged[at].0.after = Some("[\"admin\"]".into());
            forged[at].1 = hash(at.checked_sub(1).map_or(BEGINNING, |at| &whole[at].1), &forged[at].0);
            assert!(
                if at < 4 { check(&forged) == Err(number + 1) } else { check(&forged).unwrap() != head },
                "rehashed"
            );
        }
        let mut swapped = chain();
        swapped.swap(1, 2);
        assert_eq!(check(&swapped), Err(2));
        assert_eq!(follow(2, whole[1].1.clone(), &whole[2..]), Ok(head), "it can be followed in parts");
    }
}
