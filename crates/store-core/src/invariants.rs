//! What must never be otherwise in a store, asked of its tables.

use crate::Result;
use crate::stock::Part;
use kirana_contracts::order::Order;
use kirana_kernel::{OrderStatus, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What one command can have touched of orders, leases, what is held for them, and their timers. Each query answers what is wrong as
/// `wrong`; all answer nothing. The joins begin with what is held: a store has few
/// reservations and many orders.
const OWNERS: &[&str] = &[
    "SELECT CASE WHEN o.status = 'placed' THEN 'order ' || o.id || ' is placed and has no deadline'
                 WHEN o.id IS NOT NULL THEN 'order ' || o.id || ' is ' || o.status || ' and holds stock'
                 WHEN l.id IS NOT NULL THEN 'lease ' || l.id || ' is over and holds stock'
                 ELSE 'nobody owns the reservation ' || r.owner END AS wrong
     FROM reservations r LEFT JOIN orders o ON o.id = r.owner LEFT JOIN leases l ON l.id = r.owner
     WHERE CASE WHEN o.status = 'placed' THEN NOT EXISTS (SELECT 1 FROM timers t WHERE t.reference = o.id AND t.kind = 'pay_by')
                WHEN o.id IS NOT NULL THEN o.status <> 'confirmed'
                WHEN l.id IS NOT NULL THEN l.ended = 1
                ELSE 1 END",
    "SELECT 'lease ' || l.id || ' has no end' AS wrong FROM leases l
     WHERE l.ended = 0 AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.reference = l.id AND t.kind = 'end_lease')",
    "SELECT 'order ' || o.id || ' is ' || o.status || ' and nobody looks after it' AS wrong FROM orders o
     WHERE o.status IN ('confirmed', 'preparing', 'ready', 'dispatched') AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.kind = 'steps')",
];

/// What takes a look at every batch, every order and the whole journal.
const WHOLE: &[&str] = &[
    "SELECT 'batch ' || id || ': received + adjusted is not on_hand + issued + spoiled' AS wrong FROM batches
     WHERE received + adjusted <> on_hand + issued + spoiled OR cost + adjusted_value <> value + issued_value + spoiled_value
        OR stocked <> (on_hand > 0) OR on_hand < 0 OR reserved < 0 OR reserved > on_hand OR value < 0 OR (on_hand = 0 AND value <> 0) OR issued < 0 OR spoiled < 0",
    "SELECT 'order ' || o.id || ' is placed and has no deadline' AS wrong FROM orders o
     WHERE o.status = 'placed' AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.reference = o.id AND t.kind = 'pay_by')",
    "SELECT 'batch ' || batch || ': the journal does not add up to it' AS wrong FROM
        (SELECT id AS batch, -on_hand AS quantity, -value AS value FROM batches
         UNION ALL
         SELECT json_extract(m.value, '$[0]'), json_extract(m.value, '$[2]'), json_extract(m.value, '$[3]') FROM journal j, json_each(j.moves) m)
     GROUP BY batch HAVING SUM(quantity) <> 0 OR SUM(value) <> 0",
    "SELECT 'batch ' || b.id || ' is in ' || b.suspect || ' quarantines, not in ' || COUNT(m.value) AS wrong
     FROM batches b LEFT JOIN (SELECT json_extract(m.value, '$.batch') AS value FROM quarantines q, json_each(q.document, '$.batches') m
                               WHERE q.open = 1 OR json_extract(q.document, '$.outcome') = 'spoilt') m ON m.value = b.id
     GROUP BY b.id HAVING b.suspect <> COUNT(m.value)",
    "SELECT 'order ' || o.id || ' used up ' || json_extract(m.value, '$[1]') || ' and gave back more' AS wrong
     FROM orders o, json_each(o.entries) e JOIN journal j ON j.id = e.value, json_each(j.moves) m
     GROUP BY o.id, json_extract(m.value, '$[1]') HAVING SUM(json_extract(m.value, '$[2]')) > 0",
];

/// What is wrong with the stock as it stands; nothing, always.
pub fn of_goods(sql: &impl Sql) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Row {
        batch: i64,
        reserved: i64,
        held: Option<String>,
    }
    let mut found = Vec::new();
    // Parts are read here: SQL would make a table of each reservation, and text of each of its parts.
    let rows: Vec<Row> = sql.query(
        "SELECT id AS batch, reserved, NULL AS held FROM batches WHERE stocked = 1 AND reserved > 0
         UNION ALL SELECT 0, 0, held FROM reservations",
        values![],
    )?;
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for row in rows {
        match row.held {
            None => *sums.entry(row.batch).or_default() += row.reserved,
            Some(held) => {
                for (batch, _, quantity) in serde_json::from_str::<Vec<Part>>(&held)? {
                    *sums.entry(batch).or_default() -= quantity;
                }
            }
        }
    }
    let wrong = sums.into_iter().filter(|(_, sum)| *sum != 0);
    found.extend(wrong.map(|(batch, _)| format!("batch {batch}: reserved is not the sum of live reservations")));
    Ok(found)
}

