//! What is printed when the demo chain is served: where everything is, who can log in, and what to try.

use super::{ADMIN, PASSWORD};
use crate::scripts::root;
use serde_json::Value;

/// Prints where everything is and what to try.
pub fn describe(url: &str, chain: &Value) {
    let text = |key: &str| chain[key].as_str().unwrap_or_default();
    let (stores, products) = (&chain["stores"], &chain["products"]);
    let (id, store) = (text("store_id"), text("store"));
    let built = root().join("web/dist/dashboard/index.html").is_file();
    let dashboard = if built { format!("     Dashboard: {url}/dashboard/") } else { String::new() };
    println!(
        r#"
Kirana is served at {url}     The shop: {url}/{dashboard}     API docs: {url}/docs     OpenAPI: {url}/api/v1/openapi.json

The demo chain: {stores} bubble-tea stores in Bangkok, {products} products. Logins, all with the password {PASSWORD}:
  customer@kirana.example   orders
  staff@kirana.example      works at {store}
  manager@kirana.example    manages it
  owner@kirana.example      owns it and six others
  {ADMIN}      runs the chain

Try next:
  STORE={id}
  curl -s {url}/api/v1/stores/$STORE/menu
  curl -s '{url}/api/v1/products/search?q=buble'
  curl -s '{url}/api/v1/stores/nearby?lat=13.74&lng=100.53'
  TOKEN=$(curl -s {url}/api/v1/auth/login -H 'content-type: application/json' \
    -d '{{"email":"customer@kirana.example","password":"{PASSWORD}"}}' | sed 's/.*"access_token":"\([^"]*\).*/\1/')
  curl -s {url}/api/v1/orders -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -H 'idempotency-key: my-very-first-order' -d '{{"store_id":"'$STORE'","lines":[{{"variant_sku":"golden-bubble-milk-tea/medium",
      "quantity":1,"modifiers":[{{"sku":"choose-sweetness-level/sugar-50pc"}},
      {{"sku":"choose-extra-topping-s-chewy-tea/none"}},{{"sku":"extra-toppings/grass-jelly"}}]}}]}}'
  with "coupons":["WELCOME"] it costs 20 baht less, once; from 14:00 to 16:00 a tenth less. POST /api/v1/quotes says why
  then pay it: POST /api/v1/payments/initiate {{"order_id":"<its id>","gateway":"sandbox","token":"tok_success"}}"#
    );
}
