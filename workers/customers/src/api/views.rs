//! Saved views of tables: one's own, and what those one works with share.

use crate::db::views::{self as db, Kept};
use crate::rules::views::{MAX_VIEWS, NewView, Shared, Shown, TableView, may_remove, may_share};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Principal, Problem, Query, Result, call, clock, principal};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use utoipa::IntoParams;
use worker::Env;

/// Which views.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ViewsQuery {
    /// Of this table; of all tables if not given, and then only one's own.
    pub table: Option<String>,
    /// The store that one looks at: with it comes what its franchisee's people share. An owner's franchisee is known without.
    pub store_id: Option<Id>,
}

/// The franchisee of a store that the caller works in, or looks after.
async fn franchisee_of(env: &Env, caller: &Principal, store: Id) -> Result<Id> {
    let unknown = || Problem::not_found("there is no such store");
    let stores = call::service(env, "STORES", &principal::service("customers"));
    let info: StoreInfo = match stores.get(&format!("/internal/stores/{store}")).await {
        Err(problem) if problem.status == 404 => return Err(unknown()),
        other => other?,
    };
    // Support looks at every store, and shares nothing.
    let looks = caller.may_work_in(store, info.franchisee_id) || caller.has(Role::Support);
    if looks { Ok(info.franchisee_id) } else { Err(unknown()) }
}

async fn franchisee(env: &Env, caller: &Principal, store: Option<Id>) -> Result<Option<Id>> {
    match store {
        Some(store) => franchisee_of(env, caller, store).await.map(Some),
        None => Ok(caller.franchisee),
    }
}

fn told(kept: Kept, caller: &Principal) -> TableView {
    TableView {
        removable: may_remove(caller, kept.owner, kept.shared, kept.franchisee),
        mine: kept.owner == caller.id,
        id: kept.id,
        table: kept.table,
        name: kept.name,
        search: kept.shown.search,
        columns: kept.shown.columns,
        shared: kept.shared,
        saved_by: kept.owner_name,
        changed_at: kept.changed_at,
    }
}

/// Views of a table: one's own first, then what is shared, each by name.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/table-views", tag = "customers", params(ViewsQuery),
    responses((status = 200, body = Vec<TableView>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<ViewsQuery>,
) -> Result<Json<Vec<TableView>>> {
    let franchisee = franchisee(&env, &caller, query.store_id).await?;
    let database = Db::of(&env)?;
    let mut found = db::of_owner(&database, caller.id, query.table.as_deref()).await?;
    if let Some(table) = &query.table {
        found.extend(db::shared_with(&database, caller.id, table, franchisee).await?);
    }
    Ok(Json(found.into_iter().map(|kept| told(kept, &caller)).collect()))
}

/// Saves a view of a table. One's own of the same name is this one from now on, also with whom it is shared.
///
/// # Errors
/// 403 for who may not share like this, 404 for a store that is not the caller's, 409 `too_many_views`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/table-views", tag = "customers", request_body = NewView,
    responses((status = 201, body = TableView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn save(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<NewView>,
) -> Result<(StatusCode, Json<TableView>)> {
    let faults = body.faults();
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let franchisee = franchisee(&env, &caller, body.store_id).await?;
    if !may_share(&caller, body.shared) {
        let detail = match body.shared {
            Shared::Chain => "only admins share a view with the whole chain",
            _ => "only managers, owners and admins share a view",
        };
        return Err(Problem::forbidden(detail));
    }
    let franchisee = if body.shared == Shared::Franchisee { franchisee } else { None };
    if body.shared == Shared::Franchisee && franchisee.is_none() {
        return Err(Problem::invalid_field("store_id", "expected a store of the franchisee that it is shared with"));
    }
    let database = Db::of(&env)?;
    let name = body.name.trim().to_owned();
    let own = db::of_owner(&database, caller.id, None).await?;
    let replaces = own.iter().any(|view| view.table == body.table && view.name == name);
    if own.len() >= MAX_VIEWS && !replaces {
        let detail = format!("you have {MAX_VIEWS} saved views: remove one first");
        return Err(Problem::conflict("too_many_views", detail));
    }
    let mut view = Kept {
        id: clock::new_id(),
        owner: caller.id,
        owner_name: caller.name.clone(),
        table: body.table,
        name,
        shared: body.shared,
        franchisee,
        shown: Shown { search: body.search, columns: body.columns },
        changed_at: clock::now(),
    };
    view.id = db::put(&database, &view).await?.ok_or_else(|| Problem::internal("a view was saved without its id"))?;
    Ok((StatusCode::CREATED, Json(told(view, &caller))))
}

/// Removes a view: one's own, or one that is shared with one's own franchise; the chain removes whatever is shared.
///
/// # Errors
/// 404 for what is not the caller's to remove.
#[utoipa::path(delete, path = "/api/v1/table-views/{id}", tag = "customers", params(("id" = Id, Path, description = "The view")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn remove(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    let database = Db::of(&env)?;
    let found = db::by_id(&database, id).await?;
    let view = found.filter(|view| may_remove(&caller, view.owner, view.shared, view.franchisee));
    let view = view.ok_or_else(|| Problem::not_found("there is no such view that you may remove"))?;
    db::remove(&database, view.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
