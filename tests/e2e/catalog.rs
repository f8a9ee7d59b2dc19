//! What is sold: products one at a time, and what a store sells otherwise.

use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn menu(chain: &Chain) -> (String, Value) {
    let answer = chain.nobody.get(&format!("/api/v1/stores/{}/menu", chain.store)).unwrap();
    (answer.headers["etag"].clone(), answer.expect(200).unwrap())
}

fn find<'a>(menu: &'a Value, name: &str) -> Option<&'a Value> {
    menu["products"].as_array().unwrap().iter().find(|product| product["name"] == name)
}

pub fn menu_id(chain: &Chain) -> Value {
    let menu: Value = serde_json::from_str(include_str!("../../data/menu_boba.json")).unwrap();
    chain.admin.post("/api/v1/catalog/import", &menu).unwrap().expect(200).unwrap()["menu_id"].clone()
}

fn baht(amount: i64) -> Value {
    json!({"amount": amount, "currency": "THB"})
}

#[test]
fn a_product_appears_changes_and_goes_at_once() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("products").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let menu_id = menu_id(&chain);
    let (first, _) = menu(&chain);
    let mut product = json!({"name": "Mango Sago", "category": "Dessert", "tags": ["Vegan", "new"],
        "variants": [{"name": "Bowl", "price": baht(8_900)}]});
    let make =
        |client: &Client| client.post("/api/v1/products", &json!({"menu_id": menu_id, "product": product})).unwrap();
    assert_eq!(make(&chain.manager).status, 403);
    let made = make(&chain.admin).expect(201).unwrap();
    assert_eq!(make(&chain.admin).expect(409).unwrap()["code"], "name_taken");
    let path = format!("/api/v1/products/{}", made["id"].as_str().unwrap());

    let (second, shown) = menu(&chain);
    assert_ne!(first, second, "the menu is another at once");
    assert_eq!(find(&shown, "Mango Sago").unwrap()["variants"][0]["sku"], "mango-sago/bowl");
    let tags = chain.nobody.get("/api/v1/products/tags").unwrap().expect(200).unwrap();
    assert_eq!(tags, json!([{"tag": "new", "products": 1}, {"tag": "vegan", "products": 1}]));
    let search = |words: &str| {
        let found = chain.nobody.get(&format!("/api/v1/products/search?q={words}")).unwrap().expect(200).unwrap();
        found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(search("mango%20sago")[0], "Mango Sago");

    product["name"] = "Mango Pomelo Sago".into();
    product["tags"] = json!([]);
    product["variants"] = json!([{"name": "Bowl", "sku": "mango-sago/bowl", "price": baht(9_500)}]);
    let changed = chain.admin.put(&path, &product).unwrap().expect(200).unwrap();
    assert_eq!(changed["variants"][0]["sku"], "mango-sago/bowl", "recipes hang on it");
    let (third, shown) = menu(&chain);
    assert_ne!(second, third);
    assert_eq!(find(&shown, "Mango Pomelo Sago").unwrap()["variants"][0]["price"], baht(9_500));
    assert_eq!(search("pomelo")[0], "Mango Pomelo Sago");
    assert_eq!(chain.nobody.get("/api/v1/products/tags").unwrap().expect(200).unwrap(), json!([]));
    // The same again is no change.
    chain.admin.put(&path, &product).unwrap().expect(200).unwrap();
    assert_eq!(menu(&chain).0, third);

    product["variants"] =
        json!([{"name": "Bowl", "price": {"amount": -1, "currency": "USD"}, "modifier_groups": ["x"]}]);
    let faults = chain.admin.put(&path, &product).unwrap().expect(422).unwrap();
    assert_eq!(faults["errors"].as_array().unwrap().len(), 3);

    chain.admin.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    chain.admin.send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
    chain.nobody.get(&path).unwrap().expect(404).unwrap();
    assert_eq!(menu(&chain).0, first, "the menu is what it was");
    assert!(!search("mango%20sago").iter().any(|name| name.contains("Sago")));

    // Told of, once each: the price is in the figures, and nothing waits or died.
    eventually("the price in the figures", MINUTE, || {
        let path = format!("/api/v1/analytics/sales?store_id={}", chain.store);
        let sales = chain.manager.get(&path).map_err(|error| error.to_string())?.body;
        let moves = sales["price_changes"].as_array().cloned().unwrap_or_default();
        match moves.as_slice() {
            [only] if only["sku"] == "mango-sago/bowl" && only["to"] == baht(9_500) && only["own"] == false => Ok(()),
            _ => Err(sales.to_string()),
        }
    })
    .unwrap();
    let dead = chain.admin.get("/api/v1/dead-letters").unwrap().expect(200).unwrap();
    assert_eq!(dead["items"], json!([]));
}

