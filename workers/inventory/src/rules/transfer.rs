//! A transfer: what left one store, what of it arrived at the other, and what never did.

use kirana_contracts::stock::{TransferLine, TransferPart};
use kirana_edge::{Problem, Result};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferStatus {
    /// The sending store has been asked, and has not answered yet.
    Sending,
    /// Under way, whole or in part.
    Sent,
    /// Everything arrived.
    Received,
    /// What had not arrived is given up.
    Closed,
}

/// Goods from one store to another. Sent = arrived + under way + lost, for every part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transfer {
    /// Its id.
    pub id: Id,
    /// Counts its changes.
    pub version: i64,
    /// From this store.
    pub from_store: Id,
    /// To this one.
    pub to_store: Id,
    /// Where it stands.
    pub status: TransferStatus,
    /// What was asked for.
    pub lines: Vec<TransferLine>,
    /// What is under way.
    pub under_way: Vec<TransferPart>,
    /// What arrived, by delivery.
    pub deliveries: Vec<TransferDelivery>,
    /// What was given up.
    pub lost: Vec<TransferPart>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// A part of a transfer that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TransferDelivery {
    /// Counts them from 1.
    pub number: u32,
    /// Who said so, and with which key: the same is counted once.
    pub request: String,
    /// Is it in the receiving store's books?
    pub booked: bool,
    /// What arrived.
    pub parts: Vec<TransferPart>,
}

impl Transfer {
    /// Takes what arrived out of what is under way, the first to expire first; its worth goes with it.
    ///
    /// # Errors
    /// 409 `invalid_transition` unless it is under way, 422 for more than that.
    pub fn arrive(&mut self, request: &str, lines: &[TransferLine]) -> Result<&TransferDelivery> {
        if self.status != TransferStatus::Sent {
            return Err(Problem::conflict("invalid_transition", "this transfer is not under way"));
        }
        let mut under_way = self.under_way.clone();
        let mut parts = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let available: i64 = under_way.iter().filter(|part| part.sku == line.sku).map(|part| part.quantity).sum();
            if !(1..=available).contains(&line.quantity) {
                let message = format!("expected 1 to {available}: so much of {} is under way", line.sku);
                return Err(Problem::invalid_field(format!("lines[{index}].quantity"), message));
            }
            let mut open = line.quantity;
            for part in under_way.iter_mut().filter(|part| part.sku == line.sku && part.quantity > 0) {
                let quantity = open.min(part.quantity);
                if quantity == 0 {
                    break;
                }
                let value = i128::from(part.value) * i128::from(quantity) / i128::from(part.quantity);
                let value = i64::try_from(value).map_err(Problem::internal)?;
                parts.push(TransferPart { quantity, value, ..part.clone() });
                part.quantity -= quantity;
                part.value -= value;
                open -= quantity;
            }
        }
        under_way.retain(|part| part.quantity > 0);
        self.under_way = under_way;
        if self.under_way.is_empty() {
            self.status = TransferStatus::Received;
        }
        let number = u32::try_from(self.deliveries.len()).unwrap_or(u32::MAX) + 1;
        self.deliveries.push(TransferDelivery { number, request: request.into(), booked: false, parts });
        self.deliveries.last().ok_or_else(|| Problem::internal("a delivery that is not there"))
    }

    /// Gives up what is under way.
    ///
    /// # Errors
    /// 409 `invalid_transition` unless something is.
    pub fn close(&mut self, reason: &str) -> Result<()> {
        match self.status {
            TransferStatus::Closed => Ok(()),
            TransferStatus::Sent => {
                self.lost = std::mem::take(&mut self.under_way);
                self.status = TransferStatus::Closed;
                self.reason = Some(reason.into());
                Ok(())
            }
            _ => Err(Problem::conflict("invalid_transition", "nothing of this transfer is under way")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(sku: &str, quantity: i64, value: i64) -> TransferPart {
        TransferPart {
            sku: sku.into(),
            quantity,
            value,
            expires_at: None,
            supplier: None,
            lot: None,
            origin: None,
            certification: None,
        }
    }

    #[test]
    fn what_left_arrives_is_under_way_or_lost() {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        let mut transfer = Transfer {
            id,
            version: 1,
            from_store: id,
            to_store: id,
            status: TransferStatus::Sent,
            lines: vec![],
            under_way: vec![part("cup", 3, 10), part("cup", 4, 70)],
            deliveries: vec![],
            lost: vec![],
            reason: None,
            created_at: Timestamp::from_millis(1),
        };
        let line = |quantity| [TransferLine { sku: "cup".into(), quantity }];
        assert!(transfer.arrive("r", &line(8)).unwrap_err().detail.contains("1 to 7"));
        let first = transfer.arrive("r", &line(5)).unwrap().parts.clone();
        assert_eq!(first.iter().map(|part| (part.quantity, part.value)).collect::<Vec<_>>(), [(3, 10), (2, 35)]);
        transfer.close("the van was robbed").unwrap();
        assert_eq!((transfer.lost[0].quantity, transfer.lost[0].value), (2, 35));
        assert_eq!(transfer.arrive("r", &line(1)).unwrap_err().code, "invalid_transition");
    }
}
