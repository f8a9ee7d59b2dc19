//! What the people who lead a store are told: in the app each of them, by letter where it is worth one.

use crate::db;
use crate::events::tell;
use crate::rules::device::{Trouble, trouble};
use crate::rules::letter::{Kind, Wanted};
use kirana_contracts::staff::StaffMember;
use kirana_edge::db::Statement;
use kirana_edge::{Result, call, clock, principal};
use kirana_events::Event;
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use worker::Env;

/// As much of a page of staff as is read here.
#[derive(Deserialize)]
struct Members {
    items: Vec<StaffMember>,
}

/// The statements that tell the managers of a store of trouble with its devices, each once an hour.
///
/// # Errors
/// 503 while identity does not say who they are.
pub async fn apply(env: &Env, event: &Event) -> Result<Vec<Statement>> {
    let Some(trouble) = trouble(event) else { return Ok(Vec::new()) };
    let mut statements = Vec::new();
    for member in managers(env, trouble.store).await? {
        statements.push(in_app(&trouble, &member, event));
        if let Some(cause) = &trouble.letter {
            statements.push(letter(&trouble, cause, &member));
        }
    }
    Ok(statements)
}

/// Managers of a store; of more than a hundred people the first.
async fn managers(env: &Env, store: Id) -> Result<Vec<StaffMember>> {
    let identity = call::service(env, "IDENTITY", &principal::service("notifications")).repeatable();
    let found: Members = identity.get(&format!("/internal/stores/{store}/staff?limit=100")).await?;
    Ok(found.items.into_iter().filter(|member| member.roles.contains(&Role::Manager)).collect())
}

fn in_app(trouble: &Trouble, member: &StaffMember, event: &Event) -> Statement {
    tell(event, member.user_id, &trouble.title, &trouble.body, Some(&trouble.cause))
}

fn letter(trouble: &Trouble, cause: &str, member: &StaffMember) -> Statement {
    let wanted = Wanted {
        kind: Kind::DeviceTrouble,
        user_id: member.user_id,
        name: member.name.clone(),
        address: member.email.clone(),
        ticket: None,
        words: Some(format!("{}. {}", trouble.title, trouble.body)),
    };
    db::note(&wanted, &format!("{cause} to {}", member.user_id), clock::now())
}
