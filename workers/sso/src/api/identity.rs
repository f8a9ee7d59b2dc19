//! What identity is asked: whether somebody is who they say, and how they stand. It alone knows passwords and sessions; here
//! the password only passes through.

use kirana_edge::{Principal, Problem, RawJson, RequestId, Result, call, principal, wire};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use serde_json::json;
use worker::{Env, Headers, Method, Request, RequestInit};

/// Somebody, as identity shows them.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Their id.
    pub id: Id,
    /// Where to write to them.
    pub email: String,
    /// Is it proved that the address is theirs?
    pub email_verified: bool,
    /// How to address them.
    pub name: String,
    /// What they are to the chain.
    pub roles: Vec<Role>,
    /// The stores they work in.
    pub stores: Vec<Id>,
    /// The franchise they own.
    pub franchisee_id: Option<Id>,
}

/// A session that began.
#[derive(Clone, Debug, Deserialize)]
pub struct Session {
    /// Whose.
    pub user: User,
    /// Its id. Its tokens stay here unread and unkept: nobody can ask the API with them.
    pub session_id: Id,
}

/// The name of such a session in the list that its user sees.
const DEVICE: &str = "Single sign-on";

/// Signs somebody in by address and password.
///
/// # Errors
/// Identity's own: 401 `wrong_credentials`, 401 `second_factor_required` with what to go on with.
pub async fn sign_in(env: &Env, request_id: &RequestId, email: &str, password: &str) -> Result<Session> {
    let body = json!({"email": email, "password": password, "on": {"device_name": DEVICE}});
    identity(env, request_id).post("/api/v1/auth/login", &body).await
}

/// The second half of signing in.
///
/// # Errors
/// Identity's own: 401 `invalid_login_token` or `wrong_code`, 422, 429.
pub async fn second_factor(
    env: &Env,
    request_id: &RequestId,
    login_token: &str,
    kind: &str,
    code: &str,
) -> Result<Session> {
    let body = json!({"login_token": login_token, "kind": kind, "code": code, "on": {"device_name": DEVICE}});
    identity(env, request_id).post("/api/v1/auth/login/second-factor", &body).await
}

/// Has a code sent in the middle of signing in.
///
/// # Errors
/// Identity's own: 401 `invalid_login_token`, 404, 429.
pub async fn send_code(env: &Env, request_id: &RequestId, login_token: &str, kind: &str) -> Result<()> {
    let body = json!({"login_token": login_token, "kind": kind});
    tell(&identity(env, request_id), "/api/v1/auth/login/code", &body).await
}

/// Ends somebody's session, with all that clients were given in it. Ended twice, it is ended once.
///
/// # Errors
/// 500 or 503 when identity does not answer.
pub async fn sign_out(env: &Env, request_id: &RequestId, user: Id, session: Id) -> Result<()> {
    let asking = asking(user, session);
    let as_user = call::service(env, "IDENTITY", &asking).during(&request_id.0);
    tell(&as_user, "/api/v1/auth/logout", &json!({})).await
}

/// Asks for something that is answered without a word.
async fn tell(identity: &call::Callee<'_>, path: &str, body: &serde_json::Value) -> Result<()> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(body.to_string().into()));
    let request = Request::new_with_init(&format!("https://kirana{path}"), &init)?;
    let answer = identity.fetch(request).await?;
    if answer.status_code() < 400 {
        return Ok(());
    }
    Err(serde_json::from_str::<Problem>(&wire::text(&answer).await?)?)
}

/// What a device says of itself when somebody comes from another provider: identity reads it.
pub type OnDevice = serde_json::Value;

/// The user who has proved this address, or a new customer of whom another provider has seen that it is theirs.
///
/// # Errors
/// Identity's own: 422 for an address that is none.
pub async fn by_address(env: &Env, request_id: &RequestId, email: &str, name: Option<&str>) -> Result<Id> {
    let body = json!({"email": email, "name": name});
    identity(env, request_id).post("/internal/people/by-address", &body).await
}

/// A session of a user whom another provider vouches for.
///
/// # Errors
/// Identity's own: 401 `second_factor_required`, 404 for who is gone, 422.
pub async fn session(env: &Env, request_id: &RequestId, user: Id, on: &OnDevice, user_agent: &str) -> Result<RawJson> {
    let body = json!({"user_id": user, "on": on, "user_agent": user_agent});
    identity(env, request_id).post("/internal/sessions", &body).await
}

/// Somebody as they stand now; none when they are gone or the session has ended: logged out, its password changed, too old.
///
/// # Errors
/// 500 or 503 when identity does not answer.
pub async fn standing(env: &Env, request_id: &RequestId, user: Id, session: Id) -> Result<Option<User>> {
    #[derive(Deserialize)]
    struct Live {
        current: bool,
    }
    let asking = asking(user, session);
    let as_user = call::service(env, "IDENTITY", &asking).during(&request_id.0);
    let sessions: Vec<Live> = as_user.get("/api/v1/auth/sessions").await?;
    if !sessions.iter().any(|session| session.current) {
        return Ok(None);
    }
    match as_user.get("/api/v1/auth/me").await {
        Err(problem) if problem.status == 401 => Ok(None),
        other => other.map(Some),
    }
}

/// Somebody in their session, who is nothing to the chain here.
fn asking(user: Id, session: Id) -> Principal {
    Principal {
        id: user,
        name: "single sign-on".into(),
        roles: Vec::new(),
        stores: Vec::new(),
        franchisee: None,
        session: Some(session),
        version: 0,
        from: None,
    }
}

fn identity<'a>(env: &'a Env, request_id: &RequestId) -> call::Callee<'a> {
    call::service(env, "IDENTITY", &principal::service("sso")).during(&request_id.0)
}
