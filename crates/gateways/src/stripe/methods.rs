//! Customers, and the methods that they keep: tokens with what a card's owner knows it by ("Save a customer's payment method").

use super::Config;
use super::answers::read_done;
use super::requests::{Form, delete, get, post, post_again};
use crate::call::{Invalid, segment};
use crate::outcome::{Failure, Reason};
use crate::request::{Answer, Request};
use kirana_kernel::Id;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Cards of one person that are read at once; nobody has use for more.
const MOST: u32 = 20;

/// A kept method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedMethod {
    /// Stripe's token, `pm_...`.
    pub reference: String,
    /// `visa`, `mastercard`, ...
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// Until the end of this year and month.
    pub expires: (u16, u8),
}

#[derive(Deserialize)]
struct Customer {
    id: String,
}

#[derive(Deserialize)]
struct Methods {
    data: Vec<Method>,
}

#[derive(Deserialize)]
struct Method {
    id: String,
    card: Option<Card>,
}

#[derive(Deserialize)]
struct Card {
    brand: String,
    last4: String,
    exp_year: u16,
    exp_month: u8,
}

/// Makes a customer of somebody of ours. Only our id is told.
#[must_use]
pub fn customer(config: &Config, user: Id) -> Request {
    let form = Form::default().put("metadata[kirana_user]", user);
    post(config, "customers", &format!("{user}-customer"), &form)
}

/// Stripe's id of the customer that was made.
///
/// # Errors
/// [`Failure`].
pub fn read_customer(answer: &Answer<'_>) -> Result<String, Failure> {
    Ok(read_done::<Customer>(answer)?.id)
}

/// Which cards somebody keeps ("List PaymentMethods").
///
/// # Errors
/// [`Invalid::Reference`].
pub fn saved_methods(config: &Config, customer: &str) -> Result<Request, Invalid> {
    Ok(get(config, &format!("payment_methods?customer={}&type=card&limit={MOST}", segment(customer)?)))
}

/// The cards.
///
/// # Errors
/// [`Failure`].
pub fn read_saved_methods(answer: &Answer<'_>) -> Result<Vec<SavedMethod>, Failure> {
    let Methods { data } = read_done(answer)?;
    let saved = |method: Method| {
        let Card { brand, last4, exp_year, exp_month } = method.card?;
        Some(SavedMethod { reference: method.id, brand, last4, expires: (exp_year, exp_month) })
    };
    Ok(data.into_iter().filter_map(saved).collect())
}

/// What is the same for a card, whatever its token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardFacts {
    /// Stripe's fingerprint of the number.
    pub fingerprint: Option<String>,
    /// The country of its bank, ISO 3166-1.
    pub country: Option<String>,
}

#[derive(Deserialize)]
struct Known {
    card: Option<CardOf>,
}

#[derive(Deserialize)]
struct CardOf {
    fingerprint: Option<String>,
    country: Option<String>,
}

/// Asks what a card is known by ("Retrieve a PaymentMethod"). Changes nothing.
///
/// # Errors
/// [`Invalid::Reference`].
pub fn card(config: &Config, method: &str) -> Result<Request, Invalid> {
    Ok(get(config, &format!("payment_methods/{}", segment(method)?)))
}

/// What it is known by; nothing of what is no card.
///
/// # Errors
/// [`Failure`].
pub fn read_card(answer: &Answer<'_>) -> Result<CardFacts, Failure> {
    let known: Known = read_done(answer)?;
    let card = known.card.map(|card| CardFacts { fingerprint: card.fingerprint, country: card.country });
    Ok(card.unwrap_or_default())
}

/// Forgets a kept method: nothing can be charged to it again.
///
/// # Errors
/// [`Invalid::Reference`].
pub fn forget_method(config: &Config, method: &str) -> Result<Request, Invalid> {
    let path = format!("payment_methods/{}/detach", segment(method)?);
    Ok(post_again(config, &path, &Form::default()))
}

/// Forgets a customer with all methods that they kept ("Delete a customer").
///
/// # Errors
/// [`Invalid::Reference`].
pub fn forget_customer(config: &Config, customer: &str) -> Result<Request, Invalid> {
    Ok(delete(config, &format!("customers/{}", segment(customer)?)))
}

/// Is it forgotten? What is not there any more is.
///
/// # Errors
/// [`Failure`]: not yet, or nobody knows.
pub fn read_forgotten(answer: &Answer<'_>) -> Result<(), Failure> {
    match read_done::<IgnoredAny>(answer) {
        Ok(_) => Ok(()),
        Err(Failure::Refused(refusal)) if refusal.reason == Reason::NotFound => Ok(()),
        Err(failure) => Err(failure),
    }
}
