//! What happens to money, in the words of the business. Amounts are minor units of one currency for each event.

use crate::account::Account;
use crate::name::{Name, TaxName};
use crate::report::Period;
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessEvent {
    /// What names it for ever among those of its kind: the capture's, refund's, dispute's or statement's id. With the kind it
    /// makes the transaction's id.
    pub key: String,
    /// When it happened.
    pub at: Timestamp,
    /// The order it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// What it was.
    pub what: What,
}

/// What something was paid with, or is paid back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Tender {
    /// Through a gateway.
    Gateway {
        /// Its name.
        #[schema(value_type = String, example = "stripe")]
        gateway: Name,
    },
    /// Cash, in a store's drawer.
    Cash {
        /// The store.
        store: Id,
    },
    /// Gift balance.
    Balance {
        /// Whose.
        customer: Id,
    },
    /// Points, at their worth.
    Points {
        /// Whose.
        customer: Id,
    },
}

impl Tender {
    /// The account that holds it.
    #[must_use]
    pub fn account(&self) -> Account {
        match self {
            Self::Gateway { gateway } => Account::Gateway(gateway.clone()),
            Self::Cash { store } => Account::StoreCash(*store),
            Self::Balance { customer } => Account::CustomerBalance(*customer),
            Self::Points { customer } => Account::Points(*customer),
        }
    }
}

/// A tax and its amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxShare {
    /// Which.
    pub tax: TaxName,
    /// How much.
    pub amount: Money,
}

/// What an order's total is made of: `total = net_sales + taxes + tips + fees + rounding`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Split {
    /// What is to be paid.
    pub total: Money,
    /// Goods after discounts, without tax, also where prices contain it.
    pub net_sales: Money,
    /// Each tax, or component of one.
    pub taxes: Vec<TaxShare>,
    /// For the people of the store.
    pub tips: Money,
    /// Delivery and others, without tax.
    pub fees: Money,
    /// What rounding added; below zero where it took.
    pub rounding: Money,
}

/// A balance that a period's close takes to equity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingBalance {
    /// An account of income or expense.
    pub account: Account,
    /// Debits less credits.
    pub balance: Money,
}

/// What happened. The table of what each posts is [`crate::rules::RULES`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are named by what they are; the variants say the rest")]
pub enum What {
    /// A card holds an amount for a capture. Key: the authorisation.
    PaymentAuthorised { gateway: Name, store: Id, amount: Money },
    /// Money came, all of what was authorised or a part; `released` is what of the hold ends with it. Key: the capture.
    PaymentCaptured { gateway: Name, store: Id, amount: Money, released: Money },
    /// A payment failed; `released` is its hold, where it had one. Key: the payment.
    PaymentFailed { gateway: Name, store: Id, released: Money },
    /// A hold, or what is left of it, was given up. Key: the void.
    PaymentVoided { gateway: Name, store: Id, released: Money },
    /// Money went back, all or a part. What the order costs less is told by `OrderCredited`. Key: the refund.
    PaymentRefunded { to: Tender, store: Id, amount: Money },
    /// A refund that was told as made came back: it failed. Key: the refund.
    RefundReversed { to: Tender, store: Id, amount: Money },
    /// A rider took cash at the door: `collected` is `due` rounded to coins. Key: the delivery.
    CashCollected { rider: Id, store: Id, due: Money, collected: Money },
    /// A rider handed over cash: `owed` is cleared, `handed` was counted. Key: the hand-over.
    RiderSettled { rider: Id, store: Id, owed: Money, handed: Money },
    /// Cash at the counter: `taken` is `due` rounded to coins. Key: the payment.
    CashTaken { store: Id, due: Money, taken: Money },
    /// Cash went from a drawer to the bank. Key: the deposit slip.
    CashBanked { store: Id, bank: Name, amount: Money },
    /// A customer bought gift balance. Key: the purchase.
    GiftBalanceBought { customer: Id, paid_with: Tender, amount: Money },
    /// Whoever has a card's code made its balance their own. Key: the card.
    GiftCardRedeemed { card: Id, customer: Id, amount: Money },
    /// A card that was sold is taken back before anybody redeemed it. Key: the card.
    GiftCardVoided { card: Id, paid_back: Tender, amount: Money },
    /// Gift balance paid for an order. Key: the payment.
    GiftBalanceSpent { customer: Id, store: Id, amount: Money },
    /// Points were credited, worth `value`. Key: the crediting.
    PointsEarned { customer: Id, store: Id, value: Money },
    /// Points paid for an order. Key: the payment.
    PointsRedeemed { customer: Id, store: Id, value: Money },
    /// Points ran out, or were taken back. Key: the expiry.
    PointsExpired { customer: Id, store: Id, value: Money },
    /// An order is completed: what was paid for it is earned. Key: the order.
    OrderCompleted { store: Id, split: Split },
    /// A completed order costs less: what it is less of. Key: the credit note.
    OrderCredited { store: Id, split: Split },
    /// The bank takes a payment back until it has decided. Key: the dispute.
    DisputeOpened { gateway: Name, amount: Money, fee: Money },
    /// It was decided for the store. Key: the dispute.
    DisputeWon { gateway: Name, amount: Money, fee_returned: Money },
    /// It was decided for the customer. Key: the dispute.
    DisputeLost { gateway: Name, store: Id, amount: Money },
    /// A gateway took its fee, with the tax on it; below zero: it gave it back. Key: the gateway's own line.
    GatewayFeeCharged { gateway: Name, fee: Money, tax: Option<TaxShare> },
    /// A gateway paid out; below zero: it took from the bank. Key: the settlement.
    GatewaySettled { gateway: Name, bank: Name, amount: Money },
    /// A difference to a gateway's report was accepted; above zero: the gateway has less than the books. Key: the exception.
    DifferenceAccepted { gateway: Name, amount: Money },
    /// What a franchised store took in a period is its franchisee's. Key: the statement.
    FranchiseeCredited { franchisee: Id, store: Id, amount: Money },
    /// Royalties of a period. Key: the statement.
    RoyaltyAccrued { franchisee: Id, fund: Name, royalty: Money, marketing: Money, taxes: Vec<TaxShare> },
    /// A franchisee was paid, never more than is owed. Key: the payout.
    FranchiseePaid { franchisee: Id, bank: Name, amount: Money },
    /// A franchisee paid what was owed. Key: the payment.
    FranchiseeCollected { franchisee: Id, bank: Name, amount: Money },
    /// Tips went to the people of a store, never more than were given. Key: the payout.
    TipsPaid { store: Id, bank: Name, amount: Money },
    /// A tax was paid to its authority. Key: the return.
    TaxPaid { tax: TaxName, bank: Name, amount: Money },
    /// A period was closed: income and expenses go to equity. Key: the period's name and currency.
    PeriodClosed { entity: Name, period: Period, balances: Vec<ClosingBalance> },
}
