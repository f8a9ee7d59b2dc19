//! What can be broken on purpose, to see that the simulator would notice.

use kirana_store_core::sabotage::{self, Guard};

/// One deliberate bug, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// All guards stand.
    None,
    /// A guard of the core is gone.
    Core(Guard),
    /// A failed command keeps what it wrote.
    Rollback,
    /// A subscriber applies a pack that it had before.
    Inbox,
    /// Whoever keeps money does it badly.
    Money(Lapse),
}

/// How somebody keeps money badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// What was booked is booked again when it is told again.
    Again,
    /// A payment is made by gift balance or points that are not there.
    Balances,
    /// One more coupon is given than there are.
    Coupons,
}

impl Lapse {
    const ALL: [Self; 3] = [Self::Again, Self::Balances, Self::Coupons];
}

impl Sabotage {
    /// Every one of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let core = Guard::ALL.into_iter().map(Self::Core);
        core.chain([Self::Rollback, Self::Inbox]).chain(Lapse::ALL.into_iter().map(Self::Money)).collect()
    }

    /// Puts it in force in this thread.
    pub(crate) fn begin(self) {
        sabotage::take_away(match self {
            Self::Core(guard) => Some(guard),
            _ => None,
        });
    }
}
