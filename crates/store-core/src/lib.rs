//! A store: exact stock and live orders as one serialised ledger.
//!
//! Every command is one synchronous transaction over [`kirana_sql::Sql`]: it reads, decides, and only then writes; an
//! error undoes what was written. There is no await in it, so nothing can come between the check and the hold. The time
//! and random numbers come in with [`Moment`].

mod command;
mod error;
mod invariants;
mod orders;
mod outbox;
mod place;
mod schema;
mod stock;
mod timers;

pub use command::{Context, Moment, Settings};
pub use error::{Refusal, Shortage};
pub use place::Placed;
pub use schema::migrate;

use kirana_contracts::order::Order;
use kirana_contracts::store_state::{
    Actor, Adjustment, ChangeStatus, PaymentOutcome, PlaceOrder, Receipt, StockLevel, StockSetup,
};
use kirana_events::{Ack, Pack};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::Sql;

/// What every command may answer.
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// One store over its database.
pub struct Store<S> {
    sql: S,
    settings: Settings,
}

impl<S: Sql> Store<S> {
    /// Opens a store, bringing its tables up to date.
    ///
    /// # Errors
    /// [`Refusal::Fault`] when the database refuses.
    pub fn open(sql: S, settings: Settings) -> Result<Self> {
        migrate(&sql)?;
        Ok(Self { sql, settings })
    }

    fn transact<T>(&self, moment: Moment, work: impl FnOnce(&mut Context<'_, S>) -> Result<T>) -> Result<T> {
        self.sql.transaction(|| {
            let mut context = Context::new(&self.sql, &self.settings, moment);
            let done = work(&mut context)?;
            context.flush()?;
            Ok(done)
        })
    }

    /// Places an order: stock of every ingredient is held, or nothing is.
    ///
    /// # Errors
    /// [`Refusal::OutOfStock`], [`Refusal::NotStocked`], [`Refusal::KeyReused`].
    pub fn place(&self, moment: Moment, command: &PlaceOrder) -> Result<Placed> {
        self.transact(moment, |context| place::place(context, command))
    }

    /// The answer that a key was given before, if it was.
    ///
    /// # Errors
    /// [`Refusal::KeyReused`] when the body was another.
    pub fn replay(&self, scope: &str, key: &str, fingerprint: &str) -> Result<Option<Order>> {
        place::replay(&self.sql, scope, key, fingerprint)
    }

    /// Moves an order along, as somebody at the store or the customer asks.
    ///
    /// # Errors
    /// [`Refusal::UnknownOrder`], [`Refusal::Transition`], [`Refusal::Forbidden`].
    pub fn change_status(&self, moment: Moment, order: Id, actor: &Actor, change: &ChangeStatus) -> Result<Order> {
        self.transact(moment, |context| orders::change_status(context, order, actor, change))
    }

    /// Records what became of a payment. The same outcome twice changes nothing.
    ///
    /// # Errors
    /// [`Refusal::UnknownOrder`].
    pub fn payment(&self, moment: Moment, order: Id, outcome: &PaymentOutcome) -> Result<Order> {
        self.transact(moment, |context| orders::payment(context, order, outcome))
    }

    /// An order.
    ///
    /// # Errors
    /// [`Refusal::UnknownOrder`].
    pub fn order(&self, id: Id) -> Result<Order> {
        orders::load(&self.sql, id)
    }

    /// Orders that the kitchen has to do with: confirmed, preparing, ready; the longest waiting first.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn tickets(&self) -> Result<Vec<Order>> {
        orders::tickets(&self.sql)
    }

    /// Puts stock items and recipes in place.
    ///
    /// # Errors
    /// [`Refusal::Invalid`].
    pub fn setup(&self, moment: Moment, setup: &StockSetup) -> Result<()> {
        self.transact(moment, |context| stock::setup(context, setup))
    }

    /// Takes goods in as a batch.
    ///
    /// # Errors
    /// [`Refusal::UnknownItem`], [`Refusal::Invalid`].
    pub fn receive(&self, moment: Moment, actor: &Actor, receipt: &Receipt) -> Result<StockLevel> {
        self.transact(moment, |context| stock::receive(context, actor, receipt))
    }

    /// Corrects a count.
    ///
    /// # Errors
    /// [`Refusal::UnknownItem`], [`Refusal::Invalid`] when more would be missing than is free.
    pub fn adjust(&self, moment: Moment, actor: &Actor, adjustment: &Adjustment) -> Result<StockLevel> {
        self.transact(moment, |context| stock::adjust(context, actor, adjustment))
    }

    /// How all stock items stand, by sku.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn levels(&self) -> Result<Vec<StockLevel>> {
        stock::levels(&self.sql)
    }

    /// Does everything that is due: expires orders that were not paid, completes those handed over, forgets old keys.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn run_due(&self, moment: Moment) -> Result<()> {
        self.transact(moment, timers::run_due)
    }

    /// Packs that are to be sent now; they count as sent.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn packs_due(&self, now: Timestamp) -> Result<Vec<Pack>> {
        self.sql.transaction(|| outbox::packs_due(&self.sql, &self.settings.source, now))
    }

    /// A subscriber has applied everything up to a number.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn acknowledge(&self, ack: Ack) -> Result<()> {
        self.sql.transaction(|| outbox::acknowledge(&self.sql, ack))
    }

    /// How many events wait for somebody.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn outbox_depth(&self) -> Result<u64> {
        outbox::depth(&self.sql)
    }

    /// When something is due next.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn next_alarm(&self) -> Result<Option<Timestamp>> {
        timers::next(&self.sql)
    }

    /// What is wrong with this store; nothing, always (reliability.md, 1 to 4 and 6).
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn violations(&self, now: Timestamp) -> Result<Vec<String>> {
        invariants::violations(&self.sql, now)
    }
}
