//! Reconciliation: what gateways report against what we have, and what to do about the difference.
//!
//! A report is read ([`stripe`], [`razorpay`], [`paypal`], [`generic`]), its rows are matched with our records ([`reconcile`]), and
//! its fees and payouts are posted ([`postings`]). Then a gateway's clearing account holds what the gateway holds, but for what the
//! exceptions explain to the minor unit.

mod cell;
mod exception;
mod fault;
mod fees;
pub mod generic;
mod matching;
mod pairs;
pub mod paypal;
mod postings;
pub mod razorpay;
mod record;
mod row;
mod sheet;
pub mod stripe;
mod words;

pub use cell::{DateFormat, Notation};
pub use exception::{Exception, ExceptionKind, Resolution};
pub use fault::{FileFault, ReadError, RowFault};
pub use fees::FeeSchedule;
pub use matching::{Reconciliation, reconcile};
pub use postings::postings;
pub use record::{OurRecord, RecordKind, Terms};
pub use row::{GatewayRow, Report, RowKind};
