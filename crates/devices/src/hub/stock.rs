//! What devices tell of goods and orders: tags at gates and on shelves, weights, tickets that are done, cash that was taken.

use super::devices::Device;
use super::events::{number, text};
use super::session::Moment;
use super::takings::Tender;
use super::work::{Call, Target};
use super::{Hub, Refusal, Result};
use kirana_contracts::stock::{Direction, TagRead};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A reader sees a tag many times as it goes by: the same direction again within this time is the same passing, in milliseconds.
const DEBOUNCE: i64 = 5_000;
/// How many readings of a shelf in a row a tag is not in until it is missing.
const MISSED: i64 = 3;
/// Tags in one event at most.
const MOST: usize = 500;

fn call(device: &Device, target: Target, method: &str, path: String, body: Value, key: Option<String>) -> Call {
    Call { target, device: device.id, sale: None, method: method.into(), path, body, key }
}

/// An id of some data.
fn id(data: &Value, name: &str) -> Result<Id> {
    let found = data[name].as_str().and_then(|id| id.parse().ok());
    found.ok_or_else(|| Refusal::Invalid { path: format!("data.{name}"), message: "expected an id".into() })
}

impl<S: Sql> Hub<S> {
    /// Tags went through a gate. What is read again within seconds is no second passing; a tag that wavers moves by its last reading.
    pub(super) fn tags_read(&self, device: &Device, data: &Value, at: Timestamp, moment: &Moment) -> Result<()> {
        let expected = || Refusal::Invalid {
            path: "data.reads".into(),
            message: format!("expected 1 to {MOST} of {{\"tag\", \"direction\": \"in\" or \"out\"}}"),
        };
        let reads: Vec<TagRead> = serde_json::from_value(data["reads"].clone()).map_err(|_| expected())?;
        if reads.is_empty() || reads.len() > MOST || reads.iter().any(|read| read.tag.is_empty() || read.tag.len() > 96)
        {
            return Err(expected());
        }
        let last: BTreeMap<String, Direction> = reads.into_iter().map(|read| (read.tag, read.direction)).collect();
        let known = self.known_tags(device.id, last.keys())?;
        let mut moved = Vec::new();
        for (tag, direction) in last {
            let name = if direction == Direction::In { "in" } else { "out" };
            let same = known
                .get(&tag)
                .is_some_and(|known| known.direction == name && (at.millis() - known.at).abs() < DEBOUNCE);
            if same {
                continue;
            }
            self.sql.run(
                "INSERT OR REPLACE INTO tags (device, tag, direction, at, missed) VALUES (?1, ?2, ?3, ?4, 0)",
                values![device.id.to_string(), tag.as_str(), name, at.millis()],
            )?;
            moved.push(TagRead { tag, direction });
        }
        if moved.is_empty() {
            return Ok(());
        }
        let body = serde_json::to_value(&moved)?;
        let key = Some(format!("device-tags-{}", moment.id()));
        self.ask(&call(device, Target::Store, "POST", "/tags".into(), body, key), moment.now)
    }

