//! Making, changing and retiring products, one at a time.

use crate::rules::changes;
use crate::rules::product::{self, ProductRequest};
use crate::{db, events, menus};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::menu::MenuProduct;
use kirana_edge::{Caller, Json, Path, Problem, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

/// A product to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// The menu it is put on, at its end.
    pub menu_id: Id,
    /// What it is.
    pub product: ProductRequest,
}

/// Makes a product and puts it on a menu, and so on that of each store that has the menu.
///
/// # Errors
/// 409 `name_taken`, 422 `invalid_body` naming each fault, also for a menu that is not there.
#[utoipa::path(post, path = "/api/v1/products", tag = "catalog", request_body = NewProduct,
    responses((status = 201, body = MenuProduct), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<NewProduct>,
) -> Result<(StatusCode, Json<MenuProduct>)> {
    caller.require(&[Role::Admin])?;
    let menu = menus::menu(&env, body.menu_id).await?;
    let menu = menu.ok_or_else(|| Problem::invalid_field("menu_id", "there is no such menu"))?;
    let product = product::read(&body.product, None, menu.currency, &menu.modifier_groups).map_err(|mut faults| {
        faults.iter_mut().for_each(|fault| fault.path = format!("product.{}", fault.path));
        Problem::invalid_fields(faults)
    })?;
    let id = clock::new_id();
    let mut statements = vec![db::insert(body.menu_id, id, &product)?, menus::touch(body.menu_id)];
    let told = changes::of_product(body.menu_id, id, None, Some(&product));
    statements.extend(events::tell(told, None, &request_id)?);
    db::write(&env, statements, id).await?;
    Ok((StatusCode::CREATED, Json(product.shown(id, None))))
}

/// Makes a product another. Its id and its menu stay, and so do the skus of the variants that keep theirs: recipes and
/// overrides hang on them.
///
/// # Errors
/// 404, 422 `invalid_body` naming each fault.
#[utoipa::path(put, path = "/api/v1/products/{id}", tag = "catalog", params(("id" = Id, Path, description = "The product")),
    request_body = ProductRequest,
    responses((status = 200, body = MenuProduct), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn change(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<ProductRequest>,
) -> Result<Json<MenuProduct>> {
    caller.require(&[Role::Admin])?;
    let db::KeptProduct { menu_id, photo, kept } = db::kept(&env, id).await?.ok_or_else(unknown)?;
    let menu = menus::menu(&env, menu_id).await?.ok_or_else(|| Problem::internal("the product's menu is gone"))?;
    let product = product::read(&body, Some(&kept.product), menu.currency, &menu.modifier_groups)
        .map_err(Problem::invalid_fields)?;
    if product != kept.product {
        let mut statements = vec![db::update(id, &product)?, menus::touch(menu_id)];
        let told = changes::of_product(menu_id, id, Some(&kept.product), Some(&product));
        statements.extend(events::tell(told, None, &request_id)?);
        db::write(&env, statements, id).await?;
    }
    Ok(Json(product.shown(id, photo)))
}

/// Takes a product off its menu for good. Orders that were made of it keep it.
///
/// # Errors
/// 404, also for one that was retired before.
#[utoipa::path(delete, path = "/api/v1/products/{id}", tag = "catalog", params(("id" = Id, Path, description = "The product")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn retire(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    let db::KeptProduct { menu_id, kept, .. } = db::kept(&env, id).await?.ok_or_else(unknown)?;
    let mut statements = vec![db::retire(id, clock::now()), menus::touch(menu_id)];
    let told = changes::of_product(menu_id, id, Some(&kept.product), None);
    statements.extend(events::tell(told, None, &request_id)?);
    db::write(&env, statements, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown() -> Problem {
    Problem::not_found("there is no such product")
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<kirana_events::Ack>) -> Result<Json<bool>> {
    events::SOURCE.on_ack(&env, &caller, ack).await
}
