//! Placing and paying: some customers at once, each order once, however often its call has to be repeated.

use super::file::Order;
use super::menus;
use super::prices::Prices;
use crate::demo::PASSWORD;
use crate::demo::api::{Answer, Api};
use crate::ui::Step;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What became of the orders.
#[derive(Default)]
pub struct Outcome {
    /// Orders that were taken.
    pub accepted: usize,
    /// Orders whose payment was taken on.
    pub paying: usize,
    /// Cents of the orders that were taken, as the platform added them up.
    pub revenue: i64,
    /// Lines of them that cost what the file says.
    pub reconciled: usize,
    /// Lines of them that do not, in words.
    pub differing: Vec<String>,
    /// Refusals in words, with how many there were and the first order that met it.
    pub refused: BTreeMap<String, (usize, u32)>,
}

/// What is to be sent.
pub struct Plan<'a> {
    /// Where to.
    pub url: &'a str,
    /// Tells this replay's idempotency keys and customers from another's.
    pub run: &'a str,
    /// The store of each price list.
    pub stores: &'a [String],
    /// Who makes the guests' accounts.
    pub admin: &'a Api,
    /// What was ordered.
    pub orders: &'a [Order],
    /// At which prices.
    pub prices: &'a Prices,
}

/// Sends every order, `at_once` at a time.
pub fn all(plan: &Plan<'_>, at_once: usize, step: &Step) -> Result<Outcome> {
    let (next, outcome) = (AtomicUsize::new(0), Mutex::new(Outcome::default()));
    let customer = |number: usize| -> Result<()> {
        let api = register(plan, number)?;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(order) = plan.orders.get(index) else { return Ok(()) };
            let sent = Sent::send(&api, plan, plan.prices.list_of[index], order)?;
            step.at(bar(index + 1, plan.orders.len()));
            sent.count(order, &mut outcome.lock().unwrap_or_else(PoisonError::into_inner));
        }
    };
    std::thread::scope(|scope| {
        let customer = &customer;
        let threads: Vec<_> = (0..at_once).map(|number| scope.spawn(move || customer(number))).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result,
            Err(_) => bail!("a customer of the replay panicked"),
        })
    })?;
    Ok(outcome.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn register(plan: &Plan<'_>, number: usize) -> Result<Api> {
    let mut api = Api::new(plan.url);
    let email = format!("replay-{}-{number}@kirana.example", plan.run);
    let name = format!("Guest {number}");
    let guest = json!({"email": email, "password": PASSWORD, "name": name, "roles": ["customer"]});
    plan.admin.post("/api/v1/users", &guest)?;
    api.login(&email, PASSWORD)?;
    Ok(api)
}

/// `███████░░░░░ 700/1834`.
fn bar(done: usize, all: usize) -> String {
    let full = done * 24 / all.max(1);
    format!("{}{} {done}/{all}", "█".repeat(full), "░".repeat(24 - full))
}

/// What was answered to one order.
struct Sent {
    placed: Answer,
    paid: Option<Answer>,
}

impl Sent {
    fn send(api: &Api, plan: &Plan<'_>, list: usize, order: &Order) -> Result<Self> {
        let lines: Vec<_> = order.lines.iter().map(|line| menus::request(list, line, plan.prices)).collect();
        let key = format!("replay-{}-{}", plan.run, order.number);
        let placed = once(api, "/api/v1/orders", &json!({"store_id": plan.stores[list], "lines": lines}), &key)?;
        if !placed.ok() {
            return Ok(Self { placed, paid: None });
        }
        let body = json!({"order_id": placed.body["id"], "gateway": "sandbox", "token": "tok_success"});
        let paid = once(api, "/api/v1/payments/initiate", &body, &key)?;
        Ok(Self { placed, paid: Some(paid) })
    }

    fn count(&self, order: &Order, outcome: &mut Outcome) {
        let refused = [Some(&self.placed), self.paid.as_ref()].into_iter().flatten().find(|answer| !answer.ok());
        if let Some(answer) = refused {
            let code = if answer.code().is_empty() { "no problem document" } else { answer.code() };
            outcome.refused.entry(format!("{} {code}", answer.status)).or_insert((0, order.number)).0 += 1;
        }
        if !self.placed.ok() {
            return;
        }
        outcome.accepted += 1;
        outcome.paying += usize::from(self.paid.as_ref().is_some_and(Answer::ok));
        outcome.revenue += amount(&self.placed.body["totals"]["total"]);
        for (index, line) in order.lines.iter().enumerate() {
            let platform = amount(&self.placed.body["lines"][index]["total"]);
            if platform == line.total {
                outcome.reconciled += 1;
            } else {
                outcome.differing.push(format!("line {}: {platform} cents, the file says {}", line.number, line.total));
            }
        }
    }
}

/// Minor units of an amount of money; none for what is no money.
pub fn amount(money: &Value) -> i64 {
    money["amount"].as_i64().unwrap_or_default()
}

/// A call that may be repeated, because its key makes it happen once: a cut line or a fault of the platform is tried again.
fn once(api: &Api, path: &str, body: &Value, key: &str) -> Result<Answer> {
    let mut last = api.call("POST", path, Some(body), Some(key));
    for pause in [100, 500, 2_000] {
        if last.as_ref().is_ok_and(|answer| answer.status < 500) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(pause));
        last = api.call("POST", path, Some(body), Some(key));
    }
    last
}
