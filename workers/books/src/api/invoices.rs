//! Invoices, for whoever bought and whoever sold.

use axum::extract::State;
use kirana_books::invoices::{InvoiceDocument, of_order};
use kirana_books::stores;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Problem, Result};
use kirana_kernel::{Id, Role};
use worker::Env;

/// An order's invoice, and the credit notes that correct it. There is one once the order is completed.
///
/// # Errors
/// 404 for an order that has none, or is not the caller's.
#[utoipa::path(get, path = "/api/v1/orders/{id}/invoice", tag = "books", params(("id" = Id, Path, description = "The order")),
    responses((status = 200, body = Vec<InvoiceDocument>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<Json<Vec<InvoiceDocument>>> {
    let unknown = || Problem::not_found("there is no invoice of this order: one is written when an order is completed");
    let documents = of_order(&Db::of(&env)?, id).await?;
    let first = documents.first().ok_or_else(unknown)?;
    if first.customer_id == caller.id || caller.has(Role::Support) || caller.is_chain() {
        return Ok(Json(documents));
    }
    let place = stores::place(&env, first.store_id).await?;
    if caller.may_work_in(first.store_id, place.franchisee) { Ok(Json(documents)) } else { Err(unknown()) }
}
