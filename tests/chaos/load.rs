//! What people do to ten stores at once, and what they were promised.

use anyhow::Result;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Answer, Chain, Client, eventually};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

/// What was answered, and so must be true for ever.
#[derive(Default)]
pub struct Promised {
    /// Orders that were accepted, with their store.
    pub orders: BTreeMap<String, String>,
    /// Orders that were asked for and not answered: each is there whole, or not at all. Key and body.
    pub doubtful: Vec<(String, Value)>,
    /// Orders whose payment was taken on, with the token.
    pub payments: BTreeMap<String, &'static str>,
    /// Orders that were called off.
    pub cancelled: BTreeSet<String>,
    /// Minor units that were to be given back, by order.
    pub refunds: BTreeMap<String, i64>,
    /// Goods that were received, by store.
    pub received: BTreeMap<String, i64>,
    /// Transfers that were sent and have arrived.
    pub transfers: BTreeMap<String, Transfer>,
    /// Stocktakes of the first store that were approved.
    pub stocktakes: BTreeSet<String>,
    /// Orders that were sold while the line was down, with their store.
    pub offline: BTreeMap<String, String>,
    /// What a store's device told, by the device.
    pub told: BTreeMap<String, BTreeSet<String>>,
    /// Gift cards that were sold for cash: their store, and how they stand.
    pub cards: BTreeMap<String, (String, &'static str)>,
}

/// Two cups from one store to another.
pub struct Transfer {
    /// Where they left.
    pub from: String,
    /// Where they are.
    pub to: String,
}

/// Cups in each transfer.
pub const SENT: i64 = 2;
/// Cups in each receipt.
pub const CAME: i64 = 3;
/// What a gift card holds, in satang: two cups and something.
pub const CARD: i64 = 25_000;

impl fmt::Display for Promised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} orders acknowledged and {} not, {} payments, {} cancellations, {} orders with refunds, {} receipts, {} transfers, {} stocktakes, {} offline sales, {} gift cards, {} events of devices",
            self.orders.len(),
            self.doubtful.len(),
            self.payments.len(),
            self.cancelled.len(),
            self.refunds.len(),
            self.received.values().sum::<i64>() / CAME,
            self.transfers.len(),
            self.stocktakes.len(),
            self.offline.len(),
            self.cards.len(),
            self.told.values().map(BTreeSet::len).sum::<usize>()
        )
    }
}

pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// Asks until somebody answers, as a till does: once it is in the books, whoever heard.
pub fn insist(mut ask: impl FnMut() -> Result<Answer>) -> Answer {
    eventually("an answer", Duration::from_secs(60), || match ask() {
        Ok(answer) if answer.status < 500 => Ok(answer),
        Ok(answer) => Err(format!("{} {}", answer.status, answer.body)),
        Err(error) => Err(error.to_string()),
    })
    .unwrap()
}

/// Somebody who does one thing after the other.
pub struct Worker<'a> {
    random: Random,
    chain: &'a Chain,
    customer: &'a Client,
    stores: &'a [String],
    devices: &'a [String],
    promised: &'a Mutex<Promised>,
    /// The till that this one sells at when the line is down: it counts its sales.
    till: (String, u64),
}

