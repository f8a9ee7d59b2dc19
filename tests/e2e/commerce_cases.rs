//! The cases in which shops lose goods or money, by their numbers in the reference on commerce. Those that need nothing of
//! workerd are proved beside the core as well: `docs/proofs.md` says where each is.

use crate::deadline::webhook;
use crate::ordering::drained;
use crate::{apart, pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::platform::SECRET;
use kirana_tests::{Answer, Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MINUTE: Duration = Duration::from_secs(60);

/// So many at once, each with its number.
fn at_once(count: usize, act: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    let act = &act;
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..count).map(|number| scope.spawn(move || act(number))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// What the ledger says is at the gateways.
fn captured(chain: &Chain) -> i64 {
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let gateways =
        ledger.as_array().unwrap().iter().filter(|one| one["account"].as_str().unwrap().starts_with("gateway:"));
    gateways.map(|account| account["balance"].as_i64().unwrap()).sum()
}

fn amount(order: &Value, name: &str) -> i64 {
    order["payment"][name]["amount"].as_i64().unwrap()
}

#[test]
fn case_1_two_hundred_checkouts_of_the_last_unit() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("case-1").unwrap();
    let chain = Chain::open(&platform, 1).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let body = chain.order(&[golden_bubble(1)]);
    // A checkout is an order and its payment: whoever has no order has nothing to pay.
    let checkouts = at_once(200, |_| {
        let placed = customer.post("/api/v1/orders", &body).unwrap();
        if placed.status == 201 {
            pay(&customer, placed.body["id"].as_str().unwrap(), "tok_success");
        }
        placed
    });
    let (sold, refused): (Vec<_>, Vec<_>) = checkouts.iter().partition(|answer| answer.status == 201);
    assert_eq!((sold.len(), refused.len()), (1, 199));
    for answer in refused {
        assert_eq!((answer.status, &answer.body["code"]), (409, &json!("out_of_stock")));
        assert_eq!(answer.body["short"], json!([{"sku": "cup", "wanted": 1, "available": 0}]));
    }
    let order = wait_for_status(&customer, sold[0].body["id"].as_str().unwrap(), "confirmed");
    assert_eq!(chain.stock("cup").unwrap(), (1, 0));
    drained(&chain);
    assert_eq!(captured(&chain), amount(&order, "paid"), "no money of anybody else");
}

#[test]
fn case_2_lines_that_share_an_ingredient_and_case_3_a_line_over_two_batches() {
    if !wanted() {
        return;
    }
    let chain = apart(3);
    let more = json!({"store_id": chain.store, "kind": "receive", "sku": "cup", "quantity": 4, "cost": 40});
    chain.staff.post("/api/v1/inventory/stock-movement", &more).unwrap().expect(201).unwrap();
    let (_, customer) = chain.customer().unwrap();

    // Two lines of four and of four: each would fit alone, both together do not, and neither is held.
    let both = chain.order(&[golden_bubble(4), golden_bubble(4)]);
    let refused = customer.post("/api/v1/orders", &both).unwrap().expect(409).unwrap();
    assert_eq!(refused["short"], json!([{"sku": "cup", "wanted": 8, "available": 7}]));
    assert_eq!(chain.stock("cup").unwrap(), (7, 7));

    // Five of three and four.
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(5)])).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap();
    assert_eq!(chain.stock("cup").unwrap(), (7, 2));
    pay(&customer, id, "tok_success");
    wait_for_status(&customer, id, "confirmed");
    let to = json!({"status": "preparing"});
    chain.staff.put(&format!("/api/v1/orders/{id}/status"), &to).unwrap().expect(200).unwrap();
    let journal = chain.manager.all(&format!("/api/v1/inventory/{}/journal?limit=100", chain.store)).unwrap();
    let sale = journal.iter().find(|entry| entry["kind"] == "sale" && entry["reference"] == id).unwrap();
    let cups: Vec<_> = sale["moves"].as_array().unwrap().iter().filter(|part| part["sku"] == "cup").collect();
    let quantities: Vec<_> = cups.iter().map(|part| part["quantity"].as_i64().unwrap()).collect();
    assert_eq!(quantities, [-3, -2], "the parts are what was ordered, no more and no less");
    let worth: i64 = cups.iter().map(|part| part["value"].as_i64().unwrap()).sum();
    assert_eq!(worth, -(6 + 20), "at what each of them cost");
    assert_eq!(chain.stock("cup").unwrap(), (2, 2));
    chain.check().unwrap();
}

