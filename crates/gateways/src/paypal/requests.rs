//! What PayPal is asked.

use super::{AccessToken, Amount, Config, NAME};
use crate::call::{Call, Capture, Charge, Invalid, Known, cut, needed};
use crate::request::{Method, Request};
use serde_json::{Value, json};
use std::fmt::Display;

/// What was changed comes whole in the answer.
const WHOLE: &str = "return=representation";

/// What every call has.
pub(super) fn authorised(request: Request, token: &AccessToken) -> Request {
    request.header("authorization", format!("Bearer {}", token.secret.expose()))
}

/// A call that changes something: with its key, and the whole of what it changed in the answer.
fn post(config: &Config, path: &str, key: &impl Display, body: &Value) -> Request {
    Request::json(Method::Post, format!("{}/v2/{path}", config.base), body)
        .header("paypal-request-id", key.to_string())
        .header("prefer", WHOLE)
}

fn order(known: &Known) -> Result<&str, Invalid> {
    needed(known.reference.as_ref(), NAME, "the id of the order")
}

fn transaction(known: &Known) -> Result<&str, Invalid> {
    needed(known.transaction.as_ref(), NAME, "the id of the authorisation or the capture")
}

/// A call, as PayPal takes it.
pub(crate) fn request(config: &Config, call: &Call, token: Option<&AccessToken>) -> Result<Request, Invalid> {
    let token = token.ok_or(Invalid::Missing { gateway: NAME, what: "an access token" })?;
    let request = match call {
        Call::Charge(charge) => post(config, "checkout/orders", &charge.payment, &ordered(charge)?),
        Call::Complete { known, attempt, capture, .. } => {
            let step = if *capture == Capture::Manual { "authorize" } else { "capture" };
            post(config, &format!("checkout/orders/{}/{step}", order(known)?), attempt, &json!({}))
        }
        Call::Look(known) => Request::get(format!("{}/v2/checkout/orders/{}", config.base, order(known)?)),
        Call::Capture { known, capture, amount, is_final } => {
            // PayPal takes money for one invoice once, so the second part needs another: its own id.
            let body = json!({"amount": Amount::of(*amount)?, "final_capture": is_final, "invoice_id": capture});
            post(config, &format!("payments/authorizations/{}/capture", transaction(known)?), capture, &body)
        }
        Call::Void(known) => {
            // The same however often it is made, so it has no key, whose first answer would be repeated.
            let url = format!("{}/v2/payments/authorizations/{}/void", config.base, transaction(known)?);
            Request::with_body(Method::Post, url, "application/json", String::new()).header("prefer", WHOLE)
        }
        Call::Refund { known, refund, amount, .. } => {
            let body = json!({"amount": Amount::of(*amount)?, "custom_id": refund, "invoice_id": refund});
            post(config, &format!("payments/captures/{}/refund", transaction(known)?), refund, &body)
        }
        Call::LookRefund { reference, .. } => {
            let id = needed(reference.as_ref(), NAME, "the id of the refund")?;
            Request::get(format!("{}/v2/payments/refunds/{id}", config.base))
        }
    };
    Ok(authorised(request, token))
}

fn ordered(charge: &Charge) -> Result<Value, Invalid> {
    if charge.method.is_some() || charge.off_session || charge.save_method {
        return Err(Invalid::Unsupported { gateway: NAME, what: "kept method here: the payer consents each time" });
    }
    let missing = Invalid::Missing { gateway: NAME, what: "a return_url, where the payer comes back to" };
    let back = charge.return_url.as_ref().ok_or(missing)?;
    let mut unit = json!({
        "custom_id": charge.payment,
        "invoice_id": charge.payment,
        "amount": Amount::of(charge.amount)?,
    });
    if !charge.description.is_empty() {
        unit["description"] = cut(&charge.description, 127).into();
    }
    Ok(json!({
        "intent": if charge.capture == Capture::Manual { "AUTHORIZE" } else { "CAPTURE" },
        "purchase_units": [unit],
        "payment_source": {"paypal": {"experience_context": {
            "return_url": back,
            "cancel_url": charge.cancel_url.as_ref().unwrap_or(back),
            "user_action": "PAY_NOW",
            "shipping_preference": "NO_SHIPPING",
        }}},
    }))
}
