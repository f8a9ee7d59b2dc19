//! Feature flags: said by admins, from wide to narrow, for a part of all customers; in the audit log before they count.

use crate::{shared, wanted};
use kirana_tests::Client;
use serde_json::{Value, json};

fn tips(who: &Client, store: Option<&str>) -> bool {
    let path = store.map_or("/api/v1/flags".to_owned(), |store| format!("/api/v1/flags?store_id={store}"));
    who.get(&path).unwrap().expect(200).unwrap()["flags"]["tips"].as_bool().unwrap()
}

#[test]
fn a_flag_is_on_for_whom_it_was_said() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (store, other) = (chain.open_another("Flags", 1).unwrap(), chain.open_another("No flags", 1).unwrap());
    let say = |who: &Client, body: &Value| who.put("/api/v1/flags/tips", body).unwrap();
    let of_store = |percent: Value| json!({"scope": "store", "subject_id": store, "percent": percent});
    assert!(tips(&chain.nobody, None) && tips(&chain.nobody, Some(&store)), "it is on while nobody says anything");
    assert_eq!(say(&chain.manager, &of_store(json!(0))).status, 403, "flags are the chain's");

    say(&chain.admin, &of_store(json!(0))).expect(200).unwrap();
    let (_, ann) = chain.customer().unwrap();
    assert!(!tips(&ann, Some(&store)) && tips(&ann, Some(&other)) && tips(&ann, None));
    // A part: who is not signed in has no part of it, and somebody is always in or always out.
    let said = say(&chain.admin, &of_store(json!(50))).expect(200).unwrap();
    assert_eq!((&said["settings"][0]["percent"], said["settings"].as_array().unwrap().len()), (&json!(50), 1));
    assert!(!tips(&chain.nobody, Some(&store)));
    // Which part, the rule beside its code counts; here it is the same each time that somebody asks.
    let people: Vec<Client> = (0..4).map(|_| chain.customer().unwrap().1).collect();
    let ask = || people.iter().map(|one| tips(one, Some(&store))).collect::<Vec<_>>();
    assert_eq!(ask(), ask());
    say(&chain.admin, &of_store(json!(100))).expect(200).unwrap();
    assert!(people.iter().all(|one| tips(one, Some(&store))));

    // What is wrong is said, and every change is in the audit log.
    let wrong = |body: &Value| say(&chain.admin, body).expect(422).unwrap()["errors"][0]["path"].clone();
    assert_eq!(wrong(&json!({"scope": "store", "percent": 1})), "subject_id");
    assert_eq!(wrong(&json!({"scope": "chain", "subject_id": store, "percent": 1})), "subject_id");
    assert_eq!(wrong(&json!({"scope": "store", "subject_id": chain.franchisee, "percent": 1})), "subject_id");
    assert_eq!(wrong(&of_store(json!(101))), "percent");
    let unknown = chain.admin.put("/api/v1/flags/no-such", &json!({"scope": "chain", "percent": 1})).unwrap();
    assert_eq!(unknown.status, 404);
    let log = chain.admin.get("/api/v1/audit?action=flag.set&limit=100").unwrap().expect(200).unwrap();
    let told = log["items"].as_array().unwrap().iter().filter(|entry| entry.to_string().contains(&store)).count();
    assert_eq!(told, 3, "{log}");

    let gone = say(&chain.admin, &of_store(Value::Null)).expect(200).unwrap();
    assert!(gone["settings"].as_array().unwrap().iter().all(|one| one["subject_id"] != store.as_str()), "{gone}");
}
