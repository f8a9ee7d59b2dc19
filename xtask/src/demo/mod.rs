//! The demo chain, loaded through the public API as its people would: a bubble-tea chain of twelve stores in Bangkok.

pub mod api;
mod facts;
pub mod past;
pub mod stock;
mod tour;
mod zones;

use crate::scripts::root;
use anyhow::{Context, Result, bail, ensure};
use api::{Api, id_of};
use serde_json::{Value, json};

pub use tour::describe;

/// The password of every demo login.
pub const PASSWORD: &str = "kirana-demo";

/// The login of the demo chain's admin.
pub const ADMIN: &str = "admin@kirana.example";

/// Who owns how many of the stores, in the order of the list.
const FRANCHISEES: [(&str, usize); 2] = [("Bangkok Bubble Company", 7), ("Siam Tea Partners", 5)];

/// Reads a file of the project's `data/`.
pub fn data(name: &str) -> Result<String> {
    let path = root().join("data").join(name);
    std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The admin of the platform at `url`: made with the deployment's bootstrap secret, or logged in where there is one already.
pub fn admin(url: &str, bootstrap_secret: &str) -> Result<Api> {
    let mut api = Api::new(url);
    let body = json!({"secret": bootstrap_secret, "email": ADMIN, "password": PASSWORD});
    let made = api.call("POST", "/api/v1/auth/bootstrap", Some(&body), None)?;
    if !made.ok() && made.code() != "already_bootstrapped" {
        bail!("the first admin could not be made: {made}");
    }
    api.login(ADMIN, PASSWORD)?;
    Ok(api)
}

/// Loads the chain; answers what [`describe`] needs.
pub fn load(url: &str, bootstrap_secret: &str) -> Result<Value> {
    // Half a chain is not completed: stock that was received once more would be twice there.
    load_all(url, bootstrap_secret).context("the demo chain was not loaded whole; start over with --fresh")
}

fn load_all(url: &str, bootstrap_secret: &str) -> Result<Value> {
    let admin = admin(url, bootstrap_secret)?;
    let menu = facts::with(serde_json::from_str(&data("menu_boba.json")?)?)?;
    let imported = admin.post("/api/v1/catalog/import", &menu)?;
    let stores = stores(&admin)?;
    let opening = stock::Opening::read()?;
    for (store, _) in &stores {
        admin.put(&format!("/api/v1/stores/{store}/menu"), &json!({"menu_id": imported["menu_id"]}))?;
    }
    each(&stores, |(store, _)| opening.stock(&admin, store))?;
    let (store, owner) = stores.first().context("the list of stores is empty")?;
    people(&admin, store, owner)?;
    offers(&admin)?;
    // Not the first one: there a delivery goes anywhere.
    let (other, _) = stores.last().context("the list of stores is empty")?;
    zones::draw(&admin, other)?;
    let shown = admin.get(&format!("/api/v1/stores/{store}"))?;
    Ok(json!({"store_id": store, "store": shown["name"], "stores": stores.len(), "products": imported["products"]}))
}

/// The stores with their franchisees.
fn stores(admin: &Api) -> Result<Vec<(String, String)>> {
    let csv = data("stores_bangkok.csv")?;
    let (header, rows) = csv.split_once('\n').context("stores_bangkok.csv has no rows")?;
    let mut rows = rows.lines();
    let mut stores = Vec::new();
    for (name, count) in FRANCHISEES {
        let franchisee = id_of(&admin.post("/api/v1/franchisees", &json!({"name": name}))?)?;
        let mut part = vec![header];
        part.extend(rows.by_ref().take(count));
        let vat = json!({"name": "VAT", "rate_bp": 700, "inclusive": true});
        let body = json!({"franchisee_id": franchisee, "csv": part.join("\n"), "tax": vat});
        let report = admin.post("/api/v1/stores/import", &body)?;
        let imported = report["imported"].as_array().map(Vec::as_slice).unwrap_or_default();
        ensure!(imported.len() == count, "not every store was taken: {report}");
        stores.extend(imported.iter().filter_map(Value::as_str).map(|id| (id.to_owned(), franchisee.clone())));
    }
    Ok(stores)
}

/// Somebody of each kind: the first store's staff and manager, its owner, a customer.
fn people(admin: &Api, store: &str, franchisee: &str) -> Result<()> {
    let user = |name: &str, role: &str, more: Value| {
        let mut body =
            json!({"email": format!("{role}@kirana.example"), "password": PASSWORD, "name": name, "roles": [role]});
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        admin.post("/api/v1/users", &body)
    };
    user("Nok", "staff", json!({"stores": [store]}))?;
    user("Somchai", "manager", json!({"stores": [store]}))?;
    user("Somsri", "owner", json!({"franchisee_id": franchisee}))?;
    user("Mali", "customer", json!({}))?;
    Ok(())
}

/// What the chain gives: a happy hour, and a coupon that is good once.
fn offers(admin: &Api) -> Result<()> {
    let campaign = json!({"name": "Cool days", "starts_at": "2026-01-01T00:00:00Z", "currency": "THB"});
    let id = id_of(&admin.post("/api/v1/campaigns", &campaign)?)?;
    let happy_hour = json!({"name": "Happy hour", "benefit": {"kind": "percentage", "percent_bp": 1_000},
        "conditions": {"hours": [{"from": "14:00:00", "until": "16:00:00"}]}});
    let welcome = json!({"name": "Welcome", "benefit": {"kind": "amount_off", "amount": {"amount": 2_000, "currency": "THB"}},
        "conditions": {"coupon": "WELCOME"}, "customer_limit": 1});
    for offer in [happy_hour, welcome] {
        admin.post(&format!("/api/v1/campaigns/{id}/offers"), &offer)?;
    }
    admin
        .put(&format!("/api/v1/campaigns/{id}"), &json!({"campaign": campaign, "status": "scheduled", "version": 1}))?;
    Ok(())
}

/// Does the same for each, four at a time; the first failure is the answer.
pub fn each<T: Sync>(all: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let one_after_another = || -> Result<()> {
        while let Some(item) = all.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            work(item)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(one_after_another)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result,
            Err(_) => bail!("a thread of the loader panicked"),
        })
    })
}
