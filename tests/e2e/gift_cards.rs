//! Gift cards: sold once, redeemed once, spent to the last satang and not beyond, also by many at once.

use crate::ordering::drained;
use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A golden bubble milk tea with grass jelly, in satang.
const TEA: i64 = 11_000;

/// Sells a card: its id and code.
fn sell(chain: &Chain, amount: i64) -> (String, String) {
    let sale = json!({"store_id": chain.store, "amount": amount, "paid_with": "cash"});
    let sold = chain.staff.post("/api/v1/gift-cards", &sale).unwrap().expect(201).unwrap();
    (sold["id"].as_str().unwrap().to_owned(), sold["code"].as_str().unwrap().to_owned())
}

fn redeem(customer: &Client, code: &str) -> (u16, Value) {
    let answer = customer.post("/api/v1/gift-cards/redeem", &json!({"code": code})).unwrap();
    (answer.status, answer.body)
}

/// What a customer holds, in satang.
fn balance(customer: &Client) -> i64 {
    let held = customer.get("/api/v1/gift-balance").unwrap().expect(200).unwrap();
    held["balances"].as_array().unwrap().iter().map(|money| money["amount"].as_i64().unwrap()).sum()
}

fn order(chain: &Chain, customer: &Client) -> String {
    let placed = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    placed["id"].as_str().unwrap().to_owned()
}

fn spend(customer: &Client, order: &str, amount: Option<i64>) -> (u16, Value) {
    let request = json!({"order_id": order, "gateway": "gift_balance", "amount": amount});
    let answer = customer.post("/api/v1/payments/initiate", &request).unwrap();
    (answer.status, answer.body)
}

/// An account's balance in the books, in satang: debits less credits.
fn booked(chain: &Chain, account: &str) -> i64 {
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let rows = ledger.as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["balance"].as_i64().unwrap()).sum::<i64>(), 0, "{ledger}");
    let found = rows.iter().filter(|row| row["account"].as_str().unwrap().starts_with(account));
    found.map(|row| row["balance"].as_i64().unwrap()).sum()
}

#[test]
fn a_card_is_sold_redeemed_and_spent_with_another_tender_beside_it() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("gift-card").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let (_, mali) = chain.customer().unwrap();
    let (_, somchai) = chain.customer().unwrap();

    // The same sale twice is one card with one code; another sale under its key is refused.
    let sale = json!({"store_id": chain.store, "amount": 15_000, "paid_with": "card_terminal"});
    let once =
        chain.staff.post_with_key("/api/v1/gift-cards", "gift-card-number-one", &sale).unwrap().expect(201).unwrap();
    let again =
        chain.staff.post_with_key("/api/v1/gift-cards", "gift-card-number-one", &sale).unwrap().expect(201).unwrap();
    assert_eq!(once, again);
    let other = json!({"store_id": chain.store, "amount": 15_001, "paid_with": "card_terminal"});
    let reused = chain.staff.post_with_key("/api/v1/gift-cards", "gift-card-number-one", &other).unwrap();
    assert_eq!((reused.status, reused.body["code"].as_str()), (422, Some("idempotency_key_reused")));
    assert_eq!(booked(&chain, "gateway:card_terminal"), 15_000);
    // Whoever lists cards sees how a code ends, and no code.
    let code = once["code"].as_str().unwrap();
    let listed = chain.staff.get(&format!("/api/v1/gift-cards?store_id={}", chain.store)).unwrap().expect(200).unwrap();
    assert_eq!(listed["items"][0]["status"], "sold");
    assert!(code.ends_with(listed["items"][0]["code_end"].as_str().unwrap()) && !listed.to_string().contains(code));

    // Typed as people type; once, by one. The same person again is told the same.
    assert_eq!(redeem(&mali, "0000-0000-0000-0000").0, 404);
    assert_eq!(redeem(&mali, "too short").0, 422);
    assert_eq!(redeem(&mali, &code.to_lowercase().replace('-', " ")).0, 200);
    assert_eq!((redeem(&mali, code).0, balance(&mali)), (200, 15_000));
    let (status, refused) = redeem(&somchai, code);
    assert_eq!((status, refused["code"].as_str(), balance(&somchai)), (409, Some("already_redeemed"), 0));

    // A cup by balance alone, then a cup by what is left and a card.
    let first = order(&chain, &mali);
    let (status, paid) = spend(&mali, &first, None);
    assert_eq!(
        (status, paid["status"].as_str(), paid["amount"]["amount"].as_i64()),
        (201, Some("completed"), Some(TEA))
    );
    wait_for_status(&mali, &first, "confirmed");
    let second = order(&chain, &mali);
    let (status, short) = spend(&mali, &second, None);
    assert_eq!((status, short["code"].as_str()), (409, Some("insufficient_balance")));
    for wrong in [0, -1, TEA + 1] {
        assert_eq!(spend(&mali, &second, Some(wrong)).0, 422, "{wrong}");
    }
    assert_eq!(spend(&mali, &second, Some(4_000)).0, 201);
    let due = || {
        let order = mali.get(&format!("/api/v1/orders/{second}")).unwrap().expect(200).unwrap();
        let paid = order["payment"]["paid"]["amount"].as_i64().unwrap_or(0);
        if paid == 4_000 { Ok(order) } else { Err(order.to_string()) }
    };
    assert_eq!(eventually("the part to be known", MINUTE, due).unwrap()["status"], "placed");
    assert_eq!(pay(&mali, &second, "tok_success")["amount"]["amount"], TEA - 4_000);
    wait_for_status(&mali, &second, "confirmed");
    assert_eq!(balance(&mali), 0);

    // Called off: each part goes back to where it came from.
    mali.post(&format!("/api/v1/orders/{second}/cancel"), &json!({})).unwrap().expect(200).unwrap();
    eventually("the balance to be back", MINUTE, || match balance(&mali) {
        4_000 => Ok(()),
        other => Err(other.to_string()),
    })
    .unwrap();
    eventually("the card's part to be back", MINUTE, || match booked(&chain, "gateway:sandbox") {
        0 => Ok(()),
        other => Err(other.to_string()),
    })
    .unwrap();
    drained(&chain);
    let held = mali.get("/api/v1/gift-balance").unwrap().expect(200).unwrap();
    let moved: Vec<_> = held["movements"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(moved, ["payment_refunded", "gift_balance_spent", "gift_balance_spent", "gift_card_redeemed"]);
    assert_eq!((booked(&chain, "customer-balance"), booked(&chain, "deposits")), (-4_000, -TEA));

    // A card that nobody redeemed can be taken back; one that was redeemed can not.
    let (unsold, spare) = sell(&chain, 700);
    let void = |id: &str| chain.manager.post(&format!("/api/v1/gift-cards/{id}/void"), &json!({})).unwrap();
    assert_eq!(void(&unsold).expect(200).unwrap()["status"], "voided");
    assert_eq!((void(&unsold).status, booked(&chain, "store-cash")), (200, 0));
    assert_eq!(redeem(&mali, &spare).1["code"], "gift_card_voided");
    assert_eq!(void(once["id"].as_str().unwrap()).body["code"], "not_voidable");
}

