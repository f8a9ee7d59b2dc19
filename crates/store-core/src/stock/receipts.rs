//! Many receipts at once: what a supplier's file or a delivery note of many lines says came in. All of it or nothing.

use super::{movement, setup};
use crate::command::Context;
use crate::{Refusal, Result};
use kirana_contracts::stock::{Movement, ReceiptBatch, ReceiptsTaken, StockItem, StockSetup};
use kirana_contracts::store_state::Actor;
use kirana_sql::Sql;

/// Receipts in one command at most: more would keep the store's customers waiting.
pub const MAX_RECEIPTS: usize = 500;

/// Takes everything in, each receipt as a batch.
pub fn take<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, batch: &ReceiptBatch) -> Result<ReceiptsTaken> {
    if batch.receipts.is_empty() || batch.receipts.len() > MAX_RECEIPTS {
        return Err(Refusal::Invalid { path: "receipts".into(), message: format!("expected 1 to {MAX_RECEIPTS}") });
    }
    let wanted: Vec<&str> = batch.items.iter().map(|item| item.sku.as_str()).collect();
    let kept = setup::items(context.sql, context.memory, &wanted)?;
    let new: Vec<StockItem> =
        batch.items.iter().filter(|item| setup::named(&kept, &item.sku).is_none()).cloned().collect();
    let items_added = i64::try_from(new.len()).unwrap_or(i64::MAX);
    setup::setup(context, &StockSetup { items: new, recipes: Vec::new() })?;
    let mut cost = 0;
    for (index, receipt) in batch.receipts.iter().enumerate() {
        movement::perform(context, actor, &Movement::Receive(receipt.clone())).map_err(|refusal| match refusal {
            Refusal::Invalid { path, message } => {
                Refusal::Invalid { path: format!("receipts[{index}].{path}"), message }
            }
            other => other,
        })?;
        cost += receipt.cost;
    }
    Ok(ReceiptsTaken { receipts: i64::try_from(batch.receipts.len()).unwrap_or(i64::MAX), items_added, cost })
}
