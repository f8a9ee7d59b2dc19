//! One sample of every event, in its envelope, and of a pack of them.

use crate::Sample;
use crate::told::{customer, id, money, order, promotion, time, zone};
use kirana_contracts::menu::Tax;
use kirana_events::{
    Ack, CampaignEvent, CustomerRegistered, DeliveryZoneEvent, DeviceEvent, Event, EventData, Expiry, Letter,
    LoginFailed, OfferEvent, OrderEvent, OrderFigures, Pack, PackedEvent, PaymentEvent, PersonEvent, PointsEvent,
    PriceChange, ProductEvent, PurchaseOrderEvent, SessionRevoked, StaffAdded, StockEvent, StockLayer, StockLevel,
    StockLine, StockLines, StoreEvent, StoreStatus, Subscriber, UserEvent, VERSION, VarianceEvent,
};
use kirana_kernel::{Currency, Role};
use serde_json::value::RawValue;

/// The data of every type of event; a new type fails here until it has a sample.
fn data(event_type: &str) -> EventData {
    use EventData as E;
    let of_order = || OrderEvent {
        order: order(),
        reason: Some("the last jelly fell".into()),
        before: Some(OrderFigures::from(&order())),
    };
    let lines = || StockLines { order_id: id(1), lines: vec![StockLine { sku: "cup".into(), quantity: 2 }] };
    let level = || StockLevel {
        sku: "cup".into(),
        name: "Cup 500 ml".into(),
        unit: "piece".into(),
        on_hand: 10,
        reserved: 2,
        low_stock_threshold: 5,
        value: 20,
        layers: Some(vec![StockLayer { received_at: time(), expires_at: Some(time()), on_hand: 10, value: 20 }]),
        at: time(),
    };
    let stock = || StockEvent { levels: vec![level()], reason: Some("one was missing".into()) };
    let expiry = || Expiry { batch: 7, sku: "milk".into(), quantity: 900, value: 1_800, expires_at: time() };
    let payment = || PaymentEvent {
        payment_id: id(2),
        order_id: id(1),
        customer_id: id(3),
        amount: money(),
        gateway: "sandbox".into(),
        refund_id: Some(id(4)),
        reason: Some("the card was declined".into()),
    };
    let offer = || OfferEvent {
        order_id: id(1),
        version: 2,
        customer_id: id(3),
        claim_id: Some(id(13)),
        promotions: vec![promotion()],
    };
    let campaign = || CampaignEvent {
        campaign_id: id(12),
        name: "Monsoon".into(),
        reason: "scheduled".into(),
        maker_id: Some(id(3)),
    };
    let points = || PointsEvent { customer_id: id(3), order_id: Some(id(1)), points: 4, value: Some(money()) };
    let tax = || Tax { name: "VAT".into(), rate_bp: 700, inclusive: true };
    let store = || StoreEvent {
        store_id: id(5),
        number: 17,
        name: "Siam".into(),
        franchisee_id: id(6),
        tax: tax(),
        currency: Some(Currency::THB),
    };
    let email = || "mali@example.com".to_owned();
    let person = || PersonEvent { user_id: id(3), name: customer().name, email: email() };
    let letter = || Letter { user_id: id(3), name: customer().name, email: email(), ticket: id(11) };
    let purchase = || PurchaseOrderEvent {
        purchase_order_id: id(9),
        store_id: id(5),
        supplier: "Chiang Rai Tea".into(),
        automatic: true,
        cost: 2_002,
        lines: vec![StockLine { sku: "cup".into(), quantity: 100 }],
    };
    let product = || ProductEvent {
        product_id: id(7),
        menu_id: id(8),
        name: "Golden Bubble Milk Tea".into(),
        category: "Milk tea".into(),
    };
    match event_type {
        "OrderCreated" => E::OrderCreated(of_order()),
        "OrderConfirmed" => E::OrderConfirmed(of_order()),
        "OrderPreparing" => E::OrderPreparing(of_order()),
        "OrderReady" => E::OrderReady(of_order()),
        "OrderCollected" => E::OrderCollected(of_order()),
        "OrderDispatched" => E::OrderDispatched(of_order()),
        "OrderDelivered" => E::OrderDelivered(of_order()),
        "OrderCompleted" => E::OrderCompleted(of_order()),
        "OrderCancelled" => E::OrderCancelled(of_order()),
        "OrderAmended" => E::OrderAmended(of_order()),
        "OrderRefunded" => E::OrderRefunded(of_order()),
        "OrderOverdue" => E::OrderOverdue(of_order()),
        "PurchaseOrderCreated" => E::PurchaseOrderCreated(purchase()),
        "PurchaseOrderReceived" => E::PurchaseOrderReceived(purchase()),
        "OfferApplied" => E::OfferApplied(offer()),
        "OfferReleased" => E::OfferReleased(offer()),
        "CampaignActivated" => E::CampaignActivated(campaign()),
        "CampaignDeactivated" => E::CampaignDeactivated(campaign()),
        "InventoryReserved" => E::InventoryReserved(lines()),
        "InventoryReleased" => E::InventoryReleased(lines()),
        "StockUpdated" => E::StockUpdated(stock()),
        "StockAdjusted" => E::StockAdjusted(stock()),
        "LowStockAlert" => E::LowStockAlert(stock()),
        "OutOfStock" => E::OutOfStock(stock()),
        "ItemNearExpiry" => E::ItemNearExpiry(expiry()),
        "ItemExpired" => E::ItemExpired(expiry()),
        "StockVariance" => E::StockVariance(VarianceEvent { reference: id(1).to_string(), lines: lines().lines }),
        "PaymentInitiated" => E::PaymentInitiated(payment()),
        "PaymentPending" => E::PaymentPending(payment()),
        "PaymentCompleted" => E::PaymentCompleted(payment()),
        "PaymentFailed" => E::PaymentFailed(payment()),
        "RefundInitiated" => E::RefundInitiated(payment()),
        "RefundCompleted" => E::RefundCompleted(payment()),
        "RefundFailed" => E::RefundFailed(payment()),
        "CustomerRegistered" => {
            let email = "mali@example.com".into();
            E::CustomerRegistered(CustomerRegistered { customer_id: id(3), name: customer().name, email })
        }
        "VerificationRequested" => E::VerificationRequested(letter()),
        "AddressClaimed" => E::AddressClaimed(person()),
        "CustomerVerified" => E::CustomerVerified(person()),
        "PasswordResetRequested" => E::PasswordResetRequested(letter()),
        "OneTimeCodeRequested" => E::OneTimeCodeRequested(letter()),
        "PasswordChanged" => E::PasswordChanged(person()),
        "StaffInvited" => E::StaffInvited(letter()),
        "StaffAdded" => E::StaffAdded(StaffAdded { user_id: id(3), roles: vec![Role::Staff], stores: vec![id(5)] }),
        "ProfileUpdated" => E::ProfileUpdated(UserEvent { user_id: id(3) }),
        "CustomerErased" => E::CustomerErased(UserEvent { user_id: id(3) }),
        "LoginFailed" => {
            E::LoginFailed(LoginFailed { user_id: Some(id(3)), account: "ab".repeat(32), wrong: "password".into() })
        }
        "SessionRevoked" => {
            let session_id = Some(id(10));
            E::SessionRevoked(SessionRevoked { user_id: id(3), session_id, reason: SessionRevoked::REUSED.into() })
        }
        "PointsEarned" => E::PointsEarned(points()),
        "PointsRedeemed" => E::PointsRedeemed(points()),
        "StoreCreated" => E::StoreCreated(store()),
        "StoreUpdated" => E::StoreUpdated(store()),
        "StoreStatusChanged" => {
            let reason = Some("a pipe burst".into());
            E::StoreStatusChanged(StoreStatus { store_id: id(5), name: "Siam".into(), paused: true, reason })
        }
        "DeliveryZoneUpdated" => {
            E::DeliveryZoneUpdated(DeliveryZoneEvent { store_id: id(5), zone: zone(), removed: true })
        }
        "ProductCreated" => E::ProductCreated(product()),
        "ProductUpdated" => E::ProductUpdated(product()),
        "ProductRetired" => E::ProductRetired(product()),
        "PriceChanged" => E::PriceChanged(PriceChange {
            sku: "golden-bubble-milk-tea/medium".into(),
            menu_id: id(8),
            store_id: Some(id(5)),
            from: money(),
            to: money(),
        }),
        "DeviceOnline" => E::DeviceOnline(DeviceEvent::of(id(14), "fridge", "Fridge 1", time())),
        "DeviceOffline" => E::DeviceOffline(DeviceEvent::of(id(14), "fridge", "Fridge 1", time())),
        "DeviceDataReceived" => E::DeviceDataReceived(DeviceEvent {
            data: Some(serde_json::json!([{"number": 4, "type": "door_opened", "at": time(), "data": null}])),
            ..DeviceEvent::of(id(14), "fridge", "Fridge 1", time())
        }),
        "DeviceError" => E::DeviceError(DeviceEvent {
            code: Some("cold_chain_breach".into()),
            detail: Some("above 5 °C for too long".into()),
            data: Some(serde_json::json!({"since": time(), "worst": 9.5, "skus": ["milk"]})),
            ..DeviceEvent::of(id(14), "fridge", "Fridge 1", time())
        }),
        other => panic!("{other} has no sample: give it one here"),
    }
}

