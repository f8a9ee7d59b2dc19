//! One's own second factors: enrolling, confirming, removing; recovery codes.

use crate::api::keys::master;
use crate::api::proof::{self, CodeKind, confirmed, count_guess, take_code};
use crate::api::verification::letter;
use crate::db::factors::{self as db, Factor, Kind};
use crate::db::{sessions, tickets, users};
use crate::rules::guesses::{RECOVERY_CODES, recovery_code, recovery_hash};
use crate::rules::tickets::{MAX_LETTERS, Purpose};
use crate::rules::{qr, totp};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::{Db, Statement, required_change_missing};
use kirana_edge::sealed::vault;
use kirana_edge::{Caller, Json, Path, Principal, Problem, RequestId, Result, clock};
use kirana_events::EventData;
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A second factor, as its user sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactorInfo {
    /// Which.
    pub kind: Kind,
    /// Since when.
    pub confirmed_at: Timestamp,
}

/// One's second factors.
#[derive(Debug, Serialize, ToSchema)]
pub struct Factors {
    /// Those that are good.
    pub factors: Vec<FactorInfo>,
    /// Recovery codes that are not used.
    pub recovery_codes_left: u32,
}

/// A secret for an authenticator app. Shown once; a code confirms that the app has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotpEnrolment {
    /// To type, in Base32.
    pub secret: String,
    /// To open on the device that has the app.
    pub uri: String,
    /// To scan: the same as an SVG image.
    pub qr_svg: String,
}

/// A telephone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Telephone {
    /// Its number (E.164).
    #[schema(example = "+66812345678")]
    pub phone: String,
}

/// What somebody should know who lets codes come by text message.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextMessageRisk {
    /// `text_messages_can_be_read`, for whoever has their own words for it.
    pub code: &'static str,
    /// In words.
    pub detail: &'static str,
    /// What is safer.
    pub safer: [Kind; 1],
}

const TEXT_MESSAGE_RISK: TextMessageRisk = TextMessageRisk {
    code: "text_messages_can_be_read",
    detail: "whoever takes over your number, or listens in the telephone network, reads your codes; an authenticator app is safer",
    safer: [Kind::Totp],
};

/// A code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// As the app, the letter or the message says it.
    pub code: String,
}

/// Recovery codes. Shown once; each is good once in place of a code.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// The codes; none when somebody has some already.
    pub recovery_codes: Vec<String>,
}

