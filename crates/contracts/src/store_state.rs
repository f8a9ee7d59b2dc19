//! The commands of a store's Durable Object about orders; those about stock are in [`crate::stock`].

use crate::order::{AgeProof, DeliverTo, OrderLine, OrderPromotion, Party, Totals};
use crate::tax::TaxTable;
use kirana_kernel::{Fulfilment, Id, Money, OrderStatus, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of the object of the store with this number.
#[must_use]
pub fn object_name(store_number: u32) -> String {
    format!("store-{store_number}")
}

/// The name of the object of the warehouse with this number: it keeps stock as a store does, and sells nothing.
#[must_use]
pub fn warehouse_object_name(number: u32) -> String {
    format!("warehouse-{number}")
}

/// Is this source of events the object of a store or a warehouse?
#[must_use]
pub fn is_object(source: &str) -> bool {
    source.starts_with("store-") || source.starts_with("warehouse-")
}

/// Who gives a command, for the timeline and the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub party: Party,
    /// In which role.
    pub role: Role,
}

/// A key that makes a command happen once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idempotency {
    /// Whose key: the caller's id.
    pub scope: String,
    /// The key, made up by the client.
    pub key: String,
    /// SHA-256 of the body: the same key with another body is a mistake.
    pub fingerprint: String,
}

/// `POST /orders`: a priced order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceOrder {
    /// Makes it happen once.
    pub idempotency: Idempotency,
    /// The store.
    pub store_id: Id,
    /// Its number.
    pub store_number: u32,
    /// Its day, such as `2026-11-20` in its time zone, for pickup numbers.
    pub day: String,
    /// Who orders.
    pub customer: Party,
    /// The lines with their prices.
    pub lines: Vec<OrderLine>,
    /// What they cost.
    pub totals: Totals,
    /// How they are taxed, where more than one rate counts.
    #[serde(default)]
    pub tax_table: Option<TaxTable>,
    /// What promotions took off them.
    #[serde(default)]
    pub promotions: Vec<OrderPromotion>,
    /// The share of promotions of which there are only so many.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// How the customer gets it.
    pub fulfilment: Fulfilment,
    /// A wish.
    pub note: Option<String>,
    /// The table, when it is eaten at the store.
    #[serde(default)]
    pub table: Option<String>,
    /// Where it is brought, when it is delivered.
    #[serde(default)]
    pub deliver_to: Option<DeliverTo>,
    /// When the customer wants it, if not as soon as possible.
    #[serde(default)]
    pub pickup_at: Option<Timestamp>,
    /// That the customer is old enough, where that has to be.
    #[serde(default)]
    pub age: Option<AgeProof>,
    /// The request that began it.
    pub request_id: String,
}

/// A share of promotions of which there are only so many, held for one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id.
    pub id: Id,
    /// No order is placed with it after this moment: then somebody else may have it.
    pub good_until: Timestamp,
}

/// `POST /orders/{id}/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeStatus {
    /// Where to.
    pub to: OrderStatus,
    /// Why.
    pub reason: Option<String>,
    /// Who hands it over has seen a document that says the customer is old enough.
    #[serde(default)]
    pub document_seen: bool,
}

/// `POST /orders/{id}/payment`: what became of a payment or a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// The money is captured.
    Completed {
        /// The payment.
        payment_id: Id,
        /// What was captured.
        amount: Money,
    },
    /// The customer is busy with the gateway (3-D Secure, a wallet's app): the stock is held a while longer.
    Pending {
        /// The payment.
        payment_id: Id,
    },
    /// The money is promised for the hand-over, in cash: the order is confirmed by that.
    Promised {
        /// The payment.
        payment_id: Id,
        /// What is to be collected.
        amount: Money,
    },
    /// The gateway refused.
    Failed {
        /// The payment.
        payment_id: Id,
        /// Its reason.
        reason: String,
    },
    /// The money was given back.
    Refunded {
        /// The refund.
        refund_id: Id,
        /// What was given back.
        amount: Money,
    },
}

