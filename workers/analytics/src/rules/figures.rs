//! What an order adds to the figures, event by event: whatever happened to it, the sum is what it came to.

use kirana_contracts::order::Order;
use kirana_events::{EventData, LineFigures, OrderEvent, OrderFigures};
use kirana_kernel::{Money, OrderStatus};

/// What an event adds to the figures of an order; below zero where it takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Orders sold: 1 when it is.
    pub sold: i64,
    /// Captured, in minor units.
    pub paid: i64,
    /// Given back, in minor units.
    pub refunded: i64,
    /// Lines sold, and lines sold no more.
    pub lines: Vec<LineFigures>,
}

/// Was the order paid at some time? Before that it is in no figure.
fn was_sold(order: &Order) -> bool {
    order.timeline.iter().any(|entry| entry.to == OrderStatus::Confirmed)
}

fn taken_off(mut line: LineFigures) -> LineFigures {
    line.quantity = -line.quantity;
    line.grams = -line.grams;
    line.amount = -line.amount;
    line
}

/// What an event of an order adds.
#[must_use]
pub fn moved(event: &EventData) -> Moved {
    match event {
        EventData::OrderConfirmed(data) => {
            let now = OrderFigures::from(&data.order);
            Moved { sold: 1, paid: now.paid.amount, refunded: now.refunded.amount, lines: now.lines }
        }
        EventData::OrderAmended(data) if was_sold(&data.order) => difference(data, |now| now.clone()),
        // What was made and is given back was sold all the same.
        EventData::OrderRefunded(data) if was_sold(&data.order) => {
            difference(data, |now| OrderFigures { refunded: Money::zero(now.refunded.currency), ..now.clone() })
        }
        // What is called off was not sold after all.
        EventData::OrderCancelled(data) if was_sold(&data.order) => {
            let mut moved = difference(data, |now| now.clone());
            let before = data.before.clone().unwrap_or_else(|| OrderFigures::from(&data.order));
            moved.lines = before.lines.into_iter().map(taken_off).collect();
            moved
        }
        _ => Moved::default(),
    }
}

/// Now less before; `otherwise` says what was before where the event does not.
fn difference(data: &OrderEvent, otherwise: impl FnOnce(&OrderFigures) -> OrderFigures) -> Moved {
    let now = OrderFigures::from(&data.order);
    let before = data.before.clone().unwrap_or_else(|| otherwise(&now));
    let (paid, refunded) = (now.paid.amount - before.paid.amount, now.refunded.amount - before.refunded.amount);
    let lines = if now.lines == before.lines {
        Vec::new()
    } else {
        before.lines.into_iter().map(taken_off).chain(now.lines).collect()
    };
    Moved { sold: 0, paid, refunded, lines }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::{Id, Timestamp};
    use serde_json::json;

    fn order(status: &str, grams: Option<i64>, cups: i64, paid: i64, refunded: i64) -> Order {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        let baht = |amount: i64| json!({"amount": amount, "currency": "THB"});
        let (party, at) = (json!({"id": id, "name": "Mali"}), "2026-11-26T09:00:00Z");
        let entry =
            |version: u32, to: &str| json!({"at": at, "version": version, "to": to, "actor": party, "role": "service"});
        let line = |sku: &str, quantity: i64, amount: i64| {
            json!({"variant_sku": sku, "product_id": id, "name": sku, "quantity": quantity, "unit_price": baht(100),
                   "modifiers": [], "total": baht(amount)})
        };
        let mut mango = line("mango", 1, grams.unwrap_or(1_100) / 10);
        mango["weight"] = json!({"price_per_kg": baht(100), "estimated_grams": 1_000, "final_grams": grams});
        let timeline = if status == "placed" {
            json!([entry(1, "placed")])
        } else {
            json!([entry(1, "placed"), entry(2, "confirmed")])
        };
        serde_json::from_value(json!({
            "id": id, "version": 2, "status": status, "pickup_number": "A-001", "store_id": id, "store_number": 1, "customer": party,
            "fulfilment": "pickup", "lines": [mango, line("cup", cups, cups * 100)],
            "totals": {"subtotal": baht(0), "tax": baht(0), "tax_inclusive": true, "total": baht(0)},
            "payment": {"paid": baht(paid), "refunded": baht(refunded)}, "placed_at": at, "pay_by": at, "timeline": timeline,
        }))
        .unwrap()
    }

    fn told(kind: fn(OrderEvent) -> EventData, before: Option<&Order>, now: &Order) -> EventData {
        kind(OrderEvent { before: before.map(OrderFigures::from), ..OrderEvent::of(now.clone(), None) })
    }

    /// A sku with its pieces, grams and amount.
    type Sold = (String, i64, i64, i64);

    /// What was sold by sku, and money, over all events.
    fn sum(events: &[EventData]) -> (Vec<Sold>, [i64; 3]) {
        let mut by_sku = std::collections::BTreeMap::new();
        let mut money = [0; 3];
        for event in events {
            let moved = moved(event);
            for (sum, part) in money.iter_mut().zip([moved.sold, moved.paid, moved.refunded]) {
                *sum += part;
            }
            for line in moved.lines {
                let sum: &mut (i64, i64, i64) = by_sku.entry(line.variant_sku).or_default();
                *sum = (sum.0 + line.quantity, sum.1 + line.grams, sum.2 + line.amount);
            }
        }
        (by_sku.into_iter().map(|(sku, (pieces, grams, amount))| (sku, pieces, grams, amount)).collect(), money)
    }

    #[test]
    fn whatever_happened_the_sum_is_what_it_came_to() {
        let placed = order("placed", None, 3, 0, 0);
        let fewer = order("placed", None, 2, 0, 0);
        let paid = order("confirmed", None, 2, 310, 0);
        let weighed = order("confirmed", Some(900), 2, 310, 0);
        let taken = order("confirmed", Some(900), 1, 310, 0);
        let back = order("confirmed", Some(900), 1, 310, 120);
        let mut events = vec![
            told(EventData::OrderAmended, Some(&placed), &fewer),
            told(EventData::OrderConfirmed, None, &paid),
            told(EventData::OrderAmended, Some(&paid), &weighed),
            told(EventData::OrderAmended, Some(&weighed), &taken),
            told(EventData::OrderAmended, Some(&taken), &back),
        ];
        let expected = vec![("cup".to_owned(), 1, 0, 100), ("mango".to_owned(), 1, 900, 90)];
        assert_eq!(sum(&events), (expected.clone(), [1, 310, 120]));
        let all_back = order("completed", Some(900), 1, 310, 310);
        events.push(told(EventData::OrderRefunded, Some(&back), &all_back));
        assert_eq!(sum(&events), (expected, [1, 310, 310]), "what was sold was sold");
    }

    #[test]
    fn what_is_called_off_was_not_sold() {
        let paid = order("confirmed", None, 2, 310, 0);
        let off = order("cancelled", None, 2, 310, 0);
        let events = [told(EventData::OrderConfirmed, None, &paid), told(EventData::OrderCancelled, None, &off)];
        let (lines, money) = sum(&events);
        assert!(lines.iter().all(|(_, pieces, grams, amount)| (*pieces, *grams, *amount) == (0, 0, 0)), "{lines:?}");
        assert_eq!(money, [1, 310, 0]);
        let expired = order("placed", None, 2, 0, 0);
        assert_eq!(moved(&told(EventData::OrderCancelled, None, &expired)), Moved::default());
    }
}
