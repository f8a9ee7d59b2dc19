//! What the apps show beside the menu: free slots, who works when, what customers say, how far their points have brought them.

use crate::{pay, shared, wait_for_status, wanted};
use kirana_tests::Client;
use kirana_tests::chain::golden_bubble;
use serde_json::{Value, json};

fn store_of(path: &str, store: &str) -> String {
    format!("/api/v1/stores/{store}/{path}")
}

#[test]
fn a_store_says_which_slots_are_free() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let store = chain.open_another("Slots", 10).unwrap();
    let settings = json!({"slot_minutes": 30, "slot_capacity": 1});
    chain.admin.put(&store_of("kitchen/settings", &store), &settings).unwrap().expect(200).unwrap();
    let slots = |query: &str| chain.nobody.get(&store_of(&format!("slots{query}"), &store)).unwrap();
    let first = slots("?hours=6").expect(200).unwrap();
    let list = first["slots"].as_array().unwrap();
    assert_eq!((&first["slot_minutes"], list.len()), (&json!(30), 12), "{first}");
    assert!(list.iter().all(|slot| slot["left"] == 1) && first["soonest"].is_string());

    let (_, ann) = chain.customer().unwrap();
    let wish = json!({"store_id": store, "lines": [golden_bubble(1)], "pickup_at": list[5]["begins"]});
    ann.post("/api/v1/orders", &wish).unwrap().expect(201).unwrap();
    let after = slots("?hours=6").expect(200).unwrap();
    let left: Vec<_> = after["slots"].as_array().unwrap().iter().filter(|slot| slot["left"] == 0).collect();
    assert_eq!((left.len(), &left[0]["begins"]), (1, &list[5]["begins"]));
    assert_eq!(ann.post("/api/v1/orders", &wish).unwrap().body["code"], "slot_full");

    slots("?hours=49").expect(400).unwrap();
    let nowhere = store_of("slots", "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8eaa");
    chain.nobody.get(&nowhere).unwrap().expect(404).unwrap();
}

#[test]
fn nobody_works_twice_at_once() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let path = store_of("shifts", &chain.store);
    let lek = chain.staff.get("/api/v1/auth/me").unwrap().expect(200).unwrap()["id"].clone();
    let shift = |from: &str, until: &str| json!({"user_id": lek, "starts_at": format!("2026-12-01T{from}:00Z"), "ends_at": format!("2026-12-01T{until}:00Z")});
    let plan = |client: &Client, body: &Value| client.post(&path, body).unwrap();
    assert_eq!(plan(&chain.staff, &shift("02:00", "09:00")).status, 403);
    let first = plan(&chain.manager, &shift("02:00", "09:00")).expect(201).unwrap();
    assert_eq!(plan(&chain.manager, &shift("08:00", "12:00")).expect(409).unwrap()["code"], "shift_overlaps");
    plan(&chain.manager, &shift("09:00", "12:00")).expect(201).unwrap();
    let wrong = plan(&chain.manager, &shift("13:00", "12:00")).expect(422).unwrap();
    assert_eq!(wrong["errors"][0]["path"], "ends_at");
    let (stranger, _) = chain.customer().unwrap();
    let mut theirs = shift("14:00", "15:00");
    theirs["user_id"] = json!(stranger);
    assert_eq!(plan(&chain.manager, &theirs).status, 404);

    let window = "?from=2026-12-01T00:00:00Z&until=2026-12-02T00:00:00Z";
    let seen = chain.staff.get(&format!("{path}{window}")).unwrap().expect(200).unwrap();
    assert_eq!((seen.as_array().unwrap().len(), &seen[0]["id"]), (2, &first["id"]), "who works there sees the plan");
    chain
        .staff
        .get(&format!("{path}?from=2026-12-01T00:00:00Z&until=2027-12-01T00:00:00Z"))
        .unwrap()
        .expect(400)
        .unwrap();
    let other = chain.open_another("Shifts", 1).unwrap();
    assert_eq!(chain.manager.get(&store_of("shifts", &other)).unwrap().status, 404);
    let gone = |id: &Value| {
        let path = format!("{path}/{}", id.as_str().unwrap());
        chain.manager.send("DELETE", &path, None, None).unwrap().status
    };
    assert_eq!((gone(&first["id"]), gone(&first["id"])), (204, 404));
}