impl<'a> Worker<'a> {
    pub fn new(
        thread: u64,
        seed: u64,
        chain: &'a Chain,
        customer: &'a Client,
        stores: &'a [String],
        devices: &'a [String],
        promised: &'a Mutex<Promised>,
    ) -> Self {
        let random = Random(seed ^ (thread + 1).wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let till = (format!("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e{thread:02x}"), 0);
        Self { random, chain, customer, stores, devices, promised, till }
    }

    /// One thing that somebody does. An answer that does not come is no promise.
    pub fn act(&mut self) {
        let store = self.random.pick(self.stores).clone();
        match self.random.below(24) {
            0..=7 => self.order(&store),
            8..=10 => self.bump(),
            11..=12 => self.cancel(),
            13 => self.refund(),
            14 => self.receive(&store),
            15 => self.transfer(&store),
            16 => self.stocktake(),
            17 => self.sell_offline(),
            18 => self.tell(),
            19..=20 => self.hand_over(),
            21..=22 => self.sell_card(&store),
            _ => {
                let _ = self.customer.get(&format!("/api/v1/stores/{store}/menu"));
            }
        }
    }

    fn promise<T>(&self, keep: impl FnOnce(&mut Promised) -> T) {
        keep(&mut self.promised.lock().unwrap());
    }

    fn known_order(&mut self) -> Option<(String, String)> {
        let orders = &self.promised.lock().unwrap().orders;
        let number = (!orders.is_empty()).then(|| self.random.below(orders.len() as u64))?;
        orders.iter().nth(usize::try_from(number).unwrap()).map(|(order, store)| (order.clone(), store.clone()))
    }

    fn order(&mut self, store: &str) {
        let (key, body) = (Client::new_key(), json!({"store_id": store, "lines": [golden_bubble(1)]}));
        let id = match self.customer.post_with_key("/api/v1/orders", &key, &body) {
            Ok(answer) if answer.status == 201 => answer.body["id"].as_str().unwrap().to_owned(),
            Ok(answer) if answer.status < 500 => return,
            _ => return self.promise(|promised| promised.doubtful.push((key, body))),
        };
        self.promise(|promised| promised.orders.insert(id.clone(), store.to_owned()));
        let (gateway, token) = match self.random.below(10) {
            0..=1 => ("sandbox", "tok_declined"),
            2..=3 => ("gift_balance", "balance"),
            4..=5 => ("points", "points"),
            _ => ("sandbox", "tok_success"),
        };
        let sent = (gateway == "sandbox").then_some(token);
        let payment = json!({"order_id": id, "gateway": gateway, "token": sent});
        if self.customer.post("/api/v1/payments/initiate", &payment).is_ok_and(|answer| answer.status == 201) {
            self.promise(|promised| promised.payments.insert(id, token));
        }
    }

    fn bump(&mut self) {
        let Some((order, store)) = self.known_order() else { return };
        let _ = self.chain.admin.post(&format!("/api/v1/stores/{store}/kitchen/tickets/{order}/bump"), &json!({}));
    }

    /// The counter hands an order over, as far as it may go.
    fn hand_over(&mut self) {
        let Some((order, _)) = self.known_order() else { return };
        for status in ["preparing", "ready", "collected", "completed"] {
            let _ = self.chain.admin.put(&format!("/api/v1/orders/{order}/status"), &json!({"status": status}));
        }
    }

    /// The counter sells a gift card. Some of them the customer redeems, some are taken back, some lie in a drawer.
    fn sell_card(&mut self, store: &str) {
        let (key, sale) = (Client::new_key(), json!({"store_id": store, "amount": CARD, "paid_with": "cash"}));
        let sold = insist(|| self.chain.admin.post_with_key("/api/v1/gift-cards", &key, &sale)).expect(201).unwrap();
        let id = sold["id"].as_str().unwrap().to_owned();
        let status = match self.random.below(5) {
            0 => {
                let path = format!("/api/v1/gift-cards/{id}/void");
                insist(|| self.chain.admin.post(&path, &json!({}))).expect(200).unwrap();
                "voided"
            }
            1 => "sold",
            _ => {
                let code = json!({"code": sold["code"]});
                insist(|| self.customer.post("/api/v1/gift-cards/redeem", &code)).expect(200).unwrap();
                "redeemed"
            }
        };
        self.promise(|promised| promised.cards.insert(id, (store.to_owned(), status)));
    }

    fn cancel(&mut self) {
        let Some((order, _)) = self.known_order() else { return };
        let answer = self.customer.post(&format!("/api/v1/orders/{order}/cancel"), &json!({"reason": "chaos"}));
        if answer.is_ok_and(|answer| answer.status == 200) {
            self.promise(|promised| promised.cancelled.insert(order));
        }
    }

    fn refund(&mut self) {
        let Some((order, _)) = self.known_order() else { return };
        let of_order = insist(|| self.chain.admin.get(&format!("/api/v1/payments/order/{order}"))).expect(200).unwrap();
        let paid = of_order.as_array().unwrap().iter().find(|payment| payment["status"] == "completed");
        let Some(payment) = paid.and_then(|payment| payment["id"].as_str()) else { return };
        let (path, key) = (format!("/api/v1/payments/{payment}/refund"), Client::new_key());
        let body = json!({"amount": 100, "reason": "it was cold"});
        if insist(|| self.chain.admin.post_with_key(&path, &key, &body)).status == 202 {
            self.promise(|promised| *promised.refunds.entry(order).or_default() += 100);
        }
    }

    fn receive(&mut self, store: &str) {
        let goods = json!({"store_id": store, "kind": "receive", "sku": "cup", "quantity": CAME, "cost": 6});
        let key = Client::new_key();
        let post = || self.chain.admin.post_with_key("/api/v1/inventory/stock-movement", &key, &goods);
        insist(post).expect(201).unwrap();
        self.promise(|promised| *promised.received.entry(store.to_owned()).or_default() += CAME);
    }

    fn transfer(&mut self, from: &str) {
        let to = self.random.pick(self.stores).clone();
        if to == from {
            return;
        }
        let lines = json!([{"sku": "cup", "quantity": SENT}]);
        let (send, key) = (json!({"from_store": from, "to_store": to, "lines": lines}), Client::new_key());
        let sent = insist(|| self.chain.admin.post_with_key("/api/v1/transfers", &key, &send)).expect(201).unwrap();
        let (id, key) = (sent["id"].as_str().unwrap().to_owned(), Client::new_key());
        let (path, came) = (format!("/api/v1/transfers/{id}/receive"), json!({"lines": lines}));
        insist(|| self.chain.admin.post_with_key(&path, &key, &came)).expect(200).unwrap();
        self.promise(|promised| promised.transfers.insert(id, Transfer { from: from.to_owned(), to }));
    }

    /// Somebody of the first store finds five millilitres of syrup less than the books have.
    fn stocktake(&mut self) {
        let (store, staff) = (&self.chain.store, &self.chain.staff);
        let (of_store, key) = (json!({"store_id": store}), Client::new_key());
        let begun = insist(|| staff.post_with_key("/api/v1/stocktakes", &key, &of_store)).expect(201).unwrap();
        let id = begun["id"].as_str().unwrap().to_owned();
        let level = insist(|| staff.get(&format!("/api/v1/inventory/{store}/syrup"))).expect(200).unwrap();
        let counted = level["on_hand"].as_i64().unwrap() - 5;
        let lines = json!({"store_id": store, "lines": [{"sku": "syrup", "counted": counted}]});
        let path = format!("/api/v1/stocktakes/{id}");
        insist(|| staff.post(&format!("{path}/lines"), &lines)).expect(200).unwrap();
        insist(|| self.chain.admin.post(&format!("{path}/approve"), &of_store)).expect(200).unwrap();
        self.promise(|promised| promised.stocktakes.insert(id));
    }

    /// A device's event, told once: whoever was not answered does not know what became of it.
    fn tell(&mut self) {
        let (device, words) = (self.random.pick(self.devices).clone(), Client::new_key());
        let event = json!({"events": [{"type": "log", "data": {"level": "info", "text": words}}]});
        let call = json!({"deviceId": device, "dataJson": event.to_string()});
        let path = "/api/v1/devices/rpc/kirana.devices.v1.DeviceService/ReceiveDeviceData";
        if self.chain.admin.post(path, &call).is_ok_and(|answer| answer.body["accepted"] == 1) {
            self.promise(|promised| promised.told.entry(device).or_default().insert(words));
        }
    }

    fn sell_offline(&mut self) {
        // Each till is of one store.
        let number = usize::from_str_radix(&self.till.0[34..], 16).unwrap();
        let store = self.stores[number % self.stores.len()].clone();
        self.till.1 += 1;
        let (device, seq) = (&self.till.0, self.till.1);
        let sale = json!({"key": format!("sale-{seq}"), "seq": seq, "sold_at": "2025-01-01T10:00:00Z", "tender": "cash",
            "lines": [golden_bubble(1)]});
        let batch = json!({"device_id": device, "sales": [sale]});
        let post = || self.chain.admin.post(&format!("/api/v1/stores/{store}/offline-sales"), &batch);
        let sold = insist(post).expect(200).unwrap();
        let order = sold[0]["order_id"].as_str().unwrap().to_owned();
        self.promise(|promised| promised.offline.insert(order, store));
    }
}
