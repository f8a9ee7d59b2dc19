//! What the books must know of stores: whose they are, and where their taxes are owed.

use crate::split::slug;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::db::{Db, id};
use kirana_edge::{Result, call, clock, params, principal};
use kirana_kernel::{Id, Timestamp};
use kirana_ledger::Name;
use serde::Deserialize;
use std::time::Duration;
use worker::Env;

/// A store, as the books know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose it is.
    pub franchisee: Id,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: Name,
    /// What its tax is called where one rate counts, such as `vat`.
    pub tax: Name,
}

/// A store seldom changes hands, and never its country.
const GOOD_FOR: Duration = Duration::from_secs(24 * 3600);

#[derive(Deserialize)]
struct Row {
    franchisee_id: String,
    country: String,
    tax_name: String,
    checked_at: i64,
}

impl Row {
    fn place(&self) -> Result<Place> {
        Ok(Place {
            franchisee: id(&self.franchisee_id)?,
            country: crate::name(&self.country)?,
            tax: crate::name(&self.tax_name)?,
        })
    }
}

/// A store that was seen before, and when.
async fn known(db: &Db, store: Id) -> Result<Option<(Place, Timestamp)>> {
    let sql = "SELECT franchisee_id, country, tax_name, checked_at FROM ledger_stores WHERE store_id = ?1";
    let row: Option<Row> = db.first(sql, params![store]).await?;
    row.map(|row| Ok((row.place()?, Timestamp::from_millis(row.checked_at)))).transpose()
}

/// A store; asked of stores when it was not seen for a day.
///
/// # Errors
/// 404 where there is none, 503 while stores cannot be asked.
pub async fn place(env: &Env, store: Id) -> Result<Place> {
    let (db, now) = (Db::of(env)?, clock::now());
    if let Some((place, _)) = known(&db, store).await?.filter(|(_, checked)| *checked > now - GOOD_FOR) {
        return Ok(place);
    }
    let info: StoreInfo =
        call::service(env, "STORES", &principal::service("payments")).get(&format!("/internal/stores/{store}")).await?;
    let unnamed = || "tax".parse::<Name>().map_err(crate::not_postable);
    // `ZZ` is ISO 3166's for no country in particular.
    let country = if info.country.is_empty() { "ZZ" } else { info.country.as_str() };
    let place = Place {
        franchisee: info.franchisee_id,
        country: crate::name(country)?,
        tax: slug(&info.tax.name).or_else(|_| unnamed())?,
    };
    db.run(
        "INSERT INTO ledger_stores (store_id, franchisee_id, country, tax_name, checked_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (store_id) DO UPDATE SET franchisee_id = excluded.franchisee_id, country = excluded.country,
            tax_name = excluded.tax_name, checked_at = excluded.checked_at",
        params![store, place.franchisee, place.country.as_str(), place.tax.as_str(), now],
    )
    .await?;
    Ok(place)
}
