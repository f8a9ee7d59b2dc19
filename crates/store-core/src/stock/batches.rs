//! The rows of batches: what comes in, what goes out and what that is worth.

use super::Part;
use super::journal::last;
use crate::Result;
use crate::command::Context;
use kirana_contracts::stock::Move;
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a batch comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passport {
    /// Who delivered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// The supplier's lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Where it was made or grown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Such as `USDA Organic 1234`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification: Option<String>,
}

/// A batch that comes in.
pub struct NewBatch<'a> {
    /// Its stock item.
    pub sku: &'a str,
    /// In the item's unit.
    pub quantity: i64,
    /// What all of it cost.
    pub cost: i64,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
    /// Where it comes from.
    pub passport: Passport,
}

/// Writes a new batch; answers its number.
pub fn create<S: Sql>(context: &Context<'_, S>, batch: &NewBatch<'_>) -> Result<i64> {
    let id = context.memory.count("batches", || last(context.sql, "SELECT MAX(id) AS id FROM batches"))?;
    context.sql.run(
        "INSERT INTO batches (id, sku, received_at, expires_at, received, on_hand, cost, value, passport)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?6, ?7)",
        values![
            id,
            batch.sku,
            context.now().millis(),
            batch.expires_at.map(|time| time.millis()),
            batch.quantity,
            batch.cost,
            serde_json::to_string(&batch.passport)?
        ],
    )?;
    Ok(id)
}

/// How goods leave or come back: the columns that change besides `on_hand` and `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Out: sold or sent away.
    Issued,
    /// Out: lost.
    Spoiled,
    /// Out or in: the books were wrong.
    Adjusted,
}

/// Takes free stock out of batches; what it is worth goes with it.
pub fn take(sql: &impl Sql, parts: &[Part], way: Way) -> Result<Vec<Move>> {
    let moves = priced(sql, parts)?;
    apply(sql, &moves, way, false)?;
    Ok(moves)
}

/// Takes held stock out of batches.
pub fn take_held(sql: &impl Sql, parts: &[Part], way: Way) -> Result<Vec<Move>> {
    let moves = priced(sql, parts)?;
    apply(sql, &moves, way, true)?;
    Ok(moves)
}

/// Puts goods back into batches: quantities and values above zero.
pub fn put(sql: &impl Sql, moves: &[Move], way: Way) -> Result<()> {
    apply(sql, moves, way, false)
}