#[test]
fn modifier_groups_come_change_and_go_one_by_one() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("groups").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let menu_id = menu_id(&chain);
    let (first, before) = menu(&chain);
    let variant = "golden-bubble-milk-tea/medium";
    let mut group = json!({"name": "Pearls", "min": 0, "max": 2, "variants": [variant], "options": [
        {"name": "White", "price": baht(1_500), "preselected": true}, {"name": "Rum", "price": baht(4_000), "age_restricted": true}]});
    let make = |client: &Client, group: &Value| {
        client.post("/api/v1/modifier-groups", &json!({"menu_id": menu_id, "group": group})).unwrap()
    };
    assert_eq!(make(&chain.manager, &group).status, 403);
    let wrong = json!({"name": "Pearls", "min": 2, "max": 1, "options": [{"name": "A", "price": {"amount": -1, "currency": "USD"}}],
        "variants": ["nothing/small"]});
    let faults = make(&chain.admin, &wrong).expect(422).unwrap();
    let paths: Vec<_> = faults["errors"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    let at = "group.options[0].price";
    assert_eq!(paths, ["group.max", &format!("{at}.currency"), &format!("{at}.amount"), "group.variants[0]"]);
    let made = make(&chain.admin, &group).expect(201).unwrap();
    assert_eq!(made["variants"], json!([variant]));
    make(&chain.admin, &group).expect(422).unwrap();
    let id = made["group"]["id"].as_str().unwrap();

    // The store's menu has it at once, and the variant refers to it.
    let on_menu = || {
        let menu = menu(&chain).1;
        let found = menu["modifier_groups"].as_array().unwrap().iter().find(|one| one["id"] == id).cloned();
        let tea = find(&menu, "Golden Bubble Milk Tea").unwrap()["variants"].as_array().unwrap().clone();
        let tea = tea.into_iter().find(|one| one["sku"] == variant).unwrap();
        (found, tea["modifier_groups"].as_array().unwrap().iter().any(|one| one == id))
    };
    assert_ne!(menu(&chain).0, first);
    let (found, attached) = on_menu();
    assert!(attached);
    assert_eq!(found.unwrap(), made["group"]);
    let rum = &made["group"]["modifiers"][1];
    assert_eq!((&rum["sku"], &rum["age_restricted"]), (&json!("pearls/rum"), &json!(true)));

    // One option is added, made dearer, and taken away.
    let options = format!("/api/v1/modifier-groups/{}/{id}/options", menu_id.as_str().unwrap());
    let gold = json!({"name": "Gold", "price": baht(2_500)});
    chain.manager.post(&options, &gold).unwrap().expect(403).unwrap();
    let added = chain.admin.post(&options, &gold).unwrap().expect(201).unwrap();
    assert_eq!(added["group"]["modifiers"][2]["sku"], "pearls/gold");
    let twice = chain.admin.post(&options, &gold).unwrap().expect(422).unwrap();
    assert!(twice["errors"][0]["path"].is_string(), "{twice}");
    let of_gold = format!("{options}/pearls%2Fgold");
    let dearer = json!({"name": "Golden", "price": baht(3_000)});
    let changed = chain.admin.put(&of_gold, &dearer).unwrap().expect(200).unwrap();
    let golden = json!({"sku": "pearls/gold", "name": "Golden", "price": baht(3_000)});
    assert_eq!(changed["group"]["modifiers"][2], golden, "its sku stays");
    let other = json!({"name": "Golden", "sku": "pearls/rum", "price": baht(3_000)});
    assert_eq!(chain.admin.put(&of_gold, &other).unwrap().expect(422).unwrap()["errors"][0]["path"], "sku");
    chain.admin.send("DELETE", &of_gold, None, None).unwrap().expect(200).unwrap();
    chain.admin.send("DELETE", &of_gold, None, None).unwrap().expect(404).unwrap();
    assert_eq!(on_menu().0.unwrap()["modifiers"].as_array().unwrap().len(), 2);

    // It stays while something has it, and takes nothing with it when it goes.
    let path = format!("/api/v1/modifier-groups/{}/{id}", menu_id.as_str().unwrap());
    let refused = chain.admin.send("DELETE", &path, None, None).unwrap().expect(409).unwrap();
    assert_eq!((&refused["code"], &refused["products"]), (&json!("in_use"), &json!(["Golden Bubble Milk Tea"])));
    group["variants"] = json!([]);
    group["options"][0]["sku"] = "pearls/white".into();
    group["options"][1]["sku"] = "pearls/rum".into();
    assert_eq!(chain.admin.put(&path, &group).unwrap().expect(200).unwrap()["variants"], json!([]));
    assert!(!on_menu().1);
    let unchanged = menu(&chain).0;
    chain.admin.put(&path, &group).unwrap().expect(200).unwrap();
    assert_eq!(menu(&chain).0, unchanged, "the same again is no change");
    chain.admin.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    chain.admin.send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
    assert_eq!(menu(&chain).1, before);
    let listed = format!("/api/v1/modifier-groups?menu_id={}", menu_id.as_str().unwrap());
    let listed = chain.admin.get(&listed).unwrap().expect(200).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), before["modifier_groups"].as_array().unwrap().len());

    // The price is told of, once.
    eventually("the price in the figures", MINUTE, || {
        let path = format!("/api/v1/analytics/sales?store_id={}", chain.store);
        let sales = chain.manager.get(&path).map_err(|error| error.to_string())?.body;
        let moves = sales["price_changes"].as_array().cloned().unwrap_or_default();
        match moves.as_slice() {
            [only] if only["sku"] == "pearls/gold" && only["to"] == baht(3_000) => Ok(()),
            _ => Err(sales.to_string()),
        }
    })
    .unwrap();
}

