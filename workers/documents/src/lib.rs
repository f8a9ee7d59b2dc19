//! Documents: what people take away on paper. An order's invoice, the credit notes that correct it, and how it was paid, as PDF.
//!
//! Tables: none. Events in and out: none. It asks books, payments and stores as whoever asks it, and so shows nobody more than they do.
//! The fonts make it a script of its own: what prints has them, and nobody else.

pub mod invoice;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use http::header;
use kirana_books::invoices::InvoiceDocument;
use kirana_edge::{Caller, Incoming, Outgoing, Path, Problem, RequestId, Result, Routes, call, routes};
use kirana_kernel::Id;
use std::cell::OnceCell;
use worker::{Context, Env, event};

/// Every route.
pub fn routes() -> Routes<Env> {
    Routes::new().routes(routes!(invoice_pdf))
}

/// Requests from the gateway.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, _ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env).await
}

/// An order's invoice on paper: what was sold, each tax, how it was paid, and the credit notes that correct it, each on a page of its own.
/// What `GET /orders/{id}/invoice` says, as PDF.
///
/// # Errors
/// 404 for an order that has none, or is not the caller's.
#[utoipa::path(get, path = "/api/v1/orders/{id}/invoice/pdf", tag = "documents", params(("id" = Id, Path, description = "The order")),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 404, body = Problem)))]
#[worker::send]
pub async fn invoice_pdf(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
) -> Result<axum::response::Response> {
    let ask = |binding| call::service(&env, binding, &caller).during(&request_id.0);
    let documents: Vec<InvoiceDocument> = ask("BOOKS").get(&format!("/api/v1/orders/{id}/invoice")).await?;
    let first = documents.first().ok_or_else(|| Problem::not_found("there is no invoice of this order"))?;
    let store: invoice::Seller = ask("STORES").get(&format!("/api/v1/stores/{}", first.store_id)).await?;
    let entity: invoice::Entity = ask("STORES").get(&format!("/api/v1/franchisees/{}", first.entity)).await?;
    let payments: Vec<invoice::Paid> = ask("PAYMENTS").get(&format!("/api/v1/payments/order/{id}")).await?;
    let file =
        kirana_pdf::render(&invoice::print(&documents, &entity, &store, &payments)?).map_err(Problem::internal)?;
    let name = format!("attachment; filename=\"invoice-{}.pdf\"", first.number);
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, file).into_response())
}
