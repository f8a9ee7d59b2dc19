//! News of an order whose JSON was written already: the order is put into the event as it is, not written once more.

use crate::{OrderFigures, VERSION};
use kirana_kernel::{Id, OrderStatus, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;

/// What can be told of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderNews {
    /// [`crate::EventData::OrderOverdue`]: a step of it is late.
    Overdue,
    /// [`crate::EventData::OrderAmended`]: its lines, its price or what was paid of it changed.
    Amended,
    /// It came to this status.
    Became(OrderStatus),
}

impl OrderNews {
    /// The event's type, as in its envelope.
    #[must_use]
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Overdue => "OrderOverdue",
            Self::Amended => "OrderAmended",
            Self::Became(OrderStatus::Placed) => "OrderCreated",
            Self::Became(OrderStatus::Confirmed) => "OrderConfirmed",
            Self::Became(OrderStatus::Preparing) => "OrderPreparing",
            Self::Became(OrderStatus::Ready) => "OrderReady",
            Self::Became(OrderStatus::Collected) => "OrderCollected",
            Self::Became(OrderStatus::Dispatched) => "OrderDispatched",
            Self::Became(OrderStatus::Delivered) => "OrderDelivered",
            Self::Became(OrderStatus::Completed) => "OrderCompleted",
            Self::Became(OrderStatus::Cancelled | OrderStatus::Expired) => "OrderCancelled",
            Self::Became(OrderStatus::Refunded) => "OrderRefunded",
        }
    }
}

/// An event about an order: as JSON the same text as [`crate::Event`] with a [`crate::OrderEvent`].
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OrderTold<'a> {
    id: Id,
    version: u32,
    occurred_at: Timestamp,
    source: &'a str,
    store_id: Id,
    subject: Id,
    correlation_id: &'a str,
    #[serde(rename = "type")]
    event_type: &'static str,
    data: Part<'a>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Part<'a> {
    order: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a OrderFigures>,
}

impl<'a> OrderTold<'a> {
    /// News of an order: which event this is and when it happened, the store and the order by their ids, the order as JSON.
    #[must_use]
    pub const fn new(
        news: OrderNews,
        (id, occurred_at): (Id, Timestamp),
        (store_id, order_id): (Id, Id),
        order: &'a RawValue,
    ) -> Self {
        let data = Part { order, reason: None, before: None };
        let event_type = news.type_name();
        let (source, correlation_id) = ("", "");
        Self {
            id,
            version: VERSION,
            occurred_at,
            source,
            store_id,
            subject: order_id,
            correlation_id,
            event_type,
            data,
        }
    }

    /// Who says so, and the request that began it all.
    #[must_use]
    pub const fn said_by(mut self, source: &'a str, correlation_id: &'a str) -> Self {
        (self.source, self.correlation_id) = (source, correlation_id);
        self
    }

    /// Why, where somebody gave a reason, and what the order came to before, where that changed.
    #[must_use]
    pub const fn because(mut self, reason: Option<&'a str>, before: Option<&'a OrderFigures>) -> Self {
        (self.data.reason, self.data.before) = (reason, before);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Event, EventData, OrderEvent};
    use kirana_contracts::order::Order;
    use serde_json::value::to_raw_value;

    fn order() -> Order {
        let money = r#"{"amount":5000,"currency":"THB"}"#;
        let id = "019aa099-6a3b-7707-8707-070707070707";
        let text = format!(
            r#"{{"id":"{id}","version":1,"status":"placed","pickup_number":"A-001","store_id":"{id}","store_number":1,
            "customer":{{"id":"{id}","name":"\u0e21 \"Mali\""}},"fulfilment":"pickup",
            "lines":[{{"variant_sku":"tea","product_id":"{id}","name":"Tea","quantity":1,"unit_price":{money},"modifiers":[],"total":{money}}}],
            "totals":{{"subtotal":{money},"tax":{money},"tax_inclusive":true,"tax_rate_bp":700,"total":{money}}},
            "payment":{{"paid":{money},"refunded":{money}}},"placed_at":"2025-11-20T09:30:00.123Z",
            "pay_by":"2025-11-20T09:40:00.123Z","timeline":[]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_was_written_before_is_told_in_the_same_words() {
        let (order, id) = (order(), Id::new(Timestamp::from_millis(1_763_631_000_123), [9; 10]));
        let text = to_raw_value(&order).unwrap();
        let became = |status| (OrderNews::Became(status), OrderEvent::of(order.clone(), None));
        let figures = OrderFigures::from(&order);
        let amended =
            OrderEvent { before: Some(figures), ..OrderEvent::of(order.clone(), Some("other \"lines\"".into())) };
        let late = OrderEvent::of(order.clone(), Some("pay".into()));
        let news = OrderStatus::ALL.into_iter().map(became);
        for (news, event) in news.chain([(OrderNews::Amended, amended), (OrderNews::Overdue, late)]) {
            let ids = (order.store_id, order.id);
            let told = OrderTold::new(news, (id, order.placed_at), ids, &text).said_by("store-17", "request-1");
            let told = told.because(event.reason.as_deref(), event.before.as_ref());
            let payload = serde_json::to_string(&event).unwrap();
            let event = Event {
                id,
                version: VERSION,
                occurred_at: order.placed_at,
                source: "store-17".into(),
                store_id: Some(order.store_id),
                subject: order.id.to_string(),
                correlation_id: "request-1".into(),
                causation_id: None,
                data: EventData::read(news.type_name(), &payload).unwrap(),
            };
            assert_eq!(serde_json::to_string(&told).unwrap(), serde_json::to_string(&event).unwrap());
        }
    }
}
