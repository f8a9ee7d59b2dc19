//! Devices: what each kind may do ([`kind`]), how one proves that it is itself ([`proof`]), the frames that it speaks ([`frame`]), and the
//! hub of a store that it speaks to ([`hub`]).
//!
//! Pure: no I/O, no clock, no randomness of its own. The hub keeps what it knows over the small SQL interface, as a store does, so that the
//! same statements and the same code run in its Durable Object and natively in its tests.

pub mod bucket;
pub mod cold;
pub mod fault;
pub mod firmware;
pub mod frame;
pub mod health;
pub mod hub;
pub mod kind;
pub mod playlist;
pub mod proof;
pub mod sale;
