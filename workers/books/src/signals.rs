//! What an attempt to pay is recognised by: keyed hashes, so that whoever reads the table learns neither cards nor addresses.

use hmac::{Hmac, Mac};
use kirana_contracts::risk::PaymentAttempt;
use kirana_edge::{Problem, Result};
use kirana_risk::Signal;
use sha2::Sha256;
use std::collections::BTreeMap;
use worker::Env;

/// The signals of an attempt that are known.
///
/// # Errors
/// 500 without the internal key.
pub fn of(env: &Env, attempt: &PaymentAttempt) -> Result<BTreeMap<Signal, String>> {
    derived(env.secret("INTERNAL_KEY")?.to_string().as_bytes(), attempt)
}

fn derived(key: &[u8], attempt: &PaymentAttempt) -> Result<BTreeMap<Signal, String>> {
    let customer = attempt.customer_id.to_string();
    let address = attempt.address.as_deref().map(plain);
    let values = [
        // Two gateways may call two cards the same.
        (Signal::Card, attempt.card.as_ref().map(|card| format!("{} {card}", attempt.gateway))),
        (Signal::Device, attempt.device.clone()),
        (Signal::Address, address),
        (Signal::Network, attempt.network.clone()),
        (Signal::Customer, Some(customer)),
    ];
    let known = values.into_iter().filter_map(|(signal, value)| Some((signal, value.filter(|text| !text.is_empty())?)));
    known
        .map(|(signal, value)| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Problem::internal)?;
            mac.update(format!("kirana risk signal 1 {signal} {value}").as_bytes());
            let bytes = mac.finalize().into_bytes();
            Ok((signal, bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()))
        })
        .collect()
}

/// An address as it is compared: letters and digits alone, so that another comma is no other address.
fn plain(address: &str) -> String {
    address.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::{Currency, Id, Money, Timestamp};

    #[test]
    fn the_same_is_the_same_and_what_is_not_known_is_nothing() {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        let attempt = |address: &str, gateway: &str| PaymentAttempt {
            payment_id: id,
            order_id: id,
            store_id: id,
            customer_id: id,
            gateway: gateway.into(),
            moves_money: true,
            can_step_up: true,
            amount: Money::new(1, Currency::THB),
            device: None,
            network: Some(String::new()),
            network_country: None,
            address: Some(address.into()),
            card_can_be_known: false,
            card: Some("fingerprint".into()),
            card_country: None,
        };
        let one = derived(b"key", &attempt("12, Rama I Road", "stripe")).unwrap();
        let other = derived(b"key", &attempt("12 rama i  road.", "paypal")).unwrap();
        assert_eq!(one.keys().copied().collect::<Vec<_>>(), [Signal::Card, Signal::Address, Signal::Customer]);
        assert_eq!(one[&Signal::Address], other[&Signal::Address]);
        assert_ne!(one[&Signal::Card], other[&Signal::Card]);
        assert_ne!(one, derived(b"another", &attempt("12, Rama I Road", "stripe")).unwrap());
    }
}
