//! What is asked about: things of the first store and of its customer Ann.
#![allow(clippy::disallowed_methods)] // the clock: never runs as WASM

use crate::pay;
use gateway::policy::{Route, Scope};
use kirana_contracts::api_key::scope_of;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, eventually};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Ids by what they are of, such as `order`.
#[derive(Clone, Debug)]
pub struct Subjects(BTreeMap<&'static str, String>);

/// What nobody but its own people may read of, wherever it is found.
const PRIVATE: &[&str] = &[
    "order",
    "payment",
    "purchase order",
    "transfer",
    "stocktake",
    "lease",
    "address",
    "session",
    "invitation",
    "key",
    "notification",
    "campaign",
    "offer",
    "gift card",
    "device",
];

/// Is a key let near this kind of call at all?
pub fn is_for_keys(route: &Route) -> bool {
    scope_of(route.method, route.path).is_some() && !route.step_up
}

/// Is a thing of Ann's own what this route is about, and is it hers to do?
pub fn is_anns(route: &Route) -> bool {
    let hers =
        ["/orders/{id}", "/customers/{id}", "/payments/{id}", "/payments/order/", "/loyalty/customer/", "/users/{id}"];
    route.scope == Scope::Own && hers.iter().any(|part| route.path.contains(part))
}

/// Is a path with a placeholder about the caller all the same, such as the kind of their second factor?
pub fn is_about_the_caller(route: &Route) -> bool {
    route.path.contains("{kind}") && !route.path.contains("{id}")
}

impl Subjects {
    fn get(&self, of: &str) -> String {
        self.0.get(of).cloned().unwrap_or_else(|| panic!("{of} is not there"))
    }

    /// The same, as if none of them were there.
    pub fn unknown(&self) -> Self {
        let fits = |value: &String| value.len() == 36;
        let unknown = |(index, (of, value)): (usize, (&&'static str, &String))| {
            let id = if fits(value) { format!("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e{index:02x}") } else { value.clone() };
            (*of, id)
        };
        Self(self.0.iter().enumerate().map(unknown).collect())
    }

    /// A text without the ids that it was asked about and what differs each time.
    pub fn bare(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (of, id) in &self.0 {
            text = text.replace(id.as_str(), &format!("<{of}>"));
        }
        text
    }

    /// What a path is about: the route's own, with the store in the query where it takes one.
    pub fn fill(&self, route: &Route, api: &Value) -> String {
        let mut path = String::new();
        let mut before = "";
        for part in route.path.split('/').skip(1) {
            path.push('/');
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => path.push_str(&self.placeholder(before, name)),
                None => path.push_str(part),
            }
            before = if part.starts_with('{') { before } else { part };
        }
        let parameters = api["paths"][route.path][route.method.to_lowercase()]["parameters"].as_array();
        let mut query = Vec::new();
        for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["in"] == "query") {
            match parameter["name"].as_str().unwrap() {
                "store_id" => query.push(format!("store_id={}", self.get("store"))),
                // Some take a day, some a moment.
                "from" if parameter["schema"]["$ref"] == "#/components/schemas/Timestamp" => {
                    query.push("from=2026-11-01T00:00:00Z".to_owned());
                }
                "from" => query.push("from=2026-11-01".to_owned()),
                "to" => query.push("to=2026-11-30".to_owned()),
                _ => {}
            }
        }
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    fn placeholder(&self, before: &str, name: &str) -> String {
        let of = match (before, name) {
            (_, "store_id") | ("stores", "id") => "store",
            ("orders" | "order" | "tickets", "id" | "order_id") => "order",
            ("payments", "id") => "payment",
            ("users" | "customers" | "customer" | "riders", "id") => "ann",
            ("staff", "user_id") => "staff",
            ("unreachable", "user_id") => "ann",
            ("addresses", _) => "address",
            ("favourites", "subject") | ("products", "id") => "product",
            ("sessions", "id") => "session",
            ("invitations", "id") => "invitation",
            ("api-keys", "id") => "key",
            ("leases", "id") => "lease",
            ("suppliers", "id") => "supplier",
            ("warehouses", "id") => "warehouse",
            ("purchase-orders", "id") => "purchase order",
            ("transfers", "id") => "transfer",
            ("stocktakes", "id") => "stocktake",
            ("notifications", "id") => "notification",
            ("letters", "id") => "letter",
            ("clients" | "consents", "id" | "client_id") => "client",
            ("campaigns", "id") => "campaign",
            ("gift-cards", "id") => "gift card",
            ("offers", "offer_id") => "offer",
            ("devices", "id") => "device",
            ("menus", "id") => "menu",
            ("product", "id") => "product",
            ("breaches" | "rollouts" | "methods", "id")
            | ("shifts", "shift_id")
            | ("delivery-zones", "zone_id")
            | ("table-views", "id")
            | ("reviews", "review_id") => {
                return "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8efe".into();
            }
            ("customer-segments", "name") => return "regulars".into(),
            ("firmware", "kind") => return "printer".into(),
            (_, "version") => return "1.0.0".into(),
            (_, "method") => return "GetDeviceStatus".into(),
            (_, "place") => return "TH-10".into(),
            (_, "provider") => return "nobody".into(),
            ("favourites", "kind") => return "product".into(),
            ("factors", "kind") => return "totp".into(),
            ("webhooks", "gateway") => return "sandbox".into(),
            ("accounts", "account") => return format!("deposits:{}", self.get("store")),
            ("franchisees", "id") => "franchisee",
            ("exceptions", "id") => return "missing_at_gateway%2Fsandbox%2Fnothing".into(),
            ("flags", "name") => return "tips".into(),
            ("modifier-groups", "menu_id") => "menu",
            // A group of the menu that every chain of the tests has.
            ("modifier-groups", "id") => return "extra-toppings".into(),
            ("periods", "name") | ("royalties", "period") => return "2026-10".into(),
            ("by-barcode", "code") => return "09506000134352".into(),
            (_, "sku") => return "cup".into(),
            (_, "line" | "number") => return "0".into(),
            ("dead-letters", _) => return "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8eff".into(),
            other => panic!("{other:?} is not known"),
        };
        self.get(of)
    }

    /// What a field of a body is, by its name.
    pub fn by_name(&self, name: &str) -> Option<Value> {
        let of = match name {
            "store_id" | "from_store" => "store",
            "to_store" => "warehouse",
            "order_id" => "order",
            "payment_id" => "payment",
            "customer_id" => "ann",
            "user_id" => "staff",
            "supplier_id" => "supplier",
            "menu_id" => "menu",
            "franchisee_id" => "franchisee",
            "stores" => return Some(json!([self.get("store")])),
            "sku" => return Some(json!("cup")),
            "variant_sku" => return Some(json!("golden-bubble-milk-tea/medium")),
            "device_id" => return Some(json!("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44")),
            _ => return None,
        };
        Some(json!(self.get(of)))
    }

    /// Does a body of this route say which store it is about?
    pub fn names_the_store(&self, api: &Value, route: &Route) -> bool {
        let body = super::body::of(api, route, self);
        ["store_id", "from_store", "stores"].iter().any(|name| !body[*name].is_null())
    }

    /// Which private thing a text names, that the request did not.
    pub fn leak(&self, text: &str, route: &Route, api: &Value) -> Option<&'static str> {
        let asked = format!("{} {}", self.fill(route, api), super::body::of(api, route, self));
        PRIVATE.iter().copied().find(|of| {
            let id = self.get(of);
            text.contains(&id) && !asked.contains(&id)
        })
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_else(|| panic!("no id in {answer}")).to_owned()
}

/// Makes one of each.
pub fn make(chain: &Chain, (ann_id, ann): (&str, &Client), staff: &Client, key: &Value) -> Subjects {
    let (admin, store) = (&chain.admin, &chain.store);
    let post = |client: &Client, path: &str, body: Value| {
        let answer = client.post(path, &body).unwrap();
        answer.expect(201).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let franchisee = owner_of(chain);
    let campaign = json!({"name": "Monsoon", "starts_at": "2026-01-01T00:00:00Z", "currency": "THB"});
    let campaign = post(&franchisee, "/api/v1/campaigns", campaign);
    let offer = json!({"name": "Ten per cent", "benefit": {"kind": "percentage", "percent_bp": 1_000}});
    let offer = post(&franchisee, &format!("/api/v1/campaigns/{}/offers", id(&campaign)), offer);
    let card = json!({"store_id": store, "amount": 10_000, "paid_with": "cash"});
    let card = post(&franchisee, "/api/v1/gift-cards", card);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let tomorrow = crate::amend::rfc3339(now + 24 * 3_600);
    let order = post(ann, "/api/v1/orders", json!({"store_id": store, "lines": [golden_bubble(2)]}));
    let payment = pay(ann, &id(&order), "tok_ok");
    let place = json!({"address": {"label": "Home", "recipient": "Ann", "street": "12 Rama I Road", "city": "Bangkok",
        "postal_code": "10330", "country": "TH"}});
    let address = post(ann, &format!("/api/v1/customers/{ann_id}/addresses"), place);
    let warehouse = post(admin, "/api/v1/warehouses", body_of_warehouse());
    let supplier = post(
        admin,
        "/api/v1/suppliers",
        json!({"name": "Cups & Co.", "certifications": [],
        "prices": [{"sku": "cup", "pack_size": 50, "min_packs": 1, "pack_price": 1_000}]}),
    );
    let purchase = post(
        &chain.manager,
        "/api/v1/purchase-orders",
        json!({"store_id": store, "supplier_id": supplier["id"],
        "lines": [{"sku": "cup", "packs": 1}]}),
    );
    let house = warehouse["id"].as_str().unwrap();
    let cup = json!({"items": [{"sku": "cup", "name": "Cup 500 ml", "unit": "piece"}], "recipes": []});
    admin.put(&format!("/api/v1/inventory/{house}/setup"), &cup).unwrap().expect(204).unwrap();
    let goods = json!({"store_id": house, "kind": "receive", "sku": "cup", "quantity": 9, "cost": 9});
    post(admin, "/api/v1/inventory/stock-movement", goods);
    let line = json!([{"sku": "cup", "quantity": 1}]);
    let transfer = post(admin, "/api/v1/transfers", json!({"from_store": house, "to_store": store, "lines": line}));
    let stocktake = post(staff, "/api/v1/stocktakes", json!({"store_id": store}));
    let lease = post(
        &chain.manager,
        &format!("/api/v1/inventory/{store}/leases"),
        json!({
        "device_id": "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44", "until": tomorrow, "lines": [{"sku": "cup", "quantity": 3}]}),
    );
    let invitation = post(
        &chain.manager,
        "/api/v1/invitations",
        json!({"email": "invited@matrix.example", "name": "Ploy",
        "roles": ["staff"], "stores": [store]}),
    );
    let tool = json!({"client_name": "Roster", "client_type": "public", "redirect_uris": ["https://roster.example/back"], "scope": "openid"});
    let client = post(admin, "/api/v1/oauth/clients", tool);
    let product = admin.get("/api/v1/products?limit=1").unwrap().expect(200).unwrap()["items"][0].clone();
    let session = ann.get("/api/v1/auth/sessions").unwrap().expect(200).unwrap()[0].clone();
    let worker = staff.get("/api/v1/auth/me").unwrap().expect(200).unwrap();
    let notification = eventually("Ann to be told of her order", Duration::from_secs(60), || {
        let told = ann.get("/api/v1/notifications").map_err(|error| error.to_string())?.body;
        told["items"].as_array().and_then(|items| items.first().cloned()).ok_or_else(|| told.to_string())
    })
    .unwrap();
    let letter = eventually("a letter to be sent", Duration::from_secs(60), || {
        let sent = admin.get("/api/v1/notifications/letters?state=sent").map_err(|error| error.to_string())?.body;
        sent["items"].as_array().and_then(|items| items.first().cloned()).ok_or_else(|| sent.to_string())
    })
    .unwrap();
    let fridge = json!({"store_id": store, "kind": "fridge", "name": "Fridge 1"});
    let fridge = post(&chain.manager, "/api/v1/devices", fridge);
    post(&chain.nobody, "/api/v1/devices/claim", json!({"code": fridge["claim"]["code"]}));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Subjects(BTreeMap::from([
        ("store", store.clone()),
        ("ann", ann_id.to_owned()),
        ("order", id(&order)),
        ("payment", id(&payment)),
        ("address", id(&address[0])),
        ("warehouse", id(&warehouse)),
        ("supplier", id(&supplier)),
        ("purchase order", id(&purchase)),
        ("transfer", id(&transfer)),
        ("stocktake", id(&stocktake)),
        ("lease", id(&lease)),
        ("invitation", id(&invitation)),
        ("key", id(key)),
        ("product", id(&product)),
        ("session", id(&session)),
        ("staff", id(&worker)),
        ("notification", id(&notification)),
        ("letter", id(&letter)),
        ("client", text(&client["client_id"])),
        ("campaign", id(&campaign)),
        ("offer", text(&offer["promotion"]["id"])),
        ("gift card", id(&card)),
        ("device", id(&fridge["device"])),
        ("menu", text(&chain.menu)),
        ("franchisee", text(&chain.franchisee)),
    ]))
}

/// Somebody who owns the franchise of the store.
fn owner_of(chain: &Chain) -> Client {
    let (email, password) = ("franchise@example.com", "correct horse battery");
    let user = json!({"email": email, "password": password, "name": "Somchai", "roles": ["owner"], "franchisee_id": chain.franchisee});
    chain.admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
    let session = chain.nobody.post("/api/v1/auth/login", &json!({"email": email, "password": password})).unwrap();
    let session = session.expect(200).unwrap();
    chain.nobody.with_login(session["access_token"].as_str().unwrap(), email, password)
}

fn body_of_warehouse() -> Value {
    json!({"name": "Bang Na", "address": "Bang Na-Trat 5, Bangkok", "country": "TH", "currency": "THB"})
}
