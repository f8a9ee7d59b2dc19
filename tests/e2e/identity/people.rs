//! What somebody tells of themselves, who may read it, and that nobody makes themselves more than they are (S7).

use super::{account, client, log_in, new_email, until_refused};
use crate::{shared, wanted};
use kirana_tests::eventually;
use serde_json::{Value, json};
use std::time::Duration;

fn home(label: &str) -> Value {
    json!({"address": {"label": label, "recipient": "Mali", "street": "12 Rama I Road", "city": "Bangkok",
        "postal_code": "10330", "country": "TH", "phone": "+66812345678",
        "position": {"latitude": 13.7457, "longitude": 100.5343}}})
}

/// Somebody with a session: the id, and a client that is them.
fn somebody(who: &str) -> (String, kirana_tests::Client) {
    let session = log_in(&account(who, &["customer"]), "phone");
    (session["user"]["id"].as_str().unwrap().to_owned(), client(&session))
}

#[test]
fn a_profile_is_its_users_to_change_and_supports_to_see() {
    if !wanted() {
        return;
    }
    let ((id, me), (_, other)) = (somebody("profile"), somebody("nosy"));
    let path = format!("/api/v1/users/{id}");
    let phone = format!("+6691{}", 1_000_000 + std::process::id() % 9_000_000);
    let change = json!({"name": "Mali Suksan", "locale": "th-TH", "phone": phone});
    let changed = me.put(&path, &change).unwrap().expect(200).unwrap();
    assert_eq!(
        (&changed["name"], &changed["locale"], &changed["phone"]),
        (&change["name"], &change["locale"], &change["phone"])
    );
    assert_eq!(me.get(&format!("/api/v1/customers/{id}")).unwrap().expect(200).unwrap()["phone"], json!(phone));
    for bad in
        [json!({"name": ""}), json!({"name": "x", "phone": "0812"}), json!({"name": "x", "locale": "thai language"})]
    {
        me.put(&path, &bad).unwrap().expect(422).unwrap();
    }
    // To others it is not there.
    let nothing = other.get("/api/v1/users/0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44").unwrap().expect(404).unwrap();
    for customer in [path.clone(), format!("/api/v1/customers/{id}")] {
        assert_eq!(other.get(&customer).unwrap().expect(404).unwrap(), nothing);
        other.put(&customer, &change).unwrap().expect(404).unwrap();
    }
    // Support finds people by name, address or telephone, and changes nothing.
    let support = client(&log_in(&account("support", &["support"]), "desk"));
    for q in ["mali%20suk", "profile-", &phone.replace('+', "%2B")] {
        let found = support.get(&format!("/api/v1/users?role=customer&q={q}&limit=100")).unwrap().expect(200).unwrap();
        assert!(found["items"].as_array().unwrap().iter().any(|user| user["id"] == json!(id)), "{q}: {found}");
    }
    let none = support.get("/api/v1/users/customers?q=nobody-is-called-so").unwrap().expect(200).unwrap();
    assert_eq!(none["items"], json!([]));
    support.get(&path).unwrap().expect(200).unwrap();
    support.put(&path, &change).unwrap().expect(404).unwrap();
    other.get("/api/v1/users?q=mali").unwrap().expect(403).unwrap();
}

