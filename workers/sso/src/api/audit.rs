//! What admins do here is written into the chain's one audit log, which identity keeps, before it is done.

use kirana_contracts::audit::AuditNote;
use kirana_contracts::staff::Decider;
use kirana_edge::{Principal, RequestId, Result, call, principal};
use serde::Serialize;
use std::convert::Infallible;
use worker::Env;

/// Who does something in which call, and why.
pub struct Doing<'a> {
    /// Who.
    pub caller: &'a Principal,
    /// The call.
    pub request_id: &'a RequestId,
    /// Why, if they said.
    pub reason: &'a Reason,
}

/// Why somebody does something, in the header `x-reason`.
pub struct Reason(pub Option<String>);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Reason {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut http::request::Parts, _state: &S) -> Result<Self, Infallible> {
        let reason = parts.headers.get("x-reason").and_then(|value| value.to_str().ok()).map(str::trim);
        Ok(Self(reason.filter(|reason| !reason.is_empty()).map(|reason| reason.chars().take(300).collect())))
    }
}

impl Doing<'_> {
    /// Writes down what is about to be done.
    ///
    /// # Errors
    /// 500 or 503 when it cannot be written: then it must not be done.
    pub async fn note<A: Serialize>(
        &self,
        env: &Env,
        action: &str,
        object: String,
        before: Option<&A>,
        after: Option<&A>,
    ) -> Result<()> {
        let note = AuditNote {
            by: Decider { id: self.caller.id, role: self.caller.acting_role() },
            action: action.into(),
            object,
            reason: self.reason.0.clone(),
            before: before.map(serde_json::to_string).transpose()?,
            after: after.map(serde_json::to_string).transpose()?,
        };
        let identity = call::service(env, "IDENTITY", &principal::service("sso")).during(&self.request_id.0);
        identity.post::<_, bool>("/internal/audit", &note).await.map(|_| ())
    }
}
