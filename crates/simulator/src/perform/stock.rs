//! Doing what moves stock besides orders: goods in and out, counts, leases, tills without a line.

use super::{Done, actor, id, lines, totals};
use crate::action::Wish;
use crate::world::{ITEMS, Transfer, World};
use kirana_contracts::stock::{
    CountLine, LeaseRequest, LeaseSales, Movement, OfflineBatch, OfflineSale, Receipt, Sold, TransferIn, TransferLine,
    TransferOut,
};
use kirana_contracts::store_state::Idempotency;
use kirana_kernel::{Id, Role, Timestamp};
use std::time::Duration;

impl World {
    pub(super) fn receive(
        &mut self,
        step: usize,
        place: usize,
        item: u8,
        what: (i64, i64, Option<i64>),
        again: bool,
    ) -> Done {
        let (quantity, cost, hours) = what;
        if again && !self.receipts.is_empty() {
            let (place, key, receipt) = self.receipts[step % self.receipts.len()].clone();
            self.command(place, |store, moment| {
                store.move_stock(moment, &actor(Role::Manager), Some(&key), &Movement::Receive(receipt.clone()))
            })?;
            return Ok(());
        }
        let receipt = Receipt {
            sku: ITEMS[usize::from(item)].into(),
            quantity,
            measure: None,
            cost,
            supplier: None,
            lot: None,
            expires_at: hours.map(|hours| Timestamp::from_millis(self.now.millis() + hours * 3_600_000)),
            origin: None,
            certification: None,
            reference: None,
            tags: Vec::new(),
        };
        let key = Idempotency { scope: "manager".into(), key: format!("step-{step}"), fingerprint: String::new() };
        let answer = self.command(place, |store, moment| {
            store.move_stock(moment, &actor(Role::Manager), Some(&key), &Movement::Receive(receipt.clone()))
        })?;
        if let Some(Ok(_)) = answer {
            self.receipts.push((place, key, receipt));
        }
        Ok(())
    }

    pub(super) fn movement(&mut self, step: usize, place: usize, movement: Movement) -> Done {
        let key = Idempotency { scope: "manager".into(), key: format!("step-{step}"), fingerprint: String::new() };
        let answer = self
            .command(place, |store, moment| store.move_stock(moment, &actor(Role::Manager), Some(&key), &movement))?;
        if let Some(Ok(moved)) = answer {
            self.hear(&format!("{moved:?}"));
        }
        Ok(())
    }

    pub(super) fn send(&mut self, from: usize, item: u8, quantity: i64) -> Done {
        let id = id(6, u16::try_from(self.transfers.len()).unwrap_or(u16::MAX));
        let lines = vec![(ITEMS[usize::from(item)].to_owned(), quantity)];
        let mut transfer = Transfer { id, from, lines, parts: Vec::new(), arrived: None };
        let told = self.tell_out(&transfer)?;
        if let Some(parts) = told {
            transfer.parts = parts;
            self.transfers.push(transfer);
        } else {
            // Nobody heard, or it was refused: the document asks again under the same id, later.
            self.transfers.push(transfer);
        }
        Ok(())
    }

    fn tell_out(&mut self, transfer: &Transfer) -> Result<Option<Vec<kirana_contracts::stock::TransferPart>>, String> {
        let lines = transfer.lines.iter().map(|(sku, quantity)| TransferLine { sku: sku.clone(), quantity: *quantity });
        let out = TransferOut { transfer_id: transfer.id, lines: lines.collect() };
        let answer =
            self.command(transfer.from, |store, moment| store.transfer_out(moment, &actor(Role::Manager), &out))?;
        Ok(answer.and_then(Result::ok))
    }

    pub(super) fn arrive(&mut self, number: u16, resend_out: bool) -> Done {
        let Some(index) = usize::from(number).checked_rem(self.transfers.len()) else { return Ok(()) };
        let transfer = &self.transfers[index];
        if transfer.parts.is_empty() || resend_out {
            let again = Transfer {
                id: transfer.id,
                from: transfer.from,
                lines: transfer.lines.clone(),
                parts: Vec::new(),
                arrived: None,
            };
            let before = transfer.parts.clone();
            if let Some(parts) = self.tell_out(&again)? {
                if !before.is_empty() && parts != before {
                    return Err(format!("transfer {} left as {before:?} and then as {parts:?}", again.id));
                }
                self.transfers[index].parts = parts;
            }
            return Ok(());
        }
        let came = TransferIn { transfer_id: transfer.id, delivery: 1, parts: transfer.parts.clone() };
        let to = 1 - transfer.from;
        let answer = self.command(to, |store, moment| store.transfer_in(moment, &actor(Role::Manager), &came))?;
        if let Some(Ok(moves)) = answer {
            match &self.transfers[index].arrived {
                Some(before) if *before != moves => {
                    return Err(format!("transfer {} arrived as {before:?} and then as {moves:?}", came.transfer_id));
                }
                _ => self.transfers[index].arrived = Some(moves),
            }
        }
        Ok(())
    }

