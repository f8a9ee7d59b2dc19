//! What happens between two days: what passed its date goes, everybody hears of everything, the books are proved, and the
//! reorder rule says what comes in the morning.

use super::report::DayReport;
use super::shop::{Shop, fault};
use kirana_contracts::stock::{MoveKind, Unit};
use kirana_events::{Ack, Event, EventData, Subscriber};
use kirana_kernel::reorder::{Offer, propose};
use std::collections::BTreeMap;

/// How far the books were read.
#[derive(Default)]
pub struct Books {
    /// The last entry of the journal that was read.
    pub entries: i64,
    /// What everything on hand is worth by the journal.
    worth: i64,
}

impl Shop {
    /// What was told since the last call is acknowledged by everybody; goods that passed their date leave our own books.
    ///
    /// # Errors
    /// An outbox that does not drain.
    fn hear(&mut self) -> Result<(), String> {
        for _ in 0..10_000 {
            if self.store.outbox_depth().map_err(fault)? == 0 {
                return Ok(());
            }
            for pack in self.store.packs_due(self.now).map_err(fault)? {
                let events = pack.events.iter().filter(|_| pack.subscriber == Subscriber::Inventory);
                for packed in events.filter(|packed| packed.event.get().contains("ItemExpired")) {
                    let event: Event = serde_json::from_str(packed.event.get()).map_err(fault)?;
                    if let EventData::ItemExpired(gone) = event.data {
                        *self.books.entry(gone.sku).or_default() -= gone.quantity;
                    }
                }
                self.store.acknowledge(Ack { subscriber: pack.subscriber, upto: pack.upto }).map_err(fault)?;
            }
        }
        Err("the outbox does not drain".into())
    }

    /// Closes a day at midnight: counts its waste and proves that nothing was lost or made up.
    ///
    /// # Errors
    /// What is wrong.
    pub fn close(&mut self, books: &mut Books, day: &mut DayReport, whole: bool) -> Result<(), String> {
        self.hear()?;
        loop {
            let page = self.store.journal(books.entries, 500).map_err(fault)?;
            let Some(last) = page.last() else { break };
            books.entries = last.id;
            for part in page.iter().flat_map(|entry| &entry.moves) {
                books.worth += part.value;
            }
            for part in page.iter().filter(|entry| entry.kind == MoveKind::Expire).flat_map(|entry| &entry.moves) {
                let by_piece = self.kinds.get(&part.sku).is_some_and(|(unit, _)| *unit == Unit::Piece);
                day.wasted -= part.value;
                day.wasted_pieces -= if by_piece { part.quantity } else { 0 };
            }
        }
        self.prove(whole)?;
        day.on_hand = self.store.levels().map_err(fault)?.iter().map(|level| level.value).sum();
        if day.on_hand != books.worth {
            return Err(format!("goods worth {} are on hand, the journal says {}", day.on_hand, books.worth));
        }
        Ok(())
    }

    /// The core's own invariants, its journal, and our own count; at night nothing is held and nothing is too old.
    fn prove(&mut self, whole: bool) -> Result<(), String> {
        let wrong = if whole { self.store.violations() } else { self.store.stock_violations() };
        if let Some(wrong) = wrong.map_err(fault)?.first() {
            return Err(wrong.clone());
        }
        if let Some(wrong) = self.store.prove_journal().map_err(fault)?.differences.first() {
            return Err(wrong.clone());
        }
        for level in self.store.levels().map_err(fault)? {
            let counted = self.books.get(&level.sku).copied().unwrap_or(0);
            if (level.on_hand, level.reserved) != (counted, 0) {
                return Err(format!(
                    "{} of {} should be there and none held; the store says {} and {}",
                    counted, level.sku, level.on_hand, level.reserved
                ));
            }
        }
        let batches = self.store.batches(None).map_err(fault)?;
        match batches.iter().find(|batch| batch.expires_at.is_some_and(|expires_at| expires_at <= self.now)) {
            Some(old) => Err(format!("{} of {} passed their date and are still there", old.on_hand, old.sku)),
            None => Ok(()),
        }
    }

    /// What the reorder rule wants for the morning: packs by stock item.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn plan(&mut self) -> Result<Vec<(String, i64)>, String> {
        let usage = self.store.usage(self.now).map_err(fault)?;
        let missing: BTreeMap<String, i64> = usage
            .into_iter()
            .filter_map(|usage| Some((usage.sku, usage.missing.filter(|missing| *missing > 0)?)))
            .collect();
        let offer = |(sku, (_, kind)): (&String, &(Unit, &super::goods::Kind))| Offer {
            supplier_id: "bakehouse".into(),
            sku: sku.clone(),
            pack_size: kind.pack,
            min_packs: 1,
            pack_price: kind.pack_price,
        };
        let offers: Vec<Offer> = self.kinds.iter().map(offer).collect();
        // What was ordered yesterday came this morning: nothing is under way.
        let orders = propose(&missing, &BTreeMap::new(), &offers);
        Ok(orders.into_values().flatten().map(|wanted| (wanted.sku, wanted.packs)).collect())
    }
}
