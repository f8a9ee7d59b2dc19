//! Five hundred payments by three gateways are told of all at once: each event three times, shuffled, some before their payment is known, some
//! too old, some forged (R7). Each payment moves once, as the model has it, and the books agree.

use super::fake::{Fake, SECRET, intent, notice, now, signature};
use super::others::peer;
use super::{MINUTE, Shop, amount, stripe, total};
use crate::wanted;
use hmac::{Hmac, Mac};
use kirana_tests::{Client, eventually};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Payments by Stripe, Razorpay and D2I.
const BY: [(&str, usize); 3] = [("stripe", 300), ("razorpay", 100), ("d2i", 100)];

/// Of these so many are told of before anybody knows of them: the tests' gateways give their ids out one after the other.
const EARLY: [(&str, usize); 2] = [("stripe", 30), ("razorpay", 20)];

/// Lines at once.
const LINES: usize = 8;

/// What the gateways sign with, beside Stripe's.
const HUSH: &str = "another notice secret of the tests";

/// A notice on its way: to which gateway, its body and headers, and what is answered.
struct Told {
    gateway: &'static str,
    body: String,
    headers: Vec<(&'static str, String)>,
    status: u16,
}

impl Told {
    /// Signed so many seconds ago with this secret.
    fn signed(gateway: &'static str, body: &Value, secret: &str, age: u64, status: u16) -> Self {
        let body = body.to_string();
        let headers = match gateway {
            "razorpay" => {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
                mac.update(body.as_bytes());
                vec![("x-razorpay-signature", hex::encode(mac.finalize().into_bytes()))]
            }
            "d2i" => vec![("d2i-signature", signature(&body, secret, now() - age))],
            _ => vec![("stripe-signature", signature(&body, secret, now() - age))],
        };
        Self { gateway, body, headers, status }
    }

    fn genuine(gateway: &'static str, body: &Value, status: u16) -> Self {
        Self::signed(gateway, body, if gateway == "stripe" { SECRET } else { HUSH }, 0, status)
    }

