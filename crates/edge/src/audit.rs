//! The chain's one audit log, which identity keeps, for the workers beside it: who did what, how it stood and how it will stand.

use crate::{Principal, RequestId, Result, call, principal};
use kirana_contracts::audit::AuditNote;
use kirana_contracts::staff::Decider;
use worker::Env;

/// What somebody is about to do.
#[derive(Clone, Debug, Default)]
pub struct Entry<'a> {
    /// What, such as `payment.refunded`.
    pub action: &'static str,
    /// To what: an id, or a name.
    pub object: String,
    /// Why, if they said.
    pub reason: Option<&'a str>,
    /// How it stood, as JSON.
    pub before: Option<String>,
    /// How it will stand, as JSON.
    pub after: Option<String>,
}

/// Writes it down, before it is done: should it fail after that, the log says more than was done, never less. What has no entry is not done.
///
/// # Errors
/// 503 while identity does not answer.
pub async fn note(env: &Env, from: &str, by: &Principal, request: &RequestId, entry: Entry<'_>) -> Result<()> {
    let note = AuditNote {
        by: Decider { id: by.id, role: by.acting_role() },
        action: entry.action.to_owned(),
        object: entry.object,
        reason: entry.reason.map(str::to_owned),
        before: entry.before,
        after: entry.after,
    };
    let identity = call::service(env, "IDENTITY", &principal::service(from)).during(&request.0);
    identity.post::<_, bool>("/internal/audit", &note).await.map(|_| ())
}
