//! A chain to test on: one franchisee, one store, the real boba menu, recipes, stock and people.

use crate::platform::SECRET;
use crate::{Client, Platform, eventually};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery";

/// A chain with one store.
pub struct Chain {
    /// Somebody unknown.
    pub nobody: Client,
    /// The chain's admin.
    pub admin: Client,
    /// The store's manager.
    pub manager: Client,
    /// Somebody of the store's staff.
    pub staff: Client,
    /// The store.
    pub store: String,
    /// Whose stores these are: the id.
    pub franchisee: Value,
    /// What all of them sell: the menu's id.
    pub menu: Value,
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("not a text")?.to_owned())
}

/// A golden bubble milk tea, medium, half sweet, with extra grass jelly, as the API takes it.
#[must_use]
pub fn golden_bubble(quantity: i64) -> Value {
    json!({
        "variant_sku": "golden-bubble-milk-tea/medium",
        "quantity": quantity,
        "modifiers": [
            {"sku": "choose-sweetness-level/sugar-50pc"},
            {"sku": "choose-extra-topping-s-chewy-tea/none"},
            {"sku": "extra-toppings/grass-jelly"},
        ],
    })
}

impl Chain {
    /// Opens a chain whose store has so many cups, and plenty of all else.
    ///
    /// # Errors
    /// What the API refused.
    pub fn open(platform: &Platform, cups: i64) -> Result<Self> {
        let nobody = platform.client();
        let admin = json!({"secret": SECRET, "email": "admin@example.com", "password": PASSWORD});
        let session = nobody.post("/api/v1/auth/bootstrap", &admin)?.expect(201)?;
        let admin = nobody.with_login(&text(&session["access_token"])?, "admin@example.com", PASSWORD);
        let franchisee = admin.post("/api/v1/franchisees", &json!({"name": "Bangkok Boba Co."}))?.expect(201)?;
        let menu: Value = serde_json::from_str(include_str!("../../data/menu_boba.json"))?;
        let menu = admin.post("/api/v1/catalog/import", &menu)?.expect(200)?;
        let (franchisee, menu) = (franchisee["id"].clone(), menu["menu_id"].clone());
        let (manager, staff, store) = (admin.clone(), admin.clone(), String::new());
        let mut chain = Self { nobody, admin, manager, staff, store, franchisee, menu };
        chain.store = chain.open_store("Siam", cups)?;
        chain.manager = chain.worker("manager@example.com", "Noi", "manager")?;
        chain.staff = chain.worker("staff@example.com", "Lek", "staff")?;
        Ok(chain)
    }