#[test]
fn case_4_one_key_many_times_in_flight() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("case-4").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let (key, body) = (Client::new_key(), chain.order(&[golden_bubble(1)]));
    let answers = at_once(50, |_| customer.post_with_key("/api/v1/orders", &key, &body).unwrap());
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (201, &answers[0].body));
    }
    let replayed = answers.iter().filter(|answer| answer.headers.contains_key("idempotent-replayed")).count();
    assert_eq!((replayed, chain.stock("cup").unwrap()), (49, (100, 99)), "one effect");
    let other = chain.order(&[golden_bubble(2)]);
    let answers = at_once(10, |_| customer.post_with_key("/api/v1/orders", &key, &other).unwrap());
    assert!(
        answers.iter().all(|answer| (answer.status, &answer.body["code"]) == (422, &json!("idempotency_key_reused")))
    );
    assert_eq!(chain.stock("cup").unwrap(), (100, 99));

    let order = answers_id(&customer);
    let (key, payment) = (Client::new_key(), json!({"order_id": order, "gateway": "sandbox", "token": "tok_success"}));
    let answers = at_once(20, |_| customer.post_with_key("/api/v1/payments/initiate", &key, &payment).unwrap());
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.body["id"] == answers[0].body["id"]));
    let paid = wait_for_status(&customer, &order, "confirmed");
    drained(&chain);
    assert_eq!(
        (captured(&chain), amount(&paid, "paid")),
        (amount(&paid, "paid"), paid["totals"]["total"]["amount"].as_i64().unwrap())
    );
}

/// The one order that a customer has.
fn answers_id(customer: &Client) -> String {
    eventually("the one order in the history", MINUTE, || {
        let history = customer.get("/api/v1/orders").map_err(|error| error.to_string())?.body;
        match history["items"].as_array().map(Vec::as_slice) {
            Some([one]) => Ok(one["id"].as_str().unwrap().to_owned()),
            _ => Err(history.to_string()),
        }
    })
    .unwrap()
}

#[test]
fn case_5_a_webhook_three_times_around_the_clients_own_confirmation() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("case-5").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap();
    let (key, request) = (Client::new_key(), json!({"order_id": id, "gateway": "sandbox", "token": "tok_silent"}));
    let confirm = || customer.post_with_key("/api/v1/payments/initiate", &key, &request).unwrap();
    let early = json!({"id": "notice_early", "type": "charge.succeeded", "reference": order["id"],
        "amount": order["totals"]["total"], "reason": null});
    assert_eq!(webhook(&chain.nobody, &early, SECRET), 202, "of what nobody asked for yet; it waits a day");
    let payment = confirm().expect(201).unwrap();
    // The same notice three times, another of the same, and the client between them all.
    let notice = |name: &str| {
        json!({"id": name, "type": "charge.succeeded", "reference": payment["id"],
        "amount": order["totals"]["total"], "reason": null})
    };
    let (first, second) = (notice("notice_1"), notice("notice_2"));
    std::thread::scope(|scope| {
        for number in 0..6 {
            let (chain, first, second, confirm, payment) = (&chain, &first, &second, &confirm, &payment);
            scope.spawn(move || match number {
                0 | 2 | 4 => assert_eq!(webhook(&chain.nobody, first, SECRET), 204),
                1 => assert_eq!(webhook(&chain.nobody, second, SECRET), 204),
                _ => assert_eq!(confirm().expect(201).unwrap()["id"], payment["id"]),
            });
        }
    });
    let paid = wait_for_status(&customer, id, "confirmed");
    assert_eq!(confirm().expect(201).unwrap()["status"], "completed");
    assert_eq!(
        (paid["payment"]["payments"].as_array().unwrap().len(), &paid["payment"]["paid"]),
        (1, &order["totals"]["total"])
    );
    drained(&chain);
    assert_eq!(captured(&chain), amount(&paid, "paid"));
    eventually("the payment to be told of, once", MINUTE, || {
        let told = customer.all("/api/v1/notifications?limit=100").map_err(|error| error.to_string())?;
        let of_payment = told.iter().filter(|one| one["title"].as_str().unwrap().ends_with("is paid")).count();
        if of_payment == 1 { Ok(()) } else { Err(format!("{of_payment} times")) }
    })
    .unwrap();
}

