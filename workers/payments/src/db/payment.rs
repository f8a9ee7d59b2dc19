//! A payment, as it is kept and as it is told.

use crate::gateways::NextAction;
use crate::rules::plan::Facts;
use crate::rules::status::{CaptureMode, Known, Status};
use kirana_contracts::risk::Review;
use kirana_edge::{Problem, Result};
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Payment {
    /// Its id.
    pub id: Id,
    /// The order it pays.
    pub order_id: Id,
    /// The order's store.
    pub store_id: Id,
    /// Who pays.
    pub customer_id: Id,
    /// `stripe`, `razorpay`, `paypal`, `swish`, `d2i`, `cash_on_delivery`, `gift_balance`, or `sandbox`, which
    /// moves no money.
    pub gateway: String,
    /// The gateway's own id of it.
    pub reference: Option<String>,
    /// How it stands.
    pub status: Status,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// What is to be paid.
    pub amount: Money,
    /// What is held of it, or was before it was taken.
    pub authorised: Money,
    /// What of it was taken.
    pub captured: Money,
    /// What of that was given back.
    pub refunded: Money,
    /// Why it failed.
    pub failure: Option<String>,
    /// Why nobody knows what became of it, while nobody does.
    pub doubt: Option<String>,
    /// What a person should look at: `amount_mismatch`, `currency_mismatch`, `captured_twice`, `disputed`, `dispute_won`,
    /// `dispute_lost`, `refunded_elsewhere`, `refund_taken_back`.
    pub flag: Option<String>,
    /// How its review stands, where fraud rules want a person to look at it; nobody is asked for money before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// What the customer has to do; told to who pays only, and only in answers to `initiate` and `verify`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<NextAction>,
    /// When it was asked for.
    pub created_at: Timestamp,
    #[serde(skip)]
    #[schema(ignore)]
    /// What the worker itself needs.
    pub inner: Inner,
}

/// What of a payment is nobody else's business.
#[derive(Clone, Debug, Default)]
pub struct Inner {
    /// What the request was: the same key with another is a mistake.
    pub fingerprint: String,
    /// The request that began it.
    pub request_id: String,
    /// The gateway's id of what refunds are of.
    pub transaction: Option<String>,
    /// What the gateway is asked besides: [`Ask`], as JSON.
    pub ask: Option<String>,
    /// The key of going on after consent.
    pub complete_id: Option<Id>,
    /// The key of taking what is held.
    pub capture_id: Option<Id>,
    /// So much of what is held is wanted.
    pub capture_amount: Option<i64>,
    /// Whoever pays is to be asked by their bank.
    pub step_up: bool,
    /// Who took the cash, and whether a rider did.
    pub collected: Option<(Id, bool)>,
    /// It is to be given free.
    pub void_wanted: bool,
    /// Whoever changes it has read this one.
    pub version: u32,
    /// How often the sweep has asked.
    pub attempts: u32,
    /// When it asks next.
    pub next_at: Option<i64>,
}

/// What a gateway is asked besides the amount: kept while it may have to be asked again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ask {
    /// The gateway's token of a method.
    #[serde(default)]
    pub method: Option<String>,
    /// The gateway's id of whoever pays, where it keeps methods of theirs or is to.
    #[serde(default)]
    pub customer: Option<String>,
    /// It is to keep this method.
    #[serde(default)]
    pub save: bool,
    /// Where the customer's browser comes back to.
    #[serde(default)]
    pub return_url: Option<String>,
    /// Where it comes back to when they changed their mind.
    #[serde(default)]
    pub cancel_url: Option<String>,
}

impl Payment {
    /// What the rules need of it.
    #[must_use]
    pub fn known(&self) -> Known<'_> {
        Known {
            status: self.status,
            capture: self.capture,
            amount: self.amount,
            captured: self.captured,
            capture_amount: self.inner.capture_amount,
            transaction: self.inner.transaction.as_deref(),
        }
    }

    /// What the plan needs of it.
    #[must_use]
    pub fn facts(&self, is_closed: bool, now: Timestamp) -> Facts<'_> {
        Facts {
            gateway: &self.gateway,
            status: self.status,
            capture: self.capture,
            has_reference: self.reference.is_some(),
            is_closed,
            review: self.review,
            void_wanted: self.inner.void_wanted,
            capture_amount: self.inner.capture_amount,
            attempts: self.inner.attempts,
            age: now.since(self.created_at),
        }
    }
}

/// A row of it.
#[derive(Deserialize)]
pub(super) struct Row {
    id: String,
    order_id: String,
    store_id: String,
    customer_id: String,
    gateway: String,
    reference: Option<String>,
    transaction_id: Option<String>,
    status: Status,
    capture: CaptureMode,
    amount: i64,
    authorised: i64,
    captured: i64,
    refunded: i64,
    currency: String,
    failure: Option<String>,
    doubt: Option<String>,
    flag: Option<String>,
    ask: Option<String>,
    complete_id: String,
    capture_id: String,
    capture_amount: Option<i64>,
    void_wanted: i64,
    review: Option<Review>,
    step_up: i64,
    collected_by: Option<String>,
    collected_as: Option<String>,
    version: u32,
    attempts: u32,
    next_at: Option<i64>,
    fingerprint: String,
    request_id: String,
    created_at: i64,
}

impl TryFrom<Row> for Payment {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self> {
        let currency = row.currency.parse()?;
        let collected = match (&row.collected_by, row.collected_as.as_deref()) {
            (Some(who), Some(hands)) => Some((kirana_edge::db::id(who)?, hands == "rider")),
            _ => None,
        };
        let inner = Inner {
            fingerprint: row.fingerprint,
            request_id: row.request_id,
            transaction: row.transaction_id,
            ask: row.ask,
            complete_id: Some(kirana_edge::db::id(&row.complete_id)?),
            capture_id: Some(kirana_edge::db::id(&row.capture_id)?),
            capture_amount: row.capture_amount,
            void_wanted: row.void_wanted != 0,
            step_up: row.step_up != 0,
            collected,
            version: row.version,
            attempts: row.attempts,
            next_at: row.next_at,
        };
        Ok(Self {
            id: kirana_edge::db::id(&row.id)?,
            order_id: kirana_edge::db::id(&row.order_id)?,
            store_id: kirana_edge::db::id(&row.store_id)?,
            customer_id: kirana_edge::db::id(&row.customer_id)?,
            gateway: row.gateway,
            reference: row.reference,
            status: row.status,
            capture: row.capture,
            amount: Money::new(row.amount, currency),
            authorised: Money::new(row.authorised, currency),
            captured: Money::new(row.captured, currency),
            refunded: Money::new(row.refunded, currency),
            failure: row.failure,
            doubt: row.doubt,
            flag: row.flag,
            review: row.review,
            action: None,
            created_at: Timestamp::from_millis(row.created_at),
            inner,
        })
    }
}
