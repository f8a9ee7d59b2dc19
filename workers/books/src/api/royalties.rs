//! Franchisees: their terms, what they owe for a period, what they are paid.

use super::ledger::franchisee_of;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_books::{Time, agreements, name, periods, post_at, refused, royalties, statements};
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::{Db, required_change_missing};
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, RequestId, Result, clock};
use kirana_kernel::{Id, Money, Role, Timestamp};
use kirana_ledger::report::Period;
use kirana_ledger::royalty::{Agreement, compute};
use kirana_ledger::{BusinessEvent, Name, What};
use royalties::{PostedRoyalties, StoreResult};
use serde::{Deserialize, Serialize};
use statements::{RoyaltyDetail, RoyaltySummary};
use utoipa::ToSchema;
use worker::Env;

/// The key of a call that may be repeated; the gateway has looked at its form.
///
/// # Errors
/// 400 without one.
pub fn idempotency_key(headers: &HeaderMap) -> Result<&str> {
    let missing = || Problem::bad_request("idempotency_key_required", "send an Idempotency-Key");
    headers.get("idempotency-key").and_then(|key| key.to_str().ok()).ok_or_else(missing)
}

fn field(field: &str, text: &str) -> Result<Name> {
    name(text).map_err(|problem| Problem::invalid_field(field, problem.detail))
}

/// Refuses an owner of another franchise as if there were nothing.
fn may_read(caller: &Principal, id: Id, unknown: impl Fn() -> Problem) -> Result<()> {
    if franchisee_of(caller)?.is_some_and(|own| own != id) { Err(unknown()) } else { Ok(()) }
}

