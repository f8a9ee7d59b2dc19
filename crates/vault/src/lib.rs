//! Keys for each purpose out of the deployment's one ([`Master`]), and what is personal sealed with them before it is written
//! ([`Vault`]). Pure: random bytes come in as arguments.

mod master;
mod vault;

pub use master::Master;
pub use vault::{Place, SealError, Vault, key_id};