#[test]
fn of_many_addresses_one_is_the_default() {
    if !wanted() {
        return;
    }
    let ((id, me), (_, other)) = (somebody("addressee"), somebody("burglar"));
    let path = format!("/api/v1/customers/{id}/addresses");
    let add = |label: &str, default: bool| {
        let mut address = home(label);
        address["is_default"] = json!(default);
        me.post(&path, &address).unwrap().expect(201).unwrap()
    };
    let defaults = |list: &Value| -> Vec<String> {
        let all = list.as_array().unwrap().iter().filter(|one| one["is_default"] == true);
        all.map(|one| one["address"]["label"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(defaults(&add("Home", false)), ["Home"], "the first is");
    assert_eq!(defaults(&add("Work", false)), ["Home"]);
    let three = add("Parents", true);
    assert_eq!((three.as_array().unwrap().len(), defaults(&three)), (3, vec!["Parents".to_owned()]));
    let at = |n: usize| format!("{path}/{}", three[n]["id"].as_str().unwrap());
    assert_eq!(defaults(&me.put(&at(1), &home("Office")).unwrap().expect(200).unwrap()), ["Parents"]);
    me.send("DELETE", &at(2), None, None).unwrap().expect(204).unwrap();
    let left = me.get(&path).unwrap().expect(200).unwrap();
    assert_eq!((defaults(&left), &left[1]["address"]["label"]), (vec!["Home".to_owned()], &json!("Office")));
    let mut bad = home("X");
    bad["address"]["country"] = json!("Thailand");
    assert_eq!(me.post(&path, &bad).unwrap().expect(422).unwrap()["errors"][0]["path"], "address.country");
    // Somebody else's addresses are nobody's.
    let own = format!("/api/v1/customers/{}/addresses", somebody("own").0);
    other.get(&path).unwrap().expect(404).unwrap();
    other.post(&path, &home("X")).unwrap().expect(404).unwrap();
    other.put(&at(0), &home("X")).unwrap().expect(404).unwrap();
    other.send("DELETE", &at(0), None, None).unwrap().expect(404).unwrap();
    me.put(&at(0).replace(&path, &own), &home("X")).unwrap().expect(404).unwrap();
}

#[test]
fn tastes_are_kept() {
    if !wanted() {
        return;
    }
    let ((id, me), (_, other)) = (somebody("gourmet"), somebody("gossip"));
    let preferences = format!("/api/v1/customers/{id}/preferences");
    assert_eq!(me.get(&preferences).unwrap().expect(200).unwrap()["organic"], false);
    let liked = json!({"organic": true, "seasonal": false, "local": true, "dietary": ["vegan"],
        "channels": {"email": true, "sms": false, "push": false}});
    me.put(&preferences, &liked).unwrap().expect(200).unwrap();
    assert_eq!(me.get(&preferences).unwrap().expect(200).unwrap(), liked);
    let favourites = format!("/api/v1/customers/{id}/favourites");
    let store = format!("{favourites}/store/{}", shared().store);
    for _ in 0..2 {
        me.send("PUT", &store, None, None).unwrap().expect(204).unwrap();
    }
    let list = me.get(&favourites).unwrap().expect(200).unwrap();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["id"]), (1, &json!(shared().store)));
    me.send("DELETE", &store, None, None).unwrap().expect(204).unwrap();
    assert_eq!(me.get(&favourites).unwrap().expect(200).unwrap(), json!([]));
    for path in [&preferences, &favourites] {
        other.get(path).unwrap().expect(404).unwrap();
    }
    me.send("PUT", &format!("{favourites}/planet/{id}"), None, None).unwrap().expect(404).unwrap();
}

#[test]
fn an_age_is_checked_and_no_birth_date_kept() {
    if !wanted() {
        return;
    }
    let (_, me) = somebody("adult");
    let path = "/api/v1/users/customer/age-verify";
    let check = |document: &str, age: u32| {
        me.post(path, &json!({"provider": "sandbox", "document": document, "min_age": age})).unwrap()
    };
    assert_eq!(check("doc_age_19", 20).expect(201).unwrap()["passed"], false);
    let passed = check("doc_age_20", 20).expect(201).unwrap();
    assert_eq!(passed["passed"], true);
    assert!(passed["expires_at"].as_str().unwrap() > passed["at"].as_str().unwrap());
    assert_eq!(check("doc_age_20", 0).status, 422);
    me.post(path, &json!({"provider": "a friend", "document": "x", "min_age": 20})).unwrap().expect(422).unwrap();
    let list = me.get(path).unwrap().expect(200).unwrap();
    assert_eq!((list.as_array().unwrap().len(), list.to_string().contains("doc_age")), (2, false));
}

/// Every file of the shared platform's state that holds these bytes.
fn files_with(canary: &str) -> Vec<String> {
    fn visit(path: &std::path::Path, canary: &[u8], found: &mut Vec<String>) {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                visit(&entry.path(), canary, found);
            } else if std::fs::read(entry.path()).unwrap_or_default().windows(canary.len()).any(|bytes| bytes == canary)
            {
                found.push(entry.path().display().to_string());
            }
        }
    }
    let state = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/e2e/shared");
    let mut found = Vec::new();
    visit(&state, canary.as_bytes(), &mut found);
    found
}

