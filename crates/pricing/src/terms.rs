//! Quotes that are kept to: what a signature covers, until when it holds, and what is charged when prices moved meanwhile.
//! Signing itself needs a key and is the worker's.

use crate::priced::{FeeKind, Priced};
use kirana_kernel::{Id, Money, Timestamp};

/// A price that somebody was told, and until when it is kept to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteTerms {
    /// The quote.
    pub quote_id: Id,
    /// The store that gave it.
    pub store_id: Id,
    /// To whom, if that is known: nobody else can use it then.
    pub customer_id: Option<Id>,
    /// What was asked for, in one form whatever the caller's: a digest of the cart. A quote holds for that only.
    pub cart_digest: Vec<u8>,
    /// The price.
    pub priced: Priced,
    /// The first moment at which it is not kept to.
    pub expires_at: Timestamp,
}

/// The version of the form that [`QuoteTerms::signable`] writes; part of it.
pub const FORM: &str = "kirana-quote-1";

impl QuoteTerms {
    /// What a signature covers: every field that says who pays what for which goods until when, in one order, each with its
    /// length before it (`length:bytes,`, as netstrings write it), so that no two quotes have the same bytes. Lines are in the
    /// order of their ids. Explanations are not covered: they follow from what is.
    #[must_use]
    pub fn signable(&self) -> Vec<u8> {
        let mut bytes = Bytes::default();
        bytes.text(FORM);
        bytes.text(&self.quote_id.to_string());
        bytes.text(&self.store_id.to_string());
        bytes.text(&self.customer_id.map(|id| id.to_string()).unwrap_or_default());
        bytes.field(&self.cart_digest);
        bytes.number(self.expires_at.millis());
        bytes.text(self.priced.currency.code());
        let mut lines: Vec<_> = self.priced.lines.iter().collect();
        lines.sort_by(|a, b| a.id.cmp(&b.id));
        bytes.count(lines.len());
        for line in lines {
            bytes.text(&line.id);
            bytes.amounts([line.list, line.net, line.tax]);
            bytes.count(line.discounts.len());
            for discount in &line.discounts {
                bytes.text(&discount.promotion.to_string());
                bytes.amounts([discount.amount]);
            }
        }
        bytes.count(self.priced.fees.len());
        for fee in &self.priced.fees {
            bytes.text(match fee.kind {
                FeeKind::Delivery => "delivery",
                FeeKind::SmallOrder => "small_order",
            });
            bytes.amounts([fee.amount, fee.tax]);
        }
        bytes.count(self.priced.taxes.len());
        for tax in &self.priced.taxes {
            bytes.text(&tax.class);
            bytes.text(&tax.name);
            bytes.number(tax.rate_ppm.into());
            bytes.amounts([tax.on, tax.amount]);
        }
        let totals = &self.priced.totals;
        bytes.text(if totals.tax_inclusive { "inclusive" } else { "exclusive" });
        bytes.amounts([totals.list, totals.discount, totals.net, totals.fees, totals.tax, totals.tip, totals.total]);
        bytes.0
    }
}

#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn field(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes.len().to_string().as_bytes());
        self.0.push(b':');
        self.0.extend_from_slice(bytes);
        self.0.push(b',');
    }

    fn text(&mut self, text: &str) {
        self.field(text.as_bytes());
    }

    fn number(&mut self, number: i64) {
        self.text(&number.to_string());
    }

    fn count(&mut self, count: usize) {
        self.text(&count.to_string());
    }

    /// Amounts without their currency, which is written once.
    fn amounts<const N: usize>(&mut self, amounts: [Money; N]) {
        for amount in amounts {
            self.number(amount.amount);
        }
    }
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
    let quoted = terms.priced.totals.total;
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