/// What these parts are worth now: each batch's share, the rest of the batch keeps the rounding.
fn priced(sql: &impl Sql, parts: &[Part]) -> Result<Vec<Move>> {
    #[derive(Deserialize)]
    struct Row {
        id: i64,
        on_hand: i64,
        value: i64,
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let mut wanted: BTreeMap<i64, (&str, i64)> = BTreeMap::new();
    for (batch, sku, quantity) in parts {
        wanted.entry(*batch).or_insert((sku, 0)).1 += quantity;
    }
    let ids: Vec<_> = wanted.keys().collect();
    let rows: Vec<Row> = sql.query(
        "SELECT b.id AS id, b.on_hand AS on_hand, b.value AS value FROM json_each(?1) wanted CROSS JOIN batches b ON b.id = wanted.value",
        values![serde_json::to_string(&ids)?],
    )?;
    Ok(rows
        .into_iter()
        .filter_map(|row| wanted.get(&row.id).map(|(sku, quantity)| (row, *sku, *quantity)))
        .map(|(row, sku, quantity)| Move {
            batch: row.id,
            sku: sku.into(),
            quantity: -quantity,
            value: -share(row.value, quantity, row.on_hand),
        })
        .collect())
}

/// What `quantity` of `whole` is worth of `value`; all of it for the whole. Rounded down.
pub fn share(value: i64, quantity: i64, whole: i64) -> i64 {
    if quantity >= whole || whole <= 0 {
        return value;
    }
    let share = i128::from(value) * i128::from(quantity) / i128::from(whole);
    i64::try_from(share).unwrap_or(value)
}

/// So many rows are written one by one, each found by its number. More go in one statement, which has to make a table of them.
const FEW: usize = 4;

/// Changes batches.
fn apply(sql: &impl Sql, moves: &[Move], way: Way, held: bool) -> Result<()> {
    if moves.is_empty() {
        return Ok(());
    }
    let mut sums: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for part in moves {
        let sum = sums.entry(part.batch).or_default();
        *sum = (sum.0 + part.quantity, sum.1 + part.value);
    }
    let columns = match way {
        Way::Issued => "issued = issued - ?2, issued_value = issued_value - ?3",
        Way::Spoiled => "spoiled = spoiled - ?2, spoiled_value = spoiled_value - ?3",
        Way::Adjusted => "adjusted = adjusted + ?2, adjusted_value = adjusted_value + ?3",
    };
    let held = if held { ", reserved = reserved + ?2" } else { "" };
    let columns = format!("UPDATE OR FAIL batches SET on_hand = on_hand + ?2, value = value + ?3, {columns}{held}");
    if sums.len() <= FEW {
        let statement = format!("{columns} WHERE id = ?1");
        for (batch, (quantity, value)) in sums {
            sql.run(&statement, values![batch, quantity, value])?;
        }
        return Ok(());
    }
    let rows: Vec<_> = sums.into_iter().map(|(batch, (quantity, value))| (batch, quantity, value)).collect();
    let columns = columns.replace("?2", "part.quantity").replace("?3", "part.worth");
    let statement = format!(
        "{columns} FROM (SELECT json_extract(value, '$[0]') AS batch, json_extract(value, '$[1]') AS quantity,
                                json_extract(value, '$[2]') AS worth FROM json_each(?1)) AS part
         WHERE batches.id = part.batch"
    );
    Ok(sql.run(&statement, values![serde_json::to_string(&rows)?])?)
}

/// Moves as the journal keeps them: `[[batch, sku, quantity, value], ...]`.
pub fn rows_of(moves: &[Move]) -> Result<String> {
    let rows: Vec<_> = moves.iter().map(|part| (part.batch, &part.sku, part.quantity, part.value)).collect();
    Ok(serde_json::to_string(&rows)?)
}

/// Moves from how the journal keeps them.
pub fn moves_of(rows: &str) -> Result<Vec<Move>> {
    let rows: Vec<(i64, String, i64, i64)> = serde_json::from_str(rows)?;
    Ok(rows.into_iter().map(|(batch, sku, quantity, value)| Move { batch, sku, quantity, value }).collect())
}

/// Adds to what is held of these parts, or with `-1` takes it away.
pub fn hold(sql: &impl Sql, parts: &[Part], sign: i64) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for (batch, _, quantity) in parts {
        *sums.entry(*batch).or_default() += sign * quantity;
    }
    if sums.len() <= FEW {
        for (batch, quantity) in sums {
            sql.run("UPDATE OR FAIL batches SET reserved = reserved + ?2 WHERE id = ?1", values![batch, quantity])?;
        }
        return Ok(());
    }
    Ok(sql.run(
        "UPDATE batches SET reserved = reserved + part.value FROM json_each(?1) AS part
         WHERE batches.id = CAST(part.key AS INTEGER)",
        values![serde_json::to_string(&sums)?],
    )?)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn the_last_piece_takes_the_last_cent() {
        let (mut value, mut left, mut paid) = (100, 3, Vec::new());
        while left > 0 {
            let part = share(value, 1, left);
            value -= part;
            left -= 1;
            paid.push(part);
        }
        assert_eq!((paid, value), (vec![33, 33, 34], 0));
        assert_eq!(share(5, 9, 3), 5);
        assert_eq!(share(1_000_000_000_000, 999_999_999, 1_000_000_000), 999_999_999_000);
    }
}
