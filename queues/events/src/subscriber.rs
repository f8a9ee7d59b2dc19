//! Who hears of what: the routing table.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Somebody who hears of events. Each has a queue of its own, but for the live topics, which the store tells directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subscriber {
    /// `workers/orders`: history across stores; moves the order when its payment did.
    Orders,
    /// `workers/payments`: gives money back for what was called off, books what is completed, forgets who is forgotten.
    Payments,
    /// `workers/inventory`: the read model of stock across stores.
    Inventory,
    /// `workers/notifications`: tells customers and staff.
    Notifications,
    /// `workers/loyalty`: points.
    Loyalty,
    /// `workers/analytics`: figures.
    Analytics,
    /// `workers/catalog`: what it must know of stores to resolve their menus.
    Catalog,
    /// `durable-objects/live-topic`: sockets that follow an order or a kitchen.
    Live,
    /// `workers/customers`: forgets who is forgotten.
    Customers,
    /// `workers/sso`: the same.
    Sso,
    /// `workers/pricing`: how often offers were used.
    Pricing,
    /// `workers/devices`: which devices are there, and what is wrong with them.
    Devices,
}

impl Subscriber {
    /// Every subscriber.
    pub const ALL: [Self; 12] = [
        Self::Orders,
        Self::Payments,
        Self::Inventory,
        Self::Notifications,
        Self::Loyalty,
        Self::Analytics,
        Self::Catalog,
        Self::Live,
        Self::Customers,
        Self::Sso,
        Self::Pricing,
        Self::Devices,
    ];

    /// Those that a store tells.
    pub const OF_STORES: [Self; 9] = [
        Self::Orders,
        Self::Payments,
        Self::Inventory,
        Self::Notifications,
        Self::Loyalty,
        Self::Analytics,
        Self::Catalog,
        Self::Live,
        Self::Pricing,
    ];

    /// Its name in cursors, queues (`kirana-<name>-events`) and dead letters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Inventory => "inventory",
            Self::Notifications => "notifications",
            Self::Loyalty => "loyalty",
            Self::Analytics => "analytics",
            Self::Catalog => "catalog",
            Self::Live => "live",
            Self::Customers => "customers",
            Self::Sso => "sso",
            Self::Pricing => "pricing",
            Self::Devices => "devices",
        }
    }

    /// The subscriber of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subscriber| subscriber.name() == name)
    }

    /// The producer binding of its queue, in every script that publishes to it. The live topics have none.
    #[must_use]
    pub const fn queue_binding(self) -> Option<&'static str> {
        match self {
            Self::Orders => Some("ORDERS_QUEUE"),
            Self::Payments => Some("PAYMENTS_QUEUE"),
            Self::Inventory => Some("INVENTORY_QUEUE"),
            Self::Notifications => Some("NOTIFICATIONS_QUEUE"),
            Self::Loyalty => Some("LOYALTY_QUEUE"),
            Self::Analytics => Some("ANALYTICS_QUEUE"),
            Self::Catalog => Some("CATALOG_QUEUE"),
            Self::Customers => Some("CUSTOMERS_QUEUE"),
            Self::Sso => Some("SSO_QUEUE"),
            Self::Pricing => Some("PRICING_QUEUE"),
            Self::Devices => Some("DEVICES_QUEUE"),
            Self::Live => None,
        }
    }

    /// The event types it wants to hear of.
    #[must_use]
    pub const fn wants(self) -> &'static [&'static str] {
        match self {
            Self::Orders => &[
                "OrderCreated",
                "OrderConfirmed",
                "OrderPreparing",
                "OrderReady",
                "OrderCollected",
                "OrderDispatched",
                "OrderDelivered",
                "OrderCompleted",
                "OrderCancelled",
                "OrderAmended",
                "OrderRefunded",
                "OrderOverdue",
                "PaymentPending",
                "PaymentCompleted",
                "PaymentFailed",
                "RefundCompleted",
                "CustomerErased",
            ],
            Self::Payments => &["OrderAmended", "OrderCancelled", "OrderCompleted", "OrderRefunded", "CustomerErased"],
            Self::Inventory => &[
                "StockUpdated",
                "StockAdjusted",
                "LowStockAlert",
                "OutOfStock",
                "ItemNearExpiry",
                "ItemExpired",
                "StockVariance",
                "StoreCreated",
                "StoreUpdated",
            ],
            Self::Notifications => &[
                "OrderCreated",
                "OrderConfirmed",
                "OrderReady",
                "OrderDispatched",
                "OrderCancelled",
                "OrderRefunded",
                "OrderOverdue",
                "PaymentFailed",
                "RefundFailed",
                "CustomerRegistered",
                "VerificationRequested",
                "AddressClaimed",
                "PasswordResetRequested",
                "PasswordChanged",
                "OneTimeCodeRequested",
                "StaffInvited",
                "CustomerErased",
                "LoginFailed",
                "SessionRevoked",
                "PointsEarned",
                "CampaignActivated",
                "CampaignDeactivated",
                "DeviceOffline",
                "DeviceError",
            ],
            Self::Loyalty => &["OrderCompleted", "OrderRefunded", "CustomerRegistered"],
            Self::Analytics => &[
                "OrderCreated",
                "OrderConfirmed",
                "OrderReady",
                "OrderCompleted",
                "OrderCancelled",
                "OrderAmended",
                "OrderRefunded",
                "ItemExpired",
                "PurchaseOrderReceived",
                "StoreCreated",
                "StoreUpdated",
                "PriceChanged",
            ],
            Self::Catalog => &["StoreCreated", "StoreUpdated"],
            Self::Pricing => &["OfferApplied", "OfferReleased"],
            Self::Devices => &["DeviceOnline", "DeviceOffline", "DeviceDataReceived", "DeviceError"],
            Self::Customers | Self::Sso => &["CustomerErased"],
            Self::Live => &[
                "OrderCreated",
                "OrderConfirmed",
                "OrderPreparing",
                "OrderReady",
                "OrderCollected",
                "OrderDispatched",
                "OrderDelivered",
                "OrderCompleted",
                "OrderCancelled",
                "OrderAmended",
                "OrderRefunded",
                "OrderOverdue",
            ],
        }
    }

    /// Does it want to hear of events of this type?
    #[must_use]
    pub fn hears(self, event_type: &str) -> bool {
        self.wants().contains(&event_type)
    }
}

impl fmt::Display for Subscriber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventData;

    #[test]
    fn everybody_wants_only_what_can_happen() {
        for subscriber in Subscriber::ALL {
            assert_eq!(Subscriber::from_name(subscriber.name()), Some(subscriber));
            for wanted in subscriber.wants() {
                assert!(EventData::TYPES.contains(wanted), "{subscriber} wants {wanted}, which no one publishes");
            }
        }
    }
}
