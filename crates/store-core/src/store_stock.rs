//! The commands of a store about its stock.

use crate::memory::Memory;
use crate::stock::{
    self, Demand, barcodes, journal, lease, listed, movement, offline, quarantine, receipts, setup, stocktake, tags,
    transfer, usage,
};
use crate::{Moment, Result, Store, keys};
use kirana_contracts::stock::{
    Barcode, Batch, CountLine, ItemBarcodes, JournalEntry, JournalProof, Lease, LeaseRequest, LeaseSales, Move, Moved,
    Movement, Quarantine, QuarantineOutcome, QuarantineRequest, ReceiptBatch, ReceiptsTaken, StockLevel, StockSetup,
    Stocktake, TagRead, TagsMoved, TransferIn, TransferLine, TransferOut, TransferPart, Usage, Variance,
};
use kirana_contracts::store_state::{Actor, Idempotency};
use kirana_events::StockEvent;
use kirana_kernel::{Id, Timestamp};
use kirana_sql::Sql;

impl<S: Sql> Store<S> {
    /// Puts stock items and recipes in place.
    ///
    /// # Errors
    /// [`crate::Refusal::Invalid`].
    pub fn setup(&self, moment: Moment, setup: &StockSetup) -> Result<()> {
        self.transact(moment, |context| setup::setup(context, setup))
    }

    /// Puts barcodes on a stock item, in the place of those it had.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownItem`], [`crate::Refusal::Invalid`] for what is no GTIN or is on another item.
    pub fn set_barcodes(&self, moment: Moment, wanted: &ItemBarcodes) -> Result<()> {
        self.transact(moment, |context| barcodes::set(context, wanted))
    }

