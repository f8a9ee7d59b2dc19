//! Handlers, by resource.

pub mod exceptions;
pub mod gift_cards;
pub mod invoices;
pub mod ledger;
pub mod periods;
pub mod reconcile;
pub mod riders;
pub mod risk;
pub mod royalties;
