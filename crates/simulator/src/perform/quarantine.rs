//! Goods that are suspect, and people who look at them.

use super::{Done, actor, id};
use crate::world::{ITEMS, World};
use kirana_contracts::stock::{Quarantine, QuarantineOutcome, QuarantineRequest};
use kirana_kernel::Role;

impl World {
    pub(super) fn quarantine(&mut self, place: usize, item: u8) -> Done {
        let id = id(9, u16::try_from(self.quarantines.len()).unwrap_or(u16::MAX));
        let skus = vec![ITEMS[usize::from(item)].to_owned()];
        let request = QuarantineRequest { id, skus, reason: "it was warm".into() };
        self.quarantines.push((place, id, None));
        let answer = self.command(place, |store, moment| store.quarantine(moment, &request))?;
        let Some(answer) = answer else { return Ok(()) };
        let marked = answer.map_err(|refusal| format!("a quarantine was refused: {refusal}"))?;
        self.hear(&format!("{marked:?}"));
        let on_hand: i64 = marked.batches.iter().map(|batch| batch.quantity).sum();
        let held: i64 = marked.batches.iter().map(|batch| batch.held).sum();
        let level = self.places[place].store.level(ITEMS[usize::from(item)]).map_err(|refusal| refusal.to_string())?;
        if level.available != 0 || level.on_hand != on_hand || level.quarantined != on_hand - held {
            return Err(format!("{on_hand} were marked, {held} of them held, and it stands as {level:?}"));
        }
        Ok(())
    }

    pub(super) fn judge(&mut self, number: u16, spoilt: bool) -> Done {
        let Some(index) = usize::from(number).checked_rem(self.quarantines.len()) else { return Ok(()) };
        let (place, id, known) = self.quarantines[index];
        let outcome = if spoilt { QuarantineOutcome::Spoilt } else { QuarantineOutcome::Released };
        let answer =
            self.command(place, |store, moment| store.end_quarantine(moment, &actor(Role::Manager), id, outcome))?;
        // Nobody heard, or the goods were never marked: the request died with its process.
        let Some(Ok(Quarantine { outcome: Some(told), .. })) = answer else { return Ok(()) };
        if known.is_some_and(|known| known != told) {
            return Err(format!("quarantine {id} ended {known:?}, and then {told:?}"));
        }
        self.quarantines[index].2 = Some(told);
        Ok(())
    }
}
