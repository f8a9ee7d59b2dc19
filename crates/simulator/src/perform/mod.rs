//! Doing an action, and keeping what was answered.

mod due;
mod money;
mod quarantine;
mod stock;

use crate::action::{Action, Wish};
use crate::world::{ITEMS, SELLABLES, World};
use kirana_contracts::order::{Order, OrderLine, OrderModifier, OrderPromotion, Party, Totals};
use kirana_contracts::stock::{Adjustment, Movement, Spoilage, StockReturn};
use kirana_contracts::store_state::{Actor, Amendment, Bump, ChangeStatus, Claim, Idempotency, PlaceOrder};
use kirana_kernel::{Fulfilment, Id, Money, Role, Timestamp};
use kirana_store_core::Refusal;
use std::time::Duration;

type Done = Result<(), String>;

/// An id that is the same in every run.
pub fn id(kind: u8, number: u16) -> Id {
    let [high, low] = number.to_be_bytes();
    // A UUID keeps its version and its variant in the first three of these bytes.
    Id::new(Timestamp::from_millis(1), [kind, 0, 0, high, low, 0, 0, 0, 0, 0])
}

fn actor(role: Role) -> Actor {
    Actor { party: Party { id: id(1, role as u16), name: role.name().into() }, role }
}

fn money(place: usize, amount: i64) -> Money {
    Money::new(amount, money::currency(place))
}

fn lines(place: usize, wishes: &[Wish]) -> Vec<OrderLine> {
    wishes
        .iter()
        .map(|(sellable, quantity, toppings)| {
            let sku = SELLABLES[usize::from(*sellable) % SELLABLES.len()];
            let extra = (*toppings > 0 && sku == "milk-tea").then(|| OrderModifier {
                sku: "extra-pearls".into(),
                name: "Extra pearls".into(),
                quantity: *toppings,
                price: money(place, 5),
            });
            let mut line = OrderLine {
                variant_sku: sku.into(),
                product_id: id(2, u16::from(*sellable)),
                name: sku.into(),
                quantity: *quantity,
                unit_price: money(place, 50),
                modifiers: extra.into_iter().collect(),
                total: money(place, 0),
                discounts: Vec::new(),
                tax_class: "standard".into(),
                cancelled: 0,
                weight: None,
                substitute: None,
                age_restricted: false,
            };
            line.total = line.price().unwrap_or(line.total);
            line
        })
        .collect()
}

fn totals(place: usize, lines: &[OrderLine]) -> Result<Totals, String> {
    Totals::of(money::currency(place), 700, true, lines).map_err(|error| error.to_string())
}

/// What a coupon gives takes nothing off: it is the share of it that is counted here.
fn promotions(place: usize, claim: Option<Claim>) -> Vec<OrderPromotion> {
    let promotion = |_| OrderPromotion {
        promotion_id: id(11, 0),
        campaign_id: id(11, 1),
        name: "First come".into(),
        coupon: Some("FIRST".into()),
        amount: money(place, 0),
        uses: 1,
    };
    claim.iter().map(promotion).collect()
}

