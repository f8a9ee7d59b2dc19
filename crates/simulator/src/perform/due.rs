//! What happens without anybody asking: alarms, and the relay of events.

use super::Done;
use crate::world::World;
use crate::{Random, Sabotage};
use kirana_events::{Ack, Pack};
use kirana_sql::{Sql, values};
use serde::Deserialize;

impl World {
    /// The alarm of both stores, until nothing is due.
    pub(super) fn alarms(&mut self) -> Done {
        // What is due and refused is put off, as it should be: then it would still be there.
        let stumble = self.stumble.take();
        let done = self.all_that_is_due();
        self.stumble = stumble;
        done
    }

    fn all_that_is_due(&mut self) -> Done {
        for place in 0..self.places.len() {
            for _ in 0..20 {
                let answer = self.command(place, |store, moment| store.run_due(moment))?;
                let Some(Ok(failed)) = answer else { continue };
                if let Some(refusal) = failed.first() {
                    return Err(format!("what was due failed: {refusal}"));
                }
                let next = self.places[place].store.next_timer().map_err(|refusal| refusal.to_string())?;
                if next.is_none_or(|next| next > self.now) {
                    self.nothing_is_stale(place)?;
                    break;
                }
            }
        }
        Ok(())
    }

    /// Nothing is due any more: what passed its date and is held for nobody is gone.
    fn nothing_is_stale(&self, place: usize) -> Done {
        #[derive(Deserialize)]
        struct Batch {
            id: i64,
            sku: String,
        }
        let stale: Option<Batch> = self.places[place]
            .disk
            .first(
                "SELECT id, sku FROM batches WHERE stocked = 1 AND on_hand > reserved AND expires_at <= ?1 ORDER BY id LIMIT 1",
                values![self.now.millis()],
            )
            .map_err(|error| error.to_string())?;
        match stale {
            Some(old) => {
                Err(format!("store {place}: batch {} of {} passed its date and is still there", old.id, old.sku))
            }
            None => Ok(()),
        }
    }

    /// The relay sends what is due; the network does what it likes.
    pub(crate) fn relay(&mut self, place: usize, faults: u64) -> Done {
        let mut random = Random::new(faults);
        let now = self.now;
        self.anew(place)?;
        let stumble = self.stumble.take();
        let here = &mut self.places[place];
        if let Some(after) = stumble {
            here.doom.stumble_after(after % 4);
        }
        let sent = match here.store.packs_due(now) {
            // It is asked again some other time.
            Err(_) if stumble.is_some() && !here.doom.steady() => Vec::new(),
            sent => sent.map_err(|refusal| refusal.to_string())?,
        };
        for pack in sent {
            if random.one_in(4) {
                continue; // lost; the source sends it again
            }
            if random.one_in(4) {
                here.under_way.push(pack.clone()); // comes twice
            }
            here.under_way.push(pack);
        }
        let mut rest: Vec<Pack> = std::mem::take(&mut here.under_way);
        while !rest.is_empty() {
            let pack = rest.swap_remove(random.below(rest.len()));
            if random.one_in(3) {
                here.under_way.push(pack); // late
                continue;
            }
            // The handler fails three times in ten: nothing is applied, the queue brings it again.
            if random.below(10) < 3 {
                here.under_way.push(pack);
                continue;
            }
            let upto = here.subscribers.apply(&pack, self.sabotage == Sabotage::Inbox)?;
            for event in std::mem::take(&mut here.subscribers.heard) {
                self.treasury.hear(place, event.get())?;
            }
            if !random.one_in(4) {
                let ack = Ack { subscriber: pack.subscriber, upto: pack.upto.min(upto) };
                match here.store.acknowledge(ack) {
                    // As good as lost.
                    Err(_) if stumble.is_some() && !here.doom.steady() => {}
                    done => done.map_err(|refusal| refusal.to_string())?,
                }
            }
        }
        // What is late for ever is lost.
        here.under_way.truncate(20);
        here.doom.steady();
        Ok(())
    }
}
