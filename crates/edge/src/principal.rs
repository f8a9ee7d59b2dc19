//! Who is asking, as the gateway says it to the workers: a JWT signed with HS256 that lives for a minute.

use crate::{Problem, Result, clock};
use http::request::Parts;
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt, Claims, Header, TimeOptions, UntrustedToken};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use worker::Env;

/// The header that carries the principal between workers. The gateway strips it from what comes from outside.
pub const HEADER: &str = "x-kirana-principal";

/// Seconds that a signed principal is good for.
const LIFETIME_SECONDS: i64 = 60;

/// Somebody who asks: a person, a device, an integration or another worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The user, device or key. A worker is the nil id.
    pub id: Id,
    /// The name for audit and timelines: a person's display name, or a worker's.
    pub name: String,
    /// What it is to the chain.
    pub roles: Vec<Role>,
    /// The stores it is assigned to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Id>,
    /// The franchisee whose stores it owns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub franchisee: Option<Id>,
    /// The session it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Id>,
    /// Counts the changes of what it may do, as its token said: what is older than a change is not believed any more.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub version: u32,
    /// Where a call that pays came from; the gateway says it, for fraud rules, and of no other call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Box<Origin>>,
}

/// Where a call came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The address in the network.
    #[serde(default)]
    pub network: String,
    /// The country of that, as Cloudflare knows it: ISO 3166-1, two letters; empty where it does not.
    #[serde(default)]
    pub country: String,
    /// What the browser or app calls itself, and its languages.
    #[serde(default)]
    pub device: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks so
const fn is_none_yet(version: &u32) -> bool {
    *version == 0
}

impl Principal {
    /// Does it have that role?
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Does it have one of these roles?
    #[must_use]
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    /// Does it speak for the chain as a whole: an admin, or a worker of the platform?
    #[must_use]
    pub fn is_chain(&self) -> bool {
        self.has_any(&[Role::Admin, Role::Service])
    }

    /// May it work in this store: assigned to it, owner of its franchisee, or the chain itself?
    #[must_use]
    pub fn may_work_in(&self, store: Id, franchisee: Id) -> bool {
        self.is_chain()
            || (self.has_any(&[Role::Staff, Role::Manager, Role::Device]) && self.stores.contains(&store))
            || (self.has(Role::Owner) && self.franchisee == Some(franchisee))
    }

    /// The role it acts in, for timelines: the mightiest it has.
    #[must_use]
    pub fn acting_role(&self) -> Role {
        self.roles.iter().copied().max().unwrap_or(Role::Customer)
    }

    /// Refuses everybody but the platform's own workers.
    ///
    /// # Errors
    /// 403.
    pub fn require_service(&self) -> Result<()> {
        if self.has(Role::Service) {
            Ok(())
        } else {
            Err(Problem::forbidden("only workers of the platform may call this"))
        }
    }

    /// Refuses everybody who has none of these roles.
    ///
    /// # Errors
    /// 403.
    pub fn require(&self, roles: &[Role]) -> Result<()> {
        if self.has_any(roles) {
            return Ok(());
        }
        let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
        Err(Problem::forbidden(format!("this needs one of the roles {}", names.join(", "))))
    }

    /// The value of [`HEADER`] for this principal.
    ///
    /// # Errors
    /// 500 when the deployment has no `INTERNAL_KEY`.
    pub fn sign(&self, env: &Env) -> Result<String> {
        sign(self, &internal_key(env)?, clock::now())
    }
}

/// A worker of the platform, asking on its own account.
#[must_use]
pub fn service(name: &str) -> Principal {
    Principal {
        id: Id::new(Timestamp::from_millis(0), [0; 10]),
        name: name.into(),
        roles: vec![Role::Service],
        stores: Vec::new(),
        franchisee: None,
        session: None,
        version: 0,
        from: None,
    }
}

/// Verifies the principal in these headers.
///
/// # Errors
/// 401 when there is none, or it is forged or too old.
pub fn verify_headers(headers: &http::HeaderMap, env: &Env) -> Result<Principal> {
    let token = headers.get(HEADER).and_then(|value| value.to_str().ok());
    let token = token.ok_or_else(|| Problem::unauthorized("unauthenticated", "no principal came with this call"))?;
    verify(token, &internal_key(env)?, clock::now())
}

