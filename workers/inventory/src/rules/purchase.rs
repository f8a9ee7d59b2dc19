//! A purchase order: drafted, approved, sent, received in parts, closed.

use kirana_edge::{Problem, Result};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a purchase order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseStatus {
    /// Proposed or written, not yet approved.
    Draft,
    /// Somebody answers for it.
    Approved,
    /// The supplier has it.
    Sent,
    /// Everything came.
    Received,
    /// Nothing more is expected.
    Closed,
}

impl PurchaseStatus {
    /// Its name in tables and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Closed => "closed",
        }
    }
}

/// One item of a purchase order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PurchaseLine {
    /// The stock item.
    pub sku: String,
    /// What a pack holds, in the item's unit.
    pub pack_size: i64,
    /// How many packs.
    pub packs: i64,
    /// What all of them cost, in minor units of the store's currency.
    pub cost: i64,
    /// What has come, in the item's unit.
    pub received: i64,
    /// What that cost.
    pub received_cost: i64,
}

/// Goods that came for a purchase order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Who said so, and with which key: the same is counted once.
    pub request: String,
    /// When.
    pub at: Timestamp,
    /// What came.
    pub lines: Vec<DeliveryLine>,
}

/// One item that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryLine {
    /// The stock item.
    pub sku: String,
    /// In the item's unit.
    #[schema(minimum = 1)]
    pub quantity: i64,
    /// The supplier's lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Until when it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A purchase order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PurchaseOrder {
    /// Its id.
    pub id: Id,
    /// Counts its changes.
    pub version: i64,
    /// For which store.
    pub store_id: Id,
    /// From whom.
    pub supplier_id: Id,
    /// The supplier's name.
    pub supplier: String,
    /// Where it stands.
    pub status: PurchaseStatus,
    /// Was it drafted without anybody asking?
    #[serde(default)]
    pub automatic: bool,
    /// Who asked for it, and with which key: the same is written once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What is ordered.
    pub lines: Vec<PurchaseLine>,
    /// What came.
    pub deliveries: Vec<Delivery>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
}

impl PurchaseOrder {
    /// Moves it on: draft to approved, approved to sent, anything open to closed.
    ///
    /// # Errors
    /// 409 `invalid_transition`.
    pub fn advance(&mut self, to: PurchaseStatus) -> Result<()> {
        use PurchaseStatus::{Approved, Closed, Draft, Received, Sent};
        let allowed = matches!(
            (self.status, to),
            (Draft, Approved) | (Approved, Sent) | (Draft | Approved | Sent | Received, Closed)
        );
        if self.status != to && !allowed {
            let (from, to) = (self.status.name(), to.name());
            let detail = format!("a purchase order that is {from} cannot become {to}");
            return Err(Problem::conflict("invalid_transition", detail));
        }
        self.status = to;
        Ok(())
    }

    /// Counts goods that came; answers what each line of them cost: its share of what is still to come, the last of it the rest.
    ///
    /// # Errors
    /// 409 `invalid_transition` unless it was sent, 422 for what was not ordered or is more than is still to come.
    pub fn receive(&mut self, delivery: Delivery) -> Result<Vec<i64>> {
        if self.status != PurchaseStatus::Sent {
            let detail = format!("only what was sent is received; this purchase order is {}", self.status.name());
            return Err(Problem::conflict("invalid_transition", detail));
        }
        let mut costs = Vec::with_capacity(delivery.lines.len());
        for (index, line) in delivery.lines.iter().enumerate() {
            let at = |field: &str| format!("lines[{index}].{field}");
            let ordered = self.lines.iter_mut().find(|ordered| ordered.sku == line.sku);
            let ordered = ordered
                .ok_or_else(|| Problem::invalid_field(at("sku"), format!("{} was not ordered here", line.sku)))?;
            let open = ordered.pack_size * ordered.packs - ordered.received;
            if !(1..=open).contains(&line.quantity) {
                let message = format!("expected 1 to {open}: so much is still to come");
                return Err(Problem::invalid_field(at("quantity"), message));
            }
            let left = ordered.cost - ordered.received_cost;
            let cost = i128::from(left) * i128::from(line.quantity) / i128::from(open);
            let cost = i64::try_from(cost).map_err(Problem::internal)?;
            ordered.received += line.quantity;
            ordered.received_cost += cost;
            costs.push(cost);
        }
        self.deliveries.push(delivery);
        if self.lines.iter().all(|line| line.received == line.pack_size * line.packs) {
            self.status = PurchaseStatus::Received;
        }
        Ok(costs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> PurchaseOrder {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        PurchaseOrder {
            id,
            version: 1,
            store_id: id,
            supplier_id: id,
            supplier: "Chiang Rai Tea Estate".into(),
            status: PurchaseStatus::Sent,
            automatic: false,
            request: None,
            lines: vec![PurchaseLine {
                sku: "tea".into(),
                pack_size: 10,
                packs: 3,
                cost: 100,
                received: 0,
                received_cost: 0,
            }],
            deliveries: vec![],
            created_at: Timestamp::from_millis(1),
            approved_by: None,
        }
    }

    fn delivery(sku: &str, quantity: i64) -> Delivery {
        let line = DeliveryLine { sku: sku.into(), quantity, lot: None, expires_at: None };
        Delivery { request: "r".into(), at: Timestamp::from_millis(2), lines: vec![line] }
    }

    #[test]
    fn parts_cost_together_what_the_whole_costs() {
        let mut order = order();
        let mut costs = Vec::new();
        for quantity in [7, 7, 16] {
            costs.extend(order.receive(delivery("tea", quantity)).unwrap());
        }
        assert_eq!((costs, order.status), (vec![23, 23, 54], PurchaseStatus::Received));
        assert_eq!(order.receive(delivery("tea", 1)).unwrap_err().code, "invalid_transition");
    }

    #[test]
    fn no_more_comes_than_was_ordered() {
        let mut order = order();
        assert!(order.receive(delivery("tea", 31)).unwrap_err().detail.contains("1 to 30"));
        assert!(order.receive(delivery("tea", 0)).is_err());
        assert!(order.receive(delivery("salt", 1)).unwrap_err().detail.contains("not ordered"));
        assert_eq!(order.advance(PurchaseStatus::Approved).unwrap_err().code, "invalid_transition");
        order.advance(PurchaseStatus::Closed).unwrap();
    }
}
