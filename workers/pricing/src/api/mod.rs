//! What may be asked.

pub mod campaigns;
pub mod claims;
pub mod dynamic;
pub mod offers;
pub mod preview;
pub mod taxes;
pub mod terms;

use crate::SOURCE;
use axum::extract::State;
use kirana_edge::{Caller, FieldError, Json, Problem, Result};
use kirana_events::Ack;
use kirana_pricing::Fault;
use worker::Env;

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    SOURCE.on_ack(&env, &caller, ack).await
}

/// What is wrong with something that prices are made by.
pub fn faulty(faults: Vec<Fault>, within: &str) -> Problem {
    let error = |fault: Fault| FieldError { path: format!("{within}{}", fault.path), message: fault.message };
    Problem::invalid_fields(faults.into_iter().map(error).collect())
}
