//! Swish: Merchant API v2 for payment requests and refunds ("Swish Merchant Integration Guide", "Swish API specification").
//!
//! We name a request by an instruction UUID, which is our payment's or refund's id: a PUT that comes twice is refused the second time, and
//! then the first is looked up. Who we are is said by a client certificate, which is bound to the call by whoever sends it; nothing here
//! holds a key. Callbacks are signed by nobody: they are a reason to look, no more. Swish knows Swedish kronor, no holding, and no part
//! of a payment but in refunds.

mod answers;
#[cfg(test)]
mod tests;

use crate::amount::{self, AmountError};
use crate::call::{Call, Capture, Charge, Invalid, cut, needed};
use crate::config::{BASE, ConfigError, may_ask, require};
use crate::request::{Method, Request};
use kirana_kernel::{Currency, Id, Money};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) use answers::{parse, receive};

/// The name of this gateway in errors.
const NAME: &str = "swish";

/// A merchant's number at Swish.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it answers: `https://cpc.getswish.net/swish-cpcapi`, the simulator at `https://mss.cpc.getswish.net/swish-cpcapi`.
    pub base: String,
    /// The merchant's number: ten digits that begin with 123.
    pub payee: String,
    /// Is it about real money?
    pub live: bool,
}

impl Config {
    /// Is everything there?
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        require(may_ask(&self.base), NAME, BASE)?;
        let real = self.base.starts_with("https://cpc.getswish.net/");
        require(real == self.live, NAME, "`base` must be that of cpc.getswish.net when `live`, and only then")?;
        let number = self.payee.len() == 10 && self.payee.starts_with("123");
        let good = number && self.payee.bytes().all(|byte| byte.is_ascii_digit());
        require(good, NAME, "`payee` must be ten digits that begin with 123")
    }
}

/// Our id, as Swish writes UUIDs: 32 hexadecimal digits in capitals.
fn instruction(id: Id) -> String {
    id.to_string().replace('-', "").to_ascii_uppercase()
}

/// An amount: kronor with two decimals, from 0.01 to 999999999999.99.
fn kronor(money: Money) -> Result<String, AmountError> {
    if money.currency.code() != "SEK" {
        return Err(AmountError::Currency(money.currency));
    }
    let text = amount::to_decimal(money, 2)?;
    if text.len() <= 15 { Ok(text) } else { Err(AmountError::Malformed) }
}

/// What an answer says in kronor. JSON has a number there, or a text: both are read digit by digit.
fn money(amount: &Value, currency: Option<&str>) -> Option<Money> {
    let currency: Currency = currency?.parse().ok()?;
    let text = match amount {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    amount::from_decimal(&text, currency).ok()
}

/// What the payer reads: 50 characters of those that Swish takes.
fn message(text: &str) -> String {
    let takes = |c: char| c.is_alphanumeric() || " !?=\"%&()+-.,:;/".contains(c);
    let kept: String = text.chars().map(|c| if takes(c) { c } else { ' ' }).collect();
    cut(kept.trim(), 50)
}

const fn unsupported(what: &'static str) -> Invalid {
    Invalid::Unsupported { gateway: NAME, what }
}

/// A call, as Swish takes it.
pub(crate) fn request(config: &Config, call: &Call) -> Result<Request, Invalid> {
    let url = |version: &str, what: &str, id: Id| format!("{}/api/{version}/{what}/{}", config.base, instruction(id));
    Ok(match call {
        Call::Charge(charge) => {
            Request::json(Method::Put, url("v2", "paymentrequests", charge.payment), &asked(config, charge)?)
        }
        Call::Complete { .. } => return Err(unsupported("second step: the payer's consent takes the money")),
        Call::Look(known) => Request::get(url("v1", "paymentrequests", known.payment)),
        Call::Capture { .. } => return Err(unsupported("way to hold money and take it later")),
        Call::Void(known) => {
            let body = json!([{"op": "replace", "path": "/status", "value": "cancelled"}]).to_string();
            let url = url("v1", "paymentrequests", known.payment);
            Request::with_body(Method::Patch, url, "application/json-patch+json", body)
        }
        Call::Refund { known, refund, amount, notice_url } => {
            let body = json!({
                "originalPaymentReference": needed(known.transaction.as_ref(), NAME, "the paymentReference")?,
                "payerPaymentReference": instruction(*refund),
                "callbackUrl": callback(notice_url.as_ref())?,
                "payerAlias": config.payee,
                "amount": kronor(*amount)?,
                "currency": "SEK",
            });
            Request::json(Method::Put, url("v2", "refunds", *refund), &body)
        }
        Call::LookRefund { refund, .. } => Request::get(url("v1", "refunds", *refund)),
    })
}

fn callback(url: Option<&String>) -> Result<&str, Invalid> {
    let missing = Invalid::Missing { gateway: NAME, what: "a notice_url with https" };
    url.map(String::as_str).filter(|url| url.starts_with("https://")).ok_or(missing)
}

fn asked(config: &Config, charge: &Charge) -> Result<Value, Invalid> {
    if charge.capture == Capture::Manual {
        return Err(unsupported("way to hold money and take it later"));
    }
    if charge.off_session || charge.save_method {
        return Err(unsupported("kept method: the payer consents each time"));
    }
    let mut body = json!({
        "payeePaymentReference": instruction(charge.payment),
        "callbackUrl": callback(charge.notice_url.as_ref())?,
        "payeeAlias": config.payee,
        "amount": kronor(charge.amount)?,
        "currency": "SEK",
    });
    if let Some(payer) = &charge.method {
        let number = (8..=15).contains(&payer.len()) && payer.bytes().all(|byte| byte.is_ascii_digit());
        let missing = Invalid::Missing { gateway: NAME, what: "the payer's number as 8 to 15 digits with its country" };
        body["payerAlias"] = number.then(|| payer.clone()).ok_or(missing)?.into();
    }
    let message = message(&charge.description);
    if !message.is_empty() {
        body["message"] = message.into();
    }
    Ok(body)
}