#[test]
fn who_bought_it_says_how_it_was_and_the_store_shows_it() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let store = chain.open_another("Reviews", 10).unwrap();
    let (ann_id, ann) = chain.customer().unwrap();
    let (_, ben) = chain.customer().unwrap();
    let order = ann.post("/api/v1/orders", &json!({"store_id": store, "lines": [golden_bubble(1)]})).unwrap();
    let order = order.expect(201).unwrap();
    let (id, product) = (order["id"].as_str().unwrap(), &order["lines"][0]["product_id"]);
    let review = |rating: i64| json!({"order_id": id, "product_id": product, "rating": rating, "words": "Just right"});
    let say = |client: &Client, body: &Value| client.post("/api/v1/reviews", body).unwrap();
    assert_eq!(say(&ann, &review(5)).expect(409).unwrap()["code"], "not_handed_over");

    pay(&ann, id, "tok_success");
    wait_for_status(&ann, id, "confirmed");
    for _ in 0..2 {
        chain
            .admin
            .post(&store_of(&format!("kitchen/tickets/{id}/bump"), &store), &json!({}))
            .unwrap()
            .expect(200)
            .unwrap();
    }
    let done = json!({"status": "collected"});
    chain.admin.put(&format!("/api/v1/orders/{id}/status"), &done).unwrap().expect(200).unwrap();

    assert_eq!(say(&ben, &review(1)).status, 404, "what somebody else bought");
    say(&ann, &review(6)).expect(422).unwrap();
    let mut other = review(5);
    other["product_id"] = json!(ann_id);
    say(&ann, &other).expect(422).unwrap();
    let first = say(&ann, &review(4)).expect(201).unwrap();
    assert_eq!((&first["status"], &first["author"]), (&json!("waiting"), &json!("Mali")));

    // Stars count at once, words once they were read.
    let public = format!("/api/v1/reviews/product/{}", product.as_str().unwrap());
    let seen = chain.nobody.get(&public).unwrap().expect(200).unwrap();
    assert_eq!((&seen["count"], &seen["mean_hundredths"], &seen["reviews"]), (&json!(1), &json!(400), &json!([])));
    let list = store_of("reviews", &store);
    assert_eq!(chain.manager.get(&list).unwrap().status, 404, "a store of others");
    let waiting = chain.admin.get(&list).unwrap().expect(200).unwrap();
    assert_eq!(waiting["items"][0]["id"], first["id"]);
    let answer = json!({"status": "shown", "response": "Thank you!"});
    let answered = format!("{list}/{}", first["id"].as_str().unwrap());
    chain.admin.put(&answered, &answer).unwrap().expect(200).unwrap();
    let seen = chain.nobody.get(&public).unwrap().expect(200).unwrap();
    assert_eq!(
        (&seen["reviews"][0]["words"], &seen["reviews"][0]["response"]),
        (&json!("Just right"), &json!("Thank you!"))
    );
    assert!(seen["reviews"][0]["order_id"].is_null(), "the order is its author's alone: {seen}");

    // Said again, it takes the place of what was said, and is to be read anew.
    let second = say(&ann, &review(2)).expect(201).unwrap();
    assert_eq!((&second["id"], &second["status"]), (&first["id"], &json!("waiting")));
    let own = ann.get(&format!("/api/v1/customers/{ann_id}/reviews")).unwrap().expect(200).unwrap();
    assert_eq!((own.as_array().unwrap().len(), &own[0]["order_id"]), (1, &json!(id)));
    ben.get(&format!("/api/v1/customers/{ann_id}/reviews")).unwrap().expect(404).unwrap();
}

#[test]
fn points_of_a_year_lead_to_tiers() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let tiers = chain.nobody.get("/api/v1/loyalty/tiers").unwrap().expect(200).unwrap();
    assert_eq!((&tiers[0]["name"], &tiers[0]["from"]), (&json!("leaf"), &json!(0)));
    let (id, ann) = chain.customer().unwrap();
    let account = kirana_tests::eventually("an account of points", std::time::Duration::from_secs(60), || {
        let answer = ann.get(&format!("/api/v1/loyalty/customer/{id}")).map_err(|error| error.to_string())?;
        if answer.status == 200 { Ok(answer.body) } else { Err(answer.body.to_string()) }
    })
    .unwrap();
    assert_eq!((&account["tier"], &account["next_tier"], &account["earned"]), (&tiers[0], &tiers[1], &json!(0)));
}
