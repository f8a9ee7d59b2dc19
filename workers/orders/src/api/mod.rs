//! Handlers, by what is done with an order.

pub mod amend;
pub mod cart;
pub mod checkout;
pub mod kitchen;
pub mod life;
pub mod live;
pub mod past;
pub mod place;
pub mod read;
