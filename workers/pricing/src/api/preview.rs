//! What a campaign would have cost: past orders of a store, priced again with its offers.

use super::campaigns::seen;
use crate::db::offers;
use crate::stores;
use axum::extract::State;
use kirana_contracts::menu::Menu;
use kirana_contracts::order::PastOrder;
use kirana_edge::db::Db;
use kirana_edge::zone::{self, Offsets};
use kirana_edge::{Caller, Json, Path, Problem, Result, call, principal};
use kirana_kernel::{Id, Money, Timestamp};
use kirana_pricing::{Facts, RuleBook, Terms, price_order};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use worker::Env;

/// Orders looked at in one preview at most.
const MOST_ORDERS: usize = 2_000;

/// Which orders to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// The store.
    pub store_id: Id,
    /// From this moment on.
    pub from: Timestamp,
    /// The first moment after them.
    pub until: Timestamp,
    /// Had everybody shown the offers' coupons? Yes, if not given: then it is the most that it could have cost.
    #[serde(default = "yes")]
    pub with_coupons: bool,
}

const fn yes() -> bool {
    true
}

/// What a campaign would have cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Orders that were looked at: those that were paid.
    pub orders: usize,
    /// Orders that something would have been taken off.
    pub discounted: usize,
    /// Orders that cannot be priced any more, as something of them is not on the menu.
    pub not_priced: usize,
    /// What those looked at come to by list price, as the menu is now.
    pub list: Money,
    /// What would have been taken off in all.
    pub discount: Money,
    /// The same by offer.
    pub offers: Vec<OfferPreview>,
    /// Were these all? If not, there are more than are looked at, and the last of these was placed at `until`.
    pub complete: bool,
    /// The moment up to which orders were looked at.
    pub until: Timestamp,
}

/// What one offer would have taken off.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferPreview {
    /// The offer.
    pub offer_id: Id,
    /// On how many orders.
    pub orders: usize,
    /// How much.
    pub discount: Money,
}

/// What the offers of a campaign would have taken off the orders of a store in some span of time, if they alone had run then. Limits
/// and the budget do not count, nor do first orders; a draft can be looked at before it begins.
///
/// # Errors
/// 404 for a campaign or a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/preview", tag = "pricing", params(("id" = Id, Path, description = "The campaign")),
    request_body = PreviewRequest,
    responses((status = 200, body = Preview), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn preview(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<PreviewRequest>,
) -> Result<Json<Preview>> {
    if body.from >= body.until {
        return Err(Problem::invalid_field("until", "expected a moment after from"));
    }
    let db = Db::of(&env)?;
    seen(&db, &caller, id).await?;
    let store = stores::own_store(&env, body.store_id, &caller).await?;
    let promotions: Vec<_> = offers::of_campaign(&db, id)
        .await?
        .into_iter()
        .filter(|offer| !offer.withdrawn)
        .map(|offer| offer.promotion)
        .collect();
    let shown = promotions.iter().filter_map(|one| one.conditions.coupon.clone());
    let coupons: Vec<String> = if body.with_coupons { shown.collect() } else { Vec::new() };
    let rules = RuleBook::new(promotions).map_err(|faults| super::faulty(faults, ""))?;
    let terms = Terms { rules, ..Terms::default() };
    let me = principal::service("pricing");
    let menu: Menu = call::service(&env, "CATALOG", &me).get(&format!("/internal/stores/{}/menu", store.id)).await?;
    let mut preview = Preview {
        orders: 0,
        discounted: 0,
        not_priced: 0,
        list: Money::zero(menu.currency),
        discount: Money::zero(menu.currency),
        offers: Vec::new(),
        complete: false,
        until: body.until,
    };
    let mut offers: BTreeMap<Id, (usize, Money)> = BTreeMap::new();
    let (mut after, mut offsets) = (None, Offsets::default());
    while preview.orders < MOST_ORDERS {
        let page = past_orders(&env, &body, after).await?;
        let Some(last) = page.last() else {
            preview.complete = true;
            break;
        };
        after = Some(last.id);
        preview.until = last.placed_at;
        for order in page {
            // Hours are those that the store's clocks showed when the order was placed: summer time may have begun since.
            let offset = offsets.at(order.placed_at, |moment| zone::local(moment, &store.time_zone));
            let facts = Facts {
                franchisee_id: store.franchisee_id,
                // Nobody knows who was what then.
                segments: Vec::new(),
                unknown_segments: Vec::new(),
                first_order: false,
                coupons: coupons.clone(),
                used_up: Vec::new(),
                local: kirana_pricing::when::on_the_wall(order.placed_at, offset),
                delivery_fee: None,
                tip: None,
            };
            preview.orders += 1;
            let Ok(priced) = price_order(&menu, &order.lines, &facts, &terms) else {
                preview.not_priced += 1;
                continue;
            };
            let off = priced.totals.discount.unwrap_or(Money::zero(menu.currency));
            preview.list = preview.list.plus(priced.totals.subtotal)?.plus(off)?;
            preview.discount = preview.discount.plus(off)?;
            preview.discounted += usize::from(!off.is_zero());
            for one in priced.promotions {
                let (orders, amount) = offers.entry(one.promotion_id).or_insert((0, Money::zero(menu.currency)));
                *orders += 1;
                *amount = amount.plus(one.amount)?;
            }
        }
    }
    if preview.complete {
        preview.until = body.until;
    }
    let of = |(offer_id, (orders, discount))| OfferPreview { offer_id, orders, discount };
    preview.offers = offers.into_iter().map(of).collect();
    Ok(Json(preview))
}

async fn past_orders(env: &Env, wanted: &PreviewRequest, after: Option<Id>) -> Result<Vec<PastOrder>> {
    let mut path = format!(
        "/internal/stores/{}/past-orders?from={}&until={}",
        wanted.store_id,
        wanted.from.millis(),
        wanted.until.millis()
    );
    if let Some(after) = after {
        path.push_str(&format!("&after={after}"));
    }
    call::service(env, "ORDERS", &principal::service("pricing")).get(&path).await
}
