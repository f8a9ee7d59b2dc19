//! Coupons, of which there are only so many: a share is held before an order is placed with it, kept by the order, and free again
//! where there is no order, or it ended before anybody made it.

use kirana_contracts::store_state::Claim;
use kirana_kernel::{Id, Timestamp};
use std::time::Duration;

/// How many there are.
const ISSUED: usize = 5;
/// How long a share is held for an order.
const GOOD_FOR: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Held,
    Kept(Id),
    Free,
}

struct Share {
    claim: Claim,
    state: State,
    /// Who holds it: the store, and the key of the order.
    place: usize,
    key: String,
    fingerprint: String,
}

/// All of them.
pub struct Coupons {
    left: usize,
    shares: Vec<Share>,
    /// Deliberate bug: one is given though none is left.
    unlimited: bool,
}

impl Coupons {
    pub(super) const fn new(unlimited: bool) -> Self {
        Self { left: ISSUED, shares: Vec::new(), unlimited }
    }

    /// A share for an order that is about to be placed, if there is one.
    pub fn hold(&mut self, id: Id, now: Timestamp, place: usize, key: &str, fingerprint: &str) -> Option<Claim> {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None if self.unlimited => {}
            None => return None,
        }
        let claim = Claim { id, good_until: now + GOOD_FOR };
        let (key, fingerprint) = (key.to_owned(), fingerprint.to_owned());
        self.shares.push(Share { claim, state: State::Held, place, key, fingerprint });
        Some(claim)
    }

    /// How many were ever given, to number the next.
    pub const fn count(&self) -> usize {
        self.shares.len()
    }

    fn share(&mut self, claim: Id) -> Option<&mut Share> {
        self.shares.iter_mut().find(|share| share.claim.id == claim)
    }

    /// A store says that an order was placed with it.
    pub fn keep(&mut self, claim: Id, order: Id) {
        if let Some(share) = self.share(claim).filter(|share| share.state == State::Held) {
            share.state = State::Kept(order);
        }
    }

    /// It is free again. A store says so of one that an order kept; whoever placed none, of one that is held.
    pub fn release(&mut self, claim: Id) {
        if let Some(share) = self.share(claim).filter(|share| share.state != State::Free) {
            share.state = State::Free;
            self.left += 1;
        }
    }

    /// Those that are held for too long: the claim, the store and the key of the order that may be there all the same.
    pub fn stale(&self, now: Timestamp) -> Vec<(Id, usize, String, String)> {
        let old = self.shares.iter().filter(|share| share.state == State::Held && share.claim.good_until < now);
        old.map(|share| (share.claim.id, share.place, share.key.clone(), share.fingerprint.clone())).collect()
    }

    /// What is left, held and kept is what was issued.
    pub fn conserved(&self) -> Result<(), String> {
        let out = self.shares.iter().filter(|share| share.state != State::Free).count();
        match self.left + out == ISSUED {
            true => Ok(()),
            false => Err(format!("{ISSUED} coupons were issued: {} are left, and {out} are held or used", self.left)),
        }
    }

    /// Each that is used, with its order; none is held any more.
    pub fn used(&self) -> Result<Vec<(Id, Id)>, String> {
        let mut used = Vec::new();
        for share in &self.shares {
            match share.state {
                State::Kept(order) => used.push((share.claim.id, order)),
                State::Free => {}
                State::Held => return Err(format!("coupon {} is held for ever", share.claim.id)),
            }
        }
        Ok(used)
    }
}
