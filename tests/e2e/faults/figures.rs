//! What every subscriber made of the events, held against the orders themselves: less is not yet, more is never.

use crate::faults::load::insist;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What is wrong with the figures.
#[derive(Debug)]
pub enum Wrong {
    /// Something has not arrived, so far.
    Short(String),
    /// Something took effect that should not have, or twice.
    Beyond(String),
}

/// A column of figures: what should be there, and what is.
struct Column<'a>(&'a str);

impl Column<'_> {
    fn compare(&self, name: &str, is: i64, should: i64) -> Result<(), Wrong> {
        let text = format!("{}: {name} is {is} and should be {should}", self.0);
        match is.cmp(&should) {
            std::cmp::Ordering::Less => Err(Wrong::Short(text)),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(Wrong::Beyond(text)),
        }
    }
}

fn amount(order: &Value, field: &str) -> i64 {
    order["payment"][field]["amount"].as_i64().unwrap()
}

fn read(client: &Client, path: &str) -> Value {
    insist(|| client.get(path)).expect(200).unwrap()
}

fn list(client: &Client, path: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = read(client, &format!("{path}{cursor}"));
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

/// Compares everything once.
pub fn compare(
    chain: &Chain,
    (person, customer): &(String, Client),
    store: &str,
    orders: &[String],
) -> Result<(), Wrong> {
    let waiting = read(&chain.admin, &format!("/api/v1/inventory/{store}/invariants"));
    assert_eq!(waiting["violations"], serde_json::json!([]));
    Column("outbox").compare("acknowledged", -waiting["outbox_depth"].as_i64().unwrap(), 0)?;
    replay_letters(chain);
    let orders: Vec<_> = orders.iter().map(|id| read(customer, &format!("/api/v1/orders/{id}"))).collect();
    let count =
        |wanted: &dyn Fn(&Value) -> bool| i64::try_from(orders.iter().filter(|order| wanted(order)).count()).unwrap();
    let (paid, called_off) = (
        |order: &Value| amount(order, "paid") > 0,
        |order: &Value| matches!(order["status"].as_str(), Some("cancelled" | "refunded")),
    );

    let history = list(customer, "/api/v1/orders?limit=100");
    Column("history").compare("orders", history.len().try_into().unwrap(), count(&|_| true))?;
    for order in &orders {
        let due = if called_off(order) { 0 } else { order["totals"]["total"]["amount"].as_i64().unwrap() };
        let kept = amount(order, "paid") - amount(order, "refunded");
        if paid(order) {
            Column("money").compare(&format!("what order {} got back", order["id"]), due - kept, 0)?;
        }
        let told = history.iter().find(|told| told["id"] == order["id"]);
        if told.is_none_or(|told| told["status"] != order["status"]) {
            return Err(Wrong::Short(format!("order {} is {} and told as {told:?}", order["id"], order["status"])));
        }
    }
    let ledger = read(&chain.admin, "/api/v1/payments/ledger");
    let balances = ledger.as_array().unwrap().iter();
    let balance = |account: &&Value| account["balance"].as_i64().unwrap();
    assert_eq!(balances.clone().map(|account| balance(&account)).sum::<i64>(), 0, "{ledger}");
    let at_gateways = balances.filter(|account| account["account"].as_str().unwrap().starts_with("gateway:"));
    let kept = orders.iter().map(|order| amount(order, "paid") - amount(order, "refunded")).sum();
    Column("ledger").compare("kept", at_gateways.map(|account| balance(&account)).sum(), kept)?;

    let sales = read(&chain.admin, &format!("/api/v1/analytics/sales?store_id={store}"));
    let day = |name: &str| sales["days"].as_array().unwrap().iter().map(|day| day[name].as_i64().unwrap()).sum();
    let figures = Column("analytics");
    figures.compare("placed", day("placed"), count(&|_| true))?;
    figures.compare("paid", day("paid"), count(&paid))?;
    figures.compare("completed", day("completed"), count(&|order| order["status"] == "completed"))?;
    figures.compare("cancelled", day("cancelled"), count(&called_off))?;
    figures.compare("revenue", day("revenue"), orders.iter().map(|order| amount(order, "paid")).sum())?;

    let points =
        orders.iter().filter(|order| order["status"] == "completed").map(|order| amount(order, "paid") / 1_000);
    let earned = read(customer, &format!("/api/v1/loyalty/customer/{person}"))["points"].as_i64().unwrap();
    Column("loyalty").compare("points", earned, points.sum())?;

    let mut told: BTreeMap<String, i64> = BTreeMap::new();
    for message in list(customer, "/api/v1/notifications?limit=100") {
        *told.entry(message["title"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for order in &orders {
        let name = format!("Order {}", order["pickup_number"].as_str().unwrap());
        let expected = [
            (name.clone(), true),
            (format!("{name} is paid"), paid(order)),
            (format!("{name} is ready"), order["status"] == "completed"),
            (format!("{name} is cancelled"), called_off(order)),
            (format!("{name} is refunded"), order["status"] == "refunded"),
        ];
        for (title, sent) in expected {
            Column("notifications").compare(&title, told.get(&title).copied().unwrap_or(0), i64::from(sent))?;
        }
    }
    Ok(())
}

/// What a queue gave up on, or a subscriber parked, is sent again by hand: it takes effect once, or had it already.
fn replay_letters(chain: &Chain) {
    for letter in list(&chain.admin, "/api/v1/dead-letters?limit=100") {
        assert!(!letter["reason"].as_str().unwrap().is_empty());
        if letter["replayed_at"].is_null() {
            let path = format!("/api/v1/dead-letters/{}/replay", letter["id"].as_str().unwrap());
            insist(|| chain.admin.post(&path, &serde_json::json!({}))).expect(202).unwrap();
        }
    }
}

/// Waits until all has arrived, and not more; fails at once when something is there that should not be. The cron triggers fire
/// every few seconds rather than every minute.
///
/// # Errors
/// With what is beyond, or did not arrive in time.
#[allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM
pub fn settle(
    platform: &mut Platform,
    chain: &Chain,
    who: &(String, Client),
    store: &str,
    orders: &[String],
) -> Result<(), Wrong> {
    let (begun, mut ticks, mut last) = (Instant::now(), 0, String::new());
    let settled = eventually("all to arrive", Duration::from_secs(300), || {
        if begun.elapsed() > Duration::from_secs(3) * ticks {
            platform.tick().unwrap();
            ticks += 1;
        }
        match compare(chain, who, store, orders) {
            Err(Wrong::Short(text)) => {
                last.clone_from(&text);
                Err(text)
            }
            done => Ok(done),
        }
    });
    settled.unwrap_or(Err(Wrong::Short(last)))
}
