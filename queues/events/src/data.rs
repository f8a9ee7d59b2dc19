//! What can happen, and what is told of it.

mod device;
mod people;

pub use device::DeviceEvent;
pub use people::{CustomerRegistered, Letter, LoginFailed, PersonEvent, SessionRevoked, StaffAdded, UserEvent};

use kirana_contracts::delivery_zone::DeliveryZone;
use kirana_contracts::menu::Tax;
use kirana_contracts::order::{Order, OrderLine, OrderPromotion};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use serde::{Deserialize, Serialize};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident($payload:ty),)+) => {
        /// What happened. The variant's name is the event's `type`.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(tag = "type", content = "data")]
        pub enum EventData {
            $($(#[$doc])* $name($payload),)+
        }

        impl EventData {
            /// The type of every event.
            pub const TYPES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// What happened, from its type and its payload as JSON text.
            ///
            /// # Errors
            /// For a type that is none of these, and a payload that is none of its type.
            pub fn read(event_type: &str, payload: &str) -> Result<Self, serde_json::Error> {
                match event_type {
                    $(stringify!($name) => serde_json::from_str(payload).map(Self::$name),)+
                    other => Err(crate::unknown(other)),
                }
            }

            /// The event's type, as in its envelope.
            #[must_use]
            pub const fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)+
                }
            }
        }
    };
}

events! {
    /// Accepted: stock reserved, waiting for its payment. From the store.
    OrderCreated(OrderEvent),
    /// Paid. From the store.
    OrderConfirmed(OrderEvent),
    /// The kitchen began. From the store.
    OrderPreparing(OrderEvent),
    /// On the counter. From the store.
    OrderReady(OrderEvent),
    /// Handed over at the store. From the store.
    OrderCollected(OrderEvent),
    /// With a rider. From the store.
    OrderDispatched(OrderEvent),
    /// Handed over at the customer's place. From the store.
    OrderDelivered(OrderEvent),
    /// Done. From the store.
    OrderCompleted(OrderEvent),
    /// Called off, or not paid by its deadline (then its status is `expired`). From the store.
    OrderCancelled(OrderEvent),
    /// Its lines, its price or what was paid of it changed; what was paid too much goes back. From the store.
    OrderAmended(OrderEvent),
    /// Money was given back. From the store.
    OrderRefunded(OrderEvent),
    /// A step of it is late: `reason` names the step. From the store.
    OrderOverdue(OrderEvent),

    /// Promotions took something off an order, or take something else off it since it changed. From the store.
    OfferApplied(OfferEvent),
    /// An order with promotions was called off before it was made: what they took off is as if it had not been. From the store.
    OfferReleased(OfferEvent),
    /// A campaign runs now. From pricing.
    CampaignActivated(CampaignEvent),
    /// A campaign runs no more. From pricing.
    CampaignDeactivated(CampaignEvent),

    /// Stock is held for an order. From the store.
    InventoryReserved(StockLines),
    /// Held stock is free again. From the store.
    InventoryReleased(StockLines),
    /// What there is has changed. From the store.
    StockUpdated(StockEvent),
    /// Somebody corrected the count. From the store.
    StockAdjusted(StockEvent),
    /// At or below the threshold. From the store.
    LowStockAlert(StockEvent),
    /// Nothing is left to sell. From the store.
    OutOfStock(StockEvent),
    /// A batch will pass its date soon. From the store.
    ItemNearExpiry(Expiry),
    /// A batch passed its date; what was free of it is thrown away. From the store.
    ItemExpired(Expiry),
    /// Goods were sold that the books did not have. From the store.
    StockVariance(VarianceEvent),
    /// A purchase order was drafted, by a person or because something runs out. From inventory.
    PurchaseOrderCreated(PurchaseOrderEvent),
    /// Goods of a purchase order came. From inventory.
    PurchaseOrderReceived(PurchaseOrderEvent),

    /// A gateway was asked for the money. From payments.
    PaymentInitiated(PaymentEvent),
    /// The customer is busy with the gateway, such as with 3-D Secure: the money may come yet. From payments.
    PaymentPending(PaymentEvent),
    /// The money is captured. From payments.
    PaymentCompleted(PaymentEvent),
    /// The gateway refused. From payments.
    PaymentFailed(PaymentEvent),
    /// A gateway was asked to give money back. From payments.
    RefundInitiated(PaymentEvent),
    /// The money is given back. From payments.
    RefundCompleted(PaymentEvent),
    /// The money could not be given back, however often it was tried: a person has to. From payments.
    RefundFailed(PaymentEvent),

    /// A new customer. From identity.
    CustomerRegistered(CustomerRegistered),
    /// Somebody said that an address is theirs; a letter asks whether. From identity.
    VerificationRequested(Letter),
    /// Somebody else said that of an address that is proved to be this user's. From identity.
    AddressClaimed(PersonEvent),
    /// The address is proved. From identity.
    CustomerVerified(PersonEvent),
    /// Somebody forgot a password; a letter sets a new one. From identity.
    PasswordResetRequested(Letter),
    /// Somebody needs a code to prove who they are. From identity.
    OneTimeCodeRequested(Letter),
    /// A password was changed. From identity.
    PasswordChanged(PersonEvent),
    /// Somebody is invited to work for the chain. From identity.
    StaffInvited(Letter),
    /// Somebody works for the chain. From identity.
    StaffAdded(StaffAdded),
    /// Somebody told something else of themselves. From identity.
    ProfileUpdated(UserEvent),
    /// Somebody is forgotten: whoever knows something personal of them forgets it too. From identity.
    CustomerErased(UserEvent),
    /// Somebody gave a wrong password or code to log in with. From identity.
    LoginFailed(LoginFailed),
    /// A session ended before its time, or all of a user's. From identity.
    SessionRevoked(SessionRevoked),

    /// A device is there. From its store's hub.
    DeviceOnline(DeviceEvent),
    /// A device is gone: two heartbeats were missed. From its store's hub.
    DeviceOffline(DeviceEvent),
    /// A device told what happened: a batch of its own events. From its store's hub.
    DeviceDataReceived(DeviceEvent),
    /// Something is wrong with a device, or with what is in it: `code` says what. From its store's hub.
    DeviceError(DeviceEvent),

    /// Points were credited. From loyalty.
    PointsEarned(PointsEvent),
    /// Points were spent or taken back. From loyalty.
    PointsRedeemed(PointsEvent),

    /// A new store. From stores.
    StoreCreated(StoreEvent),
    /// A store's data changed. From stores.
    StoreUpdated(StoreEvent),
    /// A store takes orders no more, or again. From stores.
    StoreStatusChanged(StoreStatus),
    /// A store delivers to a part of the map, or does so for something else, or no more. From stores.
    DeliveryZoneUpdated(DeliveryZoneEvent),

    /// A new product. From catalog.
    ProductCreated(ProductEvent),
    /// A product changed. From catalog.
    ProductUpdated(ProductEvent),
    /// A product is no longer sold. From catalog.
    ProductRetired(ProductEvent),
    /// Something has another price: everywhere, or in one store. From catalog.
    PriceChanged(PriceChange),
}