    pub(super) fn count(&mut self, place: usize, number: u16, item: u8, off_by: i64, approve: bool) -> Done {
        let mine: Vec<Id> = self.stocktakes.iter().filter(|(of, _)| *of == place).map(|(_, id)| *id).collect();
        let Some(index) = usize::from(number).checked_rem(mine.len() + 1).filter(|index| *index < mine.len()) else {
            let answer =
                self.command(place, |store, moment| store.open_stocktake(moment, &actor(Role::Staff), None))?;
            if let Some(Ok(stocktake)) = answer {
                self.stocktakes.push((place, stocktake.id));
            }
            return Ok(());
        };
        if approve {
            self.command(place, |store, moment| store.approve_stocktake(moment, &actor(Role::Manager), mine[index]))?;
            return Ok(());
        }
        let sku = ITEMS[usize::from(item)];
        let on_hand = self.places[place].store.level(sku).map_err(|refusal| refusal.to_string())?.on_hand;
        let lines = [CountLine { sku: sku.into(), counted: (on_hand + off_by).max(0) }];
        self.command(place, |store, moment| store.count_stock(moment, mine[index], &lines))?;
        Ok(())
    }

    pub(super) fn lease(&mut self, place: usize, item: u8, quantity: i64, minutes: i64) -> Done {
        let device_id = id(7, u16::try_from(self.leases.len()).unwrap_or(u16::MAX));
        let until = Timestamp::from_millis(self.now.millis() + minutes * 60_000);
        let lines = vec![TransferLine { sku: ITEMS[usize::from(item)].into(), quantity }];
        let request = LeaseRequest { device_id, lines, until };
        let key = Idempotency { scope: "device".into(), key: device_id.to_string(), fingerprint: String::new() };
        let mut answer = self.command(place, |store, moment| store.grant_lease(moment, Some(&key), &request))?;
        if answer.is_none() {
            answer = self.command(place, |store, moment| store.grant_lease(moment, Some(&key), &request))?;
        }
        if let Some(Ok(lease)) = answer {
            self.leases.push((place, lease));
        }
        Ok(())
    }

    pub(super) fn lease_report(&mut self, number: u16, total: i64, finished: bool) -> Done {
        let Some(index) = usize::from(number).checked_rem(self.leases.len()) else { return Ok(()) };
        let (place, lease) = self.leases[index].clone();
        let sold = lease.lines.iter().map(|line| Sold { sku: line.sku.clone(), total }).collect();
        let sales = LeaseSales { sold, finished };
        let answer =
            self.command(place, |store, moment| store.report_lease(moment, lease.id, lease.device_id, &sales))?;
        if let Some(Ok(lease)) = answer {
            self.leases[index].1 = lease;
        }
        Ok(())
    }

    pub(super) fn offline(&mut self, place: usize, seq: u8, count: u8, wishes: &[Wish]) -> Done {
        let lines = lines(place, wishes);
        let sale = |seq: u8| -> Result<OfflineSale, String> {
            Ok(OfflineSale {
                key: format!("till-{seq}"),
                seq: u64::from(seq),
                sold_at: self.now - Duration::from_secs(3_600),
                totals: totals(place, &lines)?,
                lines: lines.clone(),
                tender: "cash".into(),
            })
        };
        let sales = (seq..seq.saturating_add(count)).map(sale).collect::<Result<_, _>>()?;
        let store_number = if place == 0 { 1 } else { 2 };
        let batch = OfflineBatch { store_id: super::money::store_id(place), store_number, device_id: id(8, 0), sales };
        let answer = self.command(place, |store, moment| store.offline_sales(&moment, &actor(Role::Device), &batch))?;
        let Some(answer) = answer else { return Ok(()) };
        let results = answer.map_err(|refusal| format!("an offline sale was refused: {refusal}"))?;
        for (number, result) in (seq..).zip(results) {
            let known = *self.offline.entry((place, number)).or_insert(result.order_id);
            if known != result.order_id {
                return Err(format!("offline sale {number} became {known}, and then {}", result.order_id));
            }
        }
        Ok(())
    }
}
