//! The demo chain, loaded through the public API as its people would.

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The password of every demo login.
const PASSWORD: &str = "kirana-demo";

/// What any boba variant takes besides its cup, by a word of its name: what it is made of, in the items' units.
const BASES: [(&str, &str, i64); 5] = [
    ("milk", "milk", 150),
    ("latte", "milk", 180),
    ("green", "green-tea", 10),
    ("tea", "black-tea", 12),
    ("bubble", "pearls", 50),
];

/// Stock of each store at the start: sku, name, unit, low-stock threshold, quantity.
const STOCK: [(&str, &str, &str, i64, i64); 9] = [
    ("cup-small", "Cup 360 ml", "piece", 50, 500),
    ("cup-medium", "Cup 500 ml", "piece", 50, 500),
    ("black-tea", "Black tea", "g", 500, 10_000),
    ("green-tea", "Green tea", "g", 500, 10_000),
    ("milk", "Milk", "ml", 5_000, 100_000),
    ("pearls", "Golden pearls", "g", 2_000, 40_000),
    ("jelly", "Jelly", "g", 2_000, 20_000),
    ("aloe-vera", "Aloe vera", "g", 1_000, 10_000),
    ("syrup", "Sugar syrup", "ml", 1_000, 30_000),
];

/// Loads the chain; answers what [`describe`] needs.
pub fn load(url: &str, bootstrap_secret: &str) -> Result<Value> {
    let api = Api { url, token: None };
    let admin = json!({"secret": bootstrap_secret, "email": "admin@kirana.example", "password": PASSWORD});
    let session = api.call("POST", "/api/v1/auth/bootstrap", &admin)?;
    let api = Api { url, token: session["access_token"].as_str() };
    let franchisee = api.call("POST", "/api/v1/franchisees", &json!({"name": "Bangkok Boba Co."}))?;
    let stores = json!({
        "franchisee_id": franchisee["id"],
        "csv": include_str!("../../data/stores_bangkok.csv"),
        "tax": {"name": "VAT", "rate_bp": 700, "inclusive": true},
    });
    let stores = api.call("POST", "/api/v1/stores/import", &stores)?;
    let stores = stores["imported"].as_array().context("no stores were imported")?.clone();
    let mut menu: Value = serde_json::from_str(include_str!("../../data/menu_boba.json"))?;
    menu["name"] = "Boba".into();
    let menu = api.call("POST", "/api/v1/catalog/import", &menu)?;
    for store in stores.iter().filter_map(Value::as_str) {
        api.call("PUT", &format!("/api/v1/stores/{store}/menu"), &json!({"menu_id": menu["menu_id"]}))?;
        let resolved = api.call("GET", &format!("/api/v1/stores/{store}/menu"), &Value::Null)?;
        api.call("PUT", &format!("/api/v1/inventory/{store}/setup"), &setup(&resolved))?;
        for (sku, _, _, _, quantity) in STOCK {
            let goods = json!({"store_id": store, "sku": sku, "quantity": quantity, "kind": "receive", "supplier": "Talat Thai", "cost": quantity * 5});
            api.call("POST", "/api/v1/inventory/stock-movement", &goods)?;
        }
    }
    let people = [
        json!({"email": "owner@kirana.example", "name": "Somsri", "roles": ["owner"], "franchisee_id": franchisee["id"]}),
        json!({"email": "manager@kirana.example", "name": "Noi", "roles": ["manager"], "stores": [stores[0]]}),
        json!({"email": "staff@kirana.example", "name": "Lek", "roles": ["staff"], "stores": [stores[0]]}),
        json!({"email": "customer@kirana.example", "name": "Mali", "roles": ["customer"]}),
    ];
    for mut person in people {
        person["password"] = PASSWORD.into();
        api.call("POST", "/api/v1/users", &person)?;
    }
    Ok(json!({"store": stores[0], "stores": stores.len()}))
}

/// Stock items, and a recipe for each variant and modifier of the menu.
fn setup(menu: &Value) -> Value {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let mut recipes = Vec::new();
    for product in list(&menu["products"]) {
        for variant in list(&product["variants"]) {
            let cup = if text(&variant["name"]) == "small" { "cup-small" } else { "cup-medium" };
            let mut ingredients = vec![json!({"sku": cup, "quantity": 1})];
            for (word, sku, quantity) in BASES {
                let there = ingredients.iter().any(|part| part["sku"] == sku);
                if text(&product["name"]).contains(word) && !there {
                    ingredients.push(json!({"sku": sku, "quantity": quantity}));
                }
            }
            recipes.push(json!({"sku": variant["sku"], "ingredients": ingredients}));
        }
    }
    for group in list(&menu["modifier_groups"]) {
        for modifier in list(&group["modifiers"]) {
            recipes
                .push(json!({"sku": modifier["sku"], "ingredients": modifier_ingredients(&text(&modifier["name"]))}));
        }
    }
    let items: Vec<_> = STOCK
        .iter()
        .map(|(sku, name, unit, low, _)| json!({"sku": sku, "name": name, "unit": unit, "low_stock_threshold": low}))
        .collect();
    json!({"items": items, "recipes": recipes})
}

/// What a choice takes: a topping 40 g of itself, sugar 30 ml of syrup at 100 %.
fn modifier_ingredients(name: &str) -> Value {
    let percent =
        name.strip_prefix("sugar ").and_then(|rest| rest.strip_suffix('%')).and_then(|text| text.parse::<i64>().ok());
    match percent {
        Some(0) => json!([]),
        Some(percent) => json!([{"sku": "syrup", "quantity": (percent * 30 / 100).max(1)}]),
        None if name.contains("bubble") => json!([{"sku": "pearls", "quantity": 40}]),
        None if name.contains("jelly") => json!([{"sku": "jelly", "quantity": 40}]),
        None if name.contains("aloe") => json!([{"sku": "aloe-vera", "quantity": 40}]),
        None => json!([]),
    }
}

/// Prints where everything is and what to try.
pub fn describe(url: &str, chain: &Value) {
    let store = chain["store"].as_str().unwrap_or_default();
    println!(
        "
Kirana is served at {url}

  API documentation   {url}/docs
  the store's menu    {url}/api/v1/stores/{store}/menu
  readiness           {url}/readyz

Logins, all with the password {PASSWORD}:
  admin@kirana.example  owner@kirana.example  manager@kirana.example  staff@kirana.example  customer@kirana.example

Next: the tour in README.md, with STORE={store}
Payments go to the built-in sandbox, which moves no money: tok_success, tok_declined, tok_silent.
Ctrl-C stops it; the state stays in .kirana/ (--fresh starts over).
"
    );
}

struct Api<'a> {
    url: &'a str,
    token: Option<&'a str>,
}

impl Api<'_> {
    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = if body.is_null() {
            agent.run(request.body(())?)?
        } else {
            agent.run(request.header("content-type", "application/json").body(body.to_string())?)?
        };
        let text = response.body_mut().read_to_string()?;
        anyhow::ensure!(response.status().is_success(), "{method} {path} answered {}: {text}", response.status());
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