/// What is wrong with those for whom stock is held, and with what looks after them; nothing, always.
pub fn of_owners(sql: &impl Sql) -> Result<Vec<String>> {
    all(sql, OWNERS)
}

fn all(sql: &impl Sql, checks: &[&str]) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Wrong {
        wrong: String,
    }
    let mut found = Vec::new();
    // Few statements, as each is a crossing; but a Durable Object's SQLite takes no more than five parts in one.
    for some in checks.chunks(5) {
        found.extend(sql.query::<Wrong>(&some.join(" UNION ALL "), values![])?.into_iter().map(|row| row.wrong));
    }
    Ok(found)
}

/// What is wrong; nothing, always. Each order that was looked at is handed on.
pub fn violations(sql: &impl Sql, mut orders: impl FnMut(Order)) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Document {
        document: String,
    }
    #[derive(Deserialize)]
    struct Slot {
        start: i64,
        taken: i64,
    }
    let mut found = of_goods(sql)?;
    found.extend(of_owners(sql)?);
    found.extend(all(sql, WHOLE)?);
    let rows: Vec<Document> = sql.query("SELECT document FROM orders", values![])?;
    let mut booked: BTreeMap<Timestamp, i64> = BTreeMap::new();
    for row in rows {
        let order: Order = serde_json::from_str(&row.document)?;
        found.extend(order_faults(&order));
        if let Some(slot) = order.slot.filter(|_| keeps_its_slot(&order)) {
            *booked.entry(slot).or_default() += 1;
        }
        orders(order);
    }
    let slots: Vec<Slot> = sql.query("SELECT start, taken FROM slots", values![])?;
    for slot in slots {
        let orders = booked.remove(&Timestamp::from_millis(slot.start)).unwrap_or(0);
        if orders != slot.taken {
            found.push(format!("slot {} counts {} orders, there are {orders}", slot.start, slot.taken));
        }
    }
    found.extend(booked.keys().map(|slot| format!("slot {slot} is not counted")));
    Ok(found)
}

/// An order gives its place back only when it ends before it is made.
fn keeps_its_slot(order: &Order) -> bool {
    let ended = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Refunded);
    let made = order.timeline.iter().any(|entry| entry.to == OrderStatus::Preparing);
    !ended || made
}

/// What is wrong with one order: its steps, its money.
fn order_faults(order: &Order) -> Vec<String> {
    let mut faults = timeline_faults(order);
    let (paid, refunded) = (order.payment.paid.amount, order.payment.refunded.amount);
    if refunded > paid {
        faults.push(format!("order {}: {refunded} of {paid} paid was given back", order.id));
    }
    let sum: i64 = order.lines.iter().map(|line| line.total.amount).sum();
    if sum != order.totals.subtotal.amount || order.lines.iter().any(|line| line.quantity < 0 || line.total.amount < 0)
    {
        faults.push(format!("order {}: its lines cost {sum}, it says {}", order.id, order.totals.subtotal.amount));
    }
    faults.extend(money_faults(order, sum));
    faults
}

/// What does not add up of discounts, and of the total.
fn money_faults(order: &Order, lines: i64) -> Vec<String> {
    let (id, totals) = (order.id, &order.totals);
    let mut faults = Vec::new();
    let off: i64 = order.lines.iter().flat_map(|line| &line.discounts).map(|one| one.amount.amount).sum();
    let told = totals.discount.map_or(0, |money| money.amount);
    let by_promotion: i64 = order.promotions.iter().map(|one| one.amount.amount).sum();
    if off != told || off != by_promotion {
        faults.push(format!("order {id}: {off} off its lines, it says {told}, and {by_promotion} by promotion"));
    }
    let fees: i64 = totals.fees.iter().map(|fee| fee.amount.amount).sum();
    let on_top = if totals.tax_inclusive { 0 } else { totals.tax.amount };
    let sum = lines + fees + on_top + totals.tip.map_or(0, |tip| tip.amount);
    if sum != totals.total.amount {
        faults.push(format!("order {id}: it comes to {sum}, it says {}", totals.total.amount));
    }
    faults
}

/// Steps that the table does not allow, and versions that were left out.
fn timeline_faults(order: &Order) -> Vec<String> {
    let mut faults = Vec::new();
    let mut status: Option<OrderStatus> = None;
    for (index, entry) in order.timeline.iter().enumerate() {
        if entry.version as usize != index + 1 {
            faults.push(format!("order {}: version {} is step {}", order.id, entry.version, index + 1));
        }
        let allowed = match status {
            None => entry.to == OrderStatus::Placed,
            Some(from) => from == entry.to || from.may_become(entry.to),
        };
        if !allowed {
            faults.push(format!("order {}: {status:?} became {}", order.id, entry.to));
        }
        status = Some(entry.to);
    }
    if status != Some(order.status) {
        faults.push(format!("order {}: its timeline ends at {status:?}, it is {}", order.id, order.status));
    }
    faults
}
