//! Suppliers and what they ask for their goods.

use crate::db::{self, Supplier};
use crate::rules::reorder::Offer;
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, clock};
use kirana_kernel::{Id, MAX_QUANTITY};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use worker::Env;

/// What a supplier asks for a pack of a stock item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The stock item.
    pub sku: String,
    /// What a pack holds, in the item's unit.
    #[schema(minimum = 1)]
    pub pack_size: i64,
    /// Packs at least; 1 if not given.
    #[serde(default = "one")]
    #[schema(minimum = 1)]
    pub min_packs: i64,
    /// Of one pack, in minor units of the stores' currency.
    #[schema(minimum = 0)]
    pub pack_price: i64,
}

const fn one() -> i64 {
    1
}

/// A supplier with its price list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSupplier {
    /// Its name, unique in the chain.
    pub name: String,
    /// Where orders are sent.
    #[serde(default)]
    pub email: Option<String>,
    /// Whom to call.
    #[serde(default)]
    pub phone: Option<String>,
    /// Such as `USDA Organic 1234, until 2027-05-31`.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub certifications: Vec<String>,
    /// What it asks for what.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub prices: Vec<Price>,
}

/// A supplier with its price list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupplierView {
    /// The supplier.
    #[serde(flatten)]
    pub supplier: Supplier,
    /// What it asks for what.
    pub prices: Vec<Price>,
}

fn check(body: &NewSupplier) -> Result<()> {
    let name = body.name.trim().chars().count();
    if !(1..=200).contains(&name) {
        return Err(Problem::invalid_field("name", "expected 1 to 200 characters"));
    }
    if body.certifications.len() > 20 || body.certifications.iter().any(|text| text.chars().count() > 200) {
        return Err(Problem::invalid_field("certifications", "expected 20 at most, of 200 characters at most"));
    }
    if body.prices.len() > 1_000 {
        return Err(Problem::invalid_field("prices", "expected 1000 at most"));
    }
    let mut seen = BTreeSet::new();
    for (index, price) in body.prices.iter().enumerate() {
        let at = |field: &str| format!("prices[{index}].{field}");
        if price.sku.is_empty() || !seen.insert(&price.sku) {
            return Err(Problem::invalid_field(at("sku"), "expected each stock item once"));
        }
        if !(1..=MAX_QUANTITY).contains(&price.pack_size) {
            return Err(Problem::invalid_field(at("pack_size"), format!("expected 1 to {MAX_QUANTITY}")));
        }
        if !(1..=10_000).contains(&price.min_packs) {
            return Err(Problem::invalid_field(at("min_packs"), "expected 1 to 10000"));
        }
        if !(0..=1_000_000_000).contains(&price.pack_price) {
            return Err(Problem::invalid_field(at("pack_price"), "expected 0 to 1000000000 minor units"));
        }
    }
    Ok(())
}

async fn save(env: &Env, id: Id, body: NewSupplier) -> Result<SupplierView> {
    check(&body)?;
    let supplier = Supplier {
        id,
        name: body.name.trim().into(),
        email: body.email,
        phone: body.phone,
        certifications: body.certifications,
    };
    let offers: Vec<_> = body
        .prices
        .iter()
        .map(|price| Offer {
            supplier_id: id.to_string(),
            sku: price.sku.clone(),
            pack_size: price.pack_size,
            min_packs: price.min_packs,
            pack_price: price.pack_price,
        })
        .collect();
    db::save_supplier(&Db::of(env)?, &supplier, &offers).await?;
    Ok(SupplierView { supplier, prices: body.prices })
}

/// Makes a supplier.
///
/// # Errors
/// 409 `name_taken`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/suppliers", tag = "inventory", request_body = NewSupplier,
    responses((status = 201, body = SupplierView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    _caller: Caller,
    Json(body): Json<NewSupplier>,
) -> Result<(StatusCode, Json<SupplierView>)> {
    Ok((StatusCode::CREATED, Json(save(&env, clock::new_id(), body).await?)))
}

/// Replaces a supplier and its price list.
///
/// # Errors
/// 404, 409 `name_taken`, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/suppliers/{id}", tag = "inventory", params(("id" = Id, Path, description = "The supplier")),
    request_body = NewSupplier,
    responses((status = 200, body = SupplierView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn replace(
    State(env): State<Env>,
    _caller: Caller,
    Path(id): Path<Id>,
    Json(body): Json<NewSupplier>,
) -> Result<Json<SupplierView>> {
    db::supplier(&Db::of(&env)?, id).await?;
    Ok(Json(save(&env, id, body).await?))
}

/// A supplier with its price list.
///
/// # Errors
/// 404.
#[utoipa::path(get, path = "/api/v1/suppliers/{id}", tag = "inventory", params(("id" = Id, Path, description = "The supplier")),
    responses((status = 200, body = SupplierView), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, _caller: Caller, Path(id): Path<Id>) -> Result<Json<SupplierView>> {
    let database = Db::of(&env)?;
    let supplier = db::supplier(&database, id).await?;
    let offers = db::offers_of(&database, id).await?;
    let prices = offers.into_iter().map(|offer| Price {
        sku: offer.sku,
        pack_size: offer.pack_size,
        min_packs: offer.min_packs,
        pack_price: offer.pack_price,
    });
    Ok(Json(SupplierView { supplier, prices: prices.collect() }))
}

/// Suppliers of the chain.
///
/// # Errors
/// 400 `invalid_query`.
#[utoipa::path(get, path = "/api/v1/suppliers", tag = "inventory", params(PageQuery),
    responses((status = 200, body = Page<Supplier>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    _caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Supplier>>> {
    let limit = query.limit()?;
    let found = db::suppliers(&Db::of(&env)?, query.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |supplier| supplier.id.to_string())))
}
