//! SQL of single sign-on: the only place that knows its tables.

pub mod browsers;
pub mod clients;
pub mod consents;
pub mod grants;
pub mod keys;
pub mod links;
pub mod tokens;

use kirana_edge::db::{Statement, stmt};
use kirana_edge::params;
use kirana_kernel::{Id, Timestamp};

/// The statements that throw away what nobody can use any more. A code that was used is known for as long as what was given
/// for it could be taken back.
#[must_use]
pub fn sweep(now: Timestamp) -> Vec<Statement> {
    vec![
        links::sweep(now),
        stmt("DELETE FROM browsers WHERE ends_at < ?1", params![now]),
        stmt("DELETE FROM tokens WHERE kind = 'access' AND expires_at < ?1", params![now]),
        stmt(
            "DELETE FROM tokens WHERE grant_id IN (SELECT id FROM grants WHERE ends_at < ?1 ORDER BY id LIMIT 500)",
            params![now],
        ),
        stmt(
            "DELETE FROM grants WHERE ends_at < ?1 AND NOT EXISTS (SELECT 1 FROM tokens WHERE grant_id = grants.id)",
            params![now],
        ),
        // Nobody came for it.
        stmt(
            "DELETE FROM grants WHERE redeemed_at IS NULL AND code_expires_at < ?1
               AND NOT EXISTS (SELECT 1 FROM tokens WHERE grant_id = grants.id)",
            params![now],
        ),
    ]
}

/// The statements after which nothing is left of somebody here.
#[must_use]
pub fn erase(user: Id) -> Vec<Statement> {
    let tables = [
        "DELETE FROM tokens WHERE grant_id IN (SELECT id FROM grants WHERE user_id = ?1)",
        "DELETE FROM grants WHERE user_id = ?1",
        "DELETE FROM consents WHERE user_id = ?1",
        "DELETE FROM browsers WHERE user_id = ?1",
        "DELETE FROM links WHERE user_id = ?1",
    ];
    tables.into_iter().map(|sql| stmt(sql, params![user])).collect()
}
