//! Campaigns, offers, coupons, taxes by class, fees, tips, and quotes that are kept to.

mod clock;
mod firsts;
mod preview;
mod words;

use crate::ordering::drained;
use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A golden bubble milk tea with grass jelly, in satang.
const TEA: i64 = 11_000;

/// A campaign that runs, with these offers: its id, and theirs.
fn campaign(owner: &Client, budget: Option<i64>, offers: &[Value]) -> (String, Vec<String>) {
    let budget = budget.map(|amount| json!({"amount": amount, "currency": "THB"}));
    let details = json!({"name": "Monsoon", "starts_at": "2026-01-01T00:00:00Z", "currency": "THB", "budget": budget});
    let made = owner.post("/api/v1/campaigns", &details).unwrap().expect(201).unwrap();
    assert_eq!(made["status"], "draft");
    let id = made["id"].as_str().unwrap().to_owned();
    let add = |offer: &Value| {
        let added = owner.post(&format!("/api/v1/campaigns/{id}/offers"), offer).unwrap().expect(201).unwrap();
        added["promotion"]["id"].as_str().unwrap().to_owned()
    };
    let ids = offers.iter().map(add).collect();
    let change = json!({"campaign": details, "status": "scheduled", "version": 1});
    let begun = owner.put(&format!("/api/v1/campaigns/{id}"), &change).unwrap().expect(200).unwrap();
    assert_eq!(begun["status"], "active", "its time has come: it begins at once");
    (id, ids)
}

fn percent(name: &str, percent_bp: i64, more: &Value) -> Value {
    let mut offer = json!({"name": name, "benefit": {"kind": "percentage", "percent_bp": percent_bp}});
    offer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    offer
}

/// A quote, once the store has heard of what runs.
fn quote_when(customer: &Client, body: &Value, right: impl Fn(&Value) -> bool) -> Value {
    eventually("the store to know its terms", MINUTE, || {
        let quote = customer.post("/api/v1/quotes", body).map_err(|error| error.to_string())?.body;
        if right(&quote) { Ok(quote) } else { Err(quote.to_string()) }
    })
    .unwrap()
}

/// The owner of a franchisee's stores.
fn owner(chain: &Chain, email: &str, franchisee: &Value) -> Client {
    let password = "correct horse battery";
    let user = json!({"email": email, "password": password, "name": "Somchai", "roles": ["owner"], "franchisee_id": franchisee});
    chain.admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
    let login = json!({"email": email, "password": password});
    let session = chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    chain.nobody.with_login(session["access_token"].as_str().unwrap(), email, password)
}

/// The hour from half an hour ago to half an hour from now on a wall so many hours ahead of UTC, as an offer's condition.
fn hour_around_now(ahead: u64) -> Value {
    let now = crate::gateways::fake::now() + ahead * 3_600;
    let time = |seconds: u64| crate::amend::rfc3339(seconds)[11..19].to_owned();
    json!([{"from": time(now - 1_800), "until": time(now + 1_800)}])
}

fn total(priced: &Value) -> i64 {
    priced["totals"]["total"]["amount"].as_i64().unwrap_or(-1)
}

