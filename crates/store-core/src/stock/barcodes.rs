//! Which stock item a barcode is on.

use super::{level, setup};
use crate::command::Context;
use crate::{Refusal, Result};
use kirana_contracts::stock::{Barcode, ItemBarcodes, MAX_BARCODES, StockLevel};
use kirana_kernel::Gtin;
use kirana_sql::{Sql, values};
use serde::Deserialize;

/// Puts these barcodes on an item, in the place of those it had.
///
/// # Errors
/// [`Refusal::UnknownItem`], [`Refusal::Invalid`] for what is no GTIN or is on another item.
pub fn set<S: Sql>(context: &mut Context<'_, S>, wanted: &ItemBarcodes) -> Result<()> {
    setup::item(context, &wanted.sku)?;
    let invalid = |at: usize, message: String| Refusal::Invalid { path: format!("barcodes[{at}]"), message };
    if wanted.barcodes.len() > MAX_BARCODES {
        let message = format!("expected {MAX_BARCODES} at most");
        return Err(Refusal::Invalid { path: "barcodes".into(), message });
    }
    let mut gtins: Vec<String> = Vec::with_capacity(wanted.barcodes.len());
    for (at, text) in wanted.barcodes.iter().enumerate() {
        let gtin = text.parse::<Gtin>().map_err(|error| invalid(at, error.to_string()))?.to_string();
        if gtins.contains(&gtin) {
            return Err(invalid(at, format!("{text} stands here twice")));
        }
        gtins.push(gtin);
    }
    let json = serde_json::to_string(&gtins)?;
    let taken: Option<Barcode> = context.sql.first(
        "SELECT gtin, sku FROM barcodes WHERE gtin IN (SELECT value FROM json_each(?1)) AND sku <> ?2 ORDER BY gtin LIMIT 1",
        values![json.clone(), wanted.sku.clone()],
    )?;
    if let Some(Barcode { gtin, sku }) = taken {
        let at = gtins.iter().position(|one| *one == gtin).unwrap_or(0);
        return Err(invalid(at, format!("this barcode is on {sku}: take it off there first")));
    }
    context.sql.run("DELETE FROM barcodes WHERE sku = ?1", values![wanted.sku.clone()])?;
    context.sql.run(
        "INSERT INTO barcodes (gtin, sku) SELECT value, ?2 FROM json_each(?1)",
        values![json, wanted.sku.clone()],
    )?;
    Ok(())
}

/// All barcodes of the store, by item.
///
/// # Errors
/// [`Refusal::Fault`].
pub fn list(sql: &impl Sql) -> Result<Vec<Barcode>> {
    Ok(sql.query("SELECT gtin, sku FROM barcodes ORDER BY sku, gtin LIMIT 10000", values![])?)
}

/// How the item stands that a barcode is on.
///
/// # Errors
/// [`Refusal::UnknownItem`] where it is on none.
pub fn find(sql: &impl Sql, gtin: &str) -> Result<StockLevel> {
    #[derive(Deserialize)]
    struct Row {
        sku: String,
    }
    let row: Option<Row> = sql.first("SELECT sku FROM barcodes WHERE gtin = ?1", values![gtin.to_owned()])?;
    level(sql, &row.ok_or_else(|| Refusal::UnknownItem(gtin.into()))?.sku)
}