/// All of them at once: what each is answered.
fn at_once<T: Sync>(all: &[T], act: impl Fn(&T) -> (u16, Value) + Sync) -> Vec<(u16, Value)> {
    let gate = Barrier::new(all.len());
    std::thread::scope(|scope| {
        let begun: Vec<_> = all
            .iter()
            .map(|one| {
                let (gate, act) = (&gate, &act);
                scope.spawn(move || {
                    gate.wait();
                    act(one)
                })
            })
            .collect();
        begun.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn count(answers: &[(u16, Value)], status: u16) -> usize {
    answers.iter().filter(|(found, _)| *found == status).count()
}

/// A customer who holds enough for so many cups, with more orders than that.
fn with_orders(chain: &Chain, cups: i64, orders: usize) -> (Client, Vec<String>) {
    let (_, customer) = chain.customer().unwrap();
    assert_eq!(redeem(&customer, &sell(chain, cups * TEA + TEA / 2).1).0, 200);
    let placed = (0..orders).map(|_| order(chain, &customer)).collect();
    (customer, placed)
}

/// R5 of the proofs, for gift cards: the last of a balance, and the only use of a card, by many at once.
#[test]
fn r5_a_gift_card_never_falls_below_zero() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("gift-card-last").unwrap();
    let chain = Chain::open(&platform, 10_000).unwrap();
    let (_, code) = sell(&chain, 50_000);
    let customers: Vec<Client> = (0..24).map(|_| chain.customer().unwrap().1).collect();
    let answers = at_once(&customers, |customer| redeem(customer, &code));
    assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 23), "{answers:?}");
    assert_eq!(customers.iter().map(balance).sum::<i64>(), 50_000);

    for cups in [1, 7] {
        let (customer, orders) = with_orders(&chain, cups, 30);
        let answers = at_once(&orders, |order| spend(&customer, order, None));
        let paid = usize::try_from(cups).unwrap();
        assert_eq!((count(&answers, 201), count(&answers, 409)), (paid, 30 - paid), "{answers:?}");
        assert!(answers.iter().all(|(status, body)| *status != 409 || body["code"] == "insufficient_balance"));
        assert_eq!(balance(&customer), TEA / 2);
    }
    // Two of the same attempt are one: what is spent, is spent once.
    let (customer, orders) = with_orders(&chain, 2, 1);
    let keys = [(); 16];
    let request = json!({"order_id": orders[0], "gateway": "gift_balance"});
    let answers = at_once(&keys, |()| {
        let answer = customer.post_with_key("/api/v1/payments/initiate", "only-once-please", &request).unwrap();
        (answer.status, answer.body)
    });
    assert_eq!(count(&answers, 201), keys.len(), "{answers:?}");
    assert!(answers.iter().all(|(_, body)| body["id"] == answers[0].1["id"]));
    assert_eq!(balance(&customer), TEA + TEA / 2);
    drained(&chain);
    chain.check().unwrap();
}

#[test]
fn without_its_guard_a_balance_pays_more_than_it_holds() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("gift-card-guard").unwrap();
    platform.restart_in(Some("sabotage=balances")).unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (customer, orders) = with_orders(&chain, 1, 4);
    let answers = at_once(&orders, |order| spend(&customer, order, None));
    assert!(count(&answers, 201) > 1, "the test above would notice: {answers:?}");
}