fn event(event_type: &str) -> Event {
    Event {
        id: id(9),
        version: VERSION,
        occurred_at: time(),
        source: "store-17".into(),
        store_id: Some(id(5)),
        subject: id(1).to_string(),
        correlation_id: "request-1".into(),
        causation_id: Some(id(10)),
        data: data(event_type),
    }
}

pub fn all() -> Vec<Sample> {
    let mut samples: Vec<_> =
        EventData::TYPES.iter().map(|name| crate::told(&format!("event-{name}"), &event(name))).collect();
    let body = serde_json::to_string(&event("OrderCancelled")).unwrap();
    let pack = |replay| Pack {
        source: "store-17".into(),
        subscriber: Subscriber::Payments,
        after: 4,
        upto: 6,
        replay,
        events: vec![PackedEvent { seq: 5, event: RawValue::from_string(body.clone()).unwrap().into() }],
    };
    samples.push(crate::told("pack", &Parsed::of(&pack(false))));
    samples.push(crate::told("pack-replayed", &Parsed::of(&pack(true))));
    for subscriber in Subscriber::ALL {
        samples.push(crate::told(&format!("ack-{subscriber}"), &Ack { subscriber, upto: 6 }));
    }
    samples
}

/// A pack whose events were read as well: on its way it passes them on as they came.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(try_from = "serde_json::Value", into = "serde_json::Value")]
struct Parsed(serde_json::Value);

impl Parsed {
    fn of(pack: &Pack) -> Self {
        Self(serde_json::to_value(pack).unwrap())
    }
}

impl Clone for Parsed {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl From<Parsed> for serde_json::Value {
    fn from(parsed: Parsed) -> Self {
        parsed.0
    }
}

impl TryFrom<serde_json::Value> for Parsed {
    type Error = serde_json::Error;

    fn try_from(value: serde_json::Value) -> Result<Self, serde_json::Error> {
        let pack: Pack = serde_json::from_str(&value.to_string())?;
        let mut read = serde_json::to_value(&pack)?;
        for (index, packed) in pack.events.iter().enumerate() {
            read["events"][index]["event"] = serde_json::to_value(serde_json::from_str::<Event>(packed.event.get())?)?;
        }
        Ok(Self(read))
    }
}
