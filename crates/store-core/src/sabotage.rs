//! Guards that a test can take away, to see that it would notice (reliability.md: a test nobody has seen red does not count).
//!
//! Only builds with the feature `sabotage` can: in every other build [`on`] is `false` at compile time.

/// A guard of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// An order is refused when there is not enough for it.
    ReservationCheck,
    /// What was held is free again when its order ends.
    ReleaseOfHeldStock,
    /// One key, one order.
    Idempotency,
    /// An order that is not paid in time expires.
    PaymentDeadline,
    /// An order that nobody makes is called off in the end.
    NobodyMakesIt,
    /// A line may not be refunded or cancelled twice.
    CancelOnce,
    /// An offline sale is applied once.
    OfflineOnce,
    /// A transfer that is told twice moves once.
    TransferOnce,
    /// Slots hold only so many orders.
    SlotCapacity,
    /// What passed its date is thrown away.
    ExpirySweep,
    /// A pack is forgotten only when its subscriber said that it is applied.
    OutboxUntilAcknowledged,
    /// What a failed command had put into memory is forgotten.
    ForgetOnFailure,
    /// What is for adults only goes to adults only.
    AgeCheck,
    /// What is suspect is not sold.
    Quarantine,
}

impl Guard {
    /// Every guard that the simulator must miss; the others have tests of their own.
    pub const ALL: [Self; 13] = [
        Self::ReservationCheck,
        Self::ReleaseOfHeldStock,
        Self::Idempotency,
        Self::PaymentDeadline,
        Self::NobodyMakesIt,
        Self::CancelOnce,
        Self::OfflineOnce,
        Self::TransferOnce,
        Self::SlotCapacity,
        Self::ExpirySweep,
        Self::OutboxUntilAcknowledged,
        Self::ForgetOnFailure,
        Self::Quarantine,
    ];
}

#[cfg(feature = "sabotage")]
thread_local! {
    static DOWN: std::cell::Cell<Option<Guard>> = const { std::cell::Cell::new(None) };
}

/// Takes a guard away in this thread, or puts all back.
#[cfg(feature = "sabotage")]
pub fn take_away(guard: Option<Guard>) {
    DOWN.with(|down| down.set(guard));
}

/// Was this guard taken away?
#[cfg(feature = "sabotage")]
#[must_use]
pub fn on(guard: Guard) -> bool {
    DOWN.with(|down| down.get() == Some(guard))
}

/// No guard can be taken away in this build.
#[cfg(not(feature = "sabotage"))]
#[must_use]
pub const fn on(_guard: Guard) -> bool {
    false
}
