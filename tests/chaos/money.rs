//! The money: no cent is missing between orders, payments, the ledger, gift cards and points (invariants 5 and 10).

use crate::count::{Orders, paid, status};
use crate::load::{CARD, Promised};
use kirana_tests::{Chain, Client, Platform, eventually, sqlite};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Sums, by whatever they are of. What comes to nothing is not there.
type Sums = BTreeMap<String, i64>;

/// Waits until the last events are booked, and fails with what does not add up then.
pub fn adds_up(
    platform: &mut Platform,
    chain: &Chain,
    customer: &Client,
    stores: &[String],
    history: &Orders,
    promised: &Promised,
) {
    let payments = eventually("the money to add up", Duration::from_secs(120), || {
        platform.tick().map_err(|error| error.to_string())?;
        let payments = of_stores(chain, stores, "payments");
        of_orders(history, &payments)?;
        balanced(chain)?;
        let books = books(chain);
        same("accounts", &prefixed(&books), &expected(history, &payments, promised))?;
        cards(chain, customer, stores, &books, &payments, promised)?;
        Ok(payments)
    })
    .unwrap();
    let by =
        |gateway: &str| payments.iter().filter(|payment| payment["gateway"] == gateway && kept(payment) > 0).count();
    println!(
        "  chaos: {} payments kept by cards, {} by balance, {} by points",
        by("sandbox"),
        by("gift_balance"),
        by("points")
    );
    points(platform, by_gateway(&payments).get("points").copied().unwrap_or(0));
}

fn same(what: &str, found: &Sums, expected: &Sums) -> Result<(), String> {
    let all = found.keys().chain(expected.keys());
    let wrong: BTreeMap<_, _> =
        all.map(|key| (key, (found.get(key), expected.get(key)))).filter(|(_, (one, other))| one != other).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{what}, found and expected: {wrong:?}")) }
}

fn add(sums: &mut Sums, key: impl Into<String>, amount: i64) {
    let key = key.into();
    let sum = sums.entry(key.clone()).or_default();
    *sum += amount;
    if *sum == 0 {
        sums.remove(&key);
    }
}

fn of_stores(chain: &Chain, stores: &[String], what: &str) -> Vec<Value> {
    let of = |store: &String| chain.admin.all(&format!("/api/v1/{what}?store_id={store}&limit=100")).unwrap();
    stores.iter().flat_map(of).collect()
}

fn amount(money: &Value) -> i64 {
    money["amount"].as_i64().unwrap()
}

/// What came by a payment and did not go back.
fn kept(payment: &Value) -> i64 {
    amount(&payment["captured"]) - amount(&payment["refunded"])
}

fn by_gateway(payments: &[Value]) -> Sums {
    let mut sums = Sums::new();
    for payment in payments {
        add(&mut sums, payment["gateway"].as_str().unwrap(), kept(payment));
    }
    sums
}

/// What an order says was paid and not given back is what its payments say. Tills that were offline took the rest.
fn of_orders(history: &Orders, payments: &[Value]) -> Result<(), String> {
    let (mut of_payments, mut of_orders) = (Sums::new(), Sums::new());
    for payment in payments {
        add(&mut of_payments, payment["order_id"].as_str().unwrap(), kept(payment));
    }
    for (id, order) in history.iter().filter(|(_, order)| order["payment"]["tender"].is_null()) {
        let (came, went) = paid(order);
        add(&mut of_orders, id, came - went);
    }
    same("orders by their payments", &of_payments, &of_orders)
}

/// The trial balance: debits are credits, in each currency.
fn balanced(chain: &Chain) -> Result<(), String> {
    let trial = chain.admin.get("/api/v1/ledger/trial-balance").unwrap().expect(200).unwrap();
    let mut sums = Sums::new();
    for row in trial["rows"].as_array().unwrap() {
        let [debits, credits, balance] = ["debits", "credits", "balance"].map(|name| row[name].as_i64().unwrap());
        assert_eq!(debits - credits, balance, "{row}");
        add(&mut sums, row["currency"].as_str().unwrap(), balance);
    }
    if sums.is_empty() { Ok(()) } else { Err(format!("the trial balance is not zero: {sums:?}")) }
}

/// Every account that is not zero: debits less credits.
fn books(chain: &Chain) -> Sums {
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let mut sums = Sums::new();
    for row in ledger.as_array().unwrap() {
        assert_eq!(row["currency"], "THB", "{row}");
        add(&mut sums, row["account"].as_str().unwrap(), row["balance"].as_i64().unwrap());
    }
    sums
}

/// The accounts as orders know them: what was earned is one sum, and what is held with the chain another.
fn prefixed(books: &Sums) -> Sums {
    let mut sums = Sums::new();
    for (account, balance) in books {
        let kind = account.split(':').next().unwrap();
        match kind {
            "sales" | "tax" | "tips" | "fees" | "rounding" => add(&mut sums, "earned", *balance),
            "customer-balance" | "loyalty-cost" => add(&mut sums, kind, *balance),
            _ => add(&mut sums, account, *balance),
        }
    }
    sums
}

