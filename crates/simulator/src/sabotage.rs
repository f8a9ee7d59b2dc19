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
}

impl Sabotage {
    /// Every one of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let core = Guard::ALL.into_iter().map(Self::Core);
        core.chain([Self::Rollback, Self::Inbox]).collect()
    }

    /// Puts it in force in this thread.
    pub(crate) fn begin(self) {
        sabotage::take_away(match self {
            Self::Core(guard) => Some(guard),
            _ => None,
        });
    }
}
