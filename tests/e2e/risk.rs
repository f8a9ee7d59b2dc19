//! Fraud rules: who is let through, who is asked by their bank, what a person has to look at first, and the record of why.

mod signals;

use crate::{wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A golden bubble milk tea with grass jelly, in satang.
const TEA: i64 = 11_000;

fn order(chain: &Chain, customer: &Client, cups: i64) -> String {
    let placed = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(cups)])).unwrap().expect(201).unwrap();
    placed["id"].as_str().unwrap().to_owned()
}

fn pay(customer: &Client, order: &str, gateway: &str) -> Value {
    let token = (gateway == "sandbox").then_some("tok_success");
    let request = json!({"order_id": order, "gateway": gateway, "token": token});
    customer.post("/api/v1/payments/initiate", &request).unwrap().expect(201).unwrap()
}

fn payment(customer: &Client, payment: &Value) -> Value {
    customer.get(&format!("/api/v1/payments/{}", payment["id"].as_str().unwrap())).unwrap().expect(200).unwrap()
}

fn until(platform: &mut Platform, customer: &Client, paid: &Value, status: &str) -> Value {
    eventually(&format!("the payment to be {status}"), MINUTE, || {
        platform.tick().unwrap();
        let now = payment(customer, paid);
        if now["status"] == status { Ok(now) } else { Err(now.to_string()) }
    })
    .unwrap()
}

/// What the rules said of a store's payments, of those whose review stands so.
fn assessments(chain: &Chain, query: &str) -> Vec<Value> {
    chain.manager.all(&format!("/api/v1/payments/assessments?store_id={}&{query}", chain.store)).unwrap()
}

fn review(who: &Client, payment: &Value, approve: bool) -> (u16, Value) {
    let path = format!("/api/v1/payments/{}/review", payment["id"].as_str().unwrap());
    let answer = who.post(&path, &json!({"approve": approve, "note": "I called them."})).unwrap();
    (answer.status, answer.body)
}

fn rule(name: &str, then: &str, test: Value) -> Value {
    let mut rule = json!({"name": name, "then": then, "gateways": ["sandbox", "gift_balance"]});
    rule.as_object_mut().unwrap().extend(test.as_object().unwrap().clone());
    rule
}

fn set_rules(chain: &Chain, rules: &[Value]) {
    chain.admin.put("/api/v1/payments/risk-rules", &json!({"rules": rules})).unwrap().expect(200).unwrap();
}

#[test]
fn what_looks_like_fraud_is_asked_or_looked_at_before_anybody_pays() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("risk").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, mali) = chain.customer().unwrap();
    // Nothing is said of play money by itself: it leaves no trace.
    let first = order(&chain, &mali, 1);
    assert!(pay(&mali, &first, "sandbox").get("review").is_none());
    wait_for_status(&mali, &first, "confirmed");
    assert!(assessments(&chain, "limit=20").is_empty());
    let known = chain.admin.get("/api/v1/payments/risk-rules").unwrap().expect(200).unwrap();
    assert!(known["version"] == 0 && known["rules"].as_array().unwrap().len() > 5);
    let wrong = json!({"rules": [rule("large", "review", json!({"test": "amount", "over": {}}))]});
    let refused = chain.admin.put("/api/v1/payments/risk-rules", &wrong).unwrap();
    assert_eq!((refused.status, &refused.body["errors"][0]["path"]), (422, &json!("rules[0].over")));
    assert_eq!(chain.manager.put("/api/v1/payments/risk-rules", &wrong).unwrap().status, 403);
    set_rules(
        &chain,
        &[
            rule("large", "review", json!({"test": "amount", "over": {"THB": 3 * TEA - 1}})),
            rule("new", "step_up", json!({"test": "new_account", "hours": 1, "over": {"THB": TEA}})),
            rule("abroad", "review", json!({"test": "country_mismatch", "one": "network", "other": "store"})),
        ],
    );

    // Small and at home: let through, and why is kept.
    let small = order(&chain, &mali, 1);
    let home = mali.with_header("cf-ipcountry", "TH");
    pay(&home, &small, "sandbox");
    wait_for_status(&mali, &small, "confirmed");
    let kept = assessments(&chain, "verdict=allow");
    assert_eq!(kept.len(), 1, "{kept:?}");
    let said: Vec<_> = kept[0]["findings"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert_eq!(said.len(), 3);
    assert!(said.contains(&"the country of the network, TH, is that of the store, TH"), "{said:?}");

    // More by a new account: its bank asks, which the sandbox does for ten seconds.
    let asked = order(&chain, &mali, 2);
    let paid = pay(&mali, &asked, "sandbox");
    until(&mut platform, &mali, &paid, "pending");
    assert_eq!(assessments(&chain, "verdict=step_up").len(), 1);

    // A lot: nobody is asked for money before somebody has looked. Rejected, it ends and is not told why.
    let large = order(&chain, &mali, 3);
    let waits = pay(&mali, &large, "sandbox");
    assert_eq!((&waits["status"], &waits["review"]), (&json!("initiated"), &json!("open")));
    let queue = assessments(&chain, "review=open");
    assert_eq!(
        (queue.len(), &queue[0]["payment_id"], &queue[0]["amount"]["amount"]),
        (1, &waits["id"], &json!(3 * TEA))
    );
    for nobody in [&mali, &chain.staff] {
        assert_eq!(review(nobody, &waits, true).0, 403);
    }
    platform.tick().unwrap();
    assert_eq!(payment(&mali, &waits)["status"], "initiated", "no sweep asks for it");
    assert_eq!(review(&chain.manager, &waits, false).0, 200);
    let ended = until(&mut platform, &mali, &waits, "cancelled");
    assert_eq!((&ended["failure"], &ended["captured"]["amount"]), (&json!("declined"), &json!(0)));
    assert_eq!(wait_for_status(&mali, &large, "placed")["payment"]["paid"]["amount"], 0);
    // Tried again and approved: it goes on, once. What is decided stays.
    let again = pay(&mali, &large, "sandbox");
    assert_eq!((review(&chain.manager, &again, true).0, review(&chain.manager, &again, true).0), (200, 200));
    assert_eq!(review(&chain.manager, &again, false).1["code"], "decided");
    until(&mut platform, &mali, &again, "completed");
    wait_for_status(&mali, &large, "confirmed");
    let decided = assessments(&chain, "review=approved");
    assert_eq!((decided.len(), &decided[0]["note"]), (1, &json!("I called them.")));

    // From elsewhere, and then called off: nothing is left to look at, and nobody can approve it any more.
    let far = order(&chain, &mali, 1);
    let waits = pay(&mali.with_header("cf-ipcountry", "SE"), &far, "sandbox");
    assert_eq!(waits["review"], "open");
    mali.post(&format!("/api/v1/orders/{far}/cancel"), &json!({})).unwrap().expect(200).unwrap();
    until(&mut platform, &mali, &waits, "cancelled");
    assert!(assessments(&chain, "review=open").is_empty());
    assert_eq!(review(&chain.manager, &waits, true).1["code"], "decided");

    gift_balance_waits_as_well(&mut platform, &chain);
    many_at_once(&chain);
}

