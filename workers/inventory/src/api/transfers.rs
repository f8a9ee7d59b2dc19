//! Transfers between stores: two-sided documents that conserve.

use super::{key_of, object, own_place};
use crate::db;
use crate::rules::transfer::{Transfer, TransferStatus};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_contracts::stock::{TransferIn, TransferLine, TransferOut, TransferPart};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, RawJson, Result, clock};
use kirana_kernel::Id;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Goods to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// From this store, which must be the caller's.
    pub from_store: Id,
    /// To this one.
    pub to_store: Id,
    /// What.
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<TransferLine>,
}

fn request_of(caller: &Principal, headers: &HeaderMap) -> String {
    format!("{} {}", caller.id, key_of(headers))
}

/// The same key with another body is a mistake.
pub fn key_reused() -> Problem {
    Problem::unprocessable("idempotency_key_reused", "this key came with another body before: make a new one")
}

/// Sends goods to another store: they leave the books of the one now, with their dates and their worth.
///
/// # Errors
/// 404 for stores that are not there or not the caller's, 409 `out_of_stock`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/transfers", tag = "inventory", request_body = NewTransfer,
    params(("Idempotency-Key" = String, Header, description = "New for each transfer, the same for each repetition")),
    responses((status = 201, body = Transfer), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Json(body): Json<NewTransfer>,
) -> Result<(StatusCode, Json<Transfer>)> {
    if body.from_store == body.to_store {
        return Err(Problem::invalid_field("to_store", "expected another store"));
    }
    if body.lines.is_empty() || body.lines.len() > 100 {
        return Err(Problem::invalid_field("lines", "expected 1 to 100"));
    }
    own_place(&env, &caller, body.from_store).await?;
    super::place(&env, body.to_store).await?;
    let database = Db::of(&env)?;
    let request = request_of(&caller, &headers);
    let new = Transfer {
        id: clock::new_id(),
        version: 0,
        from_store: body.from_store,
        to_store: body.to_store,
        status: TransferStatus::Sending,
        lines: body.lines,
        under_way: Vec::new(),
        deliveries: Vec::new(),
        lost: Vec::new(),
        reason: None,
        created_at: clock::now(),
    };
    // The paper first: whatever happens between here and the end, the same call finds it and goes on.
    let mut transfer = match db::save_transfer(&database, &new, &request).await? {
        Ok(transfer) | Err(transfer) => transfer,
    };
    if (transfer.from_store, transfer.to_store, &transfer.lines) != (new.from_store, new.to_store, &new.lines) {
        return Err(key_reused());
    }
    if transfer.status == TransferStatus::Sending {
        let out = TransferOut { transfer_id: transfer.id, lines: transfer.lines.clone() };
        let store = object(&env, &caller, transfer.from_store).await?;
        let parts: Result<Vec<TransferPart>> = store.post("/transfers/out", &out).await;
        transfer.under_way = match parts {
            Ok(parts) => parts,
            Err(refusal) => {
                if refusal.status < 500 {
                    // Nothing left: there is nothing to write about. A fault leaves the paper, for the same call to go on.
                    db::forget_transfer(&database, transfer.id).await?;
                }
                return Err(refusal);
            }
        };
        transfer.status = TransferStatus::Sent;
        transfer = db::save_transfer(&database, &transfer, &request)
            .await?
            .map_err(|_| Problem::internal("a transfer that is there twice"))?;
    }
    Ok((StatusCode::CREATED, Json(transfer)))
}

async fn visible(env: &Env, caller: &Principal, id: Id) -> Result<(Transfer, String)> {
    let (transfer, request) = db::transfer(&Db::of(env)?, id).await?;
    let mine = own_place(env, caller, transfer.from_store).await.is_ok()
        || own_place(env, caller, transfer.to_store).await.is_ok();
    if mine { Ok((transfer, request)) } else { Err(Problem::not_found("there is no such transfer")) }
}

/// A transfer.
///
/// # Errors
/// 404 for what is not of the caller's stores.
#[utoipa::path(get, path = "/api/v1/transfers/{id}", tag = "inventory", params(("id" = Id, Path, description = "The transfer")),
    responses((status = 200, body = Transfer), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Transfer>> {
    Ok(Json(visible(&env, &caller, id).await?.0))
}

/// Of which store.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfStore {
    /// The store.
    pub store_id: Id,
}

/// A store's transfers, both ways, the newest first.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/transfers", tag = "inventory", params(OfStore, PageQuery),
    responses((status = 200, body = Page<Transfer>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(of): Query<OfStore>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Transfer>>> {
    own_place(&env, &caller, of.store_id).await?;
    let limit = query.limit()?;
    let found = db::transfers(&Db::of(&env)?, of.store_id, query.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |transfer| transfer.id.to_string())))
}

/// What arrived.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// Item by item, at most what is under way.
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<TransferLine>,
}

/// Receives what arrived of a transfer, in whole or in part.
///
/// # Errors
/// 404 for a transfer that is not to the caller's store, 409 `invalid_transition` or `changed_meanwhile`, 422 for more than is
/// under way.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/receive", tag = "inventory", params(("id" = Id, Path, description = "The transfer"),
        ("Idempotency-Key" = String, Header, description = "New for each delivery, the same for each repetition")),
    request_body = Arrival,
    responses((status = 200, body = Transfer), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn receive(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Path(id): Path<Id>,
    Json(body): Json<Arrival>,
) -> Result<Json<Transfer>> {
    let database = Db::of(&env)?;
    let (mut transfer, request) = visible(&env, &caller, id).await?;
    let store = object(&env, &caller, transfer.to_store).await?;
    let key = request_of(&caller, &headers);
    if !transfer.deliveries.iter().any(|delivery| delivery.request == key) {
        transfer.arrive(&key, &body.lines)?;
        // The paper first: it takes the goods out of what is under way, so that nobody receives them a second time.
        transfer = db::save_transfer(&database, &transfer, &request)
            .await?
            .map_err(|_| Problem::internal("a transfer that is there twice"))?;
    }
    let open = transfer.deliveries.iter_mut().find(|delivery| delivery.request == key && !delivery.booked);
    if let Some(delivery) = open {
        let came = TransferIn { transfer_id: id, delivery: delivery.number, parts: delivery.parts.clone() };
        let _: RawJson = store.post("/transfers/in", &came).await?;
        delivery.booked = true;
        transfer = db::save_transfer(&database, &transfer, &request)
            .await?
            .map_err(|_| Problem::internal("a transfer that is there twice"))?;
    }
    Ok(Json(transfer))
}

/// Why nothing more will arrive.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveUp {
    /// In words.
    pub reason: String,
}

/// Gives up what is under way: it is lost, and the document says so.
///
/// # Errors
/// 404 for a transfer that is not from the caller's store, 409 `invalid_transition` or `changed_meanwhile`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/close", tag = "inventory", params(("id" = Id, Path, description = "The transfer")),
    request_body = GiveUp,
    responses((status = 200, body = Transfer), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn close(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<GiveUp>,
) -> Result<Json<Transfer>> {
    if !(1..=500).contains(&body.reason.trim().chars().count()) {
        return Err(Problem::invalid_field("reason", "expected 1 to 500 characters"));
    }
    let (mut transfer, request) = visible(&env, &caller, id).await?;
    own_place(&env, &caller, transfer.from_store).await?;
    transfer.close(body.reason.trim())?;
    let kept = db::save_transfer(&Db::of(&env)?, &transfer, &request).await?;
    Ok(Json(kept.map_err(|_| Problem::internal("a transfer that is there twice"))?))
}
