//! What must never be, asked after every step (reliability.md, invariants 1 to 8, and 5 and 10 in `money`).

use crate::perform::id;
use crate::world::{SLOT_CAPACITY, World, listen};
use kirana_contracts::order::Order;
use kirana_events::Subscriber;
use kirana_kernel::{Id, OrderStatus, Timestamp};
use kirana_store_core::Refusal;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

type Sound = Result<(), String>;

/// The first of what is wrong with a store.
fn sound(place: usize, wrong: Result<Vec<String>, Refusal>) -> Sound {
    match wrong.map_err(|refusal| refusal.to_string())?.first() {
        Some(wrong) => Err(format!("store {place}: {wrong}")),
        None => Ok(()),
    }
}

/// The whole ledger is read every so many steps, and at the end; what a step can have touched, after each.
const WHOLE_EVERY: usize = 100;

impl World {
    /// Compares what the stores say with what was promised.
    ///
    /// # Errors
    /// What must never be.
    pub fn audit(&mut self, step: usize) -> Sound {
        self.treasury.audit()?;
        if self.thorough || step % WHOLE_EVERY == WHOLE_EVERY - 1 {
            return self.whole().map(drop);
        }
        for (place, here) in self.places.iter_mut().enumerate() {
            // A store that wrote nothing is as it was, and was found sound.
            let (written, touched) =
                (here.disk.rows_written().map_err(|error| error.to_string())?, here.disk.touched());
            if here.looked_at.replace(written) == Some(written) {
                continue;
            }
            if touched.goods {
                sound(place, here.store.goods_violations())?;
            }
            if touched.owners {
                sound(place, here.store.owner_violations())?;
            }
        }
        Ok(())
    }

    /// Everything: every batch, every order and the whole journal. Answers the orders of both stores that nobody knows of.
    fn whole(&mut self) -> Result<BTreeMap<(usize, Id), Order>, String> {
        self.treasury.audit_whole()?;
        let mut found: BTreeMap<(usize, Id), Order> = BTreeMap::new();
        for (place, here) in self.places.iter().enumerate() {
            let each = |order: Order| drop(found.insert((place, order.id), order));
            sound(place, here.store.violations_and_orders(each))?;
        }
        for (place, known) in &mut self.orders {
            let order = found.remove(&(*place, known.id));
            *known = order.ok_or_else(|| format!("there is no order {}, which was acknowledged", known.id))?;
        }
        self.held(&self.orders)?;
        self.slots(&self.orders)?;
        self.money_adds_up(&self.orders)?;
        Ok(found)
    }

    /// Every order that is not made yet holds exactly what it needs: nothing was sold that is not there.
    fn held(&self, orders: &[(usize, Order)]) -> Sound {
        for (place, here) in self.places.iter().enumerate() {
            let mut needed: BTreeMap<String, i64> = BTreeMap::new();
            let live = orders.iter().filter(|(of, order)| *of == place && order.status.holds_reservation());
            for (_, order) in live {
                let mut pieces: BTreeMap<&str, i64> = BTreeMap::new();
                for line in &order.lines {
                    *pieces.entry(line.variant_sku.as_str()).or_default() += line.quantity;
                    for modifier in &line.modifiers {
                        *pieces.entry(modifier.sku.as_str()).or_default() += modifier.quantity * line.quantity;
                    }
                }
                for (sku, quantity) in here.store.demand(&pieces).map_err(|refusal| refusal.to_string())? {
                    *needed.entry(sku).or_default() += quantity;
                }
            }
            for (of, lease) in self.leases.iter().filter(|(of, _)| *of == place) {
                let lease = self.places[*of].store.lease(lease.id).map_err(|refusal| refusal.to_string())?;
                for line in lease.lines.iter().filter(|_| !lease.ended) {
                    *needed.entry(line.sku.clone()).or_default() += (line.leased - line.sold).max(0);
                }
            }
            for level in here.store.levels().map_err(|refusal| refusal.to_string())? {
                let needed = needed.get(&level.sku).copied().unwrap_or(0);
                if level.reserved != needed {
                    let (sku, reserved) = (level.sku, level.reserved);
                    return Err(format!(
                        "store {place} holds {reserved} of {sku}; its orders and leases need {needed}"
                    ));
                }
            }
        }
        Ok(())
    }

