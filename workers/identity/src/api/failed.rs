//! What is told of a login that failed.

use crate::SOURCE;
use crate::api::keys::master;
use kirana_edge::db::Db;
use kirana_edge::{Problem, RequestId, Result, outbox};
use kirana_events::{EventData, LoginFailed};
use kirana_kernel::Id;
use worker::Env;

/// Tells that a login failed: the same work whether the address is somebody's or nobody's, so that the time says nothing.
///
/// # Errors
/// 500 when the database refuses.
pub async fn tell(
    env: &Env,
    database: &Db,
    request_id: &RequestId,
    email: &str,
    user: Option<Id>,
    wrong: &str,
) -> Result<()> {
    let account = hex::encode(master(env)?.mac("account of a failed login", email.as_bytes()));
    let event = EventData::LoginFailed(LoginFailed { user_id: user, account: account.clone(), wrong: wrong.into() });
    database.batch(vec![outbox::append(SOURCE.name, request_id, account, None, event)?]).await?;
    Ok(())
}

/// What a wrong code in the middle of a login is answered with, once it is told; any other problem stays as it is.
pub async fn wrong_code(env: &Env, database: &Db, request_id: &RequestId, user: Id, problem: Problem) -> Problem {
    if problem.code != "wrong_code" {
        return problem;
    }
    let email = match crate::db::users::by_id(database, user).await {
        Ok(found) => found.map(|found| found.email).unwrap_or_default(),
        Err(other) => return other,
    };
    match tell(env, database, request_id, &email, Some(user), "code").await {
        Ok(()) => problem,
        Err(other) => other,
    }
}
