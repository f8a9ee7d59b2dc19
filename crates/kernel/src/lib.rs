//! The words every part of Kirana shares: ids, money, time, places, roles and the states of an order.
//!
//! Pure: no I/O, no clock, no randomness of its own. What needs the time or a random number takes it as an argument,
//! so that tests and the simulator own both.

pub mod barcode;
pub mod geo;
pub mod id;
pub mod measure;
pub mod money;
pub mod order;
pub mod polygon;
pub mod reorder;
pub mod role;
pub mod saga;
pub mod time;

pub use barcode::{BarcodeError, Gtin};
pub use geo::Position;
pub use id::Id;
pub use measure::{MAX_QUANTITY, Measure, MeasureError, Unit};
pub use money::{Currency, Money, MoneyError};
pub use order::{Fulfilment, OrderStatus};
pub use role::Role;
pub use saga::{Step, WhenLate};
pub use time::Timestamp;
