//! Who opened a socket, and until when that is known to be true.

use kirana_contracts::revocation::MATTERS_FOR;
use kirana_edge::{Principal, Result, revoked};
use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use worker::{Env, WebSocket};

/// The close code for who may not be told any more: a policy was violated (RFC 6455, 7.4.1).
const POLICY: u16 = 1008;

/// What a note is renewed after: writing it each time would be for nothing.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// What is written on a socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Follower {
    principal: Principal,
    /// When nothing was known against it.
    believed_at: Timestamp,
}

impl Follower {
    /// Whoever the gateway has just let in; of the principal only what may be revoked, as little fits on a socket.
    #[must_use]
    pub fn new(principal: Principal, now: Timestamp) -> Self {
        let principal =
            Principal { name: String::new(), roles: Vec::new(), stores: Vec::new(), franchisee: None, ..principal };
        Self { principal, believed_at: now }
    }

    /// May it still be told? The list of what is revoked reaches back for [`MATTERS_FOR`]: who was not looked at for longer may have
    /// been revoked and forgotten, and is to say anew who they are.
    ///
    /// # Errors
    /// 503 when nobody can tell.
    pub async fn is_believed(&mut self, env: &Env, now: Timestamp) -> Result<bool> {
        if !self.is_recent(now) || !revoked::believes(&self.principal, env).await? {
            return Ok(false);
        }
        if now.since(self.believed_at) >= NOTED_EVERY {
            self.believed_at = now;
        }
        Ok(true)
    }

    fn is_recent(&self, now: Timestamp) -> bool {
        now.since(self.believed_at) < MATTERS_FOR
    }
}

/// Closes a socket whose follower is not to be told any more.
pub fn dismiss(socket: &WebSocket) {
    // One that is gone is closed already.
    let _ = socket.close(Some(POLICY), Some("your session has ended or your rights have changed: open it again"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_edge::principal;

    #[test]
    fn who_was_not_looked_at_for_longer_than_the_list_reaches_is_unknown() {
        let then = Timestamp::from_millis(1_763_631_000_000);
        let follower = Follower::new(principal::service("x"), then);
        assert!(follower.is_recent(then + MATTERS_FOR - Duration::from_secs(1)));
        assert!(!follower.is_recent(then + MATTERS_FOR));
    }
}