/// A photo is put on a product, is kept by browsers for good, and taken away again.
fn photo(chain: &Chain, before: &Value) {
    let id = before["products"][0]["id"].as_str().unwrap();
    let path = format!("{}/api/v1/products/{id}/photo", chain.nobody.url());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let put = |client: &Client, kind: &str, bytes: &[u8]| {
        let token = format!("Bearer {}", client.token().unwrap());
        let put = agent.put(&path).header("authorization", token).header("content-type", kind);
        put.send(bytes).unwrap()
    };
    let picture = b"\x89PNG\r\n\x1a\nno more than its head";
    assert_eq!(put(&chain.manager, "image/png", picture).status(), 403);
    assert_eq!(put(&chain.admin, "image/svg+xml", b"<svg/>").status(), 415);
    assert_eq!(put(&chain.admin, "image/jpeg", picture).status(), 415, "it is not what it is called");
    assert_eq!(put(&chain.admin, "image/png", &[0x89; 600 * 1024]).status(), 413);
    assert_eq!(put(&chain.admin, "image/png", picture).status(), 200);
    let address = menu(chain).1["products"][0]["photo"].as_str().unwrap().to_owned();
    let mut shown = agent.get(format!("{}{address}", chain.nobody.url())).call().unwrap();
    let header = |name: &str| shown.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type").as_str(), header("cache-control").contains("immutable")), ("image/png", true));
    assert_eq!(shown.body_mut().read_to_vec().unwrap(), picture);
    let gone = chain.admin.send("DELETE", &format!("/api/v1/products/{id}/photo"), None, None).unwrap();
    assert_eq!(gone.status, 204);
    assert_eq!(agent.get(&path).call().unwrap().status(), 404);
    assert!(menu(chain).1["products"][0]["photo"].is_null());
}