fn with(body: &Value, more: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn an_offer_explains_itself_from_the_quote_to_the_receipt() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("offers").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let minimum = json!({"conditions": {"min_subtotal": {"amount": 3 * TEA, "currency": "THB"}}, "priority": 1});
    let offers = [
        percent("Three and more", 1_000, &minimum),
        percent("With a leaflet", 500, &json!({"conditions": {"coupon": "LEAFLET"}})),
    ];
    let (id, ids) = campaign(&chain.admin, None, &offers);
    let one = chain.order(&[golden_bubble(1)]);
    let quote = quote_when(&customer, &one, |quote| quote["promotions"].as_array().is_some_and(|all| all.len() == 2));
    assert_eq!(total(&quote), TEA);
    let notes = quote["promotions"].as_array().unwrap();
    let note = |id: &str| notes.iter().find(|note| note["promotion_id"] == id).unwrap();
    assert_eq!(
        (&note(&ids[0])["reason"], &note(&ids[1])["reason"]),
        (&json!("below_minimum"), &json!("coupon_missing"))
    );
    assert_eq!(note(&ids[0])["explanation"], "Three and more: needs 220.00 THB more");

    // A quote is kept to, whatever happens to the price meanwhile.
    let three = with(&chain.order(&[golden_bubble(3)]), &json!({"coupons": ["leaflet"], "tip": 500}));
    let quote = customer.post("/api/v1/quotes", &three).unwrap().expect(200).unwrap();
    let (list, net) = (3 * TEA, 3 * TEA * 9 / 10 * 95 / 100);
    assert_eq!(quote["totals"]["discount"]["amount"].as_i64().unwrap(), list - net);
    assert_eq!((total(&quote), quote["totals"]["tip"]["amount"].as_i64().unwrap()), (net + 500, 500));
    let words = quote["explanation"].as_array().unwrap();
    assert!(words.iter().any(|word| word == "  33.00 THB off by Three and more"), "{words:?}");
    let path = format!("/api/v1/campaigns/{id}");
    let now = chain.admin.get(&path).unwrap().expect(200).unwrap();
    let details = json!({"name": "Monsoon", "starts_at": "2026-01-01T00:00:00Z", "currency": "THB"});
    let change = |status: &str| json!({"campaign": details, "status": status, "version": now["version"]});
    chain.admin.put(&path, &change("ended")).unwrap().expect(200).unwrap();
    assert_eq!(chain.admin.put(&path, &change("scheduled")).unwrap().body["code"], "invalid_transition");
    quote_when(&customer, &three, |quote| total(quote) == list + 500);
    let promised = with(&three, &json!({"quote": quote["token"]}));
    let order = customer.post("/api/v1/orders", &promised).unwrap().expect(201).unwrap();
    assert_eq!(total(&order), net + 500);
    assert_eq!(order["promotions"].as_array().unwrap().len(), 2);

    // For nothing else and nobody else, and not with a letter changed.
    let other =
        with(&chain.order(&[golden_bubble(4)]), &json!({"coupons": ["leaflet"], "tip": 500, "quote": quote["token"]}));
    let refused = customer.post("/api/v1/orders", &other).unwrap();
    assert_eq!((refused.status, &refused.body["errors"][0]["path"]), (422, &json!("quote")));
    let (_, somebody) = chain.customer().unwrap();
    assert_eq!(somebody.post("/api/v1/orders", &promised).unwrap().status, 422);
    let token = quote["token"].as_str().unwrap();
    let (head, tail) = token.split_at(40);
    let forged = format!("{head}{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]);
    let forged = with(&three, &json!({"quote": forged}));
    assert_eq!(customer.post("/api/v1/orders", &forged).unwrap().status, 422);

    let order_id = order["id"].as_str().unwrap();
    pay(&customer, order_id, "tok_success");
    wait_for_status(&customer, order_id, "confirmed");
    // A piece that is missing costs what it would have cost: each promotion takes its part of what is left.
    let gone = json!({"quantity": 1, "reason": "no pearls"});
    let left =
        chain.staff.post(&format!("/api/v1/orders/{order_id}/lines/1/cancel"), &gone).unwrap().expect(200).unwrap();
    assert_eq!(total(&left), net * 2 / 3 + 500);
    assert_eq!(left["totals"]["discount"]["amount"].as_i64().unwrap(), (list - net) * 2 / 3);
    let receipt = customer.get(&format!("/api/v1/orders/{order_id}/receipt")).unwrap().expect(200).unwrap();
    assert_eq!(receipt["discount"]["amount"].as_i64().unwrap(), (list - net) * 2 / 3);
    eventually("the campaign's figures", MINUTE, || {
        let usage = chain.admin.get(&format!("{path}/usage")).map_err(|error| error.to_string())?.body;
        let taken: i64 = usage.as_array().into_iter().flatten().filter_map(|one| one["amount"].as_i64()).sum();
        let orders = usage.as_array().into_iter().flatten().all(|one| one["orders"] == 1 && one["customers"] == 1);
        if taken == (list - net) * 2 / 3 && orders { Ok(()) } else { Err(usage.to_string()) }
    })
    .unwrap();
    drained(&chain);
}

#[test]
fn the_last_coupons_are_given_once() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("coupons").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let limited = json!({"conditions": {"coupon": "FIVE-CUPS"}, "total_limit": 5, "customer_limit": 2});
    let (id, ids) = campaign(&chain.admin, None, &[percent("Five cups", 5_000, &limited)]);
    let body = with(&chain.order(&[golden_bubble(1)]), &json!({"coupons": ["FIVE-CUPS"]}));
    let customers: Vec<Client> = (0..6).map(|_| chain.customer().unwrap().1).collect();
    quote_when(&customers[0], &body, |quote| total(quote) == TEA / 2);
    assert_eq!(customers[0].get("/api/v1/campaigns/five-cups/validate").unwrap().body["valid"], true);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let buyers: Vec<_> = (0..30)
            .map(|number| {
                let (customer, body) = (&customers[number % 6], &body);
                scope.spawn(move || customer.post("/api/v1/orders", body).unwrap())
            })
            .collect();
        buyers.into_iter().map(|buyer| buyer.join().unwrap()).collect()
    });
    let (had, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(had.len(), 5, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    for answer in &had {
        assert_eq!(total(&answer.body), TEA / 2);
    }
    for answer in refused {
        assert_eq!((answer.status, &answer.body["code"]), (409, &json!("offer_used_up")), "{}", answer.body);
        assert_eq!(answer.body["offers"], json!([ids[0]]));
    }
    let mut by_customer = std::collections::BTreeMap::new();
    for answer in &had {
        *by_customer.entry(answer.body["customer"]["id"].to_string()).or_insert(0) += 1;
    }
    assert!(by_customer.values().all(|count| *count <= 2), "{by_customer:?}");
    let used = |expected: i64| {
        eventually("what is used", MINUTE, || {
            let offers =
                chain.admin.get(&format!("/api/v1/campaigns/{id}/offers")).map_err(|error| error.to_string())?.body;
            if offers[0]["used"] == expected { Ok(()) } else { Err(offers.to_string()) }
        })
        .unwrap();
    };
    used(5);
    let state = customers[0].get("/api/v1/campaigns/FIVE-CUPS/validate").unwrap().expect(200).unwrap();
    assert!(state["reason"] == "used_up" || state["reason"] == "used_by_you", "{state}");
    // Who is told that it is used up sees the full price, and why.
    let quote = quote_when(&customers[0], &body, |quote| total(quote) == TEA);
    assert!(
        quote["promotions"].as_array().is_none_or(|all| all.iter().all(|note| note["reason"] == "used_up")),
        "{quote}"
    );

    // An order that is called off before it is made gives its coupon back, also through a kill.
    drained(&chain);
    let order = &had[0].body;
    let whose = customers
        .iter()
        .find(|one| one.get(&format!("/api/v1/orders/{}", order["id"].as_str().unwrap())).unwrap().status == 200)
        .unwrap();
    whose
        .post(&format!("/api/v1/orders/{}/cancel", order["id"].as_str().unwrap()), &json!({"reason": "rain"}))
        .unwrap()
        .expect(200)
        .unwrap();
    platform.kill_and_restart().unwrap();
    used(4);
    // What is refused for want of stock is given back at once.
    let many = with(&chain.order(&[golden_bubble(999)]), &json!({"coupons": ["FIVE-CUPS"]}));
    // Somebody who has had none: each of the others may have had two.
    let (_, another) = chain.customer().unwrap();
    let refused = eventually("the coupon to be known again", MINUTE, || {
        let answer = another.post("/api/v1/orders", &many).map_err(|error| error.to_string())?;
        if answer.body["code"] == "out_of_stock" { Ok(answer) } else { Err(answer.body.to_string()) }
    })
    .unwrap();
    assert_eq!(refused.status, 409);
    used(4);
}

#[test]
fn a_budget_is_never_overdrawn_and_a_free_order_needs_no_payment() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("budget").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (id, _) = campaign(&chain.admin, Some(2 * TEA + TEA / 2), &[percent("On the house", 10_000, &json!({}))]);
    let body = chain.order(&[golden_bubble(1)]);
    let (_, customer) = chain.customer().unwrap();
    quote_when(&customer, &body, |quote| total(quote) == 0);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let buyers: Vec<_> = (0..12).map(|_| scope.spawn(|| customer.post("/api/v1/orders", &body).unwrap())).collect();
        buyers.into_iter().map(|buyer| buyer.join().unwrap()).collect()
    });
    let had: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(had.len(), 2, "{:?}", answers.iter().map(|answer| answer.body["code"].to_string()).collect::<Vec<_>>());
    for order in had {
        assert_eq!((total(&order.body), &order.body["status"]), (0, &json!("confirmed")), "there is nothing to pay");
    }
    let spent = chain.admin.get(&format!("/api/v1/campaigns/{id}")).unwrap().expect(200).unwrap();
    assert_eq!(spent["spent"]["amount"], 2 * TEA);
    drained(&chain);
}