#[test]
fn case_7_a_bank_that_asks_longer_than_the_hold_lasts() {
    if !wanted() {
        return;
    }
    let platform = Platform::start_with("case-7", &[("PAYMENT_DEADLINE_SECONDS", "8")]).unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(3)])).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap();
    pay(&customer, id, "tok_challenge");
    // Nobody knows how long the bank asks; another who never pays loses the hold at the first deadline.
    let other = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(2)])).unwrap().expect(201).unwrap();
    wait_for_status(&customer, other["id"].as_str().unwrap(), "expired");
    let confirmed = wait_for_status(&customer, id, "confirmed");
    assert!(confirmed["pay_by"].as_str() > order["pay_by"].as_str(), "held longer: {confirmed}");
    let told = confirmed["timeline"].as_array().unwrap().iter().filter_map(|entry| entry["reason"].as_str());
    assert!(told.clone().any(|reason| reason.contains("is under way; held until")), "{confirmed}");
    assert_eq!(chain.stock("cup").unwrap(), (10, 7));
    drained(&chain);
    assert_eq!(captured(&chain), amount(&confirmed, "paid"));
    // Expired and then paid is `deadline::a_payment_that_succeeds_too_late_goes_back`.
}

#[test]
#[allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM
fn case_12_what_expires_is_never_sold_and_the_first_to_expire_goes_first() {
    if !wanted() {
        return;
    }
    let chain = apart(4);
    let receive = |quantity: i64, seconds: u64, lot: &str| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let goods = json!({"store_id": chain.store, "kind": "receive", "sku": "cup", "quantity": quantity, "cost": quantity,
            "lot": lot, "expires_at": crate::amend::rfc3339(now + seconds)});
        chain.staff.post("/api/v1/inventory/stock-movement", &goods).unwrap().expect(201).unwrap();
    };
    // The other four never expire: they go last.
    receive(2, 7_200, "late");
    receive(2, 3_600, "soon");
    receive(5, 6, "now");
    let (_, customer) = chain.customer().unwrap();
    let journal = || chain.manager.all(&format!("/api/v1/inventory/{}/journal?limit=100", chain.store)).unwrap();
    // No request makes the date come: the journal is written by the store's own alarm.
    let thrown = eventually("the five to expire", MINUTE, || {
        let entries = journal();
        entries.iter().find(|entry| entry["kind"] == "expire").cloned().ok_or_else(|| "nothing expired".to_owned())
    })
    .unwrap();
    assert_eq!(thrown["moves"][0]["quantity"], -5);
    let refused = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(9)])).unwrap().expect(409).unwrap();
    assert_eq!(refused["short"], json!([{"sku": "cup", "wanted": 9, "available": 8}]));

    let batches =
        chain.staff.get(&format!("/api/v1/inventory/{}/batches?sku=cup", chain.store)).unwrap().expect(200).unwrap();
    let lot_of = |batch: &Value| {
        let found = batches.as_array().unwrap().iter().find(|known| known["id"] == *batch);
        found.and_then(|known| known["lot"].as_str()).unwrap_or("for ever").to_owned()
    };
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(5)])).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap();
    pay(&customer, id, "tok_success");
    wait_for_status(&customer, id, "confirmed");
    let to = json!({"status": "preparing"});
    chain.staff.put(&format!("/api/v1/orders/{id}/status"), &to).unwrap().expect(200).unwrap();
    let sale = journal().into_iter().find(|entry| entry["kind"] == "sale").unwrap();
    let cups = sale["moves"].as_array().unwrap().iter().filter(|part| part["sku"] == "cup");
    let taken: Vec<_> = cups.map(|part| (lot_of(&part["batch"]), part["quantity"].as_i64().unwrap())).collect();
    // The journal names them by the batches' numbers.
    let expected = [("for ever", -1), ("late", -2), ("soon", -2)];
    assert_eq!(taken, expected.map(|(lot, quantity)| (lot.to_owned(), quantity)));
    chain.check().unwrap();
}
