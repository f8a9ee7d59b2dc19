//! Goods sold by weight: ordered by estimate, paid by the scale; order, receipt, stock, ledger and every report agree.

use crate::ordering::drained;
use crate::{apart, pay, wait_for_status, wanted};
use kirana_tests::{Chain, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn the_scale_decides_and_everything_follows() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("weighed").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let store = chain.store.as_str();
    let product = json!({"name": "Mangoes", "category": "Fruit", "variants": [
        {"name": "loose", "by_weight": true, "price": {"amount": 12_000, "currency": "THB"}}]});
    let made = chain
        .admin
        .post("/api/v1/products", &json!({"menu_id": crate::catalog::menu_id(&chain), "product": product}))
        .unwrap();
    assert_eq!(made.expect(201).unwrap()["variants"][0]["sku"], "mangoes/loose");
    let item = json!({"items": [{"sku": "mangoes/loose", "name": "Mangoes", "unit": "g"}], "recipes": []});
    chain.admin.put(&format!("/api/v1/inventory/{store}/setup"), &item).unwrap().expect(204).unwrap();
    let goods =
        json!({"store_id": store, "kind": "receive", "sku": "mangoes/loose", "quantity": 3_000, "cost": 15_000});
    chain.staff.post("/api/v1/inventory/stock-movement", &goods).unwrap().expect(201).unwrap();

    // A kilo is asked for; a tenth more is held of the goods and of the money.
    let (_, customer) = chain.customer().unwrap();
    let lines = json!([{"variant_sku": "mangoes/loose", "quantity": 1, "grams": 1_000}]);
    let quote =
        customer.post("/api/v1/quotes", &json!({"store_id": store, "lines": lines})).unwrap().expect(200).unwrap();
    assert_eq!(quote["totals"]["total"]["amount"], 13_200);
    let order =
        customer.post("/api/v1/orders", &json!({"store_id": store, "lines": lines})).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap();
    let path = format!("/api/v1/orders/{id}");
    assert_eq!(chain.stock("mangoes/loose").unwrap(), (3_000, 1_900));
    pay(&customer, id, "tok_success");
    wait_for_status(&customer, id, "confirmed");
    let before = customer.get(&format!("{path}/receipt")).unwrap().expect(200).unwrap();
    assert_eq!((&before["estimated"], &before["lines"][0]["grams"]), (&json!(true), &json!(1_000)));

    // More than was agreed to, nothing, and what is no weight: refused, and nothing is half done.
    let weigh = |grams: Value| chain.staff.put(&format!("{path}/lines/1/weight"), &json!({"grams": grams})).unwrap();
    for (grams, field) in [(json!(1_101), "grams"), (json!(0), "grams"), (json!(-5), "grams"), (json!(10.5), "grams")] {
        let refused = weigh(grams.clone()).expect(422).unwrap();
        assert_eq!(refused["errors"][0]["path"], field, "{grams}: {refused}");
    }
    assert_eq!(customer.put(&format!("{path}/lines/1/weight"), &json!({"grams": 900})).unwrap().status, 403);
    let weighed = weigh(json!(1_040)).expect(200).unwrap();
    assert_eq!(weighed["totals"]["total"]["amount"], 12_480);
    assert_eq!(chain.stock("mangoes/loose").unwrap(), (3_000, 1_960), "what is not needed is free again");

    for _ in 0..2 {
        let bump = format!("/api/v1/stores/{store}/kitchen/tickets/{id}/bump");
        chain.staff.post(&bump, &json!({})).unwrap().expect(200).unwrap();
    }
    chain.staff.put(&format!("{path}/status"), &json!({"status": "collected"})).unwrap().expect(200).unwrap();
    eventually("720 to go back", MINUTE, || {
        let found = customer.get(&path).map_err(|error| error.to_string())?.body;
        if found["payment"]["refunded"]["amount"] == 720 { Ok(()) } else { Err(found["payment"].to_string()) }
    })
    .unwrap();

    // The receipt, in both its shapes.
    let receipt = customer.get(&format!("{path}/receipt")).unwrap().expect(200).unwrap();
    let amount = |name: &str| receipt[name]["amount"].as_i64().unwrap();
    assert_eq!((amount("total"), amount("paid"), amount("refunded")), (12_480, 13_200, 720));
    assert_eq!((amount("due"), amount("to_give_back"), amount("tax")), (0, 0, 816));
    assert_eq!((&receipt["estimated"], &receipt["lines"][0]["grams"]), (&json!(false), &json!(1_040)));
    let printed =
        customer.with_header("accept", "text/plain").send("GET", &format!("{path}/receipt"), None, None).unwrap();
    assert_eq!((printed.status, printed.content_type.as_str()), (200, "text/plain; charset=utf-8"));
    assert!(printed.text.contains("1.040 kg Mangoes") && printed.text.contains("124.80 THB"), "{}", printed.text);
    let (_, stranger) = chain.customer().unwrap();
    stranger.get(&format!("{path}/receipt")).unwrap().expect(404).unwrap();

    // Stock and its worth: 1,040 of 3,000 grams took their share of 150 baht.
    let level = chain.staff.get(&format!("/api/v1/inventory/{store}/mangoes%2Floose")).unwrap().expect(200).unwrap();
    assert_eq!((&level["on_hand"], &level["reserved"], &level["value"]), (&json!(1_960), &json!(0), &json!(9_800)));
    drained(&chain);
    // The ledger: what the gateway holds is what the mangoes cost.
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let balances: Vec<_> =
        ledger.as_array().unwrap().iter().map(|account| account["balance"].as_i64().unwrap()).collect();
    assert_eq!((balances.iter().sum::<i64>(), balances.iter().max().copied()), (0, Some(12_480)));
    // The figures: grams by the scale, revenue less what went back.
    eventually("the figures to follow", MINUTE, || {
        let sales = chain.manager.get(&format!("/api/v1/analytics/sales?store_id={store}"));
        let sales = sales.map_err(|error| error.to_string())?.body;
        let sold = json!([{"variant_sku": "mangoes/loose", "name": "Mangoes, loose", "currency": "THB", "quantity": 1, "grams": 1_040, "amount": 12_480}]);
        let day = &sales["days"][0];
        let money = (day["paid"].as_i64(), day["revenue"].as_i64(), day["refunded"].as_i64());
        if sales["products"] == sold && money == (Some(1), Some(13_200), Some(720)) { Ok(()) } else { Err(sales.to_string()) }
    })
    .unwrap();
    // The history across stores, and the points: a point for ten baht of what was kept.
    let listed = customer.get("/api/v1/orders").unwrap().expect(200).unwrap();
    assert_eq!(
        (&listed["items"][0]["totals"]["total"]["amount"], &listed["items"][0]["payment"]["refunded"]["amount"]),
        (&json!(12_480), &json!(720))
    );
}

