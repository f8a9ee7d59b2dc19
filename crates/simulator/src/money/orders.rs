//! What stores tell of orders: what a completed order earns is booked, and coupons are used or free again.

use super::{CURRENCIES, Sum, Treasury};
use kirana_contracts::order::Order;
use kirana_events::{Event, EventData};
use kirana_kernel::{Id, Money, OrderStatus};
use kirana_ledger::{Account, Split, TaxName, TaxShare, What};

/// What of an order is booked as earned.
#[derive(Clone, Copy, Debug, Default)]
pub struct Earned {
    pub(super) version: u32,
    pub(super) total: i64,
    tax: i64,
}

impl Treasury {
    /// An event took effect at payments, or at pricing.
    ///
    /// # Errors
    /// An event that nobody can read, or an order that cannot be booked.
    pub fn hear(&mut self, place: usize, told: &str) -> Result<(), String> {
        // Most orders that are told of were never completed: nothing of them is earned.
        let offers = told.contains(r#""type":"Offer"#);
        if !offers && !told.contains(r#""to":"completed""#) {
            return Ok(());
        }
        let event: Event = serde_json::from_str(told).map_err(|error| error.to_string())?;
        match &event.data {
            EventData::OfferApplied(offer) => {
                offer.claim_id.into_iter().for_each(|claim| self.coupons.keep(claim, offer.order_id));
                Ok(())
            }
            EventData::OfferReleased(offer) => {
                offer.claim_id.into_iter().for_each(|claim| self.coupons.release(claim));
                Ok(())
            }
            EventData::OrderCompleted(told) | EventData::OrderAmended(told) | EventData::OrderRefunded(told) => {
                let completed = told.order.timeline.iter().any(|entry| entry.to == OrderStatus::Completed);
                if completed { self.earn(place, &told.order, &event) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    /// Brings what is booked of an order to what was kept of its price. Where less was kept than it costs, the tax is its share of that.
    fn earn(&mut self, place: usize, order: &Order, event: &Event) -> Result<(), String> {
        let (was, currency) = (self.earned.get(&order.id).copied().unwrap_or_default(), CURRENCIES[place]);
        if order.version <= was.version {
            return Ok(());
        }
        if order.payment.tender.is_some() && !order.payment.paid.is_zero() {
            // A till took it while its line was down.
            let (due, taken) = (order.totals.total, order.payment.paid);
            let what = What::CashTaken { store: order.store_id, due, taken };
            let sums = [(Sum::Outside(currency), taken.amount)];
            self.does(order.id.to_string(), event.occurred_at, Some(order.id), what, &sums)?;
        }
        let cost = order.totals.total.amount;
        let total = kept(order).min(cost);
        let tax = if cost > 0 { order.totals.tax.amount * total / cost } else { 0 };
        let (more, more_tax) = (total - was.total, tax - was.tax);
        self.earned.insert(order.id, Earned { version: order.version, total, tax });
        let tax_name: TaxName = "TH/vat".parse().map_err(|_| "no tax")?;
        let zero = Money::zero(currency);
        let split = |total: i64, tax: i64| Split {
            total: Money::new(total, currency),
            net_sales: Money::new(total - tax, currency),
            taxes: vec![TaxShare { tax: tax_name.clone(), amount: Money::new(tax, currency) }],
            tips: zero,
            fees: zero,
            rounding: zero,
        };
        let (store, key) = (order.store_id, format!("{}/{}", order.id, order.version));
        let what = match more {
            0 => return Ok(()),
            1.. => What::OrderCompleted { store, split: split(more, more_tax) },
            _ => What::OrderCredited { store, split: split(-more, -more_tax) },
        };
        self.does(key, event.occurred_at, Some(order.id), what, &[]).map(|_| ())
    }

    /// Everything was told: the books have of each order what it says of itself, and each coupon that is used is the order's that
    /// has it.
    ///
    /// # Errors
    /// What must never be.
    pub fn agrees_with<'a>(&self, orders: impl Iterator<Item = (usize, &'a Order)> + Clone) -> Result<(), String> {
        let deposits = self.deposits();
        for (place, order) in orders.clone() {
            let (id, currency) = (order.id, CURRENCIES[place]);
            let completed = order.timeline.iter().any(|entry| entry.to == OrderStatus::Completed);
            // What a till took without a line is booked with its completed order.
            if !completed && order.payment.tender.is_some() {
                continue;
            }
            let earned = if completed { kept(order).min(order.totals.total.amount) } else { 0 };
            let booked = self.earned.get(&id).map_or(0, |earned| earned.total);
            if booked != earned {
                return Err(format!("order {id} earned {earned}, and {booked} is booked"));
            }
            let (open, there) = (kept(order) - earned, deposits.get(&(id, currency)).copied().unwrap_or(0));
            if open != there {
                return Err(format!(
                    "order {id} is {}: {open} was paid for it and is not earned, and the books have {there}",
                    order.status
                ));
            }
            let over = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Expired);
            if over && kept(order) != 0 {
                return Err(format!("order {id} is {}, and {} of it was not given back", order.status, kept(order)));
            }
        }
        let mut used = self.coupons.used()?;
        let mut claimed: Vec<(Id, Id)> = orders
            .filter(|(_, order)| !given_up(order))
            .filter_map(|(_, order)| Some((order.claim_id?, order.id)))
            .collect();
        used.sort_unstable();
        claimed.sort_unstable();
        if used != claimed {
            return Err(format!("coupons {used:?} are used, and orders have {claimed:?}"));
        }
        Ok(())
    }

    /// What the books have of each order that is neither earned nor given back, from transactions alone.
    fn deposits(&self) -> std::collections::BTreeMap<(Id, kirana_kernel::Currency), i64> {
        let mut sums = std::collections::BTreeMap::new();
        for transaction in self.ledger.transactions() {
            let Some(order) = transaction.order else { continue };
            for line in &transaction.lines {
                let mut add = |account: &Account, amount: i64| {
                    if matches!(account, Account::Deposits(_)) {
                        *sums.entry((order, transaction.currency)).or_default() += amount;
                    }
                };
                add(&line.credit, line.amount);
                add(&line.debit, -line.amount);
            }
        }
        sums
    }
}

fn kept(order: &Order) -> i64 {
    order.payment.paid.amount - order.payment.refunded.amount
}

/// Did it end before anybody made it? Then its coupon is free again.
fn given_up(order: &Order) -> bool {
    let made = |status: OrderStatus| {
        use OrderStatus::{Cancelled, Expired, Refunded};
        !status.holds_reservation() && !matches!(status, Cancelled | Expired | Refunded)
    };
    let over = order.timeline.iter().find(|entry| matches!(entry.to, OrderStatus::Cancelled | OrderStatus::Expired));
    over.is_some() && !order.timeline.iter().any(|entry| made(entry.to))
}