/// `POST /orders/{id}/amend`: a change to an order that was placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amendment {
    /// Other lines, priced, before it is made.
    Lines {
        /// The lines it has from now on.
        lines: Vec<OrderLine>,
        /// What they cost.
        totals: Box<Totals>,
        /// How they are taxed, where more than one rate counts.
        #[serde(default)]
        tax_table: Option<TaxTable>,
        /// What promotions took off them.
        #[serde(default)]
        promotions: Vec<OrderPromotion>,
        /// The share of promotions of which there are only so many.
        #[serde(default)]
        claim: Option<Claim>,
        /// That the customer is old enough, where that has to be.
        #[serde(default)]
        age: Option<AgeProof>,
    },
    /// Pieces of a line are taken off.
    CancelItems {
        /// The line, counted from 1.
        line: usize,
        /// How many pieces.
        quantity: i64,
        /// Why.
        reason: String,
    },
    /// The scale has spoken.
    Weigh {
        /// The line, counted from 1.
        line: usize,
        /// What it weighs.
        grams: i64,
    },
    /// The store would give something else for a line.
    Propose {
        /// The line, counted from 1.
        line: usize,
        /// What instead, priced.
        substitute: Box<OrderLine>,
    },
    /// The customer's answer to that.
    Answer {
        /// The line, counted from 1.
        line: usize,
        /// Is it taken? If not, the line is taken off the order.
        accept: bool,
    },
}

/// `POST /orders/forget`: a customer is to be forgotten in these orders. What is not done with them yet stays as it is, as
/// somebody has to bring it: the answer names those in which they are forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forget {
    /// The customer.
    pub customer_id: Id,
    /// Their orders, a hundred at most.
    pub orders: Vec<Id>,
}

/// `GET /outbox/{subscriber}`: how far a subscriber is behind the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The number of the store's last event for it that is still kept; 0 when none is.
    pub last: u64,
    /// The number up to which it has applied everything, as far as it has said so.
    pub acknowledged: u64,
    /// Events for it that it has not.
    pub waiting: u64,
    /// When the oldest of them happened.
    pub oldest_at: Option<Timestamp>,
}

/// A station of a kitchen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Its name, such as `bar`.
    pub name: String,
    /// The products it makes; what no station makes, the first one does.
    pub products: Vec<Id>,
}

/// `PUT /kitchen/settings`: how a store's kitchen works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KitchenSettings {
    /// Minutes in a slot for scheduled pickup.
    #[schema(minimum = 5, maximum = 120)]
    pub slot_minutes: i64,
    /// Orders that one slot takes; as many as come without it.
    #[schema(minimum = 1)]
    pub slot_capacity: Option<i64>,
    /// Pieces that are made at the same time.
    #[schema(minimum = 1, maximum = 100)]
    pub hands: i64,
    /// The stations, if there is more than one.
    pub stations: Vec<Station>,
}

impl Default for KitchenSettings {
    fn default() -> Self {
        Self { slot_minutes: 15, slot_capacity: None, hands: 1, stations: Vec::new() }
    }
}

/// `GET /kitchen/slots/{from}/{until}`: the slots of a store, and what is left of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SlotTable {
    /// Minutes in each slot.
    pub slot_minutes: i64,
    /// When something that is ordered now for as soon as may be would be ready.
    pub soonest: Timestamp,
    /// The slots, the first first. Whether the store is open then, its hours say.
    pub slots: Vec<Slot>,
}

/// A slot for scheduled orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Slot {
    /// When it begins.
    pub begins: Timestamp,
    /// How many orders it still takes; absent where it takes as many as come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
}

/// `POST /orders/{id}/bump` and `/recall`: a station is done, or not yet after all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bump {
    /// The station; all of them without it.
    pub station: Option<String>,
}