/// An order and how it stands after the change; its `version` orders the events of one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderEvent {
    /// The whole order.
    pub order: Order,
    /// Why, where somebody gave a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it came to before, where that changed after it was placed: figures follow by the difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<OrderFigures>,
}

impl OrderEvent {
    /// An order as it stands, and nothing else.
    #[must_use]
    pub const fn of(order: Order, reason: Option<String>) -> Self {
        Self { order, reason, before: None }
    }
}

/// What an order came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFigures {
    /// What was captured.
    pub paid: Money,
    /// What was given back.
    pub refunded: Money,
    /// What was sold.
    pub lines: Vec<LineFigures>,
}

/// What a line of an order came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFigures {
    /// The variant.
    pub variant_sku: String,
    /// Its name.
    pub name: String,
    /// Pieces.
    pub quantity: i64,
    /// What they weigh, where they are sold by weight: by the scale, or as it was estimated.
    #[serde(default)]
    pub grams: i64,
    /// In minor units of the order's currency.
    pub amount: i64,
}

impl From<&Order> for OrderFigures {
    fn from(order: &Order) -> Self {
        let figures = |line: &OrderLine| LineFigures {
            variant_sku: line.variant_sku.clone(),
            name: line.name.clone(),
            quantity: line.quantity,
            grams: line.weight.as_ref().map_or(0, |weight| if line.quantity == 0 { 0 } else { weight.grams() }),
            amount: line.total.amount,
        };
        Self {
            paid: order.payment.paid,
            refunded: order.payment.refunded,
            lines: order.lines.iter().map(figures).collect(),
        }
    }
}

/// Quantities held or freed for an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StockLines {
    /// The order.
    pub order_id: Id,
    /// What is held, by stock item.
    pub lines: Vec<StockLine>,
}

/// A quantity of one stock item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLine {
    /// The stock item.
    pub sku: String,
    /// In its unit: pieces, grams or millilitres.
    pub quantity: i64,
}

