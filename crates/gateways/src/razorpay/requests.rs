//! What Razorpay is asked.

use super::{Config, NAME, PAYMENT, REFUND, units};
use crate::call::{Call, Capture, Charge, Invalid, Known, cut, needed, segment};
use crate::config::basic;
use crate::request::{Method, Request};
use serde_json::{Value, json};

fn dressed(config: &Config, request: Request) -> Request {
    request.header("authorization", basic(&config.key_id, &config.key_secret.expose()))
}

fn post(config: &Config, path: &str, body: &Value) -> Request {
    dressed(config, Request::json(Method::Post, format!("{}/v1/{path}", config.base), body))
}

fn get(config: &Config, path: &str) -> Request {
    dressed(config, Request::get(format!("{}/v1/{path}", config.base)))
}

fn payment(known: &Known) -> Result<&str, Invalid> {
    needed(known.transaction.as_ref(), NAME, "the id of the payment")
}

const fn unsupported(what: &'static str) -> Invalid {
    Invalid::Unsupported { gateway: NAME, what }
}

/// A call, as Razorpay takes it.
pub(crate) fn request(config: &Config, call: &Call) -> Result<Request, Invalid> {
    Ok(match call {
        Call::Charge(charge) => post(config, "orders", &order(charge)?),
        Call::Complete { .. } => return Err(unsupported("second step: its checkout takes the money")),
        Call::Look(known) => match (&known.transaction, &known.reference) {
            (Some(payment), _) => get(config, &format!("payments/{}", segment(payment)?)),
            (None, Some(order)) => get(config, &format!("orders/{}/payments", segment(order)?)),
            (None, None) => get(config, &format!("orders?receipt={}", known.payment)),
        },
        Call::Capture { known, amount, .. } => {
            let body = json!({"amount": units(*amount)?, "currency": amount.currency.code()});
            post(config, &format!("payments/{}/capture", payment(known)?), &body)
        }
        Call::Void(_) => return Err(unsupported("way to give free what is held: it goes back by itself")),
        Call::Refund { known, refund, amount, .. } => {
            let notes = json!({PAYMENT: known.payment, REFUND: refund});
            let body = json!({"amount": units(*amount)?, "receipt": refund, "notes": notes});
            post(config, &format!("payments/{}/refund", payment(known)?), &body)
                .header("x-refund-idempotency", refund.to_string())
        }
        Call::LookRefund { known, reference, .. } => match reference {
            Some(id) => get(config, &format!("refunds/{}", segment(id)?)),
            None => get(config, &format!("payments/{}/refunds?count=100", payment(known)?)),
        },
    })
}

fn order(charge: &Charge) -> Result<Value, Invalid> {
    if charge.method.is_some() || charge.off_session || charge.save_method {
        return Err(unsupported("method that is chosen, kept or charged beside its checkout"));
    }
    let mut notes = json!({PAYMENT: charge.payment});
    if !charge.description.is_empty() {
        notes["description"] = cut(&charge.description, 200).into();
    }
    Ok(json!({
        "amount": units(charge.amount)?,
        "currency": charge.amount.currency.code(),
        "receipt": charge.payment,
        "payment_capture": charge.capture == Capture::Automatic,
        "notes": notes,
    }))
}
