//! Proving who one is with a code or a password: counted before it is looked at, and good once.

use crate::api::keys::master;
use crate::db::factors::{self, Factor, Kind};
use crate::db::users::Credentials;
use crate::db::{tickets, users};
use crate::rules::guesses::{is_message_code, recovery_hash, wait};
use crate::rules::tickets::Purpose;
use crate::rules::{password, totp};
use http::StatusCode;
use kirana_edge::access_token::Method;
use kirana_edge::db::{Db, Statement, required_change_missing};
use kirana_edge::sealed::vault;
use kirana_edge::{Problem, Result};
use kirana_kernel::{Id, Timestamp};
use kirana_vault::Place;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// What a code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CodeKind {
    /// Of an authenticator app.
    Totp,
    /// From an e-mail.
    Mail,
    /// From a text message.
    Sms,
    /// One of the recovery codes.
    Recovery,
}

impl From<Kind> for CodeKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Totp => Self::Totp,
            Kind::Mail => Self::Mail,
            Kind::Sms => Self::Sms,
        }
    }
}

impl CodeKind {
    /// How it stands in tokens.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Totp | Self::Recovery => Method::Otp,
            Self::Mail => Method::Mail,
            Self::Sms => Method::Sms,
        }
    }
}

/// Where a factor's secret is kept.
#[must_use]
pub fn place(user: &str) -> Place<'_> {
    Place("factors", "secret", user)
}

/// 401: the code is not right. Which of all the reasons is nobody's business.
#[must_use]
pub fn wrong_code() -> Problem {
    Problem::unauthorized("wrong_code", "this code is not right, or was used, or is too old")
}

/// Counts a guess.
///
/// # Errors
/// 429 `too_many_guesses`, with how long to wait.
pub async fn count_guess(db: &Db, user: Id, now: Timestamp) -> Result<()> {
    let (count, since) = factors::guess(db, user, now).await?;
    let Some(wait) = wait(count, since, now) else { return Ok(()) };
    let detail = "too many guesses: wait, and then be sure";
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_guesses", detail);
    Err(problem.with("retry_after", wait.as_secs()))
}

/// The statements with which a code is taken, once; count the guess before.
///
/// # Errors
/// 401 `wrong_code`, 500 when the database refuses.
pub async fn take_code(
    env: &Env,
    db: &Db,
    user: Id,
    among: &[Factor],
    kind: CodeKind,
    code: &str,
    now: Timestamp,
) -> Result<Vec<Statement>> {
    let of = |kind: Kind| among.iter().find(|factor| factor.kind == kind).ok_or_else(wrong_code);
    let mut statements = match kind {
        CodeKind::Totp => {
            let secret = vault(env)?.open(&of(Kind::Totp)?.secret, place(&user.to_string()));
            let secret = hex::decode(secret.map_err(Problem::internal)?).map_err(Problem::internal)?;
            let secret = secret.try_into().map_err(|_| Problem::internal("a TOTP secret has 20 bytes"))?;
            factors::take_step(user, totp::matching_step(&secret, code, now).ok_or_else(wrong_code)?)
        }
        CodeKind::Mail | CodeKind::Sms => {
            let (kind, purpose) =
                if kind == CodeKind::Mail { (Kind::Mail, Purpose::MailCode) } else { (Kind::Sms, Purpose::SmsCode) };
            of(kind)?;
            let ticket = tickets::latest(db, user, purpose, now).await?.ok_or_else(wrong_code)?;
            if !is_message_code(&master(env)?, ticket, code) {
                return Err(wrong_code());
            }
            tickets::consume(ticket, now)
        }
        CodeKind::Recovery => factors::take_recovery_code(user, &recovery_hash(&master(env)?, user, code), now),
    };
    statements.push(factors::forget_guesses(user));
    Ok(statements)
}

/// Runs the batch that takes a code: somebody else may have been faster with it.
///
/// # Errors
/// 401 `wrong_code`.
pub async fn run(db: &Db, statements: Vec<Statement>) -> Result<()> {
    match db.batch(statements).await {
        Err(error) if required_change_missing(&error) => Err(wrong_code()),
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// The factors of a user that are good.
///
/// # Errors
/// 500 when the database refuses.
pub async fn confirmed(db: &Db, user: Id) -> Result<Vec<Factor>> {
    Ok(factors::of(db, user).await?.into_iter().filter(|factor| factor.confirmed_at.is_some()).collect())
}

/// The user whose password this is, as a guess that counts.
///
/// # Errors
/// 403 `wrong_password`, 429 `too_many_guesses`.
pub async fn check_password(db: &Db, user: Id, given: &str, now: Timestamp) -> Result<Credentials> {
    count_guess(db, user, now).await?;
    let wrong = || Problem::new(StatusCode::FORBIDDEN, "wrong_password", "this is not your password as it is");
    let found = users::credentials(db, user).await?.ok_or_else(wrong)?;
    // A password longer than any we take is wrong; hashing it would only cost.
    if given.len() > 512 || !password::verify(given, Some(&found.password_hash)) {
        return Err(wrong());
    }
    Ok(found)
}