    fn known_tags<'a>(&self, device: Id, tags: impl Iterator<Item = &'a String>) -> Result<BTreeMap<String, Known>> {
        let names: Vec<&String> = tags.collect();
        let rows: Vec<Known> = self.sql.query(
            "SELECT tag, direction, at, missed FROM tags WHERE device = ?1 AND tag IN (SELECT value FROM json_each(?2))",
            values![device.to_string(), serde_json::to_string(&names)?],
        )?;
        Ok(rows.into_iter().map(|row| (row.tag.clone(), row)).collect())
    }

    /// A shelf was read whole: what was there and is not in three readings running is missing, which somebody is told once.
    pub(super) fn shelf_read(&self, device: &Device, data: &Value, at: Timestamp, moment: &Moment) -> Result<()> {
        let tags: Option<Vec<String>> = serde_json::from_value(data["tags"].clone()).ok();
        let tags = tags.filter(|tags| tags.len() <= MOST).ok_or_else(|| Refusal::Invalid {
            path: "data.tags".into(),
            message: format!("expected {MOST} tags at most"),
        })?;
        let list = serde_json::to_string(&tags)?;
        let me = device.id.to_string();
        self.sql.run(
            "INSERT INTO tags (device, tag, direction, at) SELECT ?1, value, 'in', ?3 FROM json_each(?2) WHERE true
             ON CONFLICT (device, tag) DO UPDATE SET direction = 'in', at = excluded.at, missed = 0",
            values![me.as_str(), list.as_str(), at.millis()],
        )?;
        self.sql.run(
            "UPDATE tags SET missed = missed + 1 WHERE device = ?1 AND direction = 'in' AND missed < 1000
             AND tag NOT IN (SELECT value FROM json_each(?2))",
            values![me.as_str(), list.as_str()],
        )?;
        let missing: Vec<Known> = self.sql.query(
            "SELECT tag, direction, at, missed FROM tags WHERE device = ?1 AND direction = 'in' AND missed = ?2 ORDER BY tag LIMIT 500",
            values![me.as_str(), MISSED],
        )?;
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = missing.iter().map(|known| known.tag.as_str()).collect();
        let words =
            format!("{} tags are not on the shelf any more, and went through no gate of this reader", names.len());
        self.tell_fault(device, "tags_missing", &words, Some(json!({"tags": names})), moment)
    }

    /// A ticket is done, or not after all, says a kitchen display.
    pub(super) fn bumped(&self, device: &Device, name: &str, data: &Value, moment: &Moment) -> Result<()> {
        let order = id(data, "order_id")?;
        let verb = if name == "bumped" { "bump" } else { "recall" };
        let path = format!("/api/v1/stores/{}/kitchen/tickets/{order}/{verb}", device.store_id);
        let body = data.get("station").map_or_else(|| json!({}), |station| json!({"station": station}));
        self.ask(&call(device, Target::Orders, "POST", path, body, None), moment.now)
    }

    /// A scale has weighed a line of an order.
    pub(super) fn weighed(&self, device: &Device, data: &Value, moment: &Moment) -> Result<()> {
        if data.get("order_id").is_none() {
            return Ok(());
        }
        let (order, line, grams) =
            (id(data, "order_id")?, number(data, "line", 0, 100)?, number(data, "grams", 1, 50_000)?);
        let path = format!("/api/v1/orders/{order}/lines/{line}/weight");
        self.ask(&call(device, Target::Orders, "PUT", path, json!({"grams": grams}), None), moment.now)
    }

    /// A machine sold something for coins, whether its line was up or not: it has happened.
    pub(super) fn cash_sold(&self, device: &Device, data: &Value, at: Timestamp, moment: &Moment) -> Result<()> {
        let (slot, key) = (text(data, "slot", 20)?, text(data, "key", 100)?);
        let (count, amount) = (number(data, "seq", 1, 1 << 50)?, number(data, "amount", 0, 1_000_000_000)?);
        let column = self.slot(device.id, &slot)?;
        if !self.is_new_cash(device.id, &key, moment)? {
            return Ok(());
        }
        self.took(device.id, Tender::Cash, amount, at)?;
        let line = json!({"variant_sku": column.sku, "quantity": 1, "modifiers": column.modifiers()?});
        let sale = json!({"key": key, "seq": count, "sold_at": at, "lines": [line], "total": amount, "tender": "cash"});
        let path = format!("/api/v1/stores/{}/offline-sales", device.store_id);
        let body = json!({"device_id": device.id, "sales": [sale]});
        self.taken(device.id, &slot)?;
        self.ask(&call(device, Target::Orders, "POST", path, body, None), moment.now)
    }

    /// Somebody filled a column.
    pub(super) fn restocked(&self, device: &Device, data: &Value) -> Result<()> {
        let slot = text(data, "slot", 20)?;
        let column = self.slot(device.id, &slot)?;
        let count = number(data, "count", 0, column.capacity)?;
        Ok(self.sql.run(
            "UPDATE slots SET count = ?3, blocked = 0 WHERE device = ?1 AND slot = ?2",
            values![device.id.to_string(), slot, count],
        )?)
    }

    /// A column of a machine.
    pub(super) fn slot(&self, device: Id, slot: &str) -> Result<Slot> {
        let row = self.sql.first(
            "SELECT sku, modifiers, capacity, count, blocked FROM slots WHERE device = ?1 AND slot = ?2",
            values![device.to_string(), slot],
        )?;
        row.ok_or_else(|| Refusal::Unknown(format!("the planogram has no column {slot}")))
    }

    /// One piece is out of a column.
    pub(super) fn taken(&self, device: Id, slot: &str) -> Result<()> {
        Ok(self.sql.run(
            "UPDATE slots SET count = MAX(count - 1, 0) WHERE device = ?1 AND slot = ?2",
            values![device.to_string(), slot],
        )?)
    }

    /// Takes the planogram of a configuration: columns keep what is in them.
    pub(super) fn plan_slots(&self, device: &Device, config: &Value) -> Result<()> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Planned {
            sku: String,
            capacity: i64,
            #[serde(default)]
            modifiers: Vec<kirana_contracts::quote::ModifierRequest>,
        }
        let Some(slots) = config.get("slots") else { return Ok(()) };
        let invalid = |message: String| Refusal::Invalid { path: "slots".into(), message };
        let slots: BTreeMap<String, Planned> =
            serde_json::from_value(slots.clone()).map_err(|error| invalid(error.to_string()))?;
        if slots.len() > 200 || slots.keys().any(|name| name.is_empty() || name.len() > 20) {
            return Err(invalid("expected 200 columns at most, with names of 1 to 20 bytes".into()));
        }
        for (name, planned) in &slots {
            if !(0..=1_000).contains(&planned.capacity) || planned.sku.is_empty() || planned.sku.len() > 200 {
                return Err(invalid(format!("{name}: expected a sku, and a capacity of 0 to 1000")));
            }
            self.sql.run(
                "INSERT INTO slots (device, slot, sku, modifiers, capacity, count) VALUES (?1, ?2, ?3, ?4, ?5, 0)
                 ON CONFLICT (device, slot) DO UPDATE SET count = CASE WHEN sku = excluded.sku THEN MIN(count, excluded.capacity) ELSE 0 END,
                    sku = excluded.sku, modifiers = excluded.modifiers, capacity = excluded.capacity",
                values![
                    device.id.to_string(),
                    name.as_str(),
                    planned.sku.as_str(),
                    serde_json::to_string(&planned.modifiers)?,
                    planned.capacity
                ],
            )?;
        }
        let names: Vec<_> = slots.keys().collect();
        Ok(self.sql.run(
            "DELETE FROM slots WHERE device = ?1 AND slot NOT IN (SELECT value FROM json_each(?2))",
            values![device.id.to_string(), serde_json::to_string(&names)?],
        )?)
    }
}

#[derive(Deserialize)]
struct Known {
    tag: String,
    direction: String,
    at: i64,
    #[allow(dead_code)] // read with the rest of the row
    missed: i64,
}

/// A column of a machine, as it is in its table.
#[derive(Deserialize)]
pub struct Slot {
    pub sku: String,
    modifiers: String,
    pub capacity: i64,
    pub count: i64,
    pub blocked: i64,
}

impl Slot {
    /// What is chosen with what is in it.
    pub fn modifiers(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.modifiers)?)
    }
}