/// What is held with the chain has no bank that asks: where others are asked, somebody looks. The balance stays till then.
fn gift_balance_waits_as_well(platform: &mut Platform, chain: &Chain) {
    let (_, somchai) = chain.customer().unwrap();
    let sale = json!({"store_id": chain.store, "amount": 3 * TEA, "paid_with": "cash"});
    let sold = chain.staff.post("/api/v1/gift-cards", &sale).unwrap().expect(201).unwrap();
    somchai.post("/api/v1/gift-cards/redeem", &json!({"code": sold["code"]})).unwrap().expect(200).unwrap();
    let held = || somchai.get("/api/v1/gift-balance").unwrap().expect(200).unwrap()["balances"][0]["amount"].clone();
    let (one, other) = (order(chain, &somchai, 2), order(chain, &somchai, 2));
    let (waits, second) = (pay(&somchai, &one, "gift_balance"), pay(&somchai, &other, "gift_balance"));
    assert_eq!((&waits["review"], &second["review"], held()), (&json!("open"), &json!("open"), json!(3 * TEA)));
    for paid in [&waits, &second] {
        assert_eq!(review(&chain.manager, paid, true).0, 200);
    }
    // There is enough for one of them.
    let ends = |paid: &Value| {
        let now = payment(&somchai, paid);
        if ["completed", "failed"].contains(&now["status"].as_str().unwrap()) { Ok(now) } else { Err(now.to_string()) }
    };
    let mut ended: Vec<Value> = [&waits, &second]
        .into_iter()
        .map(|paid| {
            eventually("the payment to end", MINUTE, || {
                platform.tick().unwrap();
                ends(paid)
            })
            .unwrap()
        })
        .collect();
    ended.sort_by_key(|paid| paid["status"].to_string());
    assert_eq!((&ended[0]["status"], &ended[1]["failure"]), (&json!("completed"), &json!("insufficient_balance")));
    assert_eq!(held(), json!(TEA));
}

/// Velocity, by many at once: never more go through than may.
fn many_at_once(chain: &Chain) {
    const MAY: usize = 4;
    let velocity = json!({"test": "velocity", "by": "customer", "count": "attempts", "minutes": 60, "most": MAY});
    set_rules(chain, &[rule("often", "review", velocity)]);
    let (_, customer) = chain.customer().unwrap();
    let orders: Vec<String> = (0..10).map(|_| order(chain, &customer, 1)).collect();
    let gate = Barrier::new(orders.len());
    let through = std::thread::scope(|scope| {
        let begun: Vec<_> = orders
            .iter()
            .map(|order| {
                let (gate, customer) = (&gate, &customer);
                scope.spawn(move || {
                    gate.wait();
                    pay(customer, order, "sandbox").get("review").is_none()
                })
            })
            .collect();
        begun.into_iter().map(|thread| thread.join().unwrap()).filter(|through| *through).count()
    });
    assert!(through <= MAY, "{through} went through at once");
    let kept = assessments(chain, "review=open");
    assert_eq!(kept.len(), orders.len() - through);
    assert!(
        kept[0]["findings"][0]["why"].as_str().unwrap().contains("attempts by the same customer within 60 minutes")
    );
}