    /// Another franchisee of the same chain, with a store, a manager and staff of its own.
    ///
    /// # Errors
    /// What the API refused.
    pub fn beside(&self, cups: i64) -> Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let franchisee = json!({"name": format!("Bangkok Boba Co. {number}")});
        let franchisee = self.admin.post("/api/v1/franchisees", &franchisee)?.expect(201)?["id"].clone();
        let (nobody, admin) = (self.nobody.clone(), self.admin.clone());
        let (manager, staff, store) = (admin.clone(), admin.clone(), String::new());
        let mut chain = Self { nobody, admin, manager, staff, store, franchisee, menu: self.menu.clone() };
        chain.store = chain.open_store(&format!("Siam {number}"), cups)?;
        chain.manager = chain.worker(&format!("manager-{number}@example.com"), "Noi", "manager")?;
        chain.staff = chain.worker(&format!("staff-{number}@example.com"), "Lek", "staff")?;
        Ok(chain)
    }

    /// One more store of the same franchisee, with so many cups; answers its id.
    ///
    /// # Errors
    /// What the API refused.
    pub fn open_another(&self, name: &str, cups: i64) -> Result<String> {
        self.open_store(name, cups)
    }

    /// Somebody who works in the store.
    fn worker(&self, email: &str, name: &str, role: &str) -> Result<Client> {
        let user = json!({"email": email, "password": PASSWORD, "name": name, "roles": [role], "stores": [self.store]});
        self.admin.post("/api/v1/users", &user)?.expect(201)?;
        let login = json!({"email": email, "password": PASSWORD});
        let session = self.nobody.post("/api/v1/auth/login", &login)?.expect(200)?;
        Ok(self.nobody.with_login(&text(&session["access_token"])?, email, PASSWORD))
    }

    fn open_store(&self, name: &str, cups: i64) -> Result<String> {
        let store = json!({
            "franchisee_id": self.franchisee, "name": name, "address": "Rama I Road", "city": "Bangkok", "country": "TH",
            "position": {"latitude": 13.7457, "longitude": 100.5343}, "time_zone": "Asia/Bangkok", "currency": "THB",
            "tax": {"name": "VAT", "rate_bp": 700, "inclusive": true},
            "hours": {"spans": [{"day": 1, "opens": "09:00", "closes": "21:00"}]},
        });
        let store = text(&self.admin.post("/api/v1/stores", &store)?.expect(201)?["id"])?;
        self.admin.put(&format!("/api/v1/stores/{store}/menu"), &json!({"menu_id": self.menu}))?.expect(204)?;
        let setup = json!({
            "items": [
                {"sku": "cup", "name": "Cup 500 ml", "unit": "piece", "low_stock_threshold": 5},
                {"sku": "black-tea", "name": "Black tea", "unit": "g"},
                {"sku": "milk", "name": "Milk", "unit": "ml"},
                {"sku": "pearls", "name": "Golden pearls", "unit": "g"},
                {"sku": "grass-jelly", "name": "Grass jelly", "unit": "g"},
                {"sku": "syrup", "name": "Sugar syrup", "unit": "ml"},
            ],
            "recipes": [
                {"sku": "golden-bubble-milk-tea/medium", "ingredients": [
                    {"sku": "cup", "quantity": 1}, {"sku": "black-tea", "quantity": 12}, {"sku": "milk", "quantity": 150},
                    {"sku": "pearls", "quantity": 50}]},
                {"sku": "choose-sweetness-level/sugar-50pc", "ingredients": [{"sku": "syrup", "quantity": 15}]},
                {"sku": "choose-extra-topping-s-chewy-tea/none", "ingredients": []},
                {"sku": "extra-toppings/grass-jelly", "ingredients": [{"sku": "grass-jelly", "quantity": 40}]},
                {"sku": "choose-extra-topping-s-chewy-tea/golden-bubble", "ingredients": [{"sku": "pearls", "quantity": 40}]},
            ],
        });
        self.admin.put(&format!("/api/v1/inventory/{store}/setup"), &setup)?.expect(204)?;
        let plenty = 10_000_000;
        for (sku, quantity) in [
            ("cup", cups),
            ("black-tea", plenty),
            ("milk", plenty),
            ("pearls", plenty),
            ("grass-jelly", plenty),
            ("syrup", plenty),
        ] {
            let goods = json!({"store_id": store, "sku": sku, "quantity": quantity, "kind": "receive", "supplier": "Market", "cost": quantity * 2});
            self.admin.post("/api/v1/inventory/stock-movement", &goods)?.expect(201)?;
        }
        Ok(store)
    }

    /// A new customer: the id, and a client that is them.
    ///
    /// # Errors
    /// What the API refused.
    pub fn customer(&self) -> Result<(String, Client)> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let email = format!("customer-{}@example.com", COUNT.fetch_add(1, Ordering::Relaxed));
        let session = self
            .nobody
            .post("/api/v1/auth/register", &json!({"email": email, "password": PASSWORD, "name": "Mali"}))?
            .expect(201)?;
        Ok((text(&session["user"]["id"])?, self.nobody.with_token(&text(&session["access_token"])?)))
    }

    /// A customer with a proved address, who logs in again when their token ends.
    ///
    /// # Errors
    /// What the API refused.
    pub fn regular(&self) -> Result<(String, Client)> {
        let email = "regular@example.com";
        let user = json!({"email": email, "password": PASSWORD, "name": "Ploy", "roles": ["customer"]});
        let id = text(&self.admin.post("/api/v1/users", &user)?.expect(201)?["id"])?;
        let login = json!({"email": email, "password": PASSWORD});
        let session = self.nobody.post("/api/v1/auth/login", &login)?.expect(200)?;
        Ok((id, self.nobody.with_login(&text(&session["access_token"])?, email, PASSWORD)))
    }

    /// The last letter of this title to an address, once it is written: its text.
    ///
    /// # Errors
    /// When none comes.
    pub fn letter(&self, address: &str, title: &str) -> Result<String> {
        eventually(&format!("the letter `{title}` to {address}"), Duration::from_secs(60), || {
            let answer = self.admin.get(&format!("/api/v1/notifications/outbox?address={address}"));
            let letters = answer.map_err(|error| error.to_string())?.body;
            let found = letters.as_array().into_iter().flatten().find(|letter| letter["title"] == title);
            found.and_then(|letter| letter["body"].as_str().map(str::to_owned)).ok_or_else(|| letters.to_string())
        })
    }

    /// What a customer orders of this store.
    #[must_use]
    pub fn order(&self, lines: &[Value]) -> Value {
        json!({"store_id": self.store, "lines": lines})
    }

    /// What the store has of a stock item: on hand, and available.
    ///
    /// # Errors
    /// When there is no such item.
    pub fn stock(&self, sku: &str) -> Result<(i64, i64)> {
        let levels = self.manager.get(&format!("/api/v1/inventory/{}", self.store))?.expect(200)?;
        let level = levels
            .as_array()
            .and_then(|levels| levels.iter().find(|level| level["sku"] == sku))
            .context("no such item")?;
        Ok((level["on_hand"].as_i64().unwrap_or(-1), level["available"].as_i64().unwrap_or(-1)))
    }

    /// Fails unless the store's invariants hold; answers how many events wait.
    ///
    /// # Errors
    /// With what is violated.
    pub fn check(&self) -> Result<u64> {
        self.check_store(&self.store)
    }

    /// The same of any store.
    ///
    /// # Errors
    /// With what is violated.
    pub fn check_store(&self, store: &str) -> Result<u64> {
        let found = self.admin.get(&format!("/api/v1/inventory/{store}/invariants"))?.expect(200)?;
        anyhow::ensure!(found["violations"] == json!([]), "{}", found["violations"]);
        Ok(found["outbox_depth"].as_u64().unwrap_or(u64::MAX))
    }
}