#[test]
fn a_store_has_its_own_prices_and_sells_out() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("overrides").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let path = format!("/api/v1/stores/{}/menu/overrides", chain.store);
    let (first, before) = menu(&chain);
    let sku = "golden-bubble-milk-tea/medium";
    let set = |overrides: Value| chain.manager.put(&path, &json!({"overrides": overrides})).unwrap();

    set(json!([{"sku": sku, "price": baht(12_345)}])).expect(200).unwrap();
    let (second, after) = menu(&chain);
    assert_ne!(first, second);
    let price = |menu: &Value| {
        let products = menu["products"].as_array().unwrap();
        let variants = products.iter().flat_map(|product| product["variants"].as_array().unwrap());
        variants.clone().find(|variant| variant["sku"] == sku).map(|variant| variant["price"].clone())
    };
    assert_eq!(price(&after), Some(baht(12_345)));
    assert_eq!(chain.staff.get(&path).unwrap().expect(200).unwrap()["overrides"][0]["available"], true);
    // Whoever keeps the menu sees the chain's price beside its own, also of what is sold out.
    let gone = "extra-toppings/grass-jelly";
    set(json!([{"sku": sku, "price": baht(12_345)}, {"sku": gone, "available": false}])).expect(200).unwrap();
    let choices =
        chain.staff.get(&format!("/api/v1/stores/{}/menu/choices", chain.store)).unwrap().expect(200).unwrap();
    let choice = |sku: &str| choices.as_array().unwrap().iter().find(|one| one["sku"] == sku).unwrap().clone();
    let tea = choice(sku);
    assert_eq!((&tea["kind"], &tea["own_price"], &tea["available"]), (&json!("variant"), &baht(12_345), &json!(true)));
    assert_ne!(tea["price"], tea["own_price"]);
    let jelly = choice(gone);
    assert_eq!(
        (&jelly["kind"], &jelly["name"], &jelly["available"]),
        (&json!("modifier"), &json!("Grass Jelly"), &json!(false))
    );
    // Customers see that it is sold out, and cannot choose it; what is hidden they do not see at all.
    let (_, shown) = menu(&chain);
    let out = &shown["sold_out_modifiers"][0]["modifiers"];
    assert_eq!((out.as_array().map(Vec::len), &out[0]["sku"]), (Some(1), &json!(gone)));
    assert!(!shown["modifier_groups"].to_string().contains(gone));
    set(json!([{"sku": sku, "price": baht(12_345)}, {"sku": gone, "available": true, "hidden": true}]))
        .expect(200)
        .unwrap();
    assert!(!menu(&chain).1.to_string().contains(gone));
    set(json!([{"sku": sku, "price": baht(12_345)}])).expect(200).unwrap();

    // The chain says how far a store may go: what is set stays, what is set anew is held to it.
    let bounds = format!("/api/v1/menus/{}/bounds", chain.menu.as_str().unwrap());
    let narrow = json!({"below_percent": 10, "above_percent": 20});
    chain.manager.put(&bounds, &narrow).unwrap().expect(403).unwrap();
    chain.admin.put(&bounds, &json!({"below_percent": 101})).unwrap().expect(422).unwrap();
    chain.admin.put(&bounds, &narrow).unwrap().expect(200).unwrap();
    let refused = set(json!([{"sku": sku, "price": baht(12_345)}])).expect(422).unwrap();
    assert_eq!(refused["errors"][0]["path"], "overrides[0].price.amount");
    let choices =
        chain.staff.get(&format!("/api/v1/stores/{}/menu/choices", chain.store)).unwrap().expect(200).unwrap();
    let tea = choices.as_array().unwrap().iter().find(|one| one["sku"] == sku).unwrap();
    let chains = tea["price"]["amount"].as_i64().unwrap();
    assert_eq!((&tea["least"], &tea["most"]), (&baht((chains * 90 + 99) / 100), &baht(chains * 120 / 100)));
    chain.admin.put(&bounds, &json!({})).unwrap().expect(200).unwrap();
    photo(&chain, &before);
    set(json!([{"sku": sku, "price": baht(12_345)}])).expect(200).unwrap();
    let menus = chain.admin.get("/api/v1/menus").unwrap().expect(200).unwrap();
    assert_eq!((&menus[0]["id"], &menus[0]["products"], &menus[0]["stores"]), (&chain.menu, &json!(35), &json!(1)));
    let (_, customer) = chain.customer().unwrap();
    eventually("the quote to have the price", MINUTE, || {
        let quote =
            customer.post("/api/v1/quotes", &chain.order(&[golden_bubble(1)])).map_err(|error| error.to_string())?.body;
        if quote["lines"][0]["unit_price"] == baht(12_345) { Ok(()) } else { Err(quote.to_string()) }
    })
    .unwrap();

    set(json!([{"sku": sku, "available": false}])).expect(200).unwrap();
    assert_eq!(price(&menu(&chain).1), None);
    eventually("orders to know", MINUTE, || {
        let answer =
            customer.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).map_err(|error| error.to_string())?;
        if answer.status == 422 { Ok(()) } else { Err(answer.body.to_string()) }
    })
    .unwrap();

    let wrong = json!([{"sku": "no/such", "price": baht(1)}, {"sku": sku}]);
    assert_eq!(set(wrong).expect(422).unwrap()["errors"].as_array().unwrap().len(), 2);
    chain.staff.put(&path, &json!({"overrides": []})).unwrap().expect(403).unwrap();
    set(json!([])).expect(200).unwrap();
    let (last, shown) = menu(&chain);
    assert_eq!((last, price(&shown)), (first.clone(), price(&before)));
    let unchanged = chain.nobody.with_header("if-none-match", &first);
    assert_eq!(unchanged.get(&format!("/api/v1/stores/{}/menu", chain.store)).unwrap().status, 304);

    eventually("the prices in the figures", MINUTE, || {
        let path = format!("/api/v1/analytics/sales?store_id={}", chain.store);
        let sales = chain.manager.get(&path).map_err(|error| error.to_string())?.body;
        let moves = sales["price_changes"].as_array().cloned().unwrap_or_default();
        let to: Vec<_> = moves.iter().map(|one| one["to"]["amount"].clone()).collect();
        let base = price(&before).unwrap()["amount"].clone();
        if to == [base, json!(12_345)] { Ok(()) } else { Err(sales.to_string()) }
    })
    .unwrap();
}
