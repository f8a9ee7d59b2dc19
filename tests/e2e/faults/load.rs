//! People who order, pay, change their minds and are served, and who ask again when nobody answers.

use anyhow::Result;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Answer, Chain, Client, eventually};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;

/// A payment whose gateway was not heard is asked about by a sweep, half a minute later at the earliest; what it then tells may be lost,
/// and is told again within a minute. And the machine has other things to do.
const PATIENCE: Duration = Duration::from_secs(240);

/// Asks until somebody answers. Nobody is told that something failed without being told when to come back.
pub fn insist(mut ask: impl FnMut() -> Result<Answer>) -> Answer {
    eventually("an answer", PATIENCE, || match ask() {
        Ok(answer) if answer.status < 500 => Ok(answer),
        Ok(answer) => {
            if answer.status == 503 {
                assert!(answer.headers.contains_key("retry-after"), "{:?}", answer.body);
            }
            Err(format!("{} {}", answer.status, answer.body))
        }
        Err(error) => Err(error.to_string()),
    })
    .unwrap()
}

/// Reads an order until it is as wanted, and does something about it each time that it is not: what nobody answered may
/// have been done.
fn bring(reader: &Client, id: &str, wanted: impl Fn(&Value) -> bool, act: impl Fn() -> Result<Answer>) -> Value {
    eventually(&format!("order {id} to get on"), PATIENCE, || {
        let order = insist(|| reader.get(&format!("/api/v1/orders/{id}"))).body;
        if wanted(&order) {
            return Ok(order);
        }
        let told = act();
        Err(format!("{} is {}; last told {told:?}", id, order["status"]))
    })
    .unwrap()
}

/// Waits for what happens by itself.
fn nothing() -> Result<Answer> {
    anyhow::bail!("only waiting")
}

/// What one person does; `number` tells which of six stories it is. Answers the order's id.
fn story(chain: &Chain, customer: &Client, store: &str, number: usize) -> String {
    let (key, quantity) = (Client::new_key(), if number % 6 == 2 { 2 } else { 1 });
    let wish = json!({"store_id": store, "lines": [golden_bubble(quantity)]});
    let order = insist(|| customer.post_with_key("/api/v1/orders", &key, &wish)).expect(201).unwrap();
    let id = order["id"].as_str().unwrap().to_owned();
    let id = id.as_str();
    let path = format!("/api/v1/orders/{id}");
    let status_is = |status: &'static str| move |order: &Value| order["status"] == status;
    let cancel = || customer.post(&format!("{path}/cancel"), &json!({"reason": "changed my mind"}));
    if number % 6 == 5 {
        bring(customer, id, status_is("cancelled"), cancel);
        return id.to_owned();
    }
    if number % 6 == 4 {
        pay(customer, &order, "tok_declined");
        bring(customer, id, |order| order["payment"]["last_failure"].is_string(), nothing);
    }
    let mut order = order;
    if number.is_multiple_of(6) {
        // One more, before it is paid: the price that is charged is the one that counts now.
        let more = json!({"lines": [golden_bubble(2)]});
        let changed = |order: &Value| order["lines"][0]["quantity"] == 2;
        order = bring(customer, id, changed, || customer.put(&format!("{path}/lines"), &more));
    }
    pay(customer, &order, "tok_success");
    bring(customer, id, status_is("confirmed"), nothing);
    match number % 6 {
        1 => {
            bring(customer, id, |order| order["status"] == "cancelled" || order["status"] == "refunded", cancel);
        }
        2 => {
            let off = json!({"quantity": 1, "reason": "the last jelly fell"});
            let one_less = |order: &Value| order["lines"][0]["quantity"] == 1;
            bring(customer, id, one_less, || chain.admin.post(&format!("{path}/lines/1/cancel"), &off));
        }
        3 | 4 => {
            for status in ["preparing", "ready", "collected", "completed"] {
                let to = json!({"status": status});
                bring(customer, id, status_is(status), || chain.admin.put(&format!("{path}/status"), &to));
            }
        }
        _ => {}
    }
    id.to_owned()
}

fn pay(customer: &Client, order: &Value, token: &str) {
    let (key, payment) = (Client::new_key(), json!({"order_id": order["id"], "gateway": "sandbox", "token": token}));
    let payment = insist(|| customer.post_with_key("/api/v1/payments/initiate", &key, &payment)).expect(201).unwrap();
    assert_eq!(payment["amount"], order["totals"]["total"], "what is charged is what the order costs now");
}

/// So many stories, four at a time; answers the orders' ids.
pub fn stories(chain: &Chain, customer: &Client, store: &str, count: usize) -> Vec<String> {
    let (next, orders) = (Mutex::new(0..count), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(number) = next.lock().unwrap().next() else { return };
                    let order = story(chain, customer, store, number);
                    orders.lock().unwrap().push(order);
                }
            });
        }
    });
    orders.into_inner().unwrap()
}
