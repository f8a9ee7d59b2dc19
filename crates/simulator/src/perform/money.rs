//! Doing what moves money: payments and refunds, gift cards, points, and shares of coupons.

use super::{Done, id, money};
use crate::action::{Money as Paid, Wallet};
use crate::money::{CURRENCIES, Source, Taken};
use crate::world::World;
use kirana_contracts::store_state::{Claim, PaymentOutcome};
use kirana_kernel::{Currency, Id, OrderStatus};
use kirana_store_core::Refusal;

/// So many people keep gift balances and points.
const PEOPLE: u16 = 4;

/// The ids of both stores.
pub(super) fn store_id(place: usize) -> Id {
    id(3, u16::from(place != 0))
}

impl World {
    pub(super) fn pay(&mut self, order: u16, paid: Paid, part: i64) -> Done {
        if paid == Paid::Again {
            let Some(index) = usize::from(order).checked_rem(self.told.len()) else { return Ok(()) };
            return self.tell(index);
        }
        let Some((place, picked)) = self.pick(order) else { return Ok(()) };
        let (order_id, total) = (picked.id, picked.totals.total.amount);
        let (captured, returned) = self.money.get(&order_id).copied().unwrap_or_default();
        if matches!(paid, Paid::Back | Paid::SomeBack) && captured > returned {
            return self.give_back(order_id, (paid == Paid::SomeBack).then_some(part));
        }
        let payment_id = self.next_payment();
        let due = (total - captured + returned).max(1);
        let (holder, amount) = (id(7, order % PEOPLE), part.min(due));
        let (source, amount) = match paid {
            Paid::Whole => (Source::Gateway, due),
            Paid::Part => (Source::Drawer, amount),
            Paid::Gift => (Source::Gift(holder), amount),
            Paid::Points => (Source::Points(holder), amount),
            Paid::Promised => {
                return self.tells(place, order_id, PaymentOutcome::Promised { payment_id, amount: money(place, due) });
            }
            Paid::Pending => return self.tells(place, order_id, PaymentOutcome::Pending { payment_id }),
            _ => return self.tells(place, order_id, failed(payment_id)),
        };
        // What is paid is in the books before anybody tells the store, who may not hear of it.
        let taken = Taken { order: order_id, place, source, amount, back: 0 };
        let made = self.treasury.take(payment_id, taken, self.now, store_id(place))?;
        let outcome = match made {
            true => PaymentOutcome::Completed { payment_id, amount: money(place, amount) },
            false => failed(payment_id),
        };
        self.tells(place, order_id, outcome)
    }

    fn next_payment(&self) -> Id {
        id(5, u16::try_from(self.told.len()).unwrap_or(u16::MAX))
    }

    /// Money goes back to where it came from, payment by payment: all of it, or a part of one.
    fn give_back(&mut self, order: Id, part: Option<i64>) -> Done {
        let counted = self.counted(order);
        let open: Vec<(Id, usize, i64)> = counted
            .into_iter()
            .filter(|(_, _, left)| *left > 0)
            .take(if part.is_some() { 1 } else { usize::MAX })
            .collect();
        for (payment, place, left) in open {
            let (refund_id, amount) = (self.next_payment(), part.unwrap_or(left).min(left));
            self.treasury.give_back(payment, refund_id, amount, self.now, store_id(place))?;
            self.money.entry(order).or_default().1 += amount;
            self.tells(place, order, PaymentOutcome::Refunded { refund_id, amount: money(place, amount) })?;
        }
        Ok(())
    }

    /// The payments of an order that its store knows, and what is left of each.
    fn counted(&self, order: Id) -> Vec<(Id, usize, i64)> {
        let of = self.treasury.payments.iter().filter(|(_, taken)| taken.order == order);
        let known = of.filter(|(payment, _)| self.counted.contains(*payment));
        known.map(|(payment, taken)| (*payment, taken.place, taken.amount - taken.back)).collect()
    }