#[test]
fn what_is_personal_lies_nowhere_open() {
    if !wanted() {
        return;
    }
    let (id, me) = somebody("private");
    let phone = format!("+6682{}", 1_000_000 + std::process::id() % 9_000_000);
    let name = format!("Canary {id}");
    me.put(&format!("/api/v1/users/{id}"), &json!({"name": name, "phone": phone})).unwrap().expect(200).unwrap();
    let mut address = home("Home");
    address["address"]["street"] = json!(format!("street-canary-{id}"));
    me.post(&format!("/api/v1/customers/{id}/addresses"), &address).unwrap().expect(201).unwrap();
    let check = json!({"provider": "sandbox", "document": format!("document-canary-{id}"), "min_age": 20});
    me.post("/api/v1/users/customer/age-verify", &check).unwrap().expect(201).unwrap();
    assert!(!files_with(&name).is_empty(), "names are not sealed: the search finds what is there");
    for sealed in [phone, format!("street-canary-{id}"), format!("document-canary-{id}")] {
        assert_eq!(files_with(&sealed), Vec::<String>::new(), "{sealed}");
    }
}

#[test]
fn who_is_forgotten_is_nowhere() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let email = account("forgotten", &["customer"]);
    let session = log_in(&email, "phone");
    let (id, me) = (session["user"]["id"].as_str().unwrap(), client(&session));
    me.post(&format!("/api/v1/customers/{id}/addresses"), &home("Home")).unwrap().expect(201).unwrap();
    let path = format!("/api/v1/users/{id}");
    somebody("eraser").1.send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
    me.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    until_refused(&me);
    chain.admin.get(&path).unwrap().expect(404).unwrap();
    let found = chain.admin.get(&format!("/api/v1/users?q={email}")).unwrap().expect(200).unwrap();
    assert_eq!(found["items"], json!([]));
    // Whoever else knows something hears of it: within seconds.
    eventually("the addresses to be forgotten", Duration::from_secs(60), || {
        let path = format!("/api/v1/customers/{id}/addresses");
        let addresses = chain.admin.get(&path).map_err(|error| error.to_string())?.body;
        if addresses == json!([]) { Ok(()) } else { Err(addresses.to_string()) }
    })
    .unwrap();
    let login = json!({"email": email, "password": super::PASSWORD});
    chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(401).unwrap();
    // The address is free, and who works for the chain is dismissed before they are forgotten.
    let again = json!({"email": email, "password": super::PASSWORD, "name": "New", "roles": ["staff"], "stores": [chain.store]});
    let staff = chain.admin.post("/api/v1/users", &again).unwrap().expect(201).unwrap();
    let staff = format!("/api/v1/users/{}", staff["id"].as_str().unwrap());
    assert_eq!(chain.admin.send("DELETE", &staff, None, None).unwrap().expect(409).unwrap()["code"], "works_here");
}

