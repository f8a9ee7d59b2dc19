//! What every worker shares: how a request comes in ([`serve()`], [`Json`], [`Query`], [`Path`], [`Caller`]), how it may
//! fail ([`Problem`]), how workers speak to each other ([`call`]), to their database ([`db`]), and how events leave
//! ([`outbox`]) and arrive ([`inbox`]); and what is no
//! longer believed of a caller ([`revoked`]).

pub mod access_token;
pub mod address;
pub mod audit;
pub mod breaker;
pub mod call;
pub mod card_numbers;
pub mod clock;
pub mod db;
mod extract;
pub mod inbox;
mod json_path;
pub mod log;
pub mod outage;
pub mod outbound;
pub mod outbox;
pub mod page;
pub mod principal;
mod problem;
pub mod rate_limit;
pub mod revoked;
mod routes;
pub mod sealed;
mod serve;
pub mod socket_ticket;
pub mod wire;
pub mod zone;

pub use extract::{
    Json, Path, Query, RawJson, card_number, parse_json, refuse_cards, refuse_cards_in_form, refuse_cards_in_query,
};
pub use page::{Page, PageQuery};
pub use principal::{Caller, MaybeCaller, Origin, Principal};
pub use problem::{CODE_HEADER, FieldError, Problem, Result};
pub use routes::Routes;
#[cfg(not(target_family = "wasm"))]
pub use routes::routes;
#[cfg(target_family = "wasm")]
pub use routes::{Route, annotations};
pub use serve::{Incoming, Outgoing, RequestId, serve};