    fn send(&self, nobody: &Client) {
        let client = nobody.with_header("content-type", "application/json");
        let client = self.headers.iter().fold(client, |client, (name, value)| client.with_header(name, value));
        let path = format!("/api/v1/webhooks/{}", self.gateway);
        let answer = client.send("POST", &path, Some(&self.body), None).unwrap();
        assert_eq!(answer.status, self.status, "{}: {}", self.body, answer.text);
    }
}

/// What happened to a payment, as its gateway writes it: `reference` is the gateway's own id of it, `ours` is told where it is known.
pub fn event(gateway: &str, what: &str, reference: &str, ours: Option<&str>, price: i64) -> Value {
    let id = format!("evt_{reference}_{what}");
    match gateway {
        "stripe" => {
            let (kind, status) = match what {
                "paid" => ("succeeded", "succeeded"),
                "ended" => ("payment_failed", "requires_payment_method"),
                _ => ("processing", "processing"),
            };
            notice(&id, kind, &intent(reference, ours, price, status))
        }
        "razorpay" => {
            let (kind, status) =
                if what == "paid" { ("payment.captured", "captured") } else { ("payment.pending", "created") };
            let notes = ours.map_or_else(|| json!({}), |ours| json!({"kirana_payment": ours}));
            let payment = json!({"id": format!("pay_{reference}"), "order_id": reference, "amount": price, "currency": "THB",
                "status": status, "created_at": 1, "notes": notes});
            json!({"event": kind, "payload": {"payment": {"entity": payment}}})
        }
        _ => {
            let status = match what {
                "paid" => "paid",
                "ended" => "cancelled",
                _ => "pending",
            };
            json!({"id": id, "merchant": "kirana", "live": false,
                "payment": {"id": reference, "reference": ours, "amount": {"amount": price, "currency": "THB"}, "status": status}})
        }
    }
}

/// Does the same for each, on so many lines at once; answers in order.
fn at_once<T: Sync, R: Send>(all: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(LINES).max(1));
        let act = &act;
        let begun: Vec<_> = parts.map(|part| scope.spawn(move || part.iter().map(act).collect::<Vec<_>>())).collect();
        begun.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// All of a list, page by page.
fn all_of(client: &Client, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}&limit=100{cursor}")).unwrap().expect(200).unwrap();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// Shuffled by a fixed seed: a linear congruence is enough.
fn shuffle<T>(all: &mut [T]) {
    let mut seed = 20_261_126_u64;
    for last in (1..all.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        all.swap(last, usize::try_from(seed >> 33).unwrap() % (last + 1));
    }
}

fn open() -> (Fake, Shop) {
    let fake = Fake::start();
    let (razorpay, _) = peer(|line, body, heard| {
        let number = 1 + heard.iter().filter(|(line, _)| line == "POST /v1/orders").count();
        match line {
            "POST /v1/orders" => {
                Some(json!({"id": format!("order_{number}"), "amount": body["amount"], "amount_paid": 0,
                "currency": body["currency"], "receipt": body["receipt"], "status": "created"}))
            }
            _ => None,
        }
    });
    let (d2i, _) = peer(|line, body, _| match line {
        "POST /payments" => {
            let id = format!("d_{}", body["reference"].as_str()?);
            Some(json!({"id": id, "reference": body["reference"], "amount": body["amount"], "status": "created",
                "redirect_url": "https://d2i.example/pay"}))
        }
        _ => None,
    });
    let accounts = json!({
        "stripe": stripe(&fake.url),
        "razorpay": {"base": razorpay, "key_id": "rzp_test_1", "key_secret": "hush", "webhook_secrets": [HUSH], "live": false},
        "d2i": {"base": d2i, "merchant": "kirana", "key": "k", "notice_secrets": [HUSH], "live": false},
    });
    (fake, Shop::open("gateways-storm", &accounts))
}

/// How it has to end, by what its gateway says: `number` counts the payments of one gateway from one.
fn expected(gateway: &str, number: usize) -> &'static str {
    let early = EARLY.iter().any(|(name, count)| *name == gateway && number <= *count);
    match gateway {
        _ if early || !number.is_multiple_of(5) => "completed",
        "stripe" => "failed",
        "d2i" => "cancelled",
        // A refusal while the customer is at the next try does not settle it: Razorpay takes them all here.
        _ => "completed",
    }
}

/// Every event of a payment three times; of some a forged contradiction, of some one that was signed too long ago.
fn told_of(gateway: &'static str, number: usize, payment: &Value, price: i64) -> Vec<Told> {
    let (reference, ours) = (payment["reference"].as_str().unwrap(), payment["id"].as_str());
    let (end, other) = if expected(gateway, number) == "completed" { ("paid", "ended") } else { ("ended", "paid") };
    let about = |what| event(gateway, what, reference, ours, price);
    let mut told: Vec<Told> = ["begun", end]
        .into_iter()
        .flat_map(|what| (0..3).map(move |_| Told::genuine(gateway, &about(what), 204)))
        .collect();
    if number.is_multiple_of(3) {
        told.push(Told::signed(gateway, &about(other), "forged", 0, 401));
    }
    if number % 5 < 3 && gateway != "razorpay" {
        let secret = if gateway == "stripe" { SECRET } else { HUSH };
        told.push(Told::signed(gateway, &about(other), secret, 400, 401));
    }
    told
}

