//! The chain that is measured: twenty stores that sell tea, ten thousand other products, 20,480 stores to be found.

use crate::load::{Ask, Caller};
use crate::process;
use anyhow::{Context, Result};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Platform, eventually};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

/// Cups that no measurement uses up.
const CUPS: i64 = 1_000_000_000;
/// Stores that take orders.
pub const STORES: usize = 20;
/// Stores that can be found, those that take orders aside.
pub const FOUND: usize = 20_480;
/// Products that can be found, those of the menu aside.
pub const PRODUCTS: usize = 10_000;

/// Kirana, with what is in it.
pub struct World {
    /// The platform.
    pub platform: Platform,
    /// Its first store and its people.
    pub chain: Chain,
    /// Every store that takes orders.
    pub stores: Vec<String>,
}

impl World {
    /// Sets all of it up through the API.
    pub fn open(say: impl Fn(&str)) -> Result<Self> {
        let platform = Platform::start("bench")?;
        let chain = Chain::open(&platform, CUPS)?;
        let mut stores = vec![chain.store.clone()];
        say("stores that take orders");
        for number in 1..STORES {
            stores.push(chain.open_another(&format!("Store {number}"), CUPS)?);
        }
        Ok(Self { platform, chain, stores })
    }

    /// Ten thousand products, which search looks through.
    pub fn fill_catalogue(&self) -> Result<()> {
        const KINDS: [&str; 10] =
            ["Tea", "Coffee", "Juice", "Smoothie", "Bun", "Cake", "Wine", "Beer", "Noodles", "Curry"];
        const TASTES: [&str; 20] = [
            "Mango", "Lychee", "Taro", "Matcha", "Honey", "Ginger", "Lemon", "Peach", "Coconut", "Sesame", "Vanilla",
            "Cocoa", "Plum", "Guava", "Melon", "Papaya", "Rose", "Mint", "Almond", "Chestnut",
        ];
        const EACH: usize = 2_000;
        for part in 0..PRODUCTS / EACH {
            let items: Vec<_> = (part * EACH..(part + 1) * EACH)
                .map(|number| {
                    let (kind, taste) = (KINDS[number % KINDS.len()], TASTES[number / KINDS.len() % TASTES.len()]);
                    json!({
                        "name": format!("{taste} {kind} {number}"), "category": kind,
                        "description": format!("{kind} with {}", taste.to_lowercase()),
                        "variants": [{"name": "One", "price": 20 + number % 80}],
                    })
                })
                .collect();
            let menu =
                json!({"name": format!("Range {part}"), "currency": "THB", "modifier_groups": {}, "items": items});
            self.chain.admin.post("/api/v1/catalog/import", &menu)?.expect(200)?;
        }
        Ok(())
    }

    /// Stores all over the world, ever again those of the file, each time a little elsewhere.
    pub fn fill_map(&self) -> Result<()> {
        const EACH: usize = 500;
        let file = include_str!("../../data/stores_zones.csv");
        let rows: Vec<Vec<&str>> = file.lines().skip(1).map(|line| line.split(',').collect()).collect();
        // The last two columns are the longitude and the latitude; a name with a comma in it is left out.
        let rows: Vec<_> = rows.into_iter().filter(|row| row.len() == 12 && !row[4].is_empty()).collect();
        let mut made = 0;
        while made < FOUND {
            let mut csv = String::from("number,name,street,city,country,timezone,longitude,latitude\n");
            for number in made..(made + EACH).min(FOUND) {
                let row = &rows[number % rows.len()];
                let step = f64::from(u32::try_from(number / rows.len())?) * 0.01;
                let (longitude, latitude) = (row[10].parse::<f64>()?, row[11].parse::<f64>()?);
                writeln!(
                    csv,
                    "N{number},{} {number},{},{},{},{},{:.4},{:.4}",
                    row[1].trim_matches('"'),
                    row[3].trim_matches('"'),
                    row[4],
                    row[6],
                    row[9],
                    (longitude + step).clamp(-179.0, 179.0),
                    (latitude + step / 2.0).clamp(-80.0, 80.0),
                )?;
            }
            let tax = json!({"name": "VAT", "rate_bp": 700, "inclusive": true});
            let body = json!({"franchisee_id": self.chain.franchisee, "csv": csv, "tax": tax});
            let report = self.chain.admin.post("/api/v1/stores/import", &body)?.expect(200)?;
            let imported = report["imported"].as_array().context("no report")?.len();
            anyhow::ensure!(imported > EACH / 2, "few stores were taken: {}", report["faults"]);
            made += EACH;
        }
        Ok(())
    }

    /// Waits until workerd has next to nothing to do: until everybody has heard of what was put in. Where the system does not tell, it
    /// does not wait.
    pub fn rest(&self) -> Result<()> {
        const SECOND: Duration = Duration::from_secs(1);
        let mut quiet = 0;
        let mut before = process::cpu(self.platform.workerd());
        eventually("workerd to come to rest", Duration::from_secs(900), || {
            let Some(last) = before else { return Ok(()) };
            std::thread::sleep(SECOND);
            before = process::cpu(self.platform.workerd());
            let busy = before.map_or(Duration::ZERO, |now| now.saturating_sub(last));
            quiet = if busy < SECOND / 10 { quiet + 1 } else { 0 };
            if quiet >= 3 { Ok(()) } else { Err(format!("{busy:?} in a second")) }
        })
    }

    /// A new guest's access token; it is good for ten minutes.
    pub fn greet(&self) -> Result<String> {
        let body = json!({"email": "passing@example.com", "name": "Mali"});
        let session = self.chain.nobody.post("/api/v1/auth/guest", &body)?.expect(201)?;
        Ok(session["access_token"].as_str().context("no token")?.to_owned())
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        self.chain.nobody.url()
    }

    /// One milk tea of a store, as the API takes it.
    pub fn tea(store: &str) -> Value {
        json!({"store_id": store, "lines": [golden_bubble(1)]})
    }

    /// An order of one tea, with a signed quote for it.
    pub fn quoted(&self, guest: &str, store: &str) -> Result<String> {
        let mut order = Self::tea(store);
        let wish = order.to_string();
        let quote = Caller::new(self.url()).expect(200, &Ask::post("/api/v1/quotes", &wish).by(guest))?;
        order["quote"] = serde_json::from_str::<Value>(&quote)?["token"].clone();
        Ok(order.to_string())
    }

    /// Waits until a guest's order is confirmed.
    pub fn confirmed(&self, guest: &str, order: &str) -> Result<()> {
        let (caller, path) = (Caller::new(self.url()), format!("/api/v1/orders/{order}"));
        eventually("the order to be confirmed", Duration::from_secs(120), || {
            let told = caller.expect(200, &Ask::get(&path).by(guest)).map_err(|error| error.to_string())?;
            let order: Value = serde_json::from_str(&told).map_err(|error| error.to_string())?;
            if order["status"] == "confirmed" { Ok(()) } else { Err(order["status"].to_string()) }
        })
    }
}
