//! The built-in sandbox: a provider without an account, for the local demo and tests. It moves no money and says so.

use crate::gateways::Gateway;
use kirana_edge::{Result, call, principal};
use kirana_kernel::{Id, Money};
use serde_json::{Value, json};
use worker::Env;

/// The client of `durable-objects/sandbox-gateway`.
pub struct Sandbox<'a>(pub &'a Env);

impl Sandbox<'_> {
    async fn post(&self, path: &str, body: &Value) -> Result<String> {
        let caller = principal::service("payments");
        let object = call::object(self.0, "SANDBOX_GATEWAY", "sandbox".into(), &caller).repeatable();
        let answer: Value = object.post(path, body).await?;
        Ok(answer["id"].as_str().unwrap_or_default().to_owned())
    }
}

impl Gateway for Sandbox<'_> {
    async fn charge(&self, payment: Id, amount: Money, token: &str) -> Result<String> {
        self.post("/charges", &json!({"reference": payment, "amount": amount, "token": token})).await
    }

    async fn refund(&self, refund: Id, charge: &str, amount: Money) -> Result<String> {
        self.post("/refunds", &json!({"reference": refund, "charge": charge, "amount": amount})).await
    }
}
