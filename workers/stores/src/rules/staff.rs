//! Who may give whom a place in a store.
//!
//! A user's roles hold in every store they work in. So a role given here would be a role elsewhere too, and nobody may give
//! what is not theirs to give: an owner makes nobody manager of another franchise, a manager no one manager at all.

use kirana_contracts::staff::{Candidate, Decider, Reassignment};
use kirana_edge::{Principal, Problem, Result};
use kirana_kernel::{Id, Role};

/// The stores somebody works in at most.
pub const MAX_STORES: usize = 100;

fn decider(caller: &Principal) -> Decider {
    Decider { id: caller.id, role: caller.acting_role() }
}

fn leads(caller: &Principal) -> bool {
    caller.is_chain() || caller.has(Role::Owner)
}

/// The user with a place in the store. `elsewhere`: does the user work in a store that is not the caller's to run?
///
/// # Errors
/// 403 for what the caller may not give, 409 `works_elsewhere`, 422 for a role that is no place in a store.
pub fn assign(
    caller: &Principal,
    store: Id,
    candidate: &Candidate,
    role: Role,
    elsewhere: bool,
) -> Result<Reassignment> {
    if !matches!(role, Role::Staff | Role::Manager) {
        return Err(Problem::invalid_field("role", "expected staff or manager"));
    }
    let becomes_manager = role == Role::Manager || candidate.roles.contains(&Role::Manager);
    if becomes_manager && !leads(caller) {
        return Err(Problem::forbidden(
            "a manager appoints staff; who manages a store, its owner or the chain decides",
        ));
    }
    if !candidate.roles.contains(&role) && elsewhere && !caller.is_chain() {
        let message = "they work in stores that are not yours, where they would get this role too; the chain decides";
        return Err(Problem::conflict("works_elsewhere", message));
    }
    let (mut roles, mut stores) = (candidate.roles.clone(), candidate.stores.clone());
    if !roles.contains(&role) {
        roles.push(role);
    }
    if !stores.contains(&store) {
        stores.push(store);
    }
    if stores.len() > MAX_STORES {
        return Err(Problem::conflict("too_many_stores", format!("somebody works in {MAX_STORES} stores at most")));
    }
    Ok(Reassignment { by: decider(caller), from: candidate.clone(), roles, stores })
}

/// The user without a place in the store; who works nowhere any more is neither staff nor manager.
///
/// # Errors
/// 403 for a manager who would dismiss a manager, 404 for somebody who does not work there.
pub fn dismiss(caller: &Principal, store: Id, candidate: &Candidate) -> Result<Reassignment> {
    if !candidate.stores.contains(&store) {
        return Err(Problem::not_found("nobody of this id works here"));
    }
    if candidate.roles.contains(&Role::Manager) && !leads(caller) && candidate.user_id != caller.id {
        return Err(Problem::forbidden("who manages a store, its owner or the chain decides"));
    }
    let (mut roles, mut stores) = (candidate.roles.clone(), candidate.stores.clone());
    stores.retain(|other| *other != store);
    if stores.is_empty() {
        roles.retain(|role| !matches!(role, Role::Staff | Role::Manager));
    }
    if roles.is_empty() {
        roles.push(Role::Customer);
    }
    Ok(Reassignment { by: decider(caller), from: candidate.clone(), roles, stores })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::Timestamp;

    fn id(n: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [n; 10])
    }

    fn caller(role: Role) -> Principal {
        let stores = if role == Role::Manager { vec![id(1)] } else { vec![] };
        let franchisee = (role == Role::Owner).then(|| id(7));
        Principal {
            id: id(9),
            name: "x".into(),
            roles: vec![role],
            stores,
            franchisee,
            session: None,
            version: 0,
            from: None,
        }
    }

    fn user(roles: &[Role], stores: &[Id]) -> Candidate {
        Candidate { user_id: id(5), roles: roles.into(), stores: stores.into() }
    }

    #[test]
    fn a_manager_appoints_staff() {
        let done = assign(&caller(Role::Manager), id(1), &user(&[Role::Customer], &[]), Role::Staff, false).unwrap();
        assert_eq!((done.roles, done.stores), (vec![Role::Customer, Role::Staff], vec![id(1)]));
        let refused = |role, candidate: &Candidate| {
            assign(&caller(Role::Manager), id(1), candidate, role, false).unwrap_err().status
        };
        assert_eq!(refused(Role::Manager, &user(&[], &[])), 403);
        assert_eq!(refused(Role::Staff, &user(&[Role::Manager], &[id(2)])), 403, "they would manage this store too");
        assert_eq!(refused(Role::Admin, &user(&[], &[])), 422);
    }

    #[test]
    fn a_role_given_here_is_not_one_given_elsewhere() {
        let elsewhere = user(&[Role::Staff], &[id(2)]);
        let refused = assign(&caller(Role::Owner), id(1), &elsewhere, Role::Manager, true).unwrap_err();
        assert_eq!(refused.code, "works_elsewhere");
        assert!(assign(&caller(Role::Owner), id(1), &elsewhere, Role::Staff, true).is_ok(), "they are staff already");
        assert!(assign(&caller(Role::Admin), id(1), &elsewhere, Role::Manager, true).is_ok());
    }

    #[test]
    fn who_works_nowhere_is_no_staff() {
        let both = user(&[Role::Manager], &[id(1), id(2)]);
        let one = dismiss(&caller(Role::Owner), id(1), &both).unwrap();
        assert_eq!((one.roles, one.stores), (vec![Role::Manager], vec![id(2)]));
        let last = dismiss(&caller(Role::Owner), id(1), &user(&[Role::Manager], &[id(1)])).unwrap();
        assert_eq!((last.roles, last.stores), (vec![Role::Customer], vec![]));
        assert_eq!(dismiss(&caller(Role::Manager), id(1), &both).unwrap_err().status, 403);
        assert_eq!(dismiss(&caller(Role::Owner), id(3), &both).unwrap_err().status, 404);
    }
}
