//! A month with a franchisee: royalties, payout, close.

use super::{MINUTE, books, sell_offline};
use crate::wanted;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};

/// Somebody who owns a franchise.
fn owner(chain: &Chain, email: &str, franchisee: &Value) -> Client {
    let user = json!({"email": email, "password": "correct horse battery", "name": "Somsri", "roles": ["owner"], "franchisee_id": franchisee});
    chain.admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
    let login = json!({"email": email, "password": "correct horse battery"});
    let session = chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    chain.nobody.with_token(session["access_token"].as_str().unwrap())
}

#[test]
fn a_month_is_settled_with_a_franchisee_and_closed() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("royalties").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let id = chain.franchisee.as_str().unwrap();
    let other =
        chain.admin.post("/api/v1/franchisees", &json!({"name": "Chiang Mai Tea"})).unwrap().expect(201).unwrap();
    let (own, foreign) =
        (owner(&chain, "own@books.example", &chain.franchisee), owner(&chain, "foreign@books.example", &other["id"]));
    let at = |what: &str| format!("/api/v1/franchisees/{id}/{what}");
    let january =
        json!({"period": {"name": "2025-01", "from": "2025-01-01T00:00:00Z", "until": "2025-02-01T00:00:00Z"}});
    assert_eq!(chain.admin.post(&at("royalties"), &january).unwrap().expect(409).unwrap()["code"], "no_agreement");
    let mut terms = json!({"currency": "THB", "base": "net", "fees_count": false, "excluded_categories": [], "excluded_tenders": [],
        "royalty": {"type": "percentage", "rate": 60_000}, "marketing_rate": 20_000,
        "taxes": [{"tax": {"place": "TH", "tax": "vat"}, "rate": 70_000}]});
    terms["marketing_rate"] = json!(1_000_001);
    chain.admin.put(&at("royalty-agreement"), &terms).unwrap().expect(422).unwrap();
    terms["marketing_rate"] = json!(20_000);
    chain.admin.put(&at("royalty-agreement"), &terms).unwrap().expect(200).unwrap();
    assert_eq!(own.get(&at("royalty-agreement")).unwrap().expect(200).unwrap(), terms);

    // Five cups in January, one before and one after: 110.00 and 440.00 come to 102.80 + 411.21 without tax.
    sell_offline(
        &chain,
        &[
            (1, "2025-01-10T10:00:00Z", "cash", 1),
            (2, "2025-01-20T10:00:00Z", "cash", 4),
            (3, "2025-02-02T10:00:00Z", "cash", 1),
        ],
    );
    let sales = 10_280 + 41_121;
    eventually("the sales to be in the books", MINUTE, || {
        let found = books(&chain);
        if found.get("sales") == Some(&-(sales + 10_280)) { Ok(()) } else { Err(format!("{found:?}")) }
    })
    .unwrap();
    // A statement is drawn on closed books: it says which period to close first.
    let early = chain.admin.post(&at("royalties"), &january).unwrap().expect(409).unwrap();
    assert_eq!((&early["code"], &early["close_first"]["name"]), (&json!("period_not_closed"), &json!("2025-01")));
    let close = "/api/v1/ledger/periods/2025-01/close";
    let until = |end: &str| json!({"until": end});
    assert_eq!(
        chain.admin.post(close, &until("2099-01-01T00:00:00Z")).unwrap().expect(409).unwrap()["code"],
        "period_not_over"
    );
    for _ in 0..2 {
        chain.admin.post(close, &until("2025-02-01T00:00:00Z")).unwrap().expect(200).unwrap();
    }
    let posted = chain.admin.post(&at("royalties"), &january).unwrap().expect(201).unwrap();
    // 514.01: 6 % are 30.8406, 2 % are 10.2802, 7 % of 41.12 are 2.8784.
    let figure = |name: &str| posted["statement"][name]["amount"].as_i64().unwrap();
    assert_eq!(["base", "royalty", "marketing", "total"].map(figure), [51_401, 3_084, 1_028, 3_084 + 1_028 + 288]);
    assert_eq!(posted["stores"], json!([{"store_id": chain.store, "amount": {"amount": sales, "currency": "THB"}}]));
    assert_eq!(chain.admin.post(&at("royalties"), &january).unwrap().expect(200).unwrap(), posted, "once");
    let overlapping =
        json!({"period": {"name": "more", "from": "2025-01-15T00:00:00Z", "until": "2025-03-01T00:00:00Z"}});
    assert_eq!(
        chain.admin.post(&at("royalties"), &overlapping).unwrap().expect(409).unwrap()["code"],
        "period_overlaps"
    );

    // The franchisee sees it, and nobody else's does.
    let account = format!("/api/v1/ledger/accounts/franchisee:{id}/statement");
    let owed = sales - (3_084 + 1_028 + 288);
    let statement = own.get(&account).unwrap().expect(200).unwrap();
    assert_eq!(
        (statement["closing"]["amount"].as_i64(), statement["lines"].as_array().unwrap().len()),
        (Some(owed), 4)
    );
    own.get(&format!("/api/v1/ledger/accounts/sales:{}/statement", chain.store)).unwrap().expect(200).unwrap();
    own.get("/api/v1/ledger/accounts/tax:TH%2Fvat/statement").unwrap().expect(404).unwrap();
    let seen = own.get("/api/v1/ledger/trial-balance").unwrap().expect(200).unwrap();
    let mine = |account: &str| account.contains(&chain.store) || account.contains(id);
    let accounts: Vec<_> =
        seen["rows"].as_array().unwrap().iter().map(|row| row["account"].as_str().unwrap()).collect();
    assert!(accounts.len() == 6 && accounts.iter().all(|account| mine(account)), "{accounts:?}");
    assert_eq!(foreign.get("/api/v1/ledger/trial-balance").unwrap().expect(200).unwrap()["rows"], json!([]));
    for path in [
        account.as_str(),
        &format!("/api/v1/ledger/accounts/sales:{}/statement", chain.store),
        &at("royalty-agreement"),
    ] {
        foreign.get(path).unwrap().expect(404).unwrap();
    }
    for client in [&own, &foreign, &chain.manager] {
        client.get("/api/v1/payments/ledger").unwrap().expect(403).unwrap();
        client.post(&at("royalties"), &january).unwrap().expect(403).unwrap();
    }

    // Paid what is owed and not a satang more, once.
    let payout = |amount: i64, key: &str| {
        let body = json!({"amount": {"amount": amount, "currency": "THB"}, "bank": "main"});
        chain.admin.post_with_key(&at("payouts"), key, &body).unwrap()
    };
    assert_eq!(payout(owed + 1, "payout-of-2025-p-0").expect(409).unwrap()["code"], "not_owed");
    for _ in 0..2 {
        assert_eq!(payout(owed, "payout-of-2025-p-1").expect(201).unwrap()["owed"]["amount"], 0);
    }
    assert_eq!(payout(owed - 1, "payout-of-2025-p-1").expect(422).unwrap()["code"], "idempotency_key_reused");
    assert_eq!(payout(1, "payout-of-2025-p-2").expect(409).unwrap()["code"], "not_owed");

    // January is closed: nothing goes into it any more, and what comes late counts in February.
    let wrong = json!({"from": "2025-01-20T00:00:00Z", "until": "2025-03-01T00:00:00Z"});
    let refused = chain.admin.post("/api/v1/ledger/periods/2025-02/close", &wrong).unwrap().expect(409).unwrap();
    assert_eq!(refused["code"], "period_order");
    let late = json!({"amount": {"amount": 1, "currency": "THB"}, "bank": "main", "at": "2025-01-31T23:59:59Z"});
    let refused = chain.admin.post_with_key(&at("payouts"), "payout-of-2025-late", &late).unwrap().expect(409).unwrap();
    assert_eq!(refused["code"], "period_closed");
    let trial =
        chain.admin.get("/api/v1/ledger/trial-balance?until=2025-02-01T00:00:00Z").unwrap().expect(200).unwrap();
    let temporary = |row: &&Value| ["income", "expense"].contains(&row["account_type"].as_str().unwrap());
    assert!(trial["rows"].as_array().unwrap().iter().filter(temporary).all(|row| row["balance"] == 0), "{trial}");
    sell_offline(&chain, &[(4, "2025-01-25T10:00:00Z", "cash", 1)]);
    let february = format!("/api/v1/ledger/accounts/sales:{}/statement?from=2025-02-01T00:00:00Z", chain.store);
    eventually("the late sale to be booked", MINUTE, || {
        let statement = chain.admin.get(&february).map_err(|error| error.to_string())?.body;
        let line = statement["lines"][0].clone();
        let told =
            line["note"].as_str().is_some_and(|note| note.contains("came late: happened on 2025-01-25T10:00:00.000Z"));
        if told && line["booked_at"] == "2025-02-01T00:00:00.000Z" { Ok(()) } else { Err(statement.to_string()) }
    })
    .unwrap();
    let february =
        json!({"period": {"name": "2025-02", "from": "2025-02-01T00:00:00Z", "until": "2025-03-01T00:00:00Z"}});
    let march = json!({"period": {"name": "2025-03", "from": "2025-03-01T00:00:00Z", "until": "2025-04-01T00:00:00Z"}});
    let early = chain.admin.post(&at("royalties"), &march).unwrap().expect(409).unwrap();
    let open = json!({"name": null, "from": "2025-02-01T00:00:00.000Z", "until": "2025-03-01T00:00:00.000Z"});
    assert_eq!((&early["code"], &early["close_first"]), (&json!("period_not_closed"), &open));
    // Both are closed before either is drawn: what February credits is booked in April, and March does not credit it again.
    for (name, end) in [("2025-02", "2025-03-01T00:00:00Z"), ("2025-03", "2025-04-01T00:00:00Z")] {
        let close = format!("/api/v1/ledger/periods/{name}/close");
        chain.admin.post(&close, &until(end)).unwrap().expect(200).unwrap();
    }
    let posted = chain.admin.post(&at("royalties"), &february).unwrap().expect(201).unwrap();
    assert_eq!(posted["statement"]["base"]["amount"], 2 * 10_280, "the late one, and that of February");
    let earned = json!([{"store_id": chain.store, "amount": {"amount": 2 * 10_280, "currency": "THB"}}]);
    assert_eq!(posted["stores"], earned);
    let empty = chain.admin.post(&at("royalties"), &march).unwrap().expect(201).unwrap();
    assert_eq!((&empty["statement"]["base"]["amount"], &empty["stores"]), (&json!(0), &json!([])), "{empty}");
    statements(&own, &foreign, &chain, &at("royalties"));
    books(&chain);
}

