//! RFID tags: each stands for an equal part of the batch it came in with; gates tell which went out and came back.

use super::Part;
use super::batches::{self, Way};
use super::movement::finish;
use crate::command::Context;
use crate::{Refusal, Result};
use kirana_contracts::stock::{Direction, Move, MoveKind, TagRead, TagsMoved};
use kirana_contracts::store_state::Actor;
use kirana_events::EventData;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Binds tags to a batch that comes in.
pub fn bind(sql: &impl Sql, batch: i64, quantity: i64, tags: &[String]) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let refuse = |message: String| Err(Refusal::Invalid { path: "tags".into(), message });
    let count = i64::try_from(tags.len()).unwrap_or(i64::MAX);
    if count > 500 || quantity % count != 0 {
        return refuse(format!("expected at most 500 tags that share {quantity} equally; got {count}"));
    }
    if tags.iter().any(|tag| tag.is_empty() || tag.len() > 96)
        || tags.iter().collect::<BTreeSet<_>>().len() < tags.len()
    {
        return refuse("expected tags of 1 to 96 characters, each once".into());
    }
    let known = of(sql, tags)?;
    if let Some(tag) = known.keys().next() {
        return refuse(format!("{tag} is bound to another batch"));
    }
    Ok(sql.run(
        "INSERT INTO tags (tag, batch, quantity) SELECT value, ?2, ?3 FROM json_each(?1)",
        values![serde_json::to_string(tags)?, batch, quantity / count],
    )?)
}

#[derive(Deserialize)]
struct Tag {
    tag: String,
    batch: i64,
    sku: String,
    quantity: i64,
    present: i64,
}

fn of(sql: &impl Sql, tags: &[String]) -> Result<BTreeMap<String, Tag>> {
    let rows: Vec<Tag> = sql.query(
        "SELECT t.tag AS tag, t.batch AS batch, b.sku AS sku, t.quantity AS quantity, t.present AS present
         FROM tags t JOIN batches b ON b.id = t.batch WHERE t.tag IN (SELECT value FROM json_each(?1))",
        values![serde_json::to_string(tags)?],
    )?;
    Ok(rows.into_iter().map(|tag| (tag.tag.clone(), tag)).collect())
}

/// Tags went through a gate: what left is out of the books, what came back is in them again. The last reading of a tag wins.
pub fn track<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, reads: &[TagRead]) -> Result<TagsMoved> {
    if reads.is_empty() || reads.len() > 500 {
        return Err(Refusal::Invalid { path: "reads".into(), message: "expected 1 to 500 readings".into() });
    }
    let last: BTreeMap<&str, Direction> = reads.iter().map(|read| (read.tag.as_str(), read.direction)).collect();
    let names: Vec<String> = last.keys().map(|&tag| tag.to_owned()).collect();
    let known = of(context.sql, &names)?;
    let mut answer = TagsMoved { moves: Vec::new(), unchanged: Vec::new(), unknown: Vec::new(), held: Vec::new() };
    let mut free: BTreeMap<i64, i64> = BTreeMap::new();
    let (mut out, mut back, mut flipped): (Vec<Part>, Vec<Part>, Vec<String>) = Default::default();
    for (name, direction) in last {
        let Some(tag) = known.get(name) else {
            answer.unknown.push(name.into());
            continue;
        };
        let present = direction == Direction::In;
        if (tag.present == 1) == present {
            answer.unchanged.push(name.into());
            continue;
        }
        if present {
            back.push((tag.batch, tag.sku.clone(), tag.quantity));
        } else {
            let left = match free.get(&tag.batch) {
                Some(left) => *left,
                None => {
                    let batch = super::listed::get(context.sql, tag.batch)?;
                    batch.on_hand - batch.reserved
                }
            };
            if left < tag.quantity {
                answer.held.push(name.into());
                continue;
            }
            free.insert(tag.batch, left - tag.quantity);
            out.push((tag.batch, tag.sku.clone(), tag.quantity));
        }
        flipped.push(name.into());
    }
    answer.moves = batches::take(context.sql, &out, Way::Adjusted)?;
    let returned = returning(context.sql, &back)?;
    batches::put(context.sql, &returned, Way::Adjusted)?;
    answer.moves.extend(returned);
    context.sql.run(
        "UPDATE tags SET present = 1 - present WHERE tag IN (SELECT value FROM json_each(?1))",
        values![serde_json::to_string(&flipped)?],
    )?;
    if !answer.moves.is_empty() {
        let reason = Some("tags went through a gate");
        finish(
            context,
            MoveKind::Rfid,
            &actor.party.name,
            None,
            reason,
            answer.moves.clone(),
            EventData::StockAdjusted,
        )?;
    }
    Ok(answer)
}

/// Goods that came back are worth what they cost.
fn returning(sql: &impl Sql, parts: &[Part]) -> Result<Vec<Move>> {
    #[derive(Deserialize)]
    struct Row {
        id: i64,
        received: i64,
        cost: i64,
    }
    let ids: Vec<i64> = parts.iter().map(|(batch, _, _)| *batch).collect();
    let rows: Vec<Row> = sql.query(
        "SELECT id, received, cost FROM batches WHERE id IN (SELECT value FROM json_each(?1))",
        values![serde_json::to_string(&ids)?],
    )?;
    Ok(parts
        .iter()
        .map(|(batch, sku, quantity)| {
            let row = rows.iter().find(|row| row.id == *batch);
            let value = row.map_or(0, |row| batches::share(row.cost, *quantity, row.received));
            Move { batch: *batch, sku: sku.clone(), quantity: *quantity, value }
        })
        .collect())
}
