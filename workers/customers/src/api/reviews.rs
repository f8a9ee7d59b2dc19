//! What people say of what they have bought. Only who bought it can, and only what was handed over.

use super::require_self_or;
use crate::db::reviews::{self as db, Written};
use crate::rules::reviews::{self, NewReview, ProductReviews, Review, ReviewAnswer};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::order::Order;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, Result, call, clock, principal};
use kirana_kernel::{Id, Role};
use worker::Env;

/// Reviews that one answer tells of beside a product, or of one person.
const BESIDE: usize = 20;
const OF_ONE: usize = 200;

/// Says something of what one has bought: once for each order; said again, it takes the place of what was said.
///
/// # Errors
/// 404 for an order that is not one's own, 409 `not_handed_over`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/reviews", tag = "reviews", request_body = NewReview,
    responses((status = 201, body = Review), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn write(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<NewReview>,
) -> Result<(StatusCode, Json<Review>)> {
    let faults = reviews::faults(&body);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let order: Order = call::service(&env, "ORDERS", &caller).get(&format!("/api/v1/orders/{}", body.order_id)).await?;
    if order.customer.id != caller.id {
        return Err(Problem::not_found("there is no such order of yours"));
    }
    let product = reviews::bought(&order, body.product_id)?;
    let words = body.words.map(|words| words.trim().to_owned());
    let mut review = Review {
        id: clock::new_id(),
        author: reviews::author(&caller.name),
        product_id: body.product_id,
        product,
        rating: body.rating,
        status: db::unread(words.as_ref()),
        words,
        response: None,
        created_at: clock::now(),
        order_id: Some(order.id),
    };
    let written = Written { user: caller.id, order: order.id, store: order.store_id, review: &review };
    let kept = db::write(&Db::of(&env)?, &written).await?;
    review.id = kept.unwrap_or(review.id);
    Ok((StatusCode::CREATED, Json(review)))
}

/// What is said of a product: stars of all, words of those that are shown.
///
/// # Errors
/// None of its own: of what nobody has bought nothing is said.
#[utoipa::path(get, path = "/api/v1/reviews/product/{id}", tag = "reviews", params(("id" = Id, Path, description = "The product")),
    responses((status = 200, body = ProductReviews)))]
#[worker::send]
pub async fn of_product(State(env): State<Env>, Path(id): Path<Id>) -> Result<Json<ProductReviews>> {
    let db = Db::of(&env)?;
    let (count, mean_hundredths) = db::stars(&db, id).await?;
    let shown = if count == 0 { Vec::new() } else { db::shown(&db, id, BESIDE).await? };
    // With which order it was bought is its author's alone.
    let reviews = shown.into_iter().map(|review| Review { order_id: None, ..review }).collect();
    Ok(Json(ProductReviews { count, mean_hundredths, reviews }))
}

/// What one has written, the newest first.
///
/// # Errors
/// 404 for who is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/customers/{id}/reviews", tag = "reviews", params(("id" = Id, Path, description = "The customer")),
    responses((status = 200, body = Vec<Review>), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn of_customer(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<Json<Vec<Review>>> {
    require_self_or(&caller, id, &[Role::Admin, Role::Support])?;
    Ok(Json(db::of_user(&Db::of(&env)?, id, OF_ONE).await?))
}

async fn own(env: &Env, store: Id, caller: &Principal) -> Result<()> {
    let info: StoreInfo = call::service(env, "STORES", &principal::service("customers"))
        .get(&format!("/internal/stores/{store}"))
        .await?;
    let leads =
        caller.has_any(&[Role::Manager, Role::Owner, Role::Admin]) && caller.may_work_in(store, info.franchisee_id);
    if leads { Ok(()) } else { Err(Problem::not_found("there is no such store")) }
}

/// What is said of what was bought in a store, the newest first, also what nobody has read yet.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stores/{id}/reviews", tag = "reviews", params(("id" = Id, Path, description = "The store"), PageQuery),
    responses((status = 200, body = Page<Review>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn of_store(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Review>>> {
    own(&env, store, &caller).await?;
    let (limit, before) = (page.limit()?, page.after()?);
    let found = db::of_store(&Db::of(&env)?, store, before, limit + 1).await?;
    Ok(Json(Page::of(found, limit, |review| review.id.to_string())))
}

/// Shows the words of a review or hides them, and says something to them.
///
/// # Errors
/// 404 for what was not bought in a store of the caller's, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/stores/{id}/reviews/{review_id}", tag = "reviews",
    params(("id" = Id, Path, description = "The store"), ("review_id" = Id, Path, description = "The review")), request_body = ReviewAnswer,
    responses((status = 200, body = Review), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn answer(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, id)): Path<(Id, Id)>,
    Json(body): Json<ReviewAnswer>,
) -> Result<Json<Review>> {
    own(&env, store, &caller).await?;
    let faults = reviews::answer_faults(&body);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let review = db::answer(&Db::of(&env)?, store, id, &body).await?;
    review.map(Json).ok_or_else(|| Problem::not_found("there is no such review"))
}
