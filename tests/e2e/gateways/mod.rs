//! Money by gateways, through the whole platform: localstripe as the peer, and a gateway of the tests for what no peer does on request.

mod audited;
mod disputes;
pub mod fake;
mod forged;
mod guards;
mod local;
mod notices;
pub mod others;
mod reported;
mod saved;
mod storm;
mod stripe;
mod swish;
mod unknown;

use fake::SECRET;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Answer, Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// An account at Stripe, of the tests.
fn stripe(base: &str) -> Value {
    json!({"base": base, "secret_key": "sk_test_of_the_tests", "publishable_key": "pk_test_of_the_tests",
        "webhook_secrets": [SECRET], "live": false})
}

/// A platform that takes money by gateways, a chain on it, and a customer.
struct Shop {
    platform: Mutex<Platform>,
    chain: Chain,
    customer: Client,
}

impl Shop {
    fn open(name: &str, gateways: &Value) -> Self {
        Self::open_with(name, gateways, &[])
    }

    /// The same, with other values for some variables.
    fn open_with(name: &str, gateways: &Value, more: &[(&str, &str)]) -> Self {
        let gateways = gateways.to_string();
        let mut vars = vec![("GATEWAYS", gateways.as_str()), ("PAYMENT_RETRY_SECONDS", "1")];
        vars.extend(more);
        let platform = Platform::start_with(name, &vars).unwrap();
        let chain = Chain::open(&platform, 10_000).unwrap();
        // One customer with one card pays by the hundred here: what looks like fraud has tests of its own.
        chain.admin.put("/api/v1/payments/risk-rules", &json!({"rules": []})).unwrap().expect(200).unwrap();
        let (_, customer) = chain.customer().unwrap();
        Self { platform: Mutex::new(platform), chain, customer }
    }

    /// Lets cron triggers fire.
    fn tick(&self) {
        self.platform.lock().unwrap().tick().unwrap();
    }

    /// An order of so many, which waits for its payment.
    fn order(&self, pieces: i64) -> Value {
        let order = self.chain.order(&[golden_bubble(pieces)]);
        self.customer.post("/api/v1/orders", &order).unwrap().expect(201).unwrap()
    }

    fn initiate(&self, order: &Value, more: &Value) -> Answer {
        let mut body = json!({"order_id": order["id"], "gateway": "stripe"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.customer.post("/api/v1/payments/initiate", &body).unwrap()
    }

    fn pay(&self, order: &Value, token: &str) -> Value {
        self.initiate(order, &json!({"token": token})).expect(201).unwrap()
    }

    fn payment(&self, payment: &Value) -> Value {
        let path = format!("/api/v1/payments/{}", payment["id"].as_str().unwrap());
        self.customer.get(&path).unwrap().expect(200).unwrap()
    }

    /// What the store's people do with a payment.
    fn step(&self, payment: &Value, step: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/payments/{}/{step}", payment["id"].as_str().unwrap());
        self.chain.manager.post(&path, body).unwrap()
    }

    /// Waits until a payment is so, with cron firing meanwhile.
    fn until(&self, payment: &Value, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        eventually(what, MINUTE, || {
            self.tick();
            let payment = self.payment(payment);
            if is(&payment) { Ok(payment) } else { Err(payment.to_string()) }
        })
        .unwrap()
    }

    fn until_status(&self, payment: &Value, status: &str) -> Value {
        self.until(payment, &format!("the payment to be {status}"), |payment| payment["status"] == status)
    }

    /// What a gateway tells, with the header that signs it.
    fn told(&self, body: &str, header: &str) -> u16 {
        let nobody =
            self.chain.nobody.with_header("stripe-signature", header).with_header("content-type", "application/json");
        nobody.send("POST", "/api/v1/webhooks/stripe", Some(body), None).unwrap().status
    }

    /// The same, signed now.
    fn tell(&self, notice: &Value) -> u16 {
        let body = notice.to_string();
        self.told(&body, &fake::signature(&body, SECRET, fake::now()))
    }

    /// How many lines of the log say that a notice was not believed, for this reason where one is given.
    fn unbelieved(&self, gateway: &str, why: Option<&str>) -> usize {
        let log = std::fs::read_to_string(self.platform.lock().unwrap().state().join("runner.log")).unwrap();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let ours = lines.filter(|line| line["message"] == "a notice was not believed" && line["gateway"] == gateway);
        ours.filter(|line| why.is_none_or(|why| line["why"] == why)).count()
    }

    /// What the ledger says is at the gateways.
    fn at_gateways(&self) -> i64 {
        let ledger = self.chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
        let accounts = ledger.as_array().unwrap().iter();
        let gateways = accounts.filter(|one| one["account"].as_str().unwrap().starts_with("gateway:"));
        gateways.map(|account| account["balance"].as_i64().unwrap()).sum()
    }
}

fn amount(money: &Value) -> i64 {
    money["amount"].as_i64().unwrap()
}

fn total(order: &Value) -> i64 {
    amount(&order["totals"]["total"])
}