    fn tells(&mut self, place: usize, order: Id, outcome: PaymentOutcome) -> Done {
        self.told.push((place, order, outcome));
        self.tell(self.told.len() - 1)
    }

    /// Tells a store what became of a payment.
    fn tell(&mut self, index: usize) -> Done {
        let (place, order, outcome) = self.told[index].clone();
        let answer = self.command(place, |store, moment| store.payment(moment, order, &outcome))?;
        let Some(Ok(order)) = answer else {
            self.unheard.insert(index);
            return Ok(());
        };
        self.unheard.remove(&index);
        if let PaymentOutcome::Completed { payment_id, amount } = outcome
            && order.payment.payments.contains(&payment_id)
            && self.counted.insert(payment_id)
        {
            self.money.entry(order.id).or_default().0 += amount.amount;
        }
        self.keep(place, order);
        Ok(())
    }

    /// At the end every word arrives that a store has not answered; and what came for an order that nobody makes goes back.
    pub(crate) fn money_comes_to_rest(&mut self) -> Done {
        for index in std::mem::take(&mut self.unheard) {
            self.tell(index)?;
        }
        let paid: Vec<Id> =
            self.money.iter().filter(|(_, (came, went))| came > went).map(|(order, _)| *order).collect();
        let mut owed = Vec::new();
        for (place, known) in self.orders.iter().filter(|(_, order)| paid.contains(&order.id)) {
            let order = self.places[*place].store.order(known.id).map_err(|refusal| refusal.to_string())?;
            if matches!(order.status, OrderStatus::Cancelled | OrderStatus::Expired) {
                owed.push(order.id);
            }
        }
        owed.into_iter().try_for_each(|order| self.give_back(order, None))
    }

    /// Cards and points.
    pub(super) fn wallet(&mut self, step: usize, place: usize, number: u16, wallet: Wallet, amount: i64) -> Done {
        let (who, now, store) = (id(7, number % PEOPLE), self.now, store_id(place));
        let treasury = &mut self.treasury;
        match wallet {
            Wallet::Sell => {
                let card = id(9, u16::try_from(treasury.cards.len()).unwrap_or(u16::MAX));
                treasury.sell(card, place, amount, now, store)
            }
            Wallet::Redeem => treasury.end_card(usize::from(number), Some(who), now),
            Wallet::Void => treasury.end_card(usize::from(number), None, now),
            Wallet::Earn => treasury.points(format!("step-{step}"), who, place, amount, now, store),
            Wallet::Expire => treasury.points(format!("step-{step}"), who, place, -amount, now, store),
            Wallet::Again => treasury.again(usize::from(number)),
        }
    }

    /// A share of a coupon for an order that is about to be placed.
    pub(super) fn claim(&mut self, place: usize, key: &str, fingerprint: &str) -> Option<Claim> {
        let coupons = &mut self.treasury.coupons;
        let claim = id(10, u16::try_from(coupons.count()).unwrap_or(u16::MAX));
        coupons.hold(claim, self.now, place, key, fingerprint)
    }

    /// Shares that nobody placed an order with in time are free again; those with an order are its own.
    pub(crate) fn sweep_coupons(&mut self) -> Done {
        for (claim, place, key, fingerprint) in self.treasury.coupons.stale(self.now) {
            let placed = self.places[place].store.replay("buyer", &key, &fingerprint);
            match placed {
                Ok(Some(order)) if order.claim_id == Some(claim) => self.treasury.coupons.keep(claim, order.id),
                // No order, or the key is another intention's.
                Ok(_) | Err(Refusal::KeyReused) => self.treasury.coupons.release(claim),
                Err(refusal) => return Err(refusal.to_string()),
            }
        }
        Ok(())
    }
}

fn failed(payment_id: Id) -> PaymentOutcome {
    PaymentOutcome::Failed { payment_id, reason: "declined".into() }
}

/// What a store sells in.
pub(super) const fn currency(place: usize) -> Currency {
    CURRENCIES[place]
}