/// Which second factors one has.
///
/// # Errors
/// 401 without a token.
#[utoipa::path(get, path = "/api/v1/auth/factors", tag = "identity",
    responses((status = 200, body = Factors), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Factors>> {
    let database = Db::of(&env)?;
    let info = |factor: Factor| Some(FactorInfo { kind: factor.kind, confirmed_at: factor.confirmed_at? });
    let factors = confirmed(&database, caller.id).await?.into_iter().filter_map(info).collect();
    Ok(Json(Factors { factors, recovery_codes_left: db::recovery_codes_left(&database, caller.id).await? }))
}

/// A secret for an authenticator app. It is good for nothing until `POST /auth/factors/totp/confirm`.
///
/// # Errors
/// 409 `already_enrolled`.
#[utoipa::path(post, path = "/api/v1/auth/factors/totp/enrol", tag = "identity",
    responses((status = 201, body = TotpEnrolment), (status = 409, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn enrol_totp(State(env): State<Env>, Caller(caller): Caller) -> Result<(StatusCode, Json<TotpEnrolment>)> {
    let database = Db::of(&env)?;
    let user = myself(&database, &caller).await?;
    let secret: totp::Secret = clock::random();
    let sealed = vault(&env)?.seal(&hex::encode(secret), proof::place(&caller.id.to_string()), clock::random());
    db::enrol(&database, caller.id, Kind::Totp, &sealed.map_err(Problem::internal)?, clock::now(), Vec::new()).await?;
    let uri = totp::uri(&secret, &user.email, "Kirana");
    let qr_svg = qr::svg(&uri).ok_or_else(|| Problem::internal("the address is too long for a QR code"))?;
    Ok((StatusCode::CREATED, Json(TotpEnrolment { secret: totp::base32(&secret), uri, qr_svg })))
}

/// Codes by e-mail: sends the first, which confirms it.
///
/// # Errors
/// 409 `already_enrolled` or `unverified`, 429 `too_many_letters`.
#[utoipa::path(post, path = "/api/v1/auth/factors/mail/enrol", tag = "identity",
    responses((status = 202), (status = 409, body = Problem), (status = 429, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn enrol_mail(State(env): State<Env>, Caller(caller): Caller, request_id: RequestId) -> Result<StatusCode> {
    let database = Db::of(&env)?;
    if !myself(&database, &caller).await?.email_verified {
        return Err(Problem::conflict("unverified", "prove first that the address is yours"));
    }
    let message = message(&database, caller.id, Kind::Mail, &request_id).await?;
    db::enrol(&database, caller.id, Kind::Mail, "", clock::now(), message).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Codes by text message: sends the first, which confirms it, and tells what is wrong with such codes.
///
/// # Errors
/// 409 `already_enrolled`, 422 for what is no number, 429 `too_many_letters`.
#[utoipa::path(post, path = "/api/v1/auth/factors/sms/enrol", tag = "identity", request_body = Telephone,
    responses((status = 202, body = TextMessageRisk), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn enrol_sms(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<Telephone>,
) -> Result<(StatusCode, Json<TextMessageRisk>)> {
    let database = Db::of(&env)?;
    if !crate::rules::credentials::is_phone(&body.phone) {
        return Err(Problem::invalid_field("phone", "expected a number such as +66812345678 (E.164)"));
    }
    let sealed = vault(&env)?.seal(&body.phone, proof::place(&caller.id.to_string()), clock::random());
    let message = message(&database, caller.id, Kind::Sms, &request_id).await?;
    db::enrol(&database, caller.id, Kind::Sms, &sealed.map_err(Problem::internal)?, clock::now(), message).await?;
    Ok((StatusCode::ACCEPTED, Json(TEXT_MESSAGE_RISK)))
}

/// Confirms a factor with its first code. Every other session ends: from now on a login needs a code.
///
/// # Errors
/// 401 `wrong_code`, 404 for what was not begun, 429 `too_many_guesses`.
#[utoipa::path(post, path = "/api/v1/auth/factors/{kind}/confirm", tag = "identity",
    params(("kind" = Kind, Path, description = "The factor")), request_body = Code,
    responses((status = 200, body = RecoveryCodes), (status = 401, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn confirm(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(kind): Path<Kind>,
    Json(body): Json<Code>,
) -> Result<Json<RecoveryCodes>> {
    let (database, now) = (Db::of(&env)?, clock::now());
    let all = db::of(&database, caller.id).await?;
    if !all.iter().any(|factor| factor.kind == kind && factor.confirmed_at.is_none()) {
        return Err(Problem::not_found("no such factor waits for its first code"));
    }
    count_guess(&database, caller.id, now).await?;
    let mut statements = take_code(&env, &database, caller.id, &all, CodeKind::from(kind), &body.code, now).await?;
    statements.extend(db::confirm(caller.id, kind, now));
    let first = all.iter().all(|factor| factor.confirmed_at.is_none());
    let codes = if first { new_codes() } else { Vec::new() };
    if first {
        statements.extend(set_codes(&env, caller.id, &codes)?);
    }
    statements.extend(sessions::revoke_all(caller.id, caller.session, "a second factor was added", now));
    // This session has shown it: its next tokens say so.
    statements.extend(caller.session.map(|session| sessions::also_proved(session, CodeKind::from(kind).method())));
    proof::run(&database, statements).await?;
    Ok(Json(RecoveryCodes { recovery_codes: codes }))
}

/// Removes a factor; with the last one the recovery codes go too.
///
/// # Errors
/// 404 for what is not there.
#[utoipa::path(delete, path = "/api/v1/auth/factors/{kind}", tag = "identity",
    params(("kind" = Kind, Path, description = "The factor")),
    responses((status = 204), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn remove(State(env): State<Env>, Caller(caller): Caller, Path(kind): Path<Kind>) -> Result<StatusCode> {
    let database = Db::of(&env)?;
    let others = confirmed(&database, caller.id).await?.iter().any(|factor| factor.kind != kind);
    let mut statements = db::remove(caller.id, kind);
    if !others {
        statements.extend(db::set_recovery_codes(caller.id, &[])?);
    }
    match database.batch(statements).await {
        Err(error) if required_change_missing(&error) => Err(Problem::not_found("you have no such factor")),
        other => other.map(|_| StatusCode::NO_CONTENT).map_err(Into::into),
    }
}

/// New recovery codes; the old ones are good no more.
///
/// # Errors
/// 409 `no_factor` without a second factor.
#[utoipa::path(post, path = "/api/v1/auth/recovery-codes", tag = "identity",
    responses((status = 200, body = RecoveryCodes), (status = 409, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn renew_codes(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<RecoveryCodes>> {
    let database = Db::of(&env)?;
    if confirmed(&database, caller.id).await?.is_empty() {
        return Err(Problem::conflict("no_factor", "recovery codes stand in for a second factor: enrol one first"));
    }
    let codes = new_codes();
    database.batch(set_codes(&env, caller.id, &codes)?).await?;
    Ok(Json(RecoveryCodes { recovery_codes: codes }))
}

async fn myself(database: &Db, caller: &Principal) -> Result<users::User> {
    users::by_id(database, caller.id).await?.ok_or_else(|| Problem::not_found("there is no such user"))
}

fn new_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| recovery_code(clock::random())).collect()
}

fn set_codes(env: &Env, user: Id, codes: &[String]) -> Result<Vec<Statement>> {
    let key = master(env)?;
    let hashes: Vec<_> = codes.iter().map(|code| recovery_hash(&key, user, code)).collect();
    db::set_recovery_codes(user, &hashes)
}

/// The statements that send somebody a code.
///
/// # Errors
/// 429 `too_many_letters`.
pub async fn message(database: &Db, user: Id, kind: Kind, request_id: &RequestId) -> Result<Vec<Statement>> {
    let purpose = if kind == Kind::Sms { Purpose::SmsCode } else { Purpose::MailCode };
    let now = clock::now();
    if tickets::recent(database, user, purpose, now).await? >= MAX_LETTERS {
        let detail = "a code is on its way; ask again in a quarter of an hour";
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_letters", detail));
    }
    let user = users::by_id(database, user).await?.ok_or_else(|| Problem::not_found("there is no such user"))?;
    let ticket = clock::new_id();
    Ok(vec![
        tickets::issue(ticket, purpose, Some(user.id), now),
        letter(request_id, &user, ticket, EventData::OneTimeCodeRequested)?,
    ])
}
