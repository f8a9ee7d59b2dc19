//! The commands of a store about its orders.

use crate::orders::place::{self, Placed};
use crate::orders::{self, amend, forget, kitchen, offline, payment, slots, status};
use crate::{Moment, Result, Store, keys};
use kirana_contracts::order::Order;
use kirana_contracts::stock::{OfflineBatch, OfflineResult};
use kirana_contracts::store_state::{
    Actor, Amendment, Bump, ChangeStatus, Forget, KitchenSettings, PaymentOutcome, PlaceOrder, SlotTable,
};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::Sql;

impl<S: Sql> Store<S> {
    /// Places an order: stock of every ingredient is held, or nothing is.
    ///
    /// # Errors
    /// [`crate::Refusal::OutOfStock`], [`crate::Refusal::NotStocked`], [`crate::Refusal::KeyReused`].
    pub fn place(&self, moment: Moment, command: &PlaceOrder) -> Result<Placed> {
        self.transact(moment, |context| place::place(context, command))
    }

    /// The answer that a key was given before, if it was.
    ///
    /// # Errors
    /// [`crate::Refusal::KeyReused`] when the body was another.
    pub fn replay(&self, scope: &str, key: &str, fingerprint: &str) -> Result<Option<Order>> {
        keys::answer_of(&self.sql, scope, key, fingerprint)
    }

    /// Moves an order along, as somebody at the store or the customer asks.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownOrder`], [`crate::Refusal::Transition`], [`crate::Refusal::Forbidden`].
    pub fn change_status(&self, moment: Moment, order: Id, actor: &Actor, change: &ChangeStatus) -> Result<Order> {
        self.transact(moment, |context| status::change_status(context, order, actor, change))
    }

    /// Records what became of a payment. The same outcome twice changes nothing.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownOrder`].
    pub fn payment(&self, moment: Moment, order: Id, outcome: &PaymentOutcome) -> Result<Order> {
        self.transact(moment, |context| payment::record(context, order, outcome))
    }

    /// An order.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownOrder`].
    pub fn order(&self, id: Id) -> Result<Order> {
        orders::read(&self.sql, id)
    }

    /// Changes an order that was placed: its lines, weights, substitutes.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownOrder`], [`crate::Refusal::Conflict`] when it is too late or would be dearer,
    /// [`crate::Refusal::OutOfStock`], [`crate::Refusal::Invalid`], [`crate::Refusal::Forbidden`].
    pub fn amend(&self, moment: Moment, order: Id, actor: &Actor, amendment: &Amendment) -> Result<Order> {
        self.transact(moment, |context| amend::amend(context, order, actor, amendment))
    }

    /// Forgets a customer in those of their orders that are over; answers which these are.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn forget(&self, moment: Moment, command: &Forget) -> Result<Vec<Id>> {
        self.transact(moment, |context| forget::forget(context, command))
    }

    /// A station begins with an order, or is done with it.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownOrder`], [`crate::Refusal::Transition`], [`crate::Refusal::Invalid`].
    pub fn bump(&self, moment: Moment, order: Id, actor: &Actor, bump: &Bump) -> Result<Order> {
        self.transact(moment, |context| kitchen::bump(context, order, actor, bump))
    }

    /// A station is not done after all.
    ///
    /// # Errors
    /// As [`Store::bump`].
    pub fn recall(&self, moment: Moment, order: Id, actor: &Actor, bump: &Bump) -> Result<Order> {
        self.transact(moment, |context| kitchen::recall(context, order, actor, bump))
    }

    /// How the kitchen works.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn kitchen_settings(&self) -> Result<KitchenSettings> {
        self.memory.settle();
        kitchen::settings(&self.sql, &self.memory).map(|settings| (*settings).clone())
    }

    /// The slots that begin between two times, and what is left of each.
    ///
    /// # Errors
    /// [`crate::Refusal::Invalid`] for more than are told of at once.
    pub fn slots(&self, now: Timestamp, from: Timestamp, until: Timestamp) -> Result<SlotTable> {
        self.memory.settle();
        slots::table(&self.sql, &self.memory, now, from, until)
    }

    /// Sets how the kitchen works.
    ///
    /// # Errors
    /// [`crate::Refusal::Invalid`], [`crate::Refusal::Conflict`] while slots of the old length are taken.
    pub fn configure_kitchen(&self, moment: Moment, settings: &KitchenSettings) -> Result<()> {
        self.transact(moment, |context| kitchen::configure(context, settings))
    }

    /// Sales that a counter made while the line was down: each by itself, so that one that makes no sense holds up no other.
    ///
    /// # Errors
    /// [`crate::Refusal::Invalid`] with the way to the sale; those before it are in the books, and are duplicates when the
    /// batch comes again.
    pub fn offline_sales(&self, moment: &Moment, actor: &Actor, batch: &OfflineBatch) -> Result<Vec<OfflineResult>> {
        offline::check(batch)?;
        let apply =
            |(index, sale)| self.transact(moment.fork(index), |context| offline::apply(context, actor, batch, sale));
        batch.sales.iter().enumerate().map(apply).collect()
    }

    /// How far a counter has told its offline sales, and which of them are missing.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn offline_sales_counted(&self, device: Id) -> Result<(u64, Vec<u64>)> {
        offline::counted(&self.sql, device)
    }

    /// Orders that the kitchen has to do with: confirmed, preparing, ready; the longest waiting first.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn tickets(&self) -> Result<Vec<Order>> {
        orders::tickets(&self.sql)
    }
}