/// Verifies one header value, as a Durable Object reads it.
///
/// # Errors
/// As [`verify_headers`].
pub fn verify_value(token: Option<&str>, env: &Env) -> Result<Principal> {
    let token = token.ok_or_else(|| Problem::unauthorized("unauthenticated", "no principal came with this call"))?;
    verify(token, &internal_key(env)?, clock::now())
}

fn internal_key(env: &Env) -> Result<Vec<u8>> {
    let text = env.secret("INTERNAL_KEY").map_err(Problem::internal)?.to_string();
    Ok(text.into_bytes())
}

fn sign(principal: &Principal, key: &[u8], now: Timestamp) -> Result<String> {
    let now = now.to_utc();
    let mut claims = Claims::new(principal);
    claims.issued_at = Some(now);
    claims.expiration = Some(now + std::time::Duration::from_secs(LIFETIME_SECONDS.unsigned_abs()));
    Hs256.token(&Header::empty(), &claims, &Hs256Key::new(key)).map_err(Problem::internal)
}

fn verify(token: &str, key: &[u8], now: Timestamp) -> Result<Principal> {
    let refused = || Problem::unauthorized("unauthenticated", "the principal of this call is not valid");
    let token = UntrustedToken::new(token).map_err(|_| refused())?;
    let token = Hs256.validator::<Principal>(&Hs256Key::new(key)).validate(&token).map_err(|_| refused())?;
    let now = now.to_utc();
    // Isolates' clocks differ by little; five seconds is generous.
    let options = TimeOptions::new(jwt_compact_leeway(), move || now);
    token.claims().validate_expiration(&options).map_err(|_| refused())?;
    Ok(token.into_parts().1.custom)
}

fn jwt_compact_leeway() -> chrono::Duration {
    chrono::Duration::seconds(5)
}

/// The verified principal of a request.
#[derive(Clone, Debug)]
pub struct Caller(pub Principal);

impl axum::extract::FromRequestParts<Env> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Env) -> Result<Self> {
        verify_headers(&parts.headers, env).map(Self)
    }
}

/// The verified principal of a request that also somebody unknown may make: absent without the header, refused when it is bad.
#[derive(Clone, Debug)]
pub struct MaybeCaller(pub Option<Principal>);

impl axum::extract::FromRequestParts<Env> for MaybeCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Env) -> Result<Self> {
        if parts.headers.contains_key(HEADER) {
            verify_headers(&parts.headers, env).map(|p| Self(Some(p)))
        } else {
            Ok(Self(None))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner() -> Principal {
        Principal {
            id: Id::new(Timestamp::from_millis(1), [1; 10]),
            name: "Somsri".into(),
            roles: vec![Role::Customer, Role::Owner],
            stores: vec![],
            franchisee: Some(Id::new(Timestamp::from_millis(2), [2; 10])),
            session: None,
            version: 2,
            from: None,
        }
    }

    #[test]
    fn a_principal_is_believed_for_a_minute_and_with_the_key_only() {
        let now = Timestamp::from_millis(1_763_631_000_000);
        let token = sign(&owner(), b"key", now).unwrap();
        assert_eq!(verify(&token, b"key", now).unwrap(), owner());
        assert!(verify(&token, b"other", now).is_err());
        assert!(verify(&token, b"key", now + std::time::Duration::from_secs(66)).is_err());
        let forged = format!("{}x", &token[..token.len() - 1]);
        assert!(verify(&forged, b"key", now).is_err());
    }

    #[test]
    fn an_owner_works_in_the_franchise_only() {
        let store = Id::new(Timestamp::from_millis(3), [3; 10]);
        let foreign = Id::new(Timestamp::from_millis(4), [4; 10]);
        assert!(owner().may_work_in(store, owner().franchisee.unwrap()));
        assert!(!owner().may_work_in(store, foreign));
        assert_eq!(owner().acting_role(), Role::Owner);
    }
}