/// What they should hold, by orders, payments and cards alone.
fn expected(history: &Orders, payments: &[Value], promised: &Promised) -> Sums {
    let (mut sums, by) = (Sums::new(), by_gateway(payments));
    let of = |gateway: &str| by.get(gateway).copied().unwrap_or(0);
    add(&mut sums, "gateway:sandbox", of("sandbox"));
    // Points cost when they are spent, and balance is owed until it is.
    add(&mut sums, "loyalty-cost", of("points"));
    add(&mut sums, "customer-balance", of("gift_balance"));
    for order in history.values() {
        let (came, went) = paid(order);
        let store = order["store_id"].as_str().unwrap();
        // What is paid is a deposit until the order is completed.
        let account = if status(order) == "completed" { "earned".to_owned() } else { format!("deposits:{store}") };
        add(&mut sums, account, went - came);
        if order["payment"]["tender"] == "cash" {
            add(&mut sums, format!("store-cash:{store}"), came - went);
        }
    }
    for (_, store, status) in sold(promised) {
        if status != "voided" {
            add(&mut sums, "customer-balance", -CARD);
            add(&mut sums, format!("store-cash:{store}"), CARD);
        }
    }
    sums
}

fn sold(promised: &Promised) -> impl Iterator<Item = (&str, &str, &str)> {
    promised.cards.iter().map(|(id, (store, status))| (id.as_str(), store.as_str(), *status))
}

/// Each card is there once and stands as was promised. What one holds that nobody redeemed, and what the customer holds, is on its account.
fn cards(
    chain: &Chain,
    customer: &Client,
    stores: &[String],
    books: &Sums,
    payments: &[Value],
    promised: &Promised,
) -> Result<(), String> {
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for card in of_stores(chain, stores, "gift-cards") {
        let text = |name: &str| card[name].as_str().unwrap().to_owned();
        assert_eq!(amount(&card["amount"]), CARD, "{card}");
        assert!(listed.insert(text("id"), text("status")).is_none(), "a card is there twice: {card}");
    }
    let told: BTreeMap<_, _> = sold(promised).map(|(id, _, status)| (id.to_owned(), status.to_owned())).collect();
    assert_eq!(listed, told, "each card as it was promised");

    let held = customer.get("/api/v1/gift-balance").unwrap().expect(200).unwrap();
    let held: i64 = held["balances"].as_array().unwrap().iter().map(amount).sum();
    let redeemed = i64::try_from(sold(promised).filter(|(_, _, status)| *status == "redeemed").count()).unwrap();
    let me = customer.get("/api/v1/auth/me").unwrap().expect(200).unwrap();
    let mut owed = Sums::new();
    add(&mut owed, format!("customer-balance:{}", me["id"].as_str().unwrap()), -held);
    for (id, _, _) in sold(promised).filter(|(_, _, status)| *status == "sold") {
        add(&mut owed, format!("customer-balance:{id}"), -CARD);
    }
    let accounts = books.iter().filter(|(account, _)| account.starts_with("customer-balance:"));
    same("gift balances", &accounts.map(|(account, sum)| (account.clone(), *sum)).collect(), &owed)?;
    let spent = by_gateway(payments).get("gift_balance").copied().unwrap_or(0);
    if held == redeemed * CARD - spent {
        Ok(())
    } else {
        Err(format!("{held} are held of {redeemed} cards, {spent} spent"))
    }
}

/// Everybody has the points that their journal comes to, and what points paid for is what payments kept of it.
fn points(platform: &mut Platform, kept: i64) {
    let read = |state: &std::path::Path| {
        let wrong = sqlite::on(
            state,
            "spends",
            "SELECT a.customer_id, a.points, COALESCE(SUM(e.points), 0) AS journal FROM accounts a LEFT JOIN entries e USING (customer_id)
             GROUP BY a.customer_id HAVING a.points <> MAX(0, COALESCE(SUM(e.points), 0))
             UNION ALL SELECT customer_id, NULL, SUM(points) FROM entries WHERE customer_id NOT IN (SELECT customer_id FROM accounts)
             GROUP BY customer_id HAVING SUM(points) <> 0",
        )?;
        assert_eq!(wrong, Vec::<Value>::new(), "points that are not what their journal comes to");
        let moved = sqlite::on(
            state,
            "spends",
            "SELECT COALESCE(SUM(amount - restored_amount), 0) AS amount, COALESCE(SUM(points - restored_points), 0) AS points,
                (SELECT COALESCE(-SUM(points), 0) FROM entries WHERE cause LIKE 'spent %' OR cause LIKE 'restored %') AS journal FROM spends",
        )?;
        assert_eq!(moved[0]["amount"], json!(kept), "what points paid for: {moved:?}");
        assert_eq!(moved[0]["points"], moved[0]["journal"], "{moved:?}");
        Ok(())
    };
    platform.kill_then(read).unwrap();
}
