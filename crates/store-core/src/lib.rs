//! A store: exact stock and live orders as one serialised ledger.
//!
//! Every command is one synchronous transaction over [`kirana_sql::Sql`]: it reads, decides, and only then writes; an
//! error undoes what was written. There is no await in it, so nothing can come between the check and the hold. The time
//! and random numbers come in with [`Moment`].

mod command;
mod error;
mod invariants;
mod keys;
mod memory;
mod orders;
mod outbox;
pub mod sabotage;
mod schema;
mod stock;
mod store_orders;
mod store_stock;
mod timers;

pub use command::{Context, Moment, Settings};
pub use error::{Refusal, Shortage};
pub use orders::place::Placed;
pub use schema::migrate;

use kirana_contracts::order::Order;
use kirana_contracts::store_state::Progress;
use kirana_events::{Ack, Pack, Subscriber};
use kirana_kernel::Timestamp;
use kirana_sql::Sql;

/// What every command may answer.
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// One store over its database.
pub struct Store<S> {
    sql: S,
    settings: Settings,
    memory: memory::Memory,
}

impl<S: Sql> Store<S> {
    /// Opens a store, bringing its tables up to date.
    ///
    /// # Errors
    /// [`Refusal::Fault`] when the database refuses.
    pub fn open(sql: S, settings: Settings) -> Result<Self> {
        migrate(&sql)?;
        Ok(Self { sql, settings, memory: memory::Memory::default() })
    }

    fn transact<T>(&self, moment: Moment, work: impl FnOnce(&mut Context<'_, S>) -> Result<T>) -> Result<T> {
        let (mut work, mut answer) = (Some(work), None);
        self.command(moment, &mut |context| {
            answer = work.take().map(|work| work(context)).transpose()?;
            Ok(())
        })?;
        answer.ok_or_else(|| Refusal::Fault("the command did not run".into()))
    }

    /// The same whatever the answer is: one transaction in the script, not one for each command.
    fn command(&self, moment: Moment, work: &mut dyn FnMut(&mut Context<'_, S>) -> Result<()>) -> Result<()> {
        self.memory.begin();
        let mut left = outbox::Left::default();
        let done = self.sql.transaction(|| {
            let mut context = Context::new(&self.sql, &self.settings, &self.memory, moment);
            work(&mut context)?;
            left = context.flush()?;
            Ok(())
        });
        self.memory.end(done.as_ref().err());
        done.and_then(|()| outbox::written(&self.memory, left))
    }

    /// Does everything that is due, each thing by itself: what fails is put off and told, and the rest is done.
    ///
    /// # Errors
    /// [`Refusal::Fault`] when the timers themselves cannot be read or moved.
    pub fn run_due(&self, moment: Moment) -> Result<Vec<Refusal>> {
        let mut failed = Vec::new();
        for (index, timer) in timers::due(&self.sql, moment.now)?.iter().enumerate() {
            let moment = moment.fork(index);
            let now = moment.now;
            if let Err(refusal) = self.transact(moment, |context| timers::run(context, timer)) {
                failed.push(refusal);
                self.sql.transaction(|| timers::postpone(&self.sql, now, timer))?;
            }
        }
        timers::forget_keys(&self.sql, moment.now)?;
        Ok(failed)
    }

    /// Packs that are to be sent now; they count as sent.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn packs_due(&self, now: Timestamp) -> Result<Vec<Pack>> {
        self.memory.begin();
        let from = (self.settings.source.as_str(), self.settings.resend_after);
        let packs = outbox::packs_due(&self.sql, &self.memory, from, now);
        self.memory.end(packs.as_ref().err());
        packs
    }

    /// The pack for a subscriber could not be sent: it is due again soon.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn unsent(&self, subscriber: Subscriber, now: Timestamp) -> Result<()> {
        self.memory.settle();
        outbox::unsent(&self.sql, &self.memory, subscriber, now)
    }

    /// A subscriber has applied everything up to a number.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn acknowledge(&self, ack: Ack) -> Result<()> {
        self.memory.begin();
        let done = outbox::acknowledge(&self.sql, &self.memory, ack);
        self.memory.end(done.as_ref().err());
        done
    }

    /// How many events wait for somebody.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn outbox_depth(&self) -> Result<u64> {
        self.memory.settle();
        outbox::depth(&self.sql, &self.memory)
    }

    /// How far a subscriber is behind this store.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn progress(&self, subscriber: Subscriber) -> Result<Progress> {
        self.memory.settle();
        outbox::progress(&self.sql, &self.memory, subscriber)
    }

    /// When something is due next.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn next_alarm(&self) -> Result<Option<Timestamp>> {
        self.memory.settle();
        timers::next(&self.sql, &self.memory)
    }

    /// When a deadline is due next, whatever waits to be sent.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn next_timer(&self) -> Result<Option<Timestamp>> {
        timers::next_due(&self.sql)
    }

    /// What is wrong with the stock as it stands and with those for whom it is held; nothing, always.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn stock_violations(&self) -> Result<Vec<String>> {
        let mut found = self.goods_violations()?;
        found.extend(self.owner_violations()?);
        Ok(found)
    }

    /// What is wrong with items, batches and what is held of them, without a look at every batch and the whole journal; nothing,
    /// always.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn goods_violations(&self) -> Result<Vec<String>> {
        invariants::of_goods(&self.sql)
    }

    /// What is wrong with orders and leases for which stock is held, and with their timers, without a look at every order;
    /// nothing, always.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn owner_violations(&self) -> Result<Vec<String>> {
        invariants::of_owners(&self.sql)
    }

    /// What is wrong with this store; nothing, always (reliability.md, 1 to 4 and 6).
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn violations(&self) -> Result<Vec<String>> {
        self.violations_and_orders(drop)
    }

    /// The same; each order that was looked at is handed on, for whoever knows more of what must never be.
    ///
    /// # Errors
    /// [`Refusal::Fault`].
    pub fn violations_and_orders(&self, orders: impl FnMut(Order)) -> Result<Vec<String>> {
        invariants::violations(&self.sql, orders)
    }
}