#[test]
fn who_is_invited_chooses_the_password() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let email = new_email("invited");
    let invite = |who: &kirana_tests::Client, roles: &[&str], email: &str| {
        let body = json!({"email": email, "name": "Ploy", "roles": roles, "stores": [chain.store]});
        who.post("/api/v1/invitations", &body).unwrap()
    };
    assert_eq!(invite(&chain.manager, &["manager"], &email).status, 403, "a manager invites staff");
    let made = invite(&chain.manager, &["staff"], &email).expect(201).unwrap();
    let letter = chain.letter(&email, "You are invited").unwrap();
    let token = letter.split_whitespace().find(|word| word.len() == 101).unwrap();
    let accept = |token: &str, password: &str| {
        chain.nobody.post("/api/v1/auth/accept-invitation", &json!({"token": token, "password": password})).unwrap()
    };
    assert_eq!(accept(token, "password1").status, 422);
    let session = accept(token, "a brand new one").expect(201).unwrap();
    assert_eq!((&session["user"]["roles"], &session["user"]["email_verified"]), (&json!(["staff"]), &json!(true)));
    client(&session).get(&format!("/api/v1/stores/{}/kitchen/tickets", chain.store)).unwrap().expect(200).unwrap();
    assert_eq!(accept(token, "a brand new one").status, 400, "once");
    let list = chain.manager.get("/api/v1/invitations?limit=100").unwrap().expect(200).unwrap();
    assert!(!list["items"].as_array().unwrap().iter().any(|one| one["id"] == made["id"]), "{list}");

    let other = new_email("uninvited");
    let made = invite(&chain.manager, &["staff"], &other).expect(201).unwrap();
    let letter = chain.letter(&other, "You are invited").unwrap();
    let token = letter.split_whitespace().find(|word| word.len() == 101).unwrap();
    let path = format!("/api/v1/invitations/{}", made["id"].as_str().unwrap());
    chain.manager.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    assert_eq!(accept(token, "a brand new one").expect(400).unwrap()["code"], "invalid_token");
}

#[test]
fn an_owner_invites_and_sees_who_works_in_its_own_franchise() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let other = chain.admin.post("/api/v1/franchisees", &json!({"name": "Isan Tea"})).unwrap().expect(201).unwrap();
    let owner = |franchisee: &Value| {
        let email = new_email("owner");
        let user = json!({"email": email, "password": super::PASSWORD, "name": "Somsri", "roles": ["owner"], "franchisee_id": franchisee});
        chain.admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
        let login = json!({"email": email, "password": super::PASSWORD});
        client(&chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap())
    };
    let (own, foreign) = (owner(&chain.franchisee), owner(&other["id"]));
    let email = new_email("by-owner");
    let invite = |who: &kirana_tests::Client, roles: &[&str], franchisee: &Value| {
        let body = json!({"email": email, "name": "Ploy", "roles": roles, "stores": [chain.store], "franchisee_id": franchisee});
        who.post("/api/v1/invitations", &body).unwrap()
    };
    let refused: [(&kirana_tests::Client, &[&str], &Value); 5] = [
        (&foreign, &["staff"], &Value::Null),
        (&own, &["owner"], &chain.franchisee),
        (&own, &["manager"], &chain.franchisee),
        (&own, &["staff", "support"], &Value::Null),
        (&own, &["admin"], &Value::Null),
    ];
    for (who, roles, franchisee) in refused {
        let answer = invite(who, roles, franchisee);
        assert_eq!(answer.status, 403, "{roles:?} {franchisee}: {}", answer.text);
    }
    let made = invite(&own, &["manager"], &Value::Null).expect(201).unwrap();
    let waits = |who: &kirana_tests::Client| {
        let list = who.get("/api/v1/invitations?limit=100").unwrap().expect(200).unwrap();
        list["items"].as_array().unwrap().iter().any(|one| one["id"] == made["id"])
    };
    assert!(waits(&own) && !waits(&foreign));
    let path = format!("/api/v1/invitations/{}", made["id"].as_str().unwrap());
    foreign.send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
    let letter = chain.letter(&email, "You are invited").unwrap();
    let token = letter.split_whitespace().find(|word| word.len() == 101).unwrap();
    let body = json!({"token": token, "password": "a brand new one"});
    let session = chain.nobody.post("/api/v1/auth/accept-invitation", &body).unwrap().expect(201).unwrap();
    assert_eq!(session["user"]["roles"], json!(["manager"]));

    for list in ["users", "users/staff"] {
        let of_store = format!("/api/v1/{list}?limit=100&store_id={}&role=manager", chain.store);
        let seen = own.get(&of_store).unwrap().expect(200).unwrap();
        assert!(seen["items"].as_array().unwrap().iter().any(|one| one["email"] == email), "{seen}");
        foreign.get(&of_store).unwrap().expect(403).unwrap();
        own.get(&format!("/api/v1/{list}")).unwrap().expect(403).unwrap();
    }
}