#[test]
#[allow(clippy::disallowed_methods)] // the clock: never runs as WASM
fn r7_five_hundred_payments_are_told_of_three_times_in_any_order() {
    if !wanted() {
        return;
    }
    let (fake, shop) = open();
    let ways: Vec<&'static str> = BY.iter().flat_map(|(gateway, count)| vec![*gateway; *count]).collect();
    let orders = at_once(&ways, |gateway| (*gateway, shop.order(1)));
    let price = total(&orders[0].1);

    // Told of before anybody knows of them, three times as well: they wait.
    let early: Vec<Told> = EARLY
        .iter()
        .flat_map(|(gateway, count)| (1..=*count).map(|number| (*gateway, number)))
        .flat_map(|(gateway, number)| {
            let reference = if gateway == "stripe" { format!("pi_{number}") } else { format!("order_{number}") };
            let body = event(gateway, "paid", &reference, None, price);
            (0..3).map(move |_| Told::genuine(gateway, &body, 202))
        })
        .collect();
    at_once(&early, |told| told.send(&shop.chain.nobody));

    let payments = at_once(&orders, |(gateway, order)| {
        let more = match *gateway {
            "stripe" => json!({"token": "pm_pending"}),
            _ => json!({"gateway": gateway, "return_url": "https://shop.example/back"}),
        };
        (*gateway, shop.initiate(order, &more).expect(201).unwrap())
    });
    // Which of its gateway's payments each is: the gateway's own number, or by turn.
    let mut turn = 0;
    let numbered: Vec<(&'static str, usize, Value)> = payments
        .into_iter()
        .map(|(gateway, payment)| {
            let reference = payment["reference"].as_str().unwrap();
            let number = reference.strip_prefix("pi_").or_else(|| reference.strip_prefix("order_"));
            turn += 1;
            (gateway, number.map_or(turn, |number| number.parse().unwrap()), payment)
        })
        .collect();
    let is_early =
        |gateway: &str, number: usize| EARLY.iter().any(|(name, count)| *name == gateway && number <= *count);
    let mut storm: Vec<Told> = numbered
        .iter()
        .filter(|(gateway, number, _)| !is_early(gateway, *number))
        .flat_map(|(gateway, number, payment)| told_of(gateway, *number, payment, price))
        .collect();
    shuffle(&mut storm);
    let mut took: Vec<Duration> = at_once(&storm, |told| {
        let begun = Instant::now();
        told.send(&shop.chain.nobody);
        begun.elapsed()
    });
    took.sort_unstable();
    let of = |percent: usize| took[(took.len() * percent / 100).saturating_sub(1)].as_millis();
    eprintln!("{} notices: p50 {} ms, p99 {} ms, at most {} ms", took.len(), of(50), of(99), of(100));

    // As the model has it: whatever the order, one end each. A refusal is one, as these gateways took nothing.
    let model: BTreeMap<&str, &str> = numbered
        .iter()
        .map(|(gateway, number, payment)| (payment["id"].as_str().unwrap(), expected(gateway, *number)))
        .collect();
    let path = format!("/api/v1/payments?store_id={}", shop.chain.store);
    eventually("every payment to be as the model has it", 8 * MINUTE, || {
        shop.tick();
        let now = all_of(&shop.chain.manager, &path);
        let other = now.iter().find(|payment| payment["status"] != model[payment["id"].as_str().unwrap()]);
        match other {
            _ if now.len() != model.len() => Err(format!("{} payments", now.len())),
            Some(other) => Err(format!("{other}, not {}", model[other["id"].as_str().unwrap()])),
            None => Ok(()),
        }
    })
    .unwrap();
    let flagged = all_of(&shop.chain.manager, &format!("{path}&flagged=true"));
    assert!(flagged.is_empty(), "{flagged:?}");
    let paid = model.values().filter(|status| **status == "completed").count();
    assert_eq!(shop.at_gateways(), i64::try_from(paid).unwrap() * price);
    assert!(fake.taken().is_empty(), "it told of nothing by itself");

    // Each order that was paid is confirmed, by one payment; none of the others is.
    let path = format!("/api/v1/orders?store_id={}&status=confirmed", shop.chain.store);
    let confirmed = eventually("every paid order to be confirmed", 8 * MINUTE, || {
        let confirmed = all_of(&shop.chain.manager, &path);
        if confirmed.len() == paid { Ok(confirmed) } else { Err(format!("{} of {paid}", confirmed.len())) }
    })
    .unwrap();
    for order in &confirmed {
        assert_eq!(order["payment"]["payments"].as_array().unwrap().len(), 1, "{order}");
        assert_eq!(amount(&order["payment"]["paid"]), price, "{order}");
    }
}