/// How some stock items stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockEvent {
    /// The items that changed.
    pub levels: Vec<StockLevel>,
    /// Why, where somebody gave a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How one stock item stands in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    /// The stock item.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// `piece`, `g` or `ml`.
    pub unit: String,
    /// What is there, reserved included.
    pub on_hand: i64,
    /// What of it is held for orders, or suspect and kept back.
    pub reserved: i64,
    /// At or below this much available, somebody should reorder.
    pub low_stock_threshold: i64,
    /// What is on hand is worth this much, in minor units of the store's currency.
    #[serde(default)]
    pub value: i64,
    /// What is on hand by batch, the oldest first; absent where nothing came or went, but was held or freed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<StockLayer>>,
    /// When the store last changed it; a later one wins.
    pub at: Timestamp,
}

/// Layers of one item that are told apart; what more there are is told as one, as old as the oldest of them.
pub const MAX_LAYERS: usize = 60;

/// What is left of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLayer {
    /// When it came in.
    pub received_at: Timestamp,
    /// Until when it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// In the item's unit.
    pub on_hand: i64,
    /// In minor units of the store's currency.
    pub value: i64,
}

/// A batch and its date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// Its number in the store.
    pub batch: i64,
    /// Its stock item.
    pub sku: String,
    /// What will be, or was, thrown away, in the item's unit.
    pub quantity: i64,
    /// What that is worth, in minor units of the store's currency.
    pub value: i64,
    /// Its date.
    pub expires_at: Timestamp,
}

/// Goods that were sold though the books did not have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VarianceEvent {
    /// The order or lease.
    pub reference: String,
    /// What was short.
    pub lines: Vec<StockLine>,
}

/// A purchase order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseOrderEvent {
    /// The purchase order.
    pub purchase_order_id: Id,
    /// The store or warehouse that it is for.
    pub store_id: Id,
    /// Who delivers.
    pub supplier: String,
    /// Was it drafted without anybody asking?
    pub automatic: bool,
    /// What it costs, or what the goods that came cost, in minor units of the store's currency.
    pub cost: i64,
    /// What is ordered, or came, in the items' units.
    pub lines: Vec<StockLine>,
}

/// How a payment or a refund stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentEvent {
    /// The payment.
    pub payment_id: Id,
    /// The order it pays; its id also says in which store it lives.
    pub order_id: Id,
    /// Who pays.
    pub customer_id: Id,
    /// What was paid, or given back.
    pub amount: Money,
    /// `sandbox`, `stripe`, ...
    pub gateway: String,
    /// The refund, in refund events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<Id>,
    /// The gateway's reason for a failure, or the reason of a refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Points that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsEvent {
    /// Whose points.
    pub customer_id: Id,
    /// The order they were earned with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Id>,
    /// How many, always above zero.
    pub points: i64,
    /// What was paid for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Money>,
}

/// What promotions take off an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferEvent {
    /// The order.
    pub order_id: Id,
    /// The order's version: a later word counts.
    pub version: u32,
    /// Whose order it is.
    pub customer_id: Id,
    /// Its share of promotions of which there are only so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_id: Option<Id>,
    /// All that they take off it now.
    pub promotions: Vec<OrderPromotion>,
}

/// A campaign that begins or ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignEvent {
    /// The campaign.
    pub campaign_id: Id,
    /// Its name.
    pub name: String,
    /// Why, such as `scheduled`, `paused` or `budget_spent`.
    pub reason: String,
    /// Who made it, and hears of it. An older version did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker_id: Option<Id>,
}

/// A store that appeared or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreEvent {
    /// The store.
    pub store_id: Id,
    /// Its number: the name of its Durable Object is `store-<number>`.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub franchisee_id: Id,
    /// How its sales are taxed.
    pub tax: Tax,
    /// What it sells in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// Whether a store takes orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreStatus {
    /// The store.
    pub store_id: Id,
    /// Its name.
    pub name: String,
    /// Does it take none for now?
    pub paused: bool,
    /// Why not, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A delivery zone that appeared, changed or went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryZoneEvent {
    /// The store.
    pub store_id: Id,
    /// The zone, as it is now or was last.
    pub zone: DeliveryZone,
    /// Is it gone?
    #[serde(default)]
    pub removed: bool,
}

/// A product that appeared, changed or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductEvent {
    /// The product.
    pub product_id: Id,
    /// The menu it is on.
    pub menu_id: Id,
    /// Its name.
    pub name: String,
    /// Its category's name.
    pub category: String,
}

/// A price that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceChange {
    /// The variant or modifier.
    pub sku: String,
    /// The menu it is on.
    pub menu_id: Id,
    /// The store it changed in; absent for every store that has the menu and no price of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_id: Option<Id>,
    /// What it cost.
    pub from: Money,
    /// What it costs.
    pub to: Money,
}
