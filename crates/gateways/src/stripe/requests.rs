//! What Stripe is asked.

use super::{API_VERSION, Config, NAME, PAYMENT, REFUND, units};
use crate::call::{Call, Capture, Charge, Invalid, Known, cut, needed, segment};
use crate::request::{Method, Request};
use form_urlencoded::Serializer;

/// A form as Stripe takes it: names with brackets, in the order of their writing.
#[derive(Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn put(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    pub(super) fn maybe(self, name: &str, value: Option<&impl ToString>) -> Self {
        match value {
            Some(value) => self.put(name, value.to_string()),
            None => self,
        }
    }

    fn encoded(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

/// What every call has: who asks, in which version, for which account.
fn dressed(config: &Config, request: Request) -> Request {
    let request = request
        .header("authorization", format!("Bearer {}", config.secret_key.expose()))
        .header("stripe-version", API_VERSION);
    match &config.account {
        Some(account) => request.header("stripe-account", account),
        None => request,
    }
}

pub(super) fn post(config: &Config, path: &str, key: &str, form: &Form) -> Request {
    post_again(config, path, form).header("idempotency-key", key)
}

/// A call that does the same thing however often it is made. It has no key: Stripe would repeat its first answer for a day, also that
/// it could not be done then.
pub(super) fn post_again(config: &Config, path: &str, form: &Form) -> Request {
    let (url, kind) = (format!("{}/v1/{path}", config.base), "application/x-www-form-urlencoded");
    dressed(config, Request::with_body(Method::Post, url, kind, form.encoded()))
}

pub(super) fn get(config: &Config, path: &str) -> Request {
    dressed(config, Request::get(format!("{}/v1/{path}", config.base)))
}

/// A call that ends something, and does the same however often it is made.
pub(super) fn delete(config: &Config, path: &str) -> Request {
    dressed(config, Request::bare(Method::Delete, format!("{}/v1/{path}", config.base)))
}

fn intent(known: &Known) -> Result<&str, Invalid> {
    needed(known.reference.as_ref(), NAME, "the id of the PaymentIntent")
}

/// A call, as Stripe takes it.
pub(crate) fn request(config: &Config, call: &Call) -> Result<Request, Invalid> {
    Ok(match call {
        Call::Charge(one) => charge(config, one)?,
        Call::Complete { known, attempt, method, return_url, .. } => {
            let form = Form::default()
                .maybe("payment_method", method.as_deref().map(token).transpose()?.as_ref())
                .maybe("return_url", return_url.as_ref());
            post(config, &format!("payment_intents/{}/confirm", intent(known)?), &attempt.to_string(), &form)
        }
        Call::Look(known) => match &known.reference {
            Some(id) => get(config, &format!("payment_intents/{}", segment(id)?)),
            None => get(config, &search(known)),
        },
        Call::Capture { known, capture, amount, is_final } => {
            // Without saying so, the first capture gives the rest free.
            let last = (!is_final).then_some(false);
            let form = Form::default().put("amount_to_capture", units(*amount)?).maybe("final_capture", last.as_ref());
            post(config, &format!("payment_intents/{}/capture", intent(known)?), &capture.to_string(), &form)
        }
        Call::Void(known) => {
            post_again(config, &format!("payment_intents/{}/cancel", intent(known)?), &Form::default())
        }
        Call::Refund { known, refund, amount, .. } => {
            let form = Form::default()
                .put("payment_intent", intent(known)?)
                .put("amount", units(*amount)?)
                .put(format!("metadata[{PAYMENT}]"), known.payment)
                .put(format!("metadata[{REFUND}]"), refund);
            post(config, "refunds", &refund.to_string(), &form)
        }
        Call::LookRefund { reference, .. } => {
            get(config, &format!("refunds/{}", needed(reference.as_ref(), NAME, "the id of the refund")?))
        }
    })
}

/// Who knows no id finds the PaymentIntent by ours: what was made in the last minute may be missing ("Search").
fn search(known: &Known) -> String {
    let query = format!("metadata[\"{PAYMENT}\"]:\"{}\"", known.payment);
    let query = Serializer::new(String::new()).append_pair("query", &query).finish();
    format!("payment_intents/search?{query}")
}

/// A token of a method: what is none, such as a card's number, goes nowhere.
fn token(method: &str) -> Result<&str, Invalid> {
    let kinds = ["pm_", "card_", "src_"];
    if kinds.iter().any(|kind| method.starts_with(kind)) { segment(method) } else { Err(Invalid::Reference) }
}

fn charge(config: &Config, charge: &Charge) -> Result<Request, Invalid> {
    let Charge { payment, amount, method, customer, .. } = charge;
    let mut form = Form::default()
        .put("amount", units(*amount)?)
        .put("currency", amount.currency.code().to_ascii_lowercase())
        .put("capture_method", if charge.capture == Capture::Manual { "manual" } else { "automatic" })
        .put(format!("metadata[{PAYMENT}]"), payment)
        .maybe("customer", customer.as_deref().map(segment).transpose()?.as_ref());
    if !charge.description.is_empty() {
        form = form.put("description", cut(&charge.description, 500));
    }
    if charge.save_method {
        // Whoever pays with it later is there to be asked by their bank: nobody is charged behind their back.
        form = form.put("setup_future_usage", "on_session");
    }
    if charge.challenge {
        // "Manually trigger 3DS": the bank is asked where it can be.
        form = form.put("payment_method_options[card][request_three_d_secure]", "any");
    }
    if let Some(method) = method {
        form = form
            .put("payment_method", token(method)?)
            .put("confirm", true)
            .maybe("return_url", charge.return_url.as_ref().filter(|_| !charge.off_session));
    }
    if charge.off_session {
        // Stripe takes this together with `confirm` only.
        let missing = Invalid::Missing { gateway: NAME, what: "a method and a customer who is not there" };
        if method.is_none() || customer.is_none() {
            return Err(missing);
        }
        form = form.put("off_session", true);
    }
    Ok(post(config, "payment_intents", &payment.to_string(), &form))
}