#[test]
fn nobody_makes_themselves_more_than_they_are() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (id, me) = somebody("climber");
    let more = [
        ("roles", json!(["admin"])),
        ("role", json!("admin")),
        ("stores", json!([chain.store])),
        ("franchisee_id", json!(chain.store)),
        ("tenant_id", json!(chain.store)),
        ("id", json!(chain.store)),
        ("user_id", json!(chain.store)),
        ("email_verified", json!(true)),
        ("verified_at", json!(1)),
        ("version", json!(99)),
        ("password_hash", json!("x")),
        ("points", json!(1_000_000)),
        ("created_at", json!("2020-01-01T00:00:00Z")),
        ("__proto__", json!({"roles": ["admin"]})),
    ];
    let login = json!({"email": new_email("x"), "password": super::PASSWORD});
    let register = json!({"email": new_email("x"), "password": super::PASSWORD, "name": "Mali"});
    let calls = [
        (&chain.nobody, "POST", "/api/v1/auth/register".to_owned(), register),
        (&chain.nobody, "POST", "/api/v1/auth/login".to_owned(), login),
        (&chain.nobody, "POST", "/api/v1/auth/refresh-token".to_owned(), json!({"refresh_token": "x"})),
        (&chain.nobody, "POST", "/api/v1/auth/forgot-password".to_owned(), json!({"email": "a@b.example"})),
        (&chain.nobody, "POST", "/api/v1/auth/reset-password".to_owned(), json!({"token": "x", "password": "y"})),
        (&me, "PUT", format!("/api/v1/users/{id}"), json!({"name": "Mali"})),
        (&me, "PUT", format!("/api/v1/customers/{id}"), json!({"name": "Mali"})),
        (&me, "PUT", format!("/api/v1/customers/{id}/preferences"), json!({"organic": true})),
        (&me, "POST", format!("/api/v1/customers/{id}/addresses"), home("Home")),
        (
            &me,
            "POST",
            "/api/v1/users/customer/age-verify".to_owned(),
            json!({"provider": "sandbox", "document": "x", "min_age": 20}),
        ),
        (&me, "POST", "/api/v1/auth/step-up".to_owned(), json!({"password": super::PASSWORD})),
    ];
    for (who, method, path, body) in &calls {
        for (field, value) in &more {
            if body.get(*field).is_some() {
                continue;
            }
            let mut body = body.clone();
            body[*field] = value.clone();
            let answer = who.send(method, path, Some(&body.to_string()), None).unwrap();
            assert_eq!(
                (answer.status, answer.body["code"].as_str()),
                (422, Some("invalid_body")),
                "{method} {path} {field}"
            );
        }
    }
    let now = me.get("/api/v1/auth/me").unwrap().expect(200).unwrap();
    assert_eq!((&now["roles"], &now["stores"], &now["id"]), (&json!(["customer"]), &json!([]), &json!(id)));
    // Nor does a manager make anybody more than staff of its own stores, or itself anything.
    let user = |roles: &[&str]| json!({"email": new_email("y"), "password": super::PASSWORD, "name": "Y", "roles": roles, "stores": [chain.store]});
    for roles in
        [&["admin"][..], &["manager"], &["owner"], &["support"], &["staff", "admin"], &["service"], &["device"]]
    {
        let status = chain.manager.post("/api/v1/users", &user(roles)).unwrap().status;
        assert!(matches!(status, 403 | 422), "{roles:?}: {status}");
    }
    let manager = chain.manager.get("/api/v1/auth/me").unwrap().expect(200).unwrap();
    let rights = format!("/api/v1/users/{}/rights", manager["id"].as_str().unwrap());
    chain.manager.put(&rights, &json!({"roles": ["admin"]})).unwrap().expect(403).unwrap();
}