impl World {
    /// Does one action.
    ///
    /// # Errors
    /// What must never be.
    pub fn perform(&mut self, step: usize, action: &Action) -> Done {
        match action {
            Action::Place { store, key, lines, slot, coupon } => {
                self.place(usize::from(*store), *key, lines, *slot, *coupon)
            }
            Action::Pay { order, money, part } => self.pay(*order, *money, *part),
            Action::Wallet { store, number, wallet, amount } => {
                self.wallet(step, usize::from(*store), *number, *wallet, *amount)
            }
            Action::Move { order, to, role } => {
                let change = ChangeStatus { to: *to, reason: None, document_seen: false };
                self.change(*order, |store, moment, id| store.change_status(moment, id, &actor(*role), &change))
            }
            Action::Bump { order, recall } => self.change(*order, |store, moment, id| {
                let (actor, bump) = (actor(Role::Staff), Bump::default());
                if *recall { store.recall(moment, id, &actor, &bump) } else { store.bump(moment, id, &actor, &bump) }
            }),
            Action::CancelItems { order, line, quantity, by_customer } => {
                let role = if *by_customer { Role::Customer } else { Role::Staff };
                let (line, quantity) = (usize::from(*line), *quantity);
                let change = Amendment::CancelItems { line, quantity, reason: "none left".into() };
                self.amend(*order, role, change)
            }
            Action::Edit { order, lines: wishes } => {
                let Some((place, known)) = self.pick(*order) else { return Ok(()) };
                // It keeps its share of a coupon.
                let claim = known.claim_id.map(|id| Claim { id, good_until: self.now });
                let lines = lines(place, wishes);
                let totals = Box::new(totals(place, &lines)?);
                let promotions = promotions(place, claim);
                let change = Amendment::Lines { lines, totals, tax_table: None, promotions, claim, age: None };
                self.amend(*order, Role::Customer, change)
            }
            Action::Substitute { order, line, answer } => {
                let Some((place, _)) = self.pick(*order) else { return Ok(()) };
                let line = usize::from(*line);
                let change = match answer {
                    None => {
                        let substitute = lines(place, &[(1, 1, 0)]).remove(0);
                        Amendment::Propose { line, substitute: Box::new(substitute) }
                    }
                    Some(accept) => Amendment::Answer { line, accept: *accept },
                };
                self.amend(*order, Role::Staff, change)
            }
            Action::Receive { store, item, quantity, cost, hours, again } => {
                self.receive(step, usize::from(*store), *item, (*quantity, *cost, *hours), *again)
            }
            Action::Adjust { store, item, delta } => {
                let (sku, delta) = (ITEMS[usize::from(*item)].into(), *delta);
                self.movement(
                    step,
                    usize::from(*store),
                    Movement::Adjust(Adjustment { sku, delta, reason: "seen".into() }),
                )
            }
            Action::Spoil { store, item, quantity } => {
                let (sku, quantity) = (ITEMS[usize::from(*item)].into(), *quantity);
                let spoilt = Spoilage { sku, quantity, batch: None, reason: "spilt".into() };
                self.movement(step, usize::from(*store), Movement::Spoil(spoilt))
            }
            Action::Return { order, item, quantity } => {
                let Some((place, order)) = self.pick(*order) else { return Ok(()) };
                let (sku, quantity) = (ITEMS[usize::from(*item)].into(), *quantity);
                let back = StockReturn { order_id: order.id, sku, quantity, reason: "unopened".into() };
                self.movement(step, place, Movement::Return(back))
            }
            Action::Send { store, item, quantity } => self.send(usize::from(*store), *item, *quantity),
            Action::Arrive { transfer, resend_out } => self.arrive(*transfer, *resend_out),
            Action::Count { store, stocktake, item, off_by, approve } => {
                self.count(usize::from(*store), *stocktake, *item, *off_by, *approve)
            }
            Action::Lease { store, item, quantity, minutes } => {
                self.lease(usize::from(*store), *item, *quantity, *minutes)
            }
            Action::Report { lease, sold, finished } => self.lease_report(*lease, *sold, *finished),
            Action::Offline { store, seq, count, lines } => self.offline(usize::from(*store), *seq, *count, lines),
            Action::Quarantine { store, item } => self.quarantine(usize::from(*store), *item),
            Action::Judge { quarantine, spoilt } => self.judge(*quarantine, *spoilt),
            Action::Wait { seconds } => {
                self.pass(*seconds);
                self.alarms()?;
                self.sweep_coupons()
            }
            Action::Jump { seconds } => {
                self.pass(*seconds);
                Ok(())
            }
            Action::Relay { store, faults } => self.relay(usize::from(*store), *faults),
            Action::Crash { after, retry } => {
                self.crash = Some((*after, *retry));
                Ok(())
            }
            Action::Stumble { after } => {
                self.stumble = Some(*after);
                Ok(())
            }
        }
    }

