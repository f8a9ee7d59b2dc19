//! Quotes that are kept to: for whom and what, until when, and what is charged when prices moved meanwhile. Signing needs a
//! key and is the worker's.

use kirana_kernel::{Id, Money, Timestamp};

/// A price that somebody was told, and until when it is kept to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteTerms {
    /// The store that gave it.
    pub store_id: Id,
    /// To whom, if that is known: nobody else can use it then.
    pub customer_id: Option<Id>,
    /// What was asked for, in one form whatever the caller's: a digest of the cart. A quote holds for that only.
    pub cart_digest: Vec<u8>,
    /// What it was to cost.
    pub total: Money,
    /// The first moment at which it is not kept to.
    pub expires_at: Timestamp,
}

/// What is charged for an order that comes with a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Honour {
    /// What was quoted.
    AsQuoted,
    /// What it costs now: not more than was quoted, so nobody need be asked.
    AsNow,
    /// Nothing yet: the quote ran out and it costs more now. The customer is asked.
    Ask {
        /// How much more, above zero.
        more: Money,
    },
    /// Nothing: the quote is not for this.
    Refuse(Mismatch),
}

/// In what an order is not that of its quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// It is of another store.
    Store,
    /// It was given to somebody else.
    Customer,
    /// It is for other goods, or for other fees or coupons.
    Cart,
    /// It is in another currency.
    Currency,
}

/// An order that comes with a quote, whose signature was found to be good.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The store it is placed at.
    pub store_id: Id,
    /// Who places it.
    pub customer_id: Option<Id>,
    /// The digest of its cart.
    pub cart_digest: &'a [u8],
    /// What it costs now.
    pub total: Money,
    /// When it comes.
    pub now: Timestamp,
}

/// What is charged for `claim` under `terms`: as quoted until the quote runs out, or what it costs now where that is less; after
/// that what it costs now, if the customer need not be asked.
#[must_use]
pub fn honour(terms: &QuoteTerms, claim: Claim<'_>) -> Honour {
    let quoted = terms.total;
    let mismatches = [
        (terms.store_id != claim.store_id, Mismatch::Store),
        (terms.customer_id.is_some() && terms.customer_id != claim.customer_id, Mismatch::Customer),
        (terms.cart_digest != claim.cart_digest, Mismatch::Cart),
        (quoted.currency != claim.total.currency, Mismatch::Currency),
    ];
    if let Some((_, mismatch)) = mismatches.into_iter().find(|(differs, _)| *differs) {
        return Honour::Refuse(mismatch);
    }
    let more = claim.total.amount - quoted.amount;
    let kept_to = claim.now < terms.expires_at;
    match more {
        ..0 => Honour::AsNow,
        0 if kept_to => Honour::AsQuoted,
        0 => Honour::AsNow,
        _ if kept_to => Honour::AsQuoted,
        _ => Honour::Ask { more: Money::new(more, quoted.currency) },
    }
}
