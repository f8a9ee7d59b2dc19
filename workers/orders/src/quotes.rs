//! Quotes that are signed, so that a price is kept to without anybody having to remember it.
//!
//! A token is what was promised, as JSON, and its HMAC-SHA256: `base64url(json).base64url(mac)`. It says who may use it, for
//! which cart, until when; whoever changes a letter of it has no quote.

use crate::pricing::{Offered, kept_until};
use crate::rules::zones::Way;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use kirana_contracts::order::{OrderLine, OrderPromotion, Totals};
use kirana_contracts::quote::{LineRequest, Quote, QuoteZone};
use kirana_contracts::tax::TaxTable;
use kirana_edge::{Problem, Result, clock};
use kirana_kernel::{Fulfilment, Id, Timestamp};
use kirana_pricing::terms::{Claim, Honour, Mismatch, QuoteTerms, honour};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use worker::Env;

/// What the key of quotes is derived from the internal key by: no other signature is made with it.
const PURPOSE: &[u8] = b"kirana quote 1";

/// What was promised.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Promise {
    /// The quote.
    pub id: Id,
    /// The store that gave it.
    pub store_id: Id,
    /// To whom.
    pub customer_id: Option<Id>,
    /// SHA-256 of what was asked for.
    pub cart: String,
    /// The lines with their prices.
    pub lines: Vec<OrderLine>,
    /// What they come to.
    pub totals: Totals,
    /// How they are taxed, where more than one rate counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_table: Option<TaxTable>,
    /// What promotions took off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<OrderPromotion>,
    /// The first moment at which it is not kept to.
    pub expires_at: Timestamp,
}

/// What a quote is for, in one form: the same goods in another order, with the same coupons, are the same.
#[must_use]
pub fn digest(
    store: Id,
    lines: &[LineRequest],
    coupons: &[String],
    fulfilment: Fulfilment,
    tip: Option<i64>,
    way: Way<'_>,
) -> String {
    let mut parts: Vec<String> = lines
        .iter()
        .map(|line| {
            let mut modifiers: Vec<_> =
                line.modifiers.iter().map(|one| format!("{}*{}", one.sku, one.quantity)).collect();
            modifiers.sort_unstable();
            format!("{}*{}@{:?}[{}]", line.variant_sku, line.quantity, line.grams, modifiers.join(","))
        })
        .collect();
    parts.sort_unstable();
    let mut codes: Vec<String> = coupons.iter().map(|code| code.to_ascii_uppercase()).collect();
    codes.sort_unstable();
    let mut hash = Sha256::new();
    let fulfilment = serde_json::to_string(&fulfilment).unwrap_or_default();
    for part in [store.to_string(), fulfilment, tip.unwrap_or(0).to_string()].iter().chain(&codes).chain(&parts) {
        // Each with its length before it: no two carts have the same bytes.
        hash.update(format!("{}:", part.len()));
        hash.update(part);
    }
    hash.update(format!("{} coupons", codes.len()));
    // The zone rather than the place: who corrects a house number is promised the same.
    if let Way::Zone(zone) = way {
        hash.update(format!(" to {}", zone.id));
    }
    hex::encode(hash.finalize())
}

fn mac(env: &Env) -> Result<Hmac<Sha256>> {
    let internal = env.secret("INTERNAL_KEY")?.to_string();
    let mut key = Hmac::<Sha256>::new_from_slice(internal.as_bytes()).map_err(Problem::internal)?;
    key.update(PURPOSE);
    Hmac::<Sha256>::new_from_slice(&key.finalize().into_bytes()).map_err(Problem::internal)
}

