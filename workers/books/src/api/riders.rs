//! Cash on delivery: what riders hold, and what they hand over.

use super::royalties::idempotency_key;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_books::riders;
use kirana_books::{broken_key, closed, post, refused};
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Principal, Problem, Query, Result, call, clock, principal};
use kirana_kernel::{Id, Money, Role, Timestamp};
use kirana_ledger::{BusinessEvent, What};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// In which store.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RiderStoreQuery {
    /// The store whose currency counts.
    pub store_id: Id,
}

/// Cash that a rider holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct RiderCash {
    /// Who.
    pub rider_id: Id,
    /// What they collected at doors and have not handed over.
    pub holds: Money,
}

async fn theirs(env: &Env, caller: &Principal, store: Id) -> Result<StoreInfo> {
    let info: StoreInfo =
        call::service(env, "STORES", &principal::service("books")).get(&format!("/internal/stores/{store}")).await?;
    let rides = caller.has(Role::Rider) && caller.stores.contains(&info.id);
    let may = caller.is_chain() || rides || caller.may_work_in(info.id, info.franchisee_id);
    if may { Ok(info) } else { Err(Problem::not_found("there is no such store")) }
}

/// The cash that a rider holds. Riders see their own.
///
/// # Errors
/// 404 for a store that is not the caller's, or somebody else's cash for a rider.
#[utoipa::path(get, path = "/api/v1/payments/riders/{id}/cash", tag = "books", params(("id" = Id, Path, description = "The rider"), RiderStoreQuery),
    responses((status = 200, body = RiderCash), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn cash(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Query(query): Query<RiderStoreQuery>,
) -> Result<Json<RiderCash>> {
    caller.require(&[Role::Staff, Role::Manager, Role::Owner, Role::Rider, Role::Admin])?;
    let store = theirs(&env, &caller, query.store_id).await?;
    let leads = caller.has_any(&[Role::Staff, Role::Manager, Role::Owner, Role::Admin]);
    if !leads && caller.id != id {
        return Err(Problem::not_found("there is no such rider"));
    }
    Ok(Json(RiderCash { rider_id: id, holds: riders::holds(&Db::of(&env)?, id, store.currency).await? }))
}

/// Cash that is counted on the counter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Where it is handed over.
    pub store_id: Id,
    /// What was counted, in minor units.
    #[schema(minimum = 0)]
    pub counted: i64,
}

/// A hand-over that is posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct RiderSettlement {
    /// The rider.
    pub rider_id: Id,
    /// What they held, and do not hold any more.
    pub owed: Money,
    /// What was counted.
    pub counted: Money,
    /// What is missing; below zero: too much. It is the store's until somebody is asked for it.
    pub missing: Money,
    /// When.
    pub at: Timestamp,
}

/// A rider hands over what they collected: all of it is counted into the drawer, what is missing is posted as a difference. The same key once
/// more is the same hand-over. Nobody counts their own.
///
/// # Errors
/// 403 `own_cash`, 404 for a store that is not the caller's, 409 `nothing_held`, 422 `invalid_body` or `idempotency_key_reused`.
#[utoipa::path(post, path = "/api/v1/payments/riders/{id}/settlements", tag = "books", request_body = HandOver,
    params(("id" = Id, Path, description = "The rider"), ("Idempotency-Key" = String, Header, description = "New for each hand-over, the same for each repetition")),
    responses((status = 201, body = RiderSettlement), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn settle(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Path(id): Path<Id>,
    Json(body): Json<HandOver>,
) -> Result<(StatusCode, Json<RiderSettlement>)> {
    caller.require(&[Role::Staff, Role::Manager, Role::Owner, Role::Admin])?;
    let key = format!("{id}/{}", idempotency_key(&headers)?);
    if body.counted < 0 {
        return Err(Problem::invalid_field("counted", "expected minor units, not below zero"));
    }
    if caller.id == id {
        return Err(Problem::new(StatusCode::FORBIDDEN, "own_cash", "somebody else counts what you hand over"));
    }
    let store = theirs(&env, &caller, body.store_id).await?;
    let (db, now, counted) = (Db::of(&env)?, clock::now(), Money::new(body.counted, store.currency));
    let (owed, at) = match riders::settled(&db, &key, id).await? {
        Some((owed, at)) => (Money::new(owed, store.currency), at),
        None => (riders::holds(&db, id, store.currency).await?, now),
    };
    if owed.amount <= 0 {
        return Err(Problem::conflict("nothing_held", "this rider holds no cash of that currency"));
    }
    let what = What::RiderSettled { rider: id, store: store.id, owed, handed: counted };
    // Posted again it is the same, or breaks its key.
    match db.batch(post(&BusinessEvent { key, at, order: None, what })?).await {
        Ok(_) => {}
        Err(error) if closed(&error) || broken_key(&error) => return Err(refused(error)),
        Err(error) if kirana_books::below_zero(&error) => {
            return Err(Problem::conflict(
                "nothing_held",
                "it was handed over meanwhile: ask again what the rider holds",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    let settlement = RiderSettlement { rider_id: id, owed, counted, missing: owed.minus(counted)?, at };
    Ok((StatusCode::CREATED, Json(settlement)))
}
