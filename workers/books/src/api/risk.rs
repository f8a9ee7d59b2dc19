//! Fraud rules: what they say of an attempt to pay, who looks at it, and what somebody decided.

use crate::signals;
use axum::extract::State;
use kirana_books::risk::{self, Filter, RiskAssessment};
use kirana_contracts::risk::{Assessed, PaymentAttempt, Review, Verdict};
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::{Db, required_change_missing};
use kirana_edge::{
    Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, RequestId, Result, call, clock, principal,
};
use kirana_kernel::{Id, Role};
use kirana_risk::{Facts, Place, RuleSet, assess};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

const LOOKS: &[Role] = &[Role::Manager, Role::Owner, Role::Support, Role::Admin];

async fn store(env: &Env, store: Id) -> Result<StoreInfo> {
    call::service(env, "STORES", &principal::service("books")).get(&format!("/internal/stores/{store}")).await
}

/// Payments that the rules are about, and what they say of it. What no rule is about leaves no trace.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn assess_payment(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(attempt): Json<PaymentAttempt>,
) -> Result<Json<Assessed>> {
    caller.require_service()?;
    let (db, now) = (Db::of(&env)?, clock::now());
    let (version, rules) = risk::rules(&db).await?;
    let about = |rule: &&kirana_risk::Rule| rule.is_about(&attempt.gateway, attempt.moves_money, attempt.store_id);
    if rules.rules.iter().filter(about).count() == 0 {
        return Ok(Json(Assessed { verdict: Verdict::Allow, wants_card: false }));
    }
    let wants_card =
        attempt.card_can_be_known && rules.wants_card(&attempt.gateway, attempt.moves_money, attempt.store_id);
    if wants_card {
        return Ok(Json(Assessed { verdict: Verdict::Allow, wants_card }));
    }
    let signals = signals::of(&env, &attempt)?;
    let needs = rules.needs(&attempt.gateway, attempt.moves_money, attempt.store_id);
    let seen = risk::seen(&db, attempt.payment_id, &signals, &needs, now).await?;
    let home = kirana_books::stores::place(&env, attempt.store_id).await?.country.to_string();
    let countries = [
        (Place::Card, attempt.card_country.as_deref()),
        (Place::Network, attempt.network_country.as_deref()),
        (Place::Store, Some(home.as_str())),
    ];
    let facts = Facts {
        gateway: &attempt.gateway,
        moves_money: attempt.moves_money,
        store: attempt.store_id,
        amount: attempt.amount,
        account_age: now.since(attempt.customer_id.made_at()),
        countries: countries
            .into_iter()
            .filter_map(|(place, country)| Some((place, country?)))
            .collect::<BTreeMap<_, _>>(),
        seen,
    };
    let said = assess(&rules, &facts);
    // Where nobody asks whoever pays, a person looks.
    let verdict = if said.verdict == Verdict::StepUp && !attempt.can_step_up { Verdict::Review } else { said.verdict };
    risk::keep(&db, &attempt, &said, version, verdict, now).await?;
    Ok(Json(Assessed { verdict, wants_card: false }))
}

/// Which assessments.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RiskQuery {
    /// Of this store; who works for the whole chain may leave it away.
    pub store_id: Option<Id>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
    /// Whose review stands so: `open` is the queue of what waits for somebody.
    pub review: Option<Review>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

async fn theirs(env: &Env, caller: &Principal, id: Id) -> Result<()> {
    if caller.has(Role::Support) || caller.is_chain() {
        return Ok(());
    }
    let info = store(env, id).await?;
    if caller.may_work_in(info.id, info.franchisee_id) {
        Ok(())
    } else {
        Err(Problem::not_found("there is no such store"))
    }
}

/// What the fraud rules said of payments, the newest first. With `review=open`: what waits for somebody to look at it.
///
/// # Errors
/// 400 `invalid_query` or `invalid_cursor`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/payments/assessments", tag = "books", params(RiskQuery),
    responses((status = 200, body = Page<RiskAssessment>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<RiskQuery>,
) -> Result<Json<Page<RiskAssessment>>> {
    caller.require(LOOKS)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after()?);
    match query.store_id {
        Some(store) => theirs(&env, &caller, store).await?,
        None if caller.has(Role::Support) || caller.is_chain() => {}
        None => return Err(Problem::bad_request("invalid_query", "store_id: say of which store")),
    }
    let filter = Filter { store: query.store_id, verdict: query.verdict, review: query.review, before };
    let found = risk::list(&Db::of(&env)?, &filter, limit + 1).await?;
    Ok(Json(Page::of(found, limit, |one| one.payment_id.to_string())))
}

