//! What happens by the clock: campaigns begin and end; offers have hours on the store's wall.

use super::{MINUTE, TEA, campaign, hour_around_now, percent, quote_when, total};
use crate::gateways::fake::now;
use crate::{amend, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Platform, eventually};
use serde_json::{Value, json};

#[test]
fn a_campaign_begins_and_ends_by_the_clock() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("campaign-clock").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let (begins, ends) = (now() + 6, now() + 45);
    let details = json!({"name": "A short one", "currency": "THB",
        "starts_at": amend::rfc3339(begins), "ends_at": amend::rfc3339(ends)});
    let made = chain.admin.post("/api/v1/campaigns", &details).unwrap().expect(201).unwrap();
    let path = format!("/api/v1/campaigns/{}", made["id"].as_str().unwrap());
    chain.admin.post(&format!("{path}/offers"), &percent("Half", 5_000, &json!({}))).unwrap().expect(201).unwrap();
    let change = json!({"campaign": details, "status": "scheduled", "version": 1});
    let scheduled = chain.admin.put(&path, &change).unwrap().expect(200).unwrap();
    if now() < begins {
        assert_eq!(scheduled["status"], "scheduled", "its time has not come");
    }
    let body = chain.order(&[golden_bubble(1)]);
    let status = |platform: &mut Platform, wanted: &str| {
        eventually(&format!("the campaign to be {wanted}"), MINUTE, || {
            platform.tick().map_err(|error| error.to_string())?;
            let read = chain.admin.get(&path).map_err(|error| error.to_string())?.body;
            if read["status"] == wanted { Ok(now()) } else { Err(read.to_string()) }
        })
        .unwrap()
    };
    assert!(status(&mut platform, "active") >= begins, "not before its time");
    quote_when(&customer, &body, |quote| total(quote) == TEA / 2);
    assert!(status(&mut platform, "ended") >= ends, "not before its time");
    quote_when(&customer, &body, |quote| total(quote) == TEA);

    // Who made it hears of both, once each.
    let titles = |told: &Value| -> Vec<String> {
        let all = told["items"].as_array().into_iter().flatten().filter_map(|one| one["title"].as_str());
        all.filter(|title| title.starts_with("A short one")).map(str::to_owned).collect()
    };
    eventually("its maker to hear of it", MINUTE, || {
        platform.tick().map_err(|error| error.to_string())?;
        let told = chain.admin.get("/api/v1/notifications").map_err(|error| error.to_string())?.body;
        let mut titles = titles(&told);
        titles.sort();
        if titles == ["A short one has begun", "A short one has ended"] { Ok(()) } else { Err(told.to_string()) }
    })
    .unwrap();
    let told = chain.manager.get("/api/v1/notifications").unwrap().expect(200).unwrap();
    assert!(titles(&told).is_empty(), "nobody else does");
}

#[test]
fn hours_are_those_of_the_stores_wall() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("offer-hours").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, customer) = chain.customer().unwrap();
    // Bangkok is seven hours ahead of UTC, in summer and in winter.
    let hours =
        |ahead: u64, priority: i64| json!({"priority": priority, "conditions": {"hours": hour_around_now(ahead)}});
    let offers = [percent("Happy hour", 1_000, &hours(7, 1)), percent("By Greenwich", 5_000, &hours(0, 0))];
    let (_, ids) = campaign(&chain.admin, None, &offers);
    let body = chain.order(&[golden_bubble(1)]);
    let quote = quote_when(&customer, &body, |quote| quote["promotions"].as_array().is_some_and(|all| all.len() == 2));
    assert_eq!(total(&quote), TEA * 9 / 10, "{quote}");
    let other = quote["promotions"].as_array().unwrap().iter().find(|note| note["promotion_id"] == ids[1]).unwrap();
    assert_eq!(other["reason"], "outside_hours");
}
