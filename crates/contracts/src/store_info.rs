//! What other domains know of a store.

use crate::delivery_zone::DeliveryZone;
use crate::menu::Tax;
use kirana_kernel::{Currency, Fulfilment, Id, Money, Position};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A store as other domains see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoreInfo {
    /// The store.
    pub id: Id,
    /// Its number, 1 to 2^24 - 1: the name of its Durable Object is `store-<number>`.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub franchisee_id: Id,
    /// What it sells in.
    pub currency: Currency,
    /// Its IANA time zone.
    pub time_zone: String,
    /// The day it is there now, such as `2026-11-20`.
    pub day: String,
    /// What its clocks are ahead of UTC now, in seconds.
    #[serde(default)]
    pub utc_offset: i64,
    /// Its country, ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: String,
    /// How its sales are taxed.
    pub tax: Tax,
    /// From which age somebody may buy what is for adults only: that of its country.
    #[serde(default = "strictest")]
    pub legal_age: u32,
    /// Does it take orders now?
    pub accepts_orders: bool,
    /// Why it takes none, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_reason: Option<String>,
    /// How customers may get their orders.
    pub fulfilments: Vec<Fulfilment>,
    /// What an order must come to, tax included; absent for whatever it comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<Money>,
    /// Where it is; absent from a version that did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Where it delivers, and for what; where there are none, it delivers anywhere for its flat fee.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delivery_zones: Vec<DeliveryZone>,
}

/// What is assumed of a store that says nothing: no country asks for more.
const fn strictest() -> u32 {
    25
}
