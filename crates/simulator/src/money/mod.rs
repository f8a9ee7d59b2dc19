//! Money, gift balances, points and coupons of a run: the ledger that ships, and beside it what everybody who has to do with money
//! was told. Neither knows of the other, and after every step they must say the same (invariants 5 and 10).

mod audit;
mod coupons;
mod orders;

pub use coupons::Coupons;

use crate::sabotage::{Lapse, Sabotage};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_ledger::{Account, BusinessEvent, Ledger, LedgerError, Name, Tender, What, rules};
use std::collections::{BTreeMap, BTreeSet};

/// What each store sells in.
pub const CURRENCIES: [Currency; 2] = [Currency::THB, Currency::USD];

/// A sum that somebody keeps without accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sum {
    /// What gateways and drawers have of a currency.
    Outside(Currency),
    /// What a customer, or a card that nobody has redeemed, has as gift balance.
    Gift(Id, Currency),
    /// What somebody's points are worth.
    Points(Id, Currency),
}

/// Where a payment came from, and goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A gateway.
    Gateway,
    /// A drawer.
    Drawer,
    /// Somebody's gift balance.
    Gift(Id),
    /// Somebody's points.
    Points(Id),
}

/// A payment that was made.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The order.
    pub order: Id,
    /// Its store.
    pub place: usize,
    /// What it came from.
    pub source: Source,
    /// How much.
    pub amount: i64,
    /// What of it went back.
    pub back: i64,
}

/// A card as whoever sold it remembers it.
#[derive(Clone, Copy)]
pub struct Card {
    /// Its account.
    pub id: Id,
    /// What it was sold for, and in what.
    pub worth: Money,
    /// The store that sold it, whose drawer has what was paid.
    pub store: Id,
    /// Whether it is still to be redeemed.
    pub sold: bool,
}

/// The books, and what was promised.
pub struct Treasury {
    /// The books.
    ledger: Ledger,
    /// Sums by what was said.
    said: BTreeMap<Sum, i64>,
    /// What was said once: what is said again is the same word.
    known: BTreeSet<String>,
    /// What moved money, to be told again.
    events: Vec<BusinessEvent>,
    /// Payments.
    pub payments: BTreeMap<Id, Taken>,
    /// Cards.
    pub cards: Vec<Card>,
    /// Coupons.
    pub coupons: Coupons,
    /// Orders that are booked: the version, and what of them is earned.
    earned: BTreeMap<Id, orders::Earned>,
    watch: audit::Watch,
    sabotage: Sabotage,
}

impl Treasury {
    /// Empty books.
    pub fn new(sabotage: Sabotage) -> Self {
        Self {
            ledger: Ledger::new(),
            said: BTreeMap::new(),
            known: BTreeSet::new(),
            events: Vec::new(),
            payments: BTreeMap::new(),
            cards: Vec::new(),
            coupons: Coupons::new(sabotage == Sabotage::Money(Lapse::Coupons)),
            earned: BTreeMap::new(),
            watch: audit::Watch::default(),
            sabotage,
        }
    }

    /// Something is said of sums, once under this name.
    fn say(&mut self, name: String, sums: &[(Sum, i64)]) {
        if self.known.insert(name) {
            for (sum, more) in sums {
                *self.said.entry(*sum).or_default() += more;
                self.watch.look_at(*sum);
            }
        }
    }

    /// What the books say is held, from its owner's side.
    pub fn holds(&self, account: &Account, currency: Currency) -> i64 {
        self.ledger.holds(account, currency).amount
    }