/// What somebody decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewDecision {
    /// `true` lets the payment go on, `false` ends it without money.
    pub approve: bool,
    /// Why, for whoever asks later: 1 to 1000 characters.
    #[schema(min_length = 1, max_length = 1000, example = "Called them: it is for a wedding.")]
    pub note: String,
}

/// Decides about a payment that waits for it, once. Approved, its gateway is asked within a minute, or at once when whoever pays asks again
/// with the same key; rejected, it ends and the customer may pay otherwise. Nobody decides about a payment of their own.
///
/// # Errors
/// 403 `own_payment`, 404 for what is not there or not of the caller's stores, 409 `decided` for what is decided otherwise or over, 422
/// `invalid_body`.
#[utoipa::path(post, path = "/api/v1/payments/{id}/review", tag = "books", params(("id" = Id, Path, description = "The payment")),
    request_body = ReviewDecision,
    responses((status = 200, body = RiskAssessment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn decide(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<ReviewDecision>,
) -> Result<Json<RiskAssessment>> {
    caller.require(&[Role::Manager, Role::Owner, Role::Admin])?;
    let note = body.note.trim();
    if note.is_empty() || note.chars().count() > 1_000 {
        return Err(Problem::invalid_field("note", "expected 1 to 1000 characters"));
    }
    let unknown = || Problem::not_found("there is no payment with this id that anybody has to look at");
    let db = Db::of(&env)?;
    let kept = risk::of_payment(&db, id).await?.filter(|kept| kept.review.is_some()).ok_or_else(unknown)?;
    theirs(&env, &caller, kept.store_id).await.map_err(|_| unknown())?;
    if kept.customer_id == caller.id {
        return Err(Problem::new(
            http::StatusCode::FORBIDDEN,
            "own_payment",
            "somebody else decides about your payment",
        ));
    }
    let wanted = if body.approve { Review::Approved } else { Review::Rejected };
    if kept.review == Some(Review::Open) {
        let entry = Entry {
            action: "payment.reviewed",
            object: id.to_string(),
            reason: Some(note),
            before: Some(serde_json::to_string(&kept.review)?),
            after: Some(serde_json::to_string(&wanted)?),
        };
        audit::note(&env, "books", &caller, &request_id, entry).await?;
    }
    match db.batch(risk::decide(id, wanted, note, caller.id, clock::now())).await {
        Err(error) if !required_change_missing(&error) => return Err(error.into()),
        _ => {}
    }
    let kept = risk::of_payment(&db, id).await?.ok_or_else(unknown)?;
    if kept.review == Some(wanted) {
        return Ok(Json(kept));
    }
    Err(Problem::conflict("decided", "it is decided otherwise, or its order was called off meanwhile"))
}

/// A set of rules with its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptRules {
    /// 0 for those that a chain has that set none.
    pub version: u32,
    /// The rules.
    #[serde(flatten)]
    pub set: RuleSet,
}

/// The fraud rules that count.
///
/// # Errors
/// 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/payments/risk-rules", tag = "books",
    responses((status = 200, body = KeptRules), (status = 403, body = Problem)))]
#[worker::send]
pub async fn rules(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<KeptRules>> {
    caller.require(&[Role::Admin])?;
    let (version, set) = risk::rules(&Db::of(&env)?).await?;
    Ok(Json(KeptRules { version, set }))
}

/// Sets the fraud rules: all of them. They count from the next payment on; those of before are kept.
///
/// # Errors
/// 403 for all but admins, 422 `invalid_body` with what would be right.
#[utoipa::path(put, path = "/api/v1/payments/risk-rules", tag = "books", request_body = RuleSet,
    responses((status = 200, body = KeptRules), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set_rules(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(set): Json<RuleSet>,
) -> Result<Json<KeptRules>> {
    caller.require(&[Role::Admin])?;
    set.check().map_err(|fault| Problem::invalid_field(&fault.path, fault.message))?;
    let db = Db::of(&env)?;
    let (version, before) = risk::rules(&db).await?;
    let entry = Entry {
        action: "risk_rules.set",
        object: format!("after version {version}"),
        before: Some(serde_json::to_string(&before)?),
        after: Some(serde_json::to_string(&set)?),
        ..Entry::default()
    };
    audit::note(&env, "books", &caller, &request_id, entry).await?;
    let version = risk::set_rules(&db, &set, caller.id, clock::now()).await?;
    Ok(Json(KeptRules { version, set }))
}