    /// All barcodes of the store, by item.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn barcodes(&self) -> Result<Vec<Barcode>> {
        barcodes::list(&self.sql)
    }

    /// How the item stands that a barcode is on.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownItem`] where it is on none.
    pub fn by_barcode(&self, gtin: &str) -> Result<StockLevel> {
        barcodes::find(&self.sql, gtin)
    }

    /// Does a movement: received, corrected, spoilt or returned. With a key, once.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownItem`], [`crate::Refusal::Invalid`], [`crate::Refusal::Held`] when more would go than is
    /// free, [`crate::Refusal::KeyReused`].
    pub fn move_stock(
        &self,
        moment: Moment,
        actor: &Actor,
        key: Option<&Idempotency>,
        movement: &Movement,
    ) -> Result<Moved> {
        self.transact(moment, |context| keys::once(context, key, |context| movement::perform(context, actor, movement)))
    }

    /// Takes many receipts in: all of them or none. With a key, once.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownItem`], [`crate::Refusal::Invalid`] with the way to the receipt,
    /// [`crate::Refusal::KeyReused`].
    pub fn receive_all(
        &self,
        moment: Moment,
        actor: &Actor,
        key: Option<&Idempotency>,
        batch: &ReceiptBatch,
    ) -> Result<ReceiptsTaken> {
        self.transact(moment, |context| keys::once(context, key, |context| receipts::take(context, actor, batch)))
    }

    /// Tags that went through a gate.
    ///
    /// # Errors
    /// [`crate::Refusal::Invalid`].
    pub fn track_tags(&self, moment: Moment, actor: &Actor, reads: &[TagRead]) -> Result<TagsMoved> {
        self.transact(moment, |context| tags::track(context, actor, reads))
    }

    /// Goods leave for another store. The same transfer again moves nothing and gets the same answer.
    ///
    /// # Errors
    /// [`crate::Refusal::OutOfStock`], [`crate::Refusal::UnknownItem`], [`crate::Refusal::Invalid`].
    pub fn transfer_out(&self, moment: Moment, actor: &Actor, out: &TransferOut) -> Result<Vec<TransferPart>> {
        self.transact(moment, |context| transfer::send(context, actor, out))
    }

    /// Goods arrive from another store. The same delivery again moves nothing.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownItem`], [`crate::Refusal::Invalid`].
    pub fn transfer_in(&self, moment: Moment, actor: &Actor, came: &TransferIn) -> Result<Vec<Move>> {
        self.transact(moment, |context| transfer::arrive(context, actor, came))
    }

    /// Begins a stocktake. With a key, once.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn open_stocktake(&self, moment: Moment, actor: &Actor, key: Option<&Idempotency>) -> Result<Stocktake> {
        self.transact(moment, |context| keys::once(context, key, |context| stocktake::open(context, actor)))
    }

    /// Writes counted lines into a stocktake.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownDocument`], [`crate::Refusal::Conflict`] when it is over.
    pub fn count_stock(&self, moment: Moment, id: Id, lines: &[CountLine]) -> Result<Stocktake> {
        self.transact(moment, |context| stocktake::count(context, id, lines))
    }

    /// Takes the variances of a stocktake into the books.
    ///
    /// # Errors
    /// [`crate::Refusal::Forbidden`] for who counted it, [`crate::Refusal::Held`] when goods that are missing are held.
    pub fn approve_stocktake(&self, moment: Moment, actor: &Actor, id: Id) -> Result<Stocktake> {
        self.transact(moment, |context| stocktake::approve(context, actor, id))
    }

    /// Throws a stocktake away.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownDocument`], [`crate::Refusal::Conflict`] when it is approved.
    pub fn discard_stocktake(&self, moment: Moment, id: Id) -> Result<Stocktake> {
        self.transact(moment, |context| stocktake::discard(context, id))
    }

    /// A stocktake.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownDocument`].
    pub fn stocktake(&self, id: Id) -> Result<Stocktake> {
        stocktake::get(&self.sql, id)
    }

    /// The last hundred stocktakes, newest first.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn stocktakes(&self) -> Result<Vec<Stocktake>> {
        stocktake::list(&self.sql)
    }

    /// Holds stock for a device that may lose its line. With a key, once.
    ///
    /// # Errors
    /// [`crate::Refusal::OutOfStock`], [`crate::Refusal::UnknownItem`], [`crate::Refusal::Invalid`],
    /// [`crate::Refusal::KeyReused`].
    pub fn grant_lease(&self, moment: Moment, key: Option<&Idempotency>, request: &LeaseRequest) -> Result<Lease> {
        self.transact(moment, |context| keys::once(context, key, |context| lease::grant(context, request)))
    }

    /// What a device sold of its lease, by counters that only grow.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownDocument`] when it is not this device's lease, [`crate::Refusal::Invalid`].
    pub fn report_lease(&self, moment: Moment, id: Id, device: Id, sales: &LeaseSales) -> Result<Lease> {
        self.transact(moment, |context| lease::report(context, id, device, sales))
    }

    /// A device needs its lease longer.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownDocument`], [`crate::Refusal::Conflict`] when it is over, [`crate::Refusal::Invalid`].
    pub fn extend_lease(&self, moment: Moment, id: Id, until: Timestamp) -> Result<Lease> {
        self.transact(moment, |context| lease::extend(context, id, until))
    }

    /// A device needs a part of its lease no more. With a key, once.
    ///
    /// # Errors
    /// As [`Store::extend_lease`].
    pub fn release_of_lease(
        &self,
        moment: Moment,
        key: Option<&Idempotency>,
        id: Id,
        lines: &[TransferLine],
    ) -> Result<Lease> {
        self.transact(moment, |context| keys::once(context, key, |context| lease::release_some(context, id, lines)))
    }

    /// Keeps back what is there of some items, as it may be spoilt. The same again is the same quarantine.
    ///
    /// # Errors
    /// [`crate::Refusal::Invalid`].
    pub fn quarantine(&self, moment: Moment, request: &QuarantineRequest) -> Result<Quarantine> {
        self.transact(moment, |context| quarantine::begin(context, request))
    }

    /// Somebody has looked at goods that are kept back. Who comes later finds what was decided.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownDocument`].
    pub fn end_quarantine(
        &self,
        moment: Moment,
        actor: &Actor,
        id: Id,
        outcome: QuarantineOutcome,
    ) -> Result<Quarantine> {
        self.transact(moment, |context| quarantine::resolve(context, actor, id, outcome))
    }

    /// Quarantines that nobody has looked at yet, or the last hundred of all.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn quarantines(&self, all: bool) -> Result<Vec<Quarantine>> {
        quarantine::list(&self.sql, all)
    }

    /// Which of these sellables cannot be made now, without anything added: what is not kept at all among them.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn sold_out(&self, sellables: &[String]) -> Result<Vec<String>> {
        stock::sold_out(&self.sql, sellables)
    }

    /// A lease.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownDocument`].
    pub fn lease(&self, id: Id) -> Result<Lease> {
        lease::get(&self.sql, id)
    }

    /// Goods that were sold though the books did not have them.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn variances(&self, all: bool) -> Result<Vec<Variance>> {
        offline::variances(&self.sql, all)
    }

    /// Somebody looked into a variance.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownDocument`] when there is none open.
    pub fn resolve_variance(&self, moment: Moment, id: i64, resolution: &str) -> Result<()> {
        self.transact(moment, |context| offline::resolve(context, id, resolution))
    }

    /// How all stock items stand, by sku.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn levels(&self) -> Result<Vec<StockLevel>> {
        stock::levels(&self.sql)
    }

    /// How one stock item stands.
    ///
    /// # Errors
    /// [`crate::Refusal::UnknownItem`].
    pub fn level(&self, sku: &str) -> Result<StockLevel> {
        stock::level(&self.sql, sku)
    }

    /// How everything stands, with what is left of each batch: for whoever keeps a copy of it.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn standing(&self, now: Timestamp) -> Result<StockEvent> {
        stock::standing::standing(&self.sql, now)
    }

    /// Batches with stock, of one item or all.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn batches(&self, sku: Option<&str>) -> Result<Vec<Batch>> {
        listed::list(&self.sql, sku)
    }

    /// Entries of the journal after a number.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn journal(&self, after: i64, limit: i64) -> Result<Vec<JournalEntry>> {
        journal::list(&self.sql, after, limit)
    }

    /// Entries of the journal before a number, newest first; from the newest where none is given.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn newest_in_journal(&self, before: Option<i64>, limit: i64) -> Result<Vec<JournalEntry>> {
        journal::newest(&self.sql, before, limit)
    }

    /// Computes stock anew from the journal and compares.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn prove_journal(&self) -> Result<JournalProof> {
        journal::prove(&self.sql)
    }

    /// How fast each item goes, and what is missing of it.
    ///
    /// # Errors
    /// [`crate::Refusal::Fault`].
    pub fn usage(&self, now: Timestamp) -> Result<Vec<Usage>> {
        usage::usage(&self.sql, now)
    }

    /// What pieces of sellables would use up.
    ///
    /// # Errors
    /// [`crate::Refusal::NotStocked`].
    pub fn demand(&self, sellables: &std::collections::BTreeMap<&str, i64>) -> Result<Demand> {
        stock::allocate::demand_of(&self.sql, &Memory::default(), sellables)
    }
}
