//! Where one of the demo's stores delivers, and for what: near by for little, across the river for more.

use super::api::Api;
use anyhow::{Context, Result};
use serde_json::json;

/// Draws two zones around a store that lies where its file says.
pub fn draw(admin: &Api, store: &str) -> Result<()> {
    let told = admin.get(&format!("/api/v1/stores/{store}"))?;
    let place = |name: &str| told["position"][name].as_f64().context("a store of the demo has no position");
    let (latitude, longitude) = (place("latitude")?, place("longitude")?);
    let path = format!("/api/v1/stores/{store}/delivery-zones");
    let baht = |amount: i64| json!({"amount": amount * 100, "currency": "THB"});
    admin.post(&path, &json!({"name": "Around the corner", "radius_m": 1_500, "fee": baht(20), "priority": 1}))?;
    let corner = |north: f64, east: f64| json!({"latitude": latitude + north, "longitude": longitude + east});
    let polygon = [
        corner(0.030, -0.025),
        corner(0.034, 0.012),
        corner(0.012, 0.036),
        corner(-0.022, 0.028),
        corner(-0.030, -0.006),
        corner(-0.008, -0.032),
    ];
    let wide = json!({"name": "Half an hour by bike", "polygon": polygon, "fee": baht(45), "minimum_order": baht(150)});
    admin.post(&path, &wide)?;
    Ok(())
}