    /// Books an event; answers whether it is in the books now. It is not where an account does not hold that much, or its key is
    /// another event's.
    ///
    /// # Errors
    /// What the rules refuse, which nobody here asks for.
    fn book(&mut self, event: &BusinessEvent) -> Result<bool, String> {
        match self.ledger.record(event) {
            Ok(_) => Ok(true),
            Err(LedgerError::BelowZero { .. } | LedgerError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Does something with money: says it, if it is booked.
    fn does(
        &mut self,
        key: String,
        at: Timestamp,
        order: Option<Id>,
        what: What,
        sums: &[(Sum, i64)],
    ) -> Result<bool, String> {
        let name = format!("{} {key}", rules::kind(&what));
        let event = BusinessEvent { key, at, order, what };
        let booked = self.book(&event)?;
        if booked {
            self.say(name, sums);
            self.events.push(event);
        }
        Ok(booked)
    }

    /// Whoever told of money before tells it again.
    pub fn again(&mut self, number: usize) -> Result<(), String> {
        let Some(index) = number.checked_rem(self.events.len()) else { return Ok(()) };
        let mut event = self.events[index].clone();
        if self.sabotage == Sabotage::Money(Lapse::Again) {
            event.key.push_str("-again");
        }
        self.book(&event).map(|_| ())
    }

    /// A payment is made; answers whether.
    pub fn take(&mut self, payment: Id, taken: Taken, at: Timestamp, store: Id) -> Result<bool, String> {
        let currency = CURRENCIES[taken.place];
        let amount = Money::new(taken.amount, currency);
        let (key, more) = (payment.to_string(), taken.amount);
        let (what, sum) = match taken.source {
            Source::Gateway => {
                let (gateway, released) = (gateway(taken.place)?, Money::zero(currency));
                (What::PaymentCaptured { gateway, store, amount, released }, (Sum::Outside(currency), more))
            }
            Source::Drawer => (What::CashTaken { store, due: amount, taken: amount }, (Sum::Outside(currency), more)),
            Source::Gift(customer) => {
                (What::GiftBalanceSpent { customer, store, amount }, (Sum::Gift(customer, currency), -more))
            }
            Source::Points(customer) => {
                let what = What::PointsRedeemed { customer, store, value: amount };
                (what, (Sum::Points(customer, currency), -more))
            }
        };
        let mut made = self.does(key, at, Some(taken.order), what, &[sum])?;
        if self.sabotage == Sabotage::Money(Lapse::Balances) {
            made = true;
        }
        if made {
            self.payments.insert(payment, taken);
        }
        Ok(made)
    }

    /// A part of a payment goes back to where it came from.
    pub fn give_back(&mut self, payment: Id, refund: Id, amount: i64, at: Timestamp, store: Id) -> Result<(), String> {
        let taken = self.payments.get_mut(&payment).ok_or("a refund of a payment that nobody made")?;
        taken.back += amount;
        if taken.back > taken.amount {
            return Err(format!("{} of {} went back of payment {payment}", taken.back, taken.amount));
        }
        let (order, place, source) = (taken.order, taken.place, taken.source);
        let currency = CURRENCIES[place];
        let (to, sum) = match source {
            Source::Gateway => (Tender::Gateway { gateway: gateway(place)? }, (Sum::Outside(currency), -amount)),
            Source::Drawer => (Tender::Cash { store }, (Sum::Outside(currency), -amount)),
            Source::Gift(customer) => (Tender::Balance { customer }, (Sum::Gift(customer, currency), amount)),
            Source::Points(customer) => (Tender::Points { customer }, (Sum::Points(customer, currency), amount)),
        };
        let what = What::PaymentRefunded { to, store, amount: Money::new(amount, currency) };
        match self.does(refund.to_string(), at, Some(order), what, &[sum])? {
            true => Ok(()),
            false => Err(format!("refund {refund} of {amount} is not in the books")),
        }
    }

    /// Somebody sells a card.
    pub fn sell(&mut self, card: Id, place: usize, amount: i64, at: Timestamp, store: Id) -> Result<(), String> {
        let worth = Money::new(amount, CURRENCIES[place]);
        let what = What::GiftBalanceBought { customer: card, paid_with: Tender::Cash { store }, amount: worth };
        let sums = [(Sum::Outside(worth.currency), amount), (Sum::Gift(card, worth.currency), amount)];
        if !self.does(card.to_string(), at, None, what, &sums)? {
            return Err(format!("card {card} was not sold"));
        }
        self.cards.push(Card { id: card, worth, store, sold: true });
        Ok(())
    }

    /// Somebody redeems a card, or whoever sold it takes it back: once, whoever is first.
    pub fn end_card(&mut self, number: usize, customer: Option<Id>, at: Timestamp) -> Result<(), String> {
        let Some(index) = number.checked_rem(self.cards.len()) else { return Ok(()) };
        let Card { id: card, worth, store, sold } = self.cards[index];
        let (currency, amount) = (worth.currency, worth.amount);
        let (what, other) = match customer {
            Some(customer) => {
                (What::GiftCardRedeemed { card, customer, amount: worth }, (Sum::Gift(customer, currency), amount))
            }
            None => {
                let paid_back = Tender::Cash { store };
                (What::GiftCardVoided { card, paid_back, amount: worth }, (Sum::Outside(currency), -amount))
            }
        };
        let key = card.to_string();
        if sold {
            let sums = [(Sum::Gift(card, currency), -amount), other];
            if !self.does(key, at, None, what, &sums)? {
                return Err(format!("card {card} holds nothing and was not redeemed"));
            }
            self.cards[index].sold = false;
            return Ok(());
        }
        // Told again by the same it is known, by anybody else it is refused: nothing moves.
        self.book(&BusinessEvent { key, at, order: None, what }).map(|_| ())
    }

    /// Somebody earns points, or they pass their date: as many of them as are left.
    pub fn points(
        &mut self,
        key: String,
        customer: Id,
        place: usize,
        value: i64,
        at: Timestamp,
        store: Id,
    ) -> Result<(), String> {
        let currency = CURRENCIES[place];
        let held = self.said.get(&Sum::Points(customer, currency)).copied().unwrap_or(0);
        let change = value.max(-held);
        let worth = Money::new(change.abs(), currency);
        let what = match change >= 0 {
            true => What::PointsEarned { customer, store, value: worth },
            false => What::PointsExpired { customer, store, value: worth },
        };
        match self.does(key, at, None, what, &[(Sum::Points(customer, currency), change)])? {
            true => Ok(()),
            false => Err(format!("{held} in points are said to be there, and {change} is not booked")),
        }
    }
}

fn gateway(place: usize) -> Result<Name, String> {
    ["sandbox", "swish"][place].parse().map_err(|_| "no name".to_owned())
}