#[test]
fn whoever_changes_rights_is_written_down() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let session = log_in(&account("promoted", &["customer"]), "phone");
    let (id, me) = (session["user"]["id"].as_str().unwrap(), client(&session));
    let path = format!("/api/v1/users/{id}/rights");
    let admin = chain.admin.with_header("x-reason", "opens the second shift");
    let rights = json!({"roles": ["customer", "staff"], "stores": [chain.store]});
    admin.put(&path, &rights).unwrap().expect(200).unwrap();
    until_refused(&me);
    admin.send("DELETE", &format!("/api/v1/users/{id}/sessions"), None, None).unwrap().expect(204).unwrap();
    let refresh = json!({"refresh_token": session["refresh_token"]});
    chain.nobody.post("/api/v1/auth/refresh-token", &refresh).unwrap().expect(401).unwrap();
    let place = format!("/api/v1/stores/{}/staff/{id}", chain.store);
    chain.manager.send("DELETE", &place, None, None).unwrap().expect(204).unwrap();

    let log = chain.admin.get(&format!("/api/v1/audit?object={id}")).unwrap().expect(200).unwrap();
    let actions: Vec<_> = log["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["user.stores", "user.sessions_ended", "user.rights", "user.made"]);
    let entry = &log["items"][2];
    assert_eq!((&entry["reason"], &entry["actor"]), (&json!("opens the second shift"), &json!("admin")));
    assert_eq!(entry["before"], json!("[[\"customer\"],[],null]"));
    assert_eq!(entry["after"], json!(format!("[[\"customer\",\"staff\"],[\"{}\"],null]", chain.store)));
    assert_eq!(log["items"][0]["actor"], "manager", "who decided, not the worker that carried it out");
    let found = chain.admin.get("/api/v1/audit?q=second%20shift&action=user.").unwrap().expect(200).unwrap();
    assert!(found["items"].as_array().unwrap().iter().any(|one| one["object"] == json!(id)), "{found}");

    let proof = chain.admin.get("/api/v1/audit/proof").unwrap().expect(200).unwrap();
    assert_eq!(proof["sound"], true, "{proof}");
    let kept = |seq: &Value, hash: &str| {
        chain.admin.get(&format!("/api/v1/audit/proof?seq={seq}&hash={hash}")).unwrap().expect(200).unwrap()
    };
    assert_eq!(kept(&proof["seq"], proof["hash"].as_str().unwrap())["sound"], true);
    let other = kept(&proof["seq"], &"0".repeat(64));
    assert_eq!((&other["sound"], &other["first_bad"]), (&json!(false), &proof["seq"]), "another history");
    let beyond = kept(&json!(9_000_000), &"0".repeat(64));
    assert_eq!(beyond["sound"], false, "the end was cut off");
    for client in [&chain.manager, &client(&log_in(&account("reader", &["support"]), "x"))] {
        client.get("/api/v1/audit").unwrap().expect(403).unwrap();
    }
}

#[test]
fn entries_of_the_audit_log_written_at_once_are_all_there() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let accounts: Vec<_> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| log_in(&account("crowd", &["customer"]), "x"))).collect();
        calls.into_iter().map(|call| call.join().unwrap()["user"]["id"].clone()).collect()
    });
    eventually("every entry", Duration::from_secs(10), || {
        let missing = accounts.iter().find(|id| {
            let log = chain.admin.get(&format!("/api/v1/audit?object={}", id.as_str().unwrap())).unwrap();
            log.body["items"].as_array().is_none_or(|items| items.len() != 1)
        });
        missing.map_or(Ok(()), |id| Err(id.to_string()))
    })
    .unwrap();
    assert_eq!(chain.admin.get("/api/v1/audit/proof").unwrap().expect(200).unwrap()["sound"], true);
}