/// A franchisee's terms of payment. An owner sees their own.
///
/// # Errors
/// 404 where none are set, or they are somebody else's.
#[utoipa::path(get, path = "/api/v1/franchisees/{id}/royalty-agreement", tag = "books", params(("id" = Id, Path, description = "The franchisee")),
    responses((status = 200, body = Agreement), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn agreement(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Agreement>> {
    let unknown = || Problem::not_found("there is no agreement with this franchisee");
    may_read(&caller, id, unknown)?;
    agreements::current(&Db::of(&env)?, id).await?.map(Json).ok_or_else(unknown)
}

/// Sets a franchisee's terms of payment: they count for statements that are computed from now on.
///
/// # Errors
/// 422 `invalid_body` for terms that make no sense.
#[utoipa::path(put, path = "/api/v1/franchisees/{id}/royalty-agreement", tag = "books", params(("id" = Id, Path, description = "The franchisee")),
    request_body = Agreement, responses((status = 200, body = Agreement), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set_agreement(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<Agreement>,
) -> Result<Json<Agreement>> {
    caller.require(&[Role::Admin])?;
    body.check().map_err(|fault| Problem::invalid_field("", fault.to_string()))?;
    let statement = agreements::set(id, &body, &caller.id.to_string(), clock::now())?;
    Db::of(&env)?.batch(vec![statement]).await?;
    Ok(Json(body))
}

/// A franchisee's royalty statements, the newest first. An owner sees their own.
///
/// # Errors
/// 400 `invalid_query` or `invalid_cursor`; 404 for somebody else's.
#[utoipa::path(get, path = "/api/v1/franchisees/{id}/royalties", tag = "books", params(("id" = Id, Path, description = "The franchisee"), PageQuery),
    responses((status = 200, body = Page<RoyaltySummary>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RoyaltySummary>>> {
    may_read(&caller, id, || Problem::not_found("there is no such franchisee"))?;
    let wrong = |_| Problem::bad_request("invalid_cursor", "cursor: expected the next_cursor of the page before");
    let before = page.cursor.as_deref().map(|cursor| cursor.parse().map_err(wrong)).transpose()?;
    let limit = page.limit()?;
    let found = statements::list(&Db::of(&env)?, id, before, limit + 1).await?;
    Ok(Json(Page::of(found, limit, |one| one.period.from.millis().to_string())))
}

/// One royalty statement with its lines, the one before it, and what the year came to up to it. An owner sees their own.
///
/// # Errors
/// 404 for a period without one, or somebody else's.
#[utoipa::path(get, path = "/api/v1/franchisees/{id}/royalties/{period}", tag = "books",
    params(("id" = Id, Path, description = "The franchisee"), ("period" = String, Path, description = "The period's name, such as `2026-11`")),
    responses((status = 200, body = RoyaltyDetail), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn detail(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((id, period)): Path<(Id, String)>,
) -> Result<Json<RoyaltyDetail>> {
    let unknown = || Problem::not_found("there is no royalty statement of this period");
    may_read(&caller, id, unknown)?;
    statements::detail(&Db::of(&env)?, id, &period).await?.map(Json).ok_or_else(unknown)
}

/// For which time royalties are computed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoyaltyRequest {
    /// The period. What was sold before its end and is in no statement yet counts, also what came late for the one before.
    pub period: Period,
    /// Which fund the marketing fee goes to, `chain` if not given.
    #[serde(default)]
    #[schema(example = "chain")]
    pub fund: Option<String>,
}

/// Computes what a franchisee owes for a period and posts it, once: what its stores earned is credited to it, royalty, marketing fee and
/// taxes are taken. The same period once more answers what was posted. It is drawn on closed books, so that nothing it counted changes
/// behind it, and is booked at the beginning of the open period.
///
/// # Errors
/// 409 `no_agreement`, `period_not_over`, `period_not_closed` with what is to be closed first, or `period_overlaps` with an earlier
/// statement; 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/franchisees/{id}/royalties", tag = "books", params(("id" = Id, Path, description = "The franchisee")),
    request_body = RoyaltyRequest,
    responses((status = 200, body = PostedRoyalties), (status = 201, body = PostedRoyalties), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn royalties(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(RoyaltyRequest { period, fund }): Json<RoyaltyRequest>,
) -> Result<(StatusCode, Json<PostedRoyalties>)> {
    caller.require(&[Role::Admin])?;
    field("period.name", &period.name)?;
    let fund = field("fund", fund.as_deref().unwrap_or("chain"))?;
    if period.until <= period.from {
        return Err(Problem::invalid_field(
            "period.until",
            format!("expected a time after {}, its beginning", period.from),
        ));
    }
    let (db, now) = (Db::of(&env)?, clock::now());
    if let Some(known) = royalties::posted(&db, id, &period.name).await? {
        return again(known, &period);
    }
    if period.until > now {
        let detail = format!("the period ends at {}: royalties are computed from then on", period.until);
        return Err(Problem::conflict("period_not_over", detail));
    }
    let terms = agreements::current(&db, id).await?;
    let terms = terms.ok_or_else(|| {
        Problem::conflict("no_agreement", "there is no agreement with this franchisee: set one first")
    })?;
    let before = royalties::last(&db, id).await?;
    if let Some(last) = before.as_ref().filter(|last| last.period.until > period.from) {
        return Err(overlaps(&last.period));
    }
    if let Some(first) = statements::to_close(periods::last(&db).await?.as_ref(), &period) {
        statements::not_closed(&first, &period)?;
    }
    let carried = before.map_or(Money::zero(terms.currency), |last| last.statement.carried_out);
    let (sold, counted) = royalties::sold(&db, id, terms.currency, period.until).await?;
    let statement = compute(&terms, &sold, carried)?;
    let stores = royalties::results(&db, id, terms.currency, period.until).await?;
    let stores = stores.into_iter().map(|(store_id, amount)| StoreResult { store_id, amount }).collect();
    let posted = PostedRoyalties { franchisee_id: id, period, statement, stores };
    let statements = royalties::post_statement(&posted, fund, counted, &caller.id.to_string(), now)?;
    match db.batch(statements).await {
        Ok(_) => Ok((StatusCode::CREATED, Json(posted))),
        // Somebody else asked at the same moment.
        Err(error) if required_change_missing(&error) => match royalties::posted(&db, id, &posted.period.name).await? {
            Some(known) => again(known, &posted.period),
            None => Err(overlaps(&posted.period)),
        },
        Err(error) => Err(error.into()),
    }
}

fn again(known: PostedRoyalties, asked: &Period) -> Result<(StatusCode, Json<PostedRoyalties>)> {
    if known.period == *asked { Ok((StatusCode::OK, Json(known))) } else { Err(overlaps(&known.period)) }
}

fn overlaps(known: &Period) -> Problem {
    let Period { name, from, until } = known;
    Problem::conflict(
        "period_overlaps",
        format!("{name} was computed from {from} until {until}: expected a period after it, with another name"),
    )
}

/// A payout to a franchisee.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutRequest {
    /// How much, no more than is owed.
    pub amount: Money,
    /// From which of the chain's bank accounts.
    #[schema(example = "main")]
    pub bank: String,
    /// When it was paid; now if not given. Not in a closed period.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

/// A payout that was posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payout {
    /// The transaction in the ledger.
    #[schema(example = "franchisee_paid/0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44/payout-7")]
    pub transaction: String,
    /// How much.
    pub amount: Money,
    /// What is owed after it; below zero: the franchisee owes.
    pub owed: Money,
}

/// Posts what was paid to a franchisee, never more than is owed.
///
/// # Errors
/// 409 `not_owed` for more, `period_closed` for a time in a closed period, 422 `idempotency_key_reused`, `invalid_body`.
#[utoipa::path(post, path = "/api/v1/franchisees/{id}/payouts", tag = "books", params(("id" = Id, Path, description = "The franchisee"),
        ("Idempotency-Key" = String, Header, description = "New for each payout, the same for each repetition")),
    request_body = PayoutRequest,
    responses((status = 201, body = Payout), (status = 400, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[worker::send]
pub async fn payout(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    headers: HeaderMap,
    Path(id): Path<Id>,
    Json(body): Json<PayoutRequest>,
) -> Result<(StatusCode, Json<Payout>)> {
    caller.require(&[Role::Admin])?;
    let key = format!("{id}/{}", idempotency_key(&headers)?);
    let bank = field("bank", &body.bank)?;
    let now = clock::now();
    let at = body.at.unwrap_or(now);
    if at > now {
        return Err(Problem::invalid_field("at", format!("expected {now}, which is now, or earlier")));
    }
    if body.amount.amount < 1 {
        return Err(Problem::invalid_field("amount.amount", "expected at least 1 minor unit"));
    }
    // A time that somebody chose is refused in a closed period; now is never in one.
    let time = if body.at.is_some() { Time::Strict } else { Time::Late };
    let what = What::FranchiseePaid { franchisee: id, bank, amount: body.amount };
    let statements = post_at(&BusinessEvent { key: key.clone(), at, order: None, what }, time)?;
    let db = Db::of(&env)?;
    let before = royalties::owed(&db, id, body.amount.currency).await?;
    // The same call once more is in the log once more; in the books it is there once.
    let entry = Entry {
        action: "franchisee.paid",
        object: format!("franchisee_paid/{key}"),
        before: Some(serde_json::to_string(&before)?),
        after: Some(serde_json::to_string(&body.amount)?),
        ..Entry::default()
    };
    audit::note(&env, "books", &caller, &request_id, entry).await?;
    db.batch(statements).await.map_err(refused)?;
    let owed = royalties::owed(&db, id, body.amount.currency).await?;
    Ok((StatusCode::CREATED, Json(Payout { transaction: format!("franchisee_paid/{key}"), amount: body.amount, owed })))
}