#[test]
fn taxes_follow_the_class_and_fees_the_order() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("taxes").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let gst = |name: &str, rate: i64| json!({"name": name, "rate_ppm": rate});
    let table = json!({"inclusive": false, "rounding": "invoice", "components": "separately", "classes": {
        "standard": [gst("CGST", 25_000), gst("SGST", 25_000)], "service": [gst("CGST", 90_000), gst("SGST", 90_000)]}});
    chain.admin.put("/api/v1/tax-rates/TH-10", &table).unwrap().expect(200).unwrap();
    let baht = |amount: i64| json!({"amount": amount, "currency": "THB"});
    let fees = json!({"tax_place": "TH-10", "delivery": baht(4_000), "delivery_tax_class": "service", "delivery_free_from": baht(50_000),
        "small_order": {"below": baht(20_000), "amount": baht(1_000)}});
    chain.manager.put(&format!("/api/v1/stores/{}/fees", chain.store), &fees).unwrap().expect(200).unwrap();
    let unknown = with(&fees, &json!({"delivery_tax_class": "luxury"}));
    let refused = chain.manager.put(&format!("/api/v1/stores/{}/fees", chain.store), &unknown).unwrap();
    assert_eq!((refused.status, &refused.body["errors"][0]["path"]), (422, &json!("delivery_tax_class")));
    let body = with(&chain.order(&[golden_bubble(1)]), &json!({"fulfilment": "delivery"}));
    let quote = quote_when(&customer, &body, |quote| quote["totals"]["taxes"].is_array());
    // 110.00 and a small order's 10.00 at 2.5 % and 2.5 %, the way's 40.00 at 9 % and 9 %.
    let taxes: Vec<i64> = quote["totals"]["taxes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tax| tax["amount"]["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(taxes, [360, 360, 300, 300]);
    assert_eq!(total(&quote), TEA + 1_000 + 4_000 + 1_320);
    for said in [
        "delivery 40.00 THB, free from 500.00 THB on after discounts",
        "fee for a small order 10.00 THB, as it is below 200.00 THB after discounts",
    ] {
        assert!(quote["explanation"].as_array().unwrap().contains(&json!(said)), "{quote}");
    }
    let place = with(&body, &json!({"deliver_to": {"address": "Rama I Road 12"}}));
    let order = customer.post("/api/v1/orders", &place).unwrap().expect(201).unwrap();
    assert_eq!(order["totals"], quote["totals"]);
    // Enough of it, and the way costs nothing; nor is it small.
    let many = with(&chain.order(&[golden_bubble(6)]), &json!({"fulfilment": "delivery"}));
    let quote = customer.post("/api/v1/quotes", &many).unwrap().expect(200).unwrap();
    assert_eq!((total(&quote), quote["totals"]["fees"].is_null()), (6 * TEA + 6 * TEA / 20, true));
    let free = json!("delivery is free, from 500.00 THB on after discounts");
    assert!(quote["explanation"].as_array().unwrap().contains(&free), "{quote}");
    // Picked up, there is no way.
    let quote = customer.post("/api/v1/quotes", &chain.order(&[golden_bubble(2)])).unwrap().expect(200).unwrap();
    assert_eq!(total(&quote), 2 * TEA + 2 * TEA / 20);
    let order_id = order["id"].as_str().unwrap();
    pay(&customer, order_id, "tok_success");
    wait_for_status(&customer, order_id, "confirmed");
    let receipt = customer.get(&format!("/api/v1/orders/{order_id}/receipt")).unwrap().expect(200).unwrap();
    assert_eq!(receipt["taxes"].as_array().unwrap().len(), 4);
    drained(&chain);
}

