//! Delivery zones: what a store draws, its customers are held to, at the fee and the minimum of the zone.

use crate::{shared, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Client, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A golden bubble milk tea with grass jelly, in satang.
const TEA: i64 = 11_000;

fn baht(amount: i64) -> Value {
    json!({"amount": amount, "currency": "THB"})
}

/// Metres north of the store.
fn north(metres: f64) -> Value {
    json!({"latitude": 13.7457 + metres / 111_195.0, "longitude": 100.5343})
}

fn with(body: &Value, more: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn fee(priced: &Value) -> Option<i64> {
    let fees = priced["totals"]["fees"].as_array()?;
    fees.iter().find(|fee| fee["kind"] == "delivery")?["amount"]["amount"].as_i64()
}

#[test]
fn a_zone_says_where_to_for_what_and_from_which_sum_on() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let store = chain.open_another("Zones", 100).unwrap();
    let path = format!("/api/v1/stores/{store}/delivery-zones");
    let draw = |who: &Client, zone: &Value| who.post(&path, zone).unwrap();
    let near = json!({"name": "Around the corner", "radius_m": 2000, "fee": baht(2_000)});
    assert_eq!(draw(&chain.staff, &near).status, 403);
    assert_eq!(draw(&chain.manager, &near).status, 404, "it is not her store");
    chain
        .admin
        .put(&format!("/api/v1/stores/{store}/fees"), &json!({"delivery": baht(3_000)}))
        .unwrap()
        .expect(200)
        .unwrap();

    // Without zones it is as it was: anywhere, for the flat fee.
    let (_, ann) = chain.customer().unwrap();
    let tea = json!({"store_id": store, "lines": [golden_bubble(1)], "fulfilment": "delivery"});
    eventually("the flat fee", MINUTE, || {
        let quote = ann.post("/api/v1/quotes", &tea).map_err(|error| error.to_string())?.body;
        if fee(&quote) == Some(3_000) { Ok(()) } else { Err(quote.to_string()) }
    })
    .unwrap();

    let first = draw(&chain.admin, &near).expect(201).unwrap();
    assert_eq!(draw(&chain.admin, &near).expect(409).unwrap()["code"], "name_taken");
    let wrong = |zone: &Value| draw(&chain.admin, zone).expect(422).unwrap()["errors"][0].clone();
    let bow = json!([north(0.0), north(900.0), {"latitude": 13.75, "longitude": 100.54}, {"latitude": 13.75, "longitude": 100.53}]);
    assert_eq!(wrong(&json!({"name": "Two", "polygon": [north(0.0), north(9.0)], "fee": baht(0)}))["path"], "polygon");
    let crossed = json!([
        {"latitude": 13.74, "longitude": 100.53}, {"latitude": 13.76, "longitude": 100.55},
        {"latitude": 13.74, "longitude": 100.55}, {"latitude": 13.76, "longitude": 100.53}]);
    assert_eq!(wrong(&json!({"name": "Bow", "polygon": crossed, "fee": baht(0)}))["path"], "polygon");
    assert_eq!(wrong(&json!({"name": "Both", "polygon": bow, "radius_m": 500, "fee": baht(0)}))["path"], "radius_m");
    let dollars = json!({"amount": 100, "currency": "USD"});
    assert_eq!(wrong(&json!({"name": "Dollars", "radius_m": 500, "fee": dollars}))["path"], "fee.currency");
    // Wider, dearer, and not for a single tea: a square of about six kilometres to each side.
    let square = json!([
        {"latitude": 13.69, "longitude": 100.48}, {"latitude": 13.69, "longitude": 100.59},
        {"latitude": 13.80, "longitude": 100.59}, {"latitude": 13.80, "longitude": 100.48}]);
    let town = json!({"name": "Town", "polygon": square, "fee": baht(5_000), "minimum_order": baht(2 * TEA)});
    let town = draw(&chain.admin, &town).expect(201).unwrap();
    let seen = chain.nobody.get(&path).unwrap().expect(200).unwrap();
    assert_eq!(seen.as_array().unwrap().len(), 2, "everybody sees where it delivers: {seen}");

    // A quote says the zone; without a place it has no delivery in it, and says so.
    let quote = |place: &Value| ann.post("/api/v1/quotes", &with(&tea, &json!({"position": place}))).unwrap();
    let close = eventually("orders to know the zones", MINUTE, || {
        let quote = quote(&north(500.0)).body;
        if fee(&quote) == Some(2_000) { Ok(quote) } else { Err(quote.to_string()) }
    })
    .unwrap();
    assert_eq!(close["delivery_zone"]["name"], "Around the corner");
    assert_eq!(close["explanation"][0], "delivery zone Around the corner: 20.00 THB");
    let unknown = ann.post("/api/v1/quotes", &tea).unwrap().expect(200).unwrap();
    assert_eq!((fee(&unknown), &unknown["delivery_zone"]), (None, &Value::Null));
    let outside = quote(&north(20_000.0)).expect(409).unwrap();
    assert_eq!(
        (&outside["code"], &outside["zones"]),
        (&json!("outside_delivery_zone"), &json!(["Around the corner", "Town"]))
    );

    // An order is held to the same.
    let order = |place: Option<Value>, more: &Value| {
        let to = json!({"address": "Phaya Thai Road 12", "position": place});
        ann.post("/api/v1/orders", &with(&with(&tea, &json!({"deliver_to": to})), more)).unwrap()
    };
    let nowhere = order(None, &json!({})).expect(422).unwrap();
    assert_eq!(nowhere["errors"][0]["path"], "deliver_to.position");
    assert_eq!(order(Some(north(20_000.0)), &json!({})).expect(409).unwrap()["code"], "outside_delivery_zone");
    let little = order(Some(north(4_000.0)), &json!({})).expect(409).unwrap();
    assert_eq!((&little["code"], &little["delivery_zone"]), (&json!("below_minimum"), &json!("Town")));
    let elsewhere = order(Some(north(4_000.0)), &json!({"quote": close["token"]})).expect(422).unwrap();
    assert_eq!(elsewhere["errors"][0]["path"], "quote", "a quote is for the zone it was given in");
    let two = order(Some(north(4_000.0)), &json!({"lines": [golden_bubble(2)]})).expect(201).unwrap();
    assert_eq!((fee(&two), two["totals"]["total"]["amount"].as_i64()), (Some(5_000), Some(2 * TEA + 5_000)));
    // Elsewhere in the same zone the quote is kept to.
    let one = order(Some(north(600.0)), &json!({"quote": close["token"]})).expect(201).unwrap();
    assert_eq!(fee(&one), Some(2_000));

    // What changes counts for the next one; without zones it is the flat fee again.
    let zone_path = |zone: &Value| format!("{path}/{}", zone["id"].as_str().unwrap());
    let free = json!({"name": "Around the corner", "radius_m": 2000, "fee": baht(0)});
    chain.admin.put(&zone_path(&first), &free).unwrap().expect(200).unwrap();
    for zone in [&first, &town] {
        assert_eq!(chain.admin.send("DELETE", &zone_path(zone), None, None).unwrap().status, 204);
        assert_eq!(chain.admin.send("DELETE", &zone_path(zone), None, None).unwrap().status, 404);
    }
    eventually("the flat fee again", MINUTE, || {
        let quote = ann.post("/api/v1/quotes", &tea).map_err(|error| error.to_string())?.body;
        if fee(&quote) == Some(3_000) { Ok(()) } else { Err(quote.to_string()) }
    })
    .unwrap();
}