    fn slots(&self, orders: &[(usize, Order)]) -> Sound {
        let mut taken: BTreeMap<(usize, Timestamp), i64> = BTreeMap::new();
        for (place, order) in orders {
            let ended = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Refunded);
            if let Some(slot) = order.slot.filter(|_| !ended) {
                *taken.entry((*place, slot)).or_default() += 1;
            }
        }
        match taken.iter().find(|(_, taken)| **taken > SLOT_CAPACITY) {
            Some(((place, slot), taken)) => Err(format!("store {place}: {taken} orders in the slot at {slot}")),
            None => Ok(()),
        }
    }

    /// What orders say was paid is what gateways captured for them, each payment once.
    fn money_adds_up(&self, orders: &[(usize, Order)]) -> Sound {
        for (_, order) in orders {
            let payments: BTreeSet<_> = order.payment.payments.iter().collect();
            if payments.len() != order.payment.payments.len() {
                return Err(format!("order {} counts a payment twice", order.id));
            }
            let told = |payment: &Id| {
                self.told.iter().find_map(|(_, of, outcome)| match outcome {
                    kirana_contracts::store_state::PaymentOutcome::Completed { payment_id, amount }
                        if payment_id == payment && *of == order.id =>
                    {
                        Some(amount.amount)
                    }
                    _ => None,
                })
            };
            let captured: Option<i64> = order.payment.payments.iter().map(told).sum();
            if captured != Some(order.payment.paid.amount) {
                return Err(format!("order {}: {captured:?} was captured, it says {}", order.id, order.payment.paid));
            }
            let promised = order.payment.promised.map_or(0, |promise| promise.amount.amount);
            let paid = order.payment.paid.amount + promised >= order.totals.total.amount;
            if order.status == OrderStatus::Confirmed && order.payment.refunded.is_zero() && !paid {
                return Err(format!("order {} is confirmed and not paid", order.id));
            }
        }
        Ok(())
    }

    /// The end: everything that is due is done, every queue drains, and the counts are made.
    ///
    /// # Errors
    /// What must never be.
    pub fn settle(&mut self) -> Sound {
        (self.crash, self.stumble) = (None, None);
        self.money_comes_to_rest()?;
        // No deadline of an order lies further ahead than three times this.
        self.now = self.now + Duration::from_secs(3 * 600 + 1);
        self.perform(usize::MAX, &crate::Action::Wait { seconds: 1 })?;
        // The deadlines that passed meanwhile called orders off.
        self.money_comes_to_rest()?;
        self.drain()?;
        self.sweep_coupons()?;
        let unknown = self.whole()?;
        if let Some((_, order)) = self.orders.iter().find(|(_, order)| order.status == OrderStatus::Placed) {
            return Err(format!(
                "order {} was to be paid by {} and is still placed at {}",
                order.id, order.pay_by, self.now
            ));
        }
        for (place, here) in self.places.iter().enumerate() {
            let proof = here.store.prove_journal().map_err(|refusal| refusal.to_string())?;
            if let Some(wrong) = proof.differences.first() {
                return Err(format!("store {place}: {wrong}"));
            }
        }
        self.heard()?;
        self.conserved()?;
        // Everybody has heard everything: the books have of each order what it says of itself (invariants 5 and 10).
        let all = self.orders.iter().map(|(place, order)| (*place, order));
        self.treasury.agrees_with(all.chain(unknown.iter().map(|((place, _), order)| (*place, order))))?;
        self.nothing_is_held_for_ever()
    }

    /// Every queue drains, whatever the network does. How often something is sent is up to the process; when all is told, it is
    /// equally late for each, and what was told is the same.
    fn drain(&mut self) -> Sound {
        const ROUNDS: u32 = 400;
        const PAUSE: Duration = Duration::from_secs(600);
        let begun = self.now;
        for place in 0..self.places.len() {
            for round in 0_u32.. {
                self.now = self.now + PAUSE;
                self.relay(place, u64::from(round).wrapping_mul(0x9E37_79B9_7F4A_7C15))?;
                if self.places[place].store.outbox_depth().map_err(|refusal| refusal.to_string())? == 0 {
                    break;
                }
                if round == ROUNDS {
                    return Err(format!("store {place}: its outbox does not drain"));
                }
            }
            if self.listening {
                let told = self.places[place].subscribers.told();
                told.for_each(|event| listen(&mut self.report.digest, event));
            }
        }
        let places = u32::try_from(self.places.len()).unwrap_or(1);
        self.now = begun + PAUSE * (ROUNDS + 1) * places;
        Ok(())
    }

    /// A reservation ends: sold, released or expired, with no request needed to make it so (invariant 6).
    fn nothing_is_held_for_ever(&mut self) -> Sound {
        // Leases last a week at most, an order that nobody makes three days after its promise, which is two weeks ahead at most.
        for _ in 0..2 {
            self.now = self.now + Duration::from_secs(9 * 24 * 3_600);
            self.perform(usize::MAX, &crate::Action::Wait { seconds: 1 })?;
        }
        for (place, here) in self.places.iter().enumerate() {
            let levels = here.store.levels().map_err(|refusal| refusal.to_string())?;
            if let Some(level) = levels.iter().find(|level| level.reserved > 0) {
                return Err(format!("store {place} still holds {} of {} for somebody", level.reserved, level.sku));
            }
        }
        Ok(())
    }

    /// Every subscriber that wants to hear of orders knows each as it is now. An event that did not move the order's status
    /// may not have told the last version, so it is the statuses that count.
    fn heard(&self) -> Sound {
        for (place, order) in &self.orders {
            let moved = order.timeline.iter().rev().find(|entry| entry.from != Some(entry.to));
            let version = moved.map_or(1, |entry| entry.version);
            let known = self.places[*place].subscribers.version(Subscriber::Orders, order.id);
            if known < version {
                return Err(format!(
                    "orders knows version {known} of order {}, which moved in version {version}",
                    order.id
                ));
            }
        }
        Ok(())
    }

    /// Transfers: what left one store is what its document says, and has arrived once, or is under way.
    fn conserved(&self) -> Sound {
        let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for here in &self.places {
            let mut after = 0;
            loop {
                let page = here.store.journal(after, 500).map_err(|refusal| refusal.to_string())?;
                let Some(last) = page.last() else { break };
                after = last.id;
                for entry in &page {
                    let sum: i64 = entry.moves.iter().map(|part| part.quantity).sum();
                    let reference = entry.reference.clone().unwrap_or_default();
                    match entry.kind {
                        kirana_contracts::stock::MoveKind::TransferOut => sums.entry(reference).or_default().0 -= sum,
                        kirana_contracts::stock::MoveKind::TransferIn => sums.entry(reference).or_default().1 += sum,
                        _ => {}
                    }
                }
            }
        }
        for (number, transfer) in self.transfers.iter().enumerate() {
            let wanted: i64 = transfer.lines.iter().map(|(_, quantity)| quantity).sum();
            let (out, into) = sums.get(&transfer.id.to_string()).copied().unwrap_or_default();
            if (out != 0 && out != wanted) || (into != 0 && into != out) {
                return Err(format!("transfer {number} of {wanted}: {out} left, {into} arrived"));
            }
            debug_assert_eq!(transfer.id, id(6, u16::try_from(number).unwrap_or(u16::MAX)));
        }
        Ok(())
    }
}