/// The quote of a price.
///
/// # Errors
/// 500 when the deployment has no `INTERNAL_KEY`.
pub fn give(env: &Env, store: Id, customer: Option<Id>, cart: String, offered: Offered, way: Way<'_>) -> Result<Quote> {
    let Offered { priced, tax_table } = offered;
    let promise = Promise {
        id: clock::new_id(),
        store_id: store,
        customer_id: customer,
        cart,
        lines: priced.lines,
        totals: priced.totals,
        tax_table,
        promotions: priced.promotions,
        expires_at: kept_until(clock::now()),
    };
    let json = serde_json::to_vec(&promise)?;
    let mut mac = mac(env)?;
    mac.update(&json);
    let token = format!("{}.{}", URL_SAFE_NO_PAD.encode(&json), URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    Ok(Quote {
        id: promise.id,
        store_id: store,
        currency: promise.totals.total.currency,
        lines: promise.lines,
        totals: promise.totals,
        promotions: priced.notes,
        explanation: priced.explanation,
        delivery_zone: match way {
            Way::Zone(zone) => Some(QuoteZone {
                id: zone.id,
                name: zone.name.clone(),
                fee: zone.fee,
                minimum_order: zone.minimum_order,
            }),
            _ => None,
        },
        expires_at: promise.expires_at,
        token,
    })
}

/// What a token promises.
///
/// # Errors
/// 422 `invalid_body` for one that was never given.
pub fn read(env: &Env, token: &str) -> Result<Promise> {
    let never = || Problem::invalid_field("quote", "expected the token of a quote, as it was given");
    let (json, signature) = token.split_once('.').ok_or_else(never)?;
    let json = URL_SAFE_NO_PAD.decode(json).map_err(|_| never())?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| never())?;
    let mut mac = mac(env)?;
    mac.update(&json);
    mac.verify_slice(&signature).map_err(|_| never())?;
    // As text: bytes would be read by code of their own for each type.
    Ok(serde_json::from_str(std::str::from_utf8(&json).map_err(|_| never())?)?)
}

/// Whether an order costs what was promised for it, or what it costs now: whatever is less, as long as the promise holds.
///
/// # Errors
/// 422 `invalid_body` for a quote of something else, 409 `price_changed` with the new `total` where it ran out and the order costs
/// more now.
pub fn hold_to(promise: Promise, store: Id, customer: Id, cart: &str, now: Offered) -> Result<Offered> {
    let terms = QuoteTerms {
        store_id: promise.store_id,
        customer_id: promise.customer_id,
        cart_digest: promise.cart.into_bytes(),
        total: promise.totals.total,
        expires_at: promise.expires_at,
    };
    let claim = Claim {
        store_id: store,
        customer_id: Some(customer),
        cart_digest: cart.as_bytes(),
        total: now.priced.totals.total,
        now: clock::now(),
    };
    match honour(&terms, claim) {
        Honour::AsNow => Ok(now),
        Honour::AsQuoted => {
            let priced = kirana_pricing::PricedOrder {
                lines: promise.lines,
                totals: promise.totals,
                promotions: promise.promotions,
                notes: Vec::new(),
                explanation: Vec::new(),
            };
            Ok(Offered { priced, tax_table: promise.tax_table })
        }
        Honour::Ask { more } => {
            let total = now.priced.totals.total;
            let detail = format!("the quote has run out, and this costs {more} more now: {total}");
            Err(Problem::conflict("price_changed", detail).with("total", serde_json::to_value(total)?))
        }
        Honour::Refuse(mismatch) => {
            let what = match mismatch {
                Mismatch::Store => "is of another store",
                Mismatch::Customer => "was given to somebody else",
                Mismatch::Cart => "is for other goods, coupons, fulfilment, delivery zone or tip",
                Mismatch::Currency => "is in another currency",
            };
            Err(Problem::invalid_field("quote", format!("this quote {what}: ask for one of what is ordered")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sku: &str, quantity: i64) -> LineRequest {
        LineRequest { variant_sku: sku.into(), quantity, modifiers: Vec::new(), grams: None }
    }

    #[test]
    fn a_cart_in_another_order_is_the_same_cart() {
        let store = Id::new(Timestamp::from_millis(1), [1; 10]);
        let of = |lines: &[LineRequest], codes: &[&str], tip| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            digest(store, lines, &codes, Fulfilment::Pickup, tip, Way::None)
        };
        let (tea, cake) = (line("tea", 1), line("cake", 2));
        let both = of(&[tea.clone(), cake.clone()], &["A1", "b2"], None);
        assert_eq!(both, of(&[cake.clone(), tea.clone()], &["B2", "a1"], Some(0)));
        for other in [
            of(&[tea.clone(), cake.clone()], &["A1"], None),
            of(std::slice::from_ref(&tea), &["A1", "B2"], None),
            of(&[line("tea", 2), cake.clone()], &["A1", "B2"], None),
            of(&[tea, cake], &["A1", "B2"], Some(5)),
        ] {
            assert_ne!(both, other);
        }
    }
}