#[test]
fn orders_are_brought_eaten_and_handed_out_by_those_who_may() {
    if !wanted() {
        return;
    }
    let chain = apart(10);
    let (_, customer) = chain.customer().unwrap();
    let order = |more: Value| {
        let mut body = chain.order(&[kirana_tests::chain::golden_bubble(1)]);
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        customer.post("/api/v1/orders", &body).unwrap()
    };
    let refused = |more: Value| order(more).expect(422).unwrap()["errors"][0]["path"].as_str().unwrap().to_owned();
    assert_eq!(refused(json!({"fulfilment": "delivery"})), "deliver_to");
    assert_eq!(refused(json!({"fulfilment": "delivery", "deliver_to": {"address": " "}})), "deliver_to.address");
    assert_eq!(refused(json!({"fulfilment": "pickup", "table": "7"})), "table");
    assert_eq!(chain.stock("cup").unwrap(), (10, 10), "nothing of it was held");

    let go = |id: &str, status: &str| {
        chain.staff.put(&format!("/api/v1/orders/{id}/status"), &json!({"status": status})).unwrap()
    };
    let made = |more: Value| {
        let placed = order(more).expect(201).unwrap();
        let id = placed["id"].as_str().unwrap().to_owned();
        pay(&customer, &id, "tok_success");
        wait_for_status(&customer, &id, "confirmed");
        go(&id, "preparing").expect(200).unwrap();
        go(&id, "ready").expect(200).unwrap();
        (id, placed)
    };
    let to = json!({"address": "Rama I Road 12, 4th floor", "position": {"latitude": 13.74, "longitude": 100.53}});
    let (brought, placed) = made(json!({"fulfilment": "delivery", "deliver_to": to}));
    assert_eq!(placed["deliver_to"], to);
    let early = go(&brought, "delivered").expect(409).unwrap();
    assert_eq!(
        (&early["code"], &early["allowed"]),
        (&json!("invalid_transition"), &json!(["preparing", "collected", "dispatched", "cancelled"]))
    );
    assert_eq!(
        customer.put(&format!("/api/v1/orders/{brought}/status"), &json!({"status": "dispatched"})).unwrap().status,
        403
    );
    go(&brought, "dispatched").expect(200).unwrap();
    go(&brought, "delivered").expect(200).unwrap();
    let story = customer.get(&format!("/api/v1/orders/{brought}/history")).unwrap().expect(200).unwrap();
    let steps: Vec<_> =
        story["timeline"].as_array().unwrap().iter().map(|step| step["to"].as_str().unwrap().to_owned()).collect();
    assert_eq!(steps, ["placed", "confirmed", "preparing", "ready", "dispatched", "delivered"]);

    let (eaten, placed) = made(json!({"fulfilment": "dine_in", "table": "7"}));
    assert_eq!(placed["table"], "7");
    go(&eaten, "collected").expect(200).unwrap();
    let (handed_out, _) = made(json!({"fulfilment": "vending"}));
    go(&handed_out, "collected").expect(200).unwrap();
    assert_eq!(chain.stock("cup").unwrap(), (7, 7));
    drained(&chain);
}
