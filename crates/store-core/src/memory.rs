//! What a store keeps in memory of its own tables.
//!
//! An object is the only process that writes its tables, so what it has read of them, or written, it knows. What is kept here
//! is what commands ask for again and again and what seldom changes, or is a number that only grows. Each statement that is
//! not needed is a crossing less, and a row less that is paid for.
//!
//! Nothing of it may outlive what it was learned from. A command that changes what is kept says so ([`Memory::change`]); when it
//! fails, everything is forgotten, as it is after every fault, as then nobody knows what was kept. A command that panics does
//! not come to its end: the next one begins by forgetting.

use crate::orders::kitchen::Pace;
use crate::outbox::Outbox;
use crate::sabotage::{self, Guard};
use crate::stock::Demand;
use crate::stock::setup::Item;
use crate::{Refusal, Result};
use kirana_contracts::order::Order;
use kirana_contracts::store_state::KitchenSettings;
use kirana_kernel::Id;
use std::cell::{Cell, RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Entries of a kind at most: then all of them are forgotten and begin anew.
const MOST: usize = 2_000;
/// Orders at most: then the one that came first is forgotten.
const MOST_ORDERS: usize = 64;

/// What one piece of a sellable uses up of each stock item.
pub type Parts = Rc<Demand>;

/// What is known of a name: as a stock item, without how much there is of it, and as a sellable.
#[derive(Default)]
pub struct Known {
    /// The stock item of this name.
    pub item: Option<Rc<Item>>,
    /// What one piece of it uses up: by its recipe, or itself.
    pub parts: Option<Parts>,
}

/// What is kept. Whatever is absent is read when it is needed.
#[derive(Default)]
pub struct Kept {
    /// Stock items and sellables.
    pub names: BTreeMap<String, Known>,
    /// Orders that were read or written last: somebody is busy with them.
    orders: Vec<Rc<Order>>,
    /// How the kitchen works.
    pub kitchen: Option<Rc<KitchenSettings>>,
    /// How fast the store has been, if it has made something.
    pub pace: Option<Option<Pace>>,
    /// Counters that only grow: the last pickup number of each day, the last entry of the journal, the last batch.
    counters: BTreeMap<String, i64>,
    /// How far everybody is who hears of events, and the events that somebody may still want.
    pub outbox: Option<Outbox>,
}

impl Kept {
    /// An order, if somebody was busy with it.
    pub fn order(&self, id: Id) -> Option<Rc<Order>> {
        self.orders.iter().find(|order| order.id == id).cloned()
    }

    /// Keeps an order as it is now.
    pub fn keep(&mut self, order: Rc<Order>) {
        match self.orders.iter_mut().find(|known| known.id == order.id) {
            Some(known) => *known = order,
            None => self.orders.push(order),
        }
    }

    /// Makes room, if there is too little.
    fn room(&mut self) {
        if self.names.len().max(self.counters.len()) > MOST {
            self.names.clear();
            self.counters.clear();
        }
        if self.orders.len() > MOST_ORDERS {
            self.orders.remove(0);
        }
    }
}

/// The memory of one store.
#[derive(Default)]
pub struct Memory {
    kept: RefCell<Kept>,
    /// A command is running.
    running: Cell<bool>,
    /// It has changed what is kept, and may yet fail.
    unsure: Cell<bool>,
}

impl Memory {
    /// Reads what is kept.
    ///
    /// # Errors
    /// [`Refusal::Fault`] when somebody else is at it, which a store that does one thing after another never sees.
    pub fn read<T>(&self, read: impl FnOnce(&Kept) -> T) -> Result<T> {
        Ok(read(&*self.kept.try_borrow().map_err(|_| taken())?))
    }

    /// Adds what was read from tables.
    ///
    /// # Errors
    /// As [`Memory::read`].
    pub fn learn<T>(&self, learn: impl FnOnce(&mut Kept) -> T) -> Result<T> {
        Ok(learn(&mut *self.lend()?))
    }

    fn lend(&self) -> Result<RefMut<'_, Kept>> {
        let mut kept = self.kept.try_borrow_mut().map_err(|_| taken())?;
        kept.room();
        Ok(kept)
    }

    /// The next number of a counter that only grows, such as the ids of a table from which nothing is deleted; `last` reads the
    /// last one where it is not known. The caller writes it.
    ///
    /// # Errors
    /// That of `last`, and as [`Memory::read`].
    pub fn count(&self, counter: &str, last: impl FnOnce() -> Result<i64>) -> Result<i64> {
        let known = self.counted(counter)?;
        let next = known.map_or_else(last, Ok)? + 1;
        self.counts(counter, next)?;
        Ok(next)
    }

    fn counted(&self, counter: &str) -> Result<Option<i64>> {
        self.read(|kept| kept.counters.get(counter).copied())
    }

    fn counts(&self, counter: &str, number: i64) -> Result<()> {
        self.change(|kept| {
            kept.counters.insert(counter.to_owned(), number);
        })
    }

    /// Follows what the command that is running has written: when it fails, everything is forgotten.
    ///
    /// # Errors
    /// As [`Memory::read`].
    pub fn change<T>(&self, change: impl FnOnce(&mut Kept) -> T) -> Result<T> {
        self.unsure.set(true);
        self.learn(change)
    }

    /// Forgets what no command has vouched for: one that panicked.
    pub fn settle(&self) {
        if self.running.get() {
            self.forget();
        }
    }

    /// A command begins.
    pub fn begin(&self) {
        self.settle();
        self.running.set(true);
        self.unsure.set(false);
    }

    /// A command ended; when it failed, nothing of what it changed is kept, and after a fault nothing at all.
    pub fn end(&self, failed: Option<&Refusal>) {
        let faulty = failed.is_some_and(|refusal| matches!(refusal, Refusal::Fault(_)));
        if (faulty || (failed.is_some() && self.unsure.get())) && !sabotage::on(Guard::ForgetOnFailure) {
            self.forget();
        }
        self.running.set(false);
        self.unsure.set(false);
    }

    fn forget(&self) {
        // Nobody is at it: nothing runs, or what ran has ended.
        self.kept.replace(Kept::default());
        self.running.set(false);
        self.unsure.set(false);
    }
}

fn taken() -> Refusal {
    Refusal::Fault("what the store keeps in memory is being read".into())
}