#[test]
fn a_franchisee_gives_in_its_own_stores_only() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("franchisee-offers").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let other =
        chain.admin.post("/api/v1/franchisees", &json!({"name": "Chiang Mai Boba Co."})).unwrap().expect(201).unwrap();
    let ours = owner(&chain, "ours@example.com", &chain.franchisee);
    let theirs = owner(&chain, "theirs@example.com", &other["id"]);
    let (id, _) = campaign(&ours, None, &[percent("Neighbours", 1_000, &json!({}))]);
    let body = chain.order(&[golden_bubble(1)]);
    quote_when(&customer, &body, |quote| total(quote) == TEA * 9 / 10);
    // Somebody else's is not there; the chain's can be seen, and not be changed.
    let path = format!("/api/v1/campaigns/{id}");
    assert_eq!(theirs.get(&path).unwrap().status, 404);
    assert_eq!(theirs.send("DELETE", &format!("{path}/offers/{id}"), None, None).unwrap().status, 404);
    campaign(&theirs, None, &[percent("Far away", 9_000, &json!({}))]);
    let (chains, offers) = campaign(&chain.admin, None, &[percent("Everywhere", 500, &json!({}))]);
    assert_eq!(ours.get(&format!("/api/v1/campaigns/{chains}")).unwrap().status, 200);
    assert_eq!(
        ours.send("DELETE", &format!("/api/v1/campaigns/{chains}/offers/{}", offers[0]), None, None).unwrap().status,
        403
    );
    let both = TEA * 9 / 10 * 95 / 100;
    let quote = quote_when(&customer, &body, |quote| total(quote) != TEA * 9 / 10);
    assert!((total(&quote) - both).abs() <= 1, "{quote}");
    let listed = ours.get("/api/v1/campaigns").unwrap().expect(200).unwrap();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "its own and the chain's");
    // Withdrawn is withdrawn, and a cart keeps its coupons.
    chain
        .admin
        .send("DELETE", &format!("/api/v1/campaigns/{chains}/offers/{}", offers[0]), None, None)
        .unwrap()
        .expect(204)
        .unwrap();
    quote_when(&customer, &body, |quote| total(quote) == TEA * 9 / 10);
    let cart = with(&body, &json!({"coupons": ["NOBODY-KNOWS"]}));
    let cart = customer.put("/api/v1/cart", &cart).unwrap().expect(200).unwrap();
    assert_eq!((&cart["coupons"], total(&cart["quote"])), (&json!(["NOBODY-KNOWS"]), TEA * 9 / 10));
}

#[test]
fn without_its_guard_a_coupon_is_given_twice() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("coupon-twice").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let once = json!({"conditions": {"coupon": "ONCE"}, "customer_limit": 1});
    campaign(&chain.admin, None, &[percent("Once", 5_000, &once)]);
    let (_, customer) = chain.customer().unwrap();
    let body = with(&chain.order(&[golden_bubble(1)]), &json!({"coupons": ["ONCE"]}));
    let quote = quote_when(&customer, &body, |quote| total(quote) == TEA / 2);
    let order = || {
        let promised = with(&body, &json!({"quote": quote["token"]}));
        eventually("an answer", MINUTE, || match customer.post("/api/v1/orders", &promised) {
            Ok(answer) if answer.status < 500 => Ok(answer),
            other => Err(format!("{other:?}")),
        })
        .unwrap()
    };
    assert_eq!(total(&order().body), TEA / 2);
    assert_eq!(order().body["code"], "offer_used_up");
    platform.restart_in(Some("sabotage=claims")).unwrap();
    assert_eq!(total(&order().body), TEA / 2, "the tests would notice");
}
