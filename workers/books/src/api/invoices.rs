//! Invoices, for whoever bought and whoever sold.

use axum::extract::State;
use http::StatusCode;
use kirana_books::invoices::{InvoiceDocument, OrderInvoices, of_customer, of_order};
use kirana_books::stores;
use kirana_contracts::letter::InvoiceLetter;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, RequestId, Result, call, principal};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
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

/// The caller's own invoices and credit notes, by order, the newest first.
///
/// # Errors
/// 400 `invalid_query` or `invalid_cursor`.
#[utoipa::path(get, path = "/api/v1/invoices", tag = "books", params(PageQuery),
    responses((status = 200, body = Page<OrderInvoices>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<OrderInvoices>>> {
    let limit = page.limit()?;
    let orders = of_customer(&Db::of(&env)?, caller.id, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(orders, limit, |order| order.order_id.to_string())))
}

/// Who asks, as identity knows them.
#[derive(Deserialize)]
struct Me {
    name: String,
    email: String,
    email_verified: bool,
}

/// Writes to the caller where the invoice of their order is: a link for who is logged in, and nothing of what they bought. Once an hour,
/// however often it is asked for.
///
/// # Errors
/// 403 `address_not_verified` while the caller's address is not proved, 404 for an order that has no invoice or is not the caller's own, 503 when
/// it cannot be noted.
#[utoipa::path(post, path = "/api/v1/orders/{id}/invoice/send", tag = "books", params(("id" = Id, Path, description = "The order")),
    responses((status = 202), (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
#[worker::send]
pub async fn send(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
) -> Result<StatusCode> {
    let documents = of_order(&Db::of(&env)?, id).await?;
    let first = documents.first().filter(|first| first.customer_id == caller.id).ok_or_else(|| {
        Problem::not_found("there is no invoice of this order of yours: one is written when an order is completed")
    })?;
    let me: Me = call::service(&env, "IDENTITY", &caller).during(&request_id.0).get("/api/v1/auth/me").await?;
    if !me.email_verified {
        let detail = "letters go to an address that is proved: see POST /auth/verify-email/letter";
        return Err(Problem::new(StatusCode::FORBIDDEN, "address_not_verified", detail));
    }
    let letter = InvoiceLetter {
        user_id: caller.id,
        name: me.name,
        email: me.email,
        order_id: id,
        words: format!("Invoice {} of {}", first.number, first.amount),
    };
    let notifications = call::service(&env, "NOTIFICATIONS", &principal::service("books")).repeatable();
    notifications.during(&request_id.0).post::<_, bool>("/internal/letters/invoice", &letter).await?;
    Ok(StatusCode::ACCEPTED)
}
