//! What only adults may buy: nobody gets it, and nobody pays for it, without a check that is good at that moment.
//!
//! The gate stands at each step: placing, changing lines, a substitute, confirming a payment, handing over. Who hands it over may
//! look at a document instead of a check that has ended; the timeline says who did.

use crate::sabotage::{self, Guard};
use crate::{Refusal, Result};
use kirana_contracts::order::{AgeProof, Order, OrderLine};
use kirana_kernel::{OrderStatus, Timestamp};
use std::time::Duration;

/// How long it is good that somebody has seen a document: for this handing over.
const SEEN: Duration = Duration::from_secs(3_600);

/// The age that is noted when a document was seen and nobody had checked before: whoever looked knows that of the place.
const UNKNOWN: u32 = 0;

fn is_restricted(line: &OrderLine) -> bool {
    let substitute = line.substitute.as_ref().is_some_and(|substitute| substitute.age_restricted);
    line.quantity > 0 && (line.age_restricted || substitute)
}

/// May its customer have what is in it, now?
pub fn is_met(order: &Order, now: Timestamp) -> bool {
    sabotage::on(Guard::AgeCheck)
        || !order.lines.iter().any(is_restricted)
        || order.age.is_some_and(|proof| proof.good_until > now)
}

/// Refuses what its customer may not have now.
///
/// # Errors
/// [`Refusal::AgeNotProved`].
pub fn require(order: &Order, now: Timestamp) -> Result<()> {
    if is_met(order, now) { Ok(()) } else { Err(Refusal::AgeNotProved) }
}

/// Notes that whoever hands it over has seen a document.
pub fn seen(order: &mut Order, now: Timestamp) {
    if order.lines.iter().any(is_restricted) {
        let min_age = order.age.map_or(UNKNOWN, |proof| proof.min_age);
        let good_until = order.age.map_or(now + SEEN, |proof| proof.good_until.max(now + SEEN));
        order.age = Some(AgeProof { min_age, good_until });
    }
}

/// Does a move to this status put it into somebody's hands?
pub const fn hands_over(to: OrderStatus) -> bool {
    matches!(to, OrderStatus::Collected | OrderStatus::Delivered)
}
