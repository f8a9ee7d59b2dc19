//! Taxes by place.

use crate::db::settings;
use axum::extract::State;
use kirana_contracts::tax::{ComponentRounding, TaxComponent, TaxRounding};
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Problem, RequestId, Result, clock};
use kirana_pricing::{TaxBook, TaxTable};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use worker::Env;

/// The taxes of a place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRates {
    /// Do prices contain them?
    pub inclusive: bool,
    /// What is rounded to whole minor units.
    pub rounding: TaxRounding,
    /// Are components rounded each by itself, or once all together?
    pub components: ComponentRounding,
    /// Components by tax class, up to 50 classes; `standard` must be among them.
    pub classes: BTreeMap<String, Vec<TaxComponent>>,
}

/// The taxes of every place that has some. Where a store's place has none, the one rate that the store itself names counts.
///
/// # Errors
/// 500 when the database refuses.
#[utoipa::path(get, path = "/api/v1/tax-rates", tag = "pricing", responses((status = 200, body = TaxBook)))]
#[worker::send]
pub async fn list(State(env): State<Env>, _caller: Caller) -> Result<Json<TaxBook>> {
    Ok(Json(settings::taxes(&Db::of(&env)?).await?))
}

/// Sets the taxes of a place, from wide to narrow: `US`, `US-TX`, `US-TX-Austin`. A store is taxed by the narrowest that is there.
/// It counts for orders that are priced from now on, in every store within seconds.
///
/// # Errors
/// 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/tax-rates/{place}", tag = "pricing", params(("place" = String, Path, description = "The place, such as `US-TX`")),
    request_body = TaxRates, responses((status = 200, body = TaxTable), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(place): Path<String>,
    Json(body): Json<TaxRates>,
) -> Result<Json<TaxTable>> {
    if !is_place(&place) {
        let message =
            "expected a country (ISO 3166-1 alpha-2) and what is narrower, with hyphens, such as US-TX-Austin";
        return Err(Problem::invalid_field("place", message));
    }
    let TaxRates { inclusive, rounding, components, classes } = body;
    let table = TaxTable { place, inclusive, rounding, components, classes };
    if !(1..=50).contains(&table.classes.len()) || !table.classes.contains_key(kirana_contracts::tax::STANDARD) {
        return Err(Problem::invalid_field("classes", "expected 1 to 50, and `standard` among them"));
    }
    if table.classes.iter().any(|(class, parts)| !(1..=40).contains(&class.len()) || parts.len() > 10) {
        return Err(Problem::invalid_field(
            "classes",
            "expected names of 1 to 40 characters and 10 components at most",
        ));
    }
    if !table.is_sound() {
        return Err(Problem::invalid_field(
            "classes",
            "expected rates of a class that sum to at most 1000000 millionths",
        ));
    }
    let db = Db::of(&env)?;
    // The narrowest around it is another's.
    let before = settings::tax_of(&db, &table.place).await?.filter(|before| before.place == table.place);
    let entry = Entry {
        action: "tax_rates.set",
        object: table.place.clone(),
        before: before.map(|before| serde_json::to_string(&before)).transpose()?,
        after: Some(serde_json::to_string(&table)?),
        ..Entry::default()
    };
    audit::note(&env, "pricing", &caller, &request_id, entry).await?;
    db.batch(vec![settings::set_taxes(&table, caller.id, clock::now())?]).await?;
    Ok(Json(table))
}

/// Can this be a place: a country, and what is narrower?
#[must_use]
pub fn is_place(place: &str) -> bool {
    let mut parts = place.split('-');
    let country =
        parts.next().is_some_and(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase()));
    let narrower =
        |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == ' ');
    country && place.len() <= 80 && parts.all(narrower)
}

#[cfg(test)]
mod tests {
    use super::is_place;

    #[test]
    fn places_go_from_wide_to_narrow() {
        for good in ["TH", "US-TX", "US-TX-Austin", "US-NY-New York", "IN-MH"] {
            assert!(is_place(good), "{good}");
        }
        for bad in ["", "T", "th", "USA", "US-", "US--Austin", "US-TX_1"] {
            assert!(!is_place(bad), "{bad}");
        }
    }
}
