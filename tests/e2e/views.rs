//! Saved views of tables: one's own, shared with a franchisee's people or with the chain, and removed by who may.

use crate::{shared, wanted};
use kirana_tests::Client;
use serde_json::{Value, json};

fn saved(who: &Client, body: &Value) -> Value {
    who.post("/api/v1/table-views", body).unwrap().expect(201).unwrap()
}

fn names(who: &Client, query: &str) -> Vec<String> {
    let found = who.get(&format!("/api/v1/table-views?{query}")).unwrap().expect(200).unwrap();
    found.as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_view_is_seen_by_those_it_is_shared_with() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let of = format!("table=views-test&store_id={}", chain.store);
    let view = |name: &str, shared: &str| {
        json!({"table": "views-test", "name": name, "search": {"status": "preparing", "sort": "-placed"}, "columns": ["number"],
            "shared": shared, "store_id": chain.store})
    };
    let own = saved(&chain.staff, &view("Lek's", "own"));
    assert_eq!(
        (&own["mine"], &own["saved_by"], &own["search"]["sort"]),
        (&json!(true), &json!("Lek"), &json!("-placed"))
    );
    let post = |who: &Client, body: &Value| who.post("/api/v1/table-views", body).unwrap();
    assert_eq!(post(&chain.staff, &view("Lek's", "franchisee")).status, 403, "who leads shares");
    assert_eq!(post(&chain.manager, &view("Noi's", "chain")).status, 403, "what everybody sees is the chain's");
    let ours = saved(&chain.manager, &view("Ours", "franchisee"));
    let everybodys = saved(&chain.admin, &view("Everybody's", "chain"));
    assert_eq!(names(&chain.staff, &of), ["Lek's", "Everybody's", "Ours"], "one's own first");
    assert_eq!(names(&chain.manager, &of), ["Ours", "Everybody's"]);
    assert_eq!(
        names(&chain.staff, "table=views-test"),
        ["Lek's", "Everybody's"],
        "without a store nobody knows whose people"
    );
    assert_eq!(names(&chain.staff, &format!("table=other-table&store_id={}", chain.store)), Vec::<String>::new());

    // Of the same name it is the same view.
    let mut other = view("Lek's", "own");
    other["columns"] = json!(["number", "total"]);
    let again = saved(&chain.staff, &other);
    assert_eq!((&again["id"], &again["columns"]), (&own["id"], &json!(["number", "total"])));

    // Whose store it is not is told nothing of it, and what is wrong is said.
    let foreign = chain.open_another("Views", 1).unwrap();
    let elsewhere = format!("/api/v1/table-views?table=views-test&store_id={foreign}");
    assert_eq!(chain.staff.get(&elsewhere).unwrap().status, 404);
    let mut wrong = view("Wrong", "own");
    wrong["table"] = json!("a table");
    assert_eq!(post(&chain.staff, &wrong).expect(422).unwrap()["errors"][0]["path"], "table");
    let (_, customer) = chain.customer().unwrap();
    assert_eq!(customer.get("/api/v1/table-views").unwrap().status, 403);

    let remove = |who: &Client, view: &Value| {
        let path = format!("/api/v1/table-views/{}", view["id"].as_str().unwrap());
        who.send("DELETE", &path, None, None).unwrap().status
    };
    assert_eq!((remove(&chain.staff, &ours), remove(&chain.manager, &own)), (404, 404));
    assert_eq!((remove(&chain.staff, &own), remove(&chain.staff, &own)), (204, 404));
    assert_eq!((remove(&chain.admin, &ours), remove(&chain.admin, &everybodys)), (204, 204));
    assert_eq!(names(&chain.staff, &of), Vec::<String>::new());
}