/// The owner reads each statement, the newest first, with the one before it and the year; nobody else's owner does.
fn statements(own: &Client, foreign: &Client, chain: &Chain, path: &str) {
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = own.get(&format!("{path}?limit=2{cursor}")).unwrap().expect(200).unwrap();
        for one in page["items"].as_array().unwrap() {
            names.push(one["period"]["name"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(names, ["2025-03", "2025-02", "2025-01"]);
    let wrong = own.get(&format!("{path}?cursor=yesterday")).unwrap().expect(400).unwrap();
    assert_eq!(wrong["code"], "invalid_cursor");
    let february = own.get(&format!("{path}/2025-02")).unwrap().expect(200).unwrap();
    assert_eq!(february["posted"]["statement"]["base"]["amount"], 2 * 10_280);
    assert_eq!(february["previous"]["period"]["name"], "2025-01");
    assert_eq!(february["previous"]["figures"]["total"]["amount"], 3_084 + 1_028 + 288);
    let year = &february["year_to_date"];
    assert_eq!((&year["year"], &year["statements"]), (&json!("2025"), &json!(2)), "March comes later");
    assert_eq!(year["figures"]["base"]["amount"], 51_401 + 2 * 10_280);
    // 205.60: 6 % are 12.336, 2 % are 4.112, 7 % of 16.45 are 1.1515.
    assert_eq!(year["figures"]["total"]["amount"], 3_084 + 1_028 + 288 + 1_234 + 411 + 115);
    assert_eq!(year["figures"]["taxes"]["amount"], 288 + 115);
    let first = chain.admin.get(&format!("{path}/2025-01")).unwrap().expect(200).unwrap();
    assert_eq!((&first["previous"], &first["year_to_date"]["statements"]), (&Value::Null, &json!(1)));
    own.get(&format!("{path}/2024-12")).unwrap().expect(404).unwrap();
    for foreign_path in [path.to_owned(), format!("{path}/2025-02")] {
        foreign.get(&foreign_path).unwrap().expect(404).unwrap();
        chain.manager.get(&foreign_path).unwrap().expect(403).unwrap();
    }
}