    fn pass(&mut self, seconds: i64) {
        self.now = Timestamp::from_millis(self.now.millis() + seconds * 1_000);
    }

    /// An order of those that were placed, by a number modulo how many there are.
    fn pick(&self, number: u16) -> Option<(usize, &Order)> {
        let index = usize::from(number).checked_rem(self.orders.len())?;
        self.orders.get(index).map(|(place, order)| (*place, order))
    }

    fn keep(&mut self, place: usize, order: Order) {
        self.hear(&format!("{} {} {}", order.id, order.status, order.version));
        match self.orders.iter_mut().find(|(_, known)| known.id == order.id) {
            Some(known) => known.1 = order,
            None => self.orders.push((place, order)),
        }
    }

    fn place(&mut self, place: usize, key: u8, wishes: &[Wish], slot: Option<u8>, coupon: bool) -> Done {
        let lines = lines(place, wishes);
        let idempotency = Idempotency {
            scope: "buyer".into(),
            key: format!("key-{key}"),
            fingerprint: format!("{wishes:?} {slot:?}"),
        };
        // A key that has its order keeps what it was placed with.
        let fresh = coupon && !self.keys.contains_key(&(place, key));
        let claim = fresh.then(|| self.claim(place, &idempotency.key, &idempotency.fingerprint)).flatten();
        let hour = self.now.millis() / 3_600_000 + 2;
        let pickup_at = slot.map(|slot| Timestamp::from_millis(hour * 3_600_000 + i64::from(slot) * 900_000));
        let command = PlaceOrder {
            idempotency,
            store_id: money::store_id(place),
            store_number: if place == 0 { 1 } else { 2 },
            day: "2026-11-21".into(),
            customer: Party { id: id(4, u16::from(key)), name: "Mali".into() },
            totals: totals(place, &lines)?,
            lines,
            tax_table: None,
            promotions: promotions(place, claim),
            claim,
            fulfilment: Fulfilment::Pickup,
            note: None,
            table: None,
            deliver_to: None,
            pickup_at,
            age: None,
            request_id: String::new(),
        };
        let order = match self.command(place, |store, moment| store.place(moment, &command))? {
            Some(Ok(placed)) => placed.order,
            Some(Err(_)) => {
                claim.into_iter().for_each(|claim| self.treasury.coupons.release(claim.id));
                return Ok(());
            }
            None => {
                // Nobody heard what became of it: its key knows.
                let key = &command.idempotency;
                match self.places[place].store.replay(&key.scope, &key.key, &key.fingerprint) {
                    Ok(Some(order)) => order,
                    Ok(None) | Err(Refusal::KeyReused) => return Ok(()),
                    Err(refusal) => return Err(refusal.to_string()),
                }
            }
        };
        // A key is remembered for a week.
        if let Some((known, placed_at)) = self.keys.insert((place, key), (order.id, order.placed_at))
            && known != order.id
            && self.now.since(placed_at) < Duration::from_secs(7 * 24 * 3_600)
        {
            return Err(format!("key {key} made order {known}, and now {}", order.id));
        }
        if !self.orders.iter().any(|(_, known)| known.id == order.id) {
            self.keep(place, order);
        }
        Ok(())
    }

    fn change(
        &mut self,
        order: u16,
        command: impl Fn(
            &kirana_store_core::Store<crate::faults::Mortal>,
            kirana_store_core::Moment,
            Id,
        ) -> kirana_store_core::Result<Order>,
    ) -> Done {
        let Some((place, id)) = self.pick(order).map(|(place, order)| (place, order.id)) else { return Ok(()) };
        let answer = self.command(place, |store, moment| command(store, moment, id))?;
        if let Some(Ok(order)) = answer {
            self.keep(place, order);
        }
        Ok(())
    }

    fn amend(&mut self, order: u16, role: Role, change: Amendment) -> Done {
        self.change(order, |store, moment, id| store.amend(moment, id, &actor(role), &change))
    }
}
