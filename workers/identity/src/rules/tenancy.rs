//! Who may make and see whom.

use kirana_edge::{Principal, Problem, Result};
use kirana_kernel::{Id, Role};

/// A user to be made, as far as tenancy cares.
#[derive(Clone, Debug)]
pub struct Appointment<'a> {
    /// The roles they get.
    pub roles: &'a [Role],
    /// The stores they are assigned to.
    pub stores: &'a [Id],
    /// The franchise they own.
    pub franchisee: Option<Id>,
}

/// May `principal` appoint somebody so?
///
/// An admin may appoint everybody; an owner staff and managers where all the stores are of its franchise, which `owns` says; a manager
/// staff for its own stores. Machines and workers are not users.
///
/// # Errors
/// 403, or 422 for an appointment that makes no sense.
pub fn may_appoint(principal: &Principal, appointment: &Appointment<'_>, owns: bool) -> Result<()> {
    if appointment.roles.is_empty() {
        return Err(Problem::invalid_field("roles", "expected at least one role"));
    }
    if appointment.roles.iter().any(|role| matches!(role, Role::Device | Role::Service)) {
        return Err(Problem::invalid_field("roles", "devices and services are not users"));
    }
    let works = appointment.roles.iter().any(|role| matches!(role, Role::Staff | Role::Manager));
    if works && appointment.stores.is_empty() {
        return Err(Problem::invalid_field("stores", "staff and managers are assigned to at least one store"));
    }
    if appointment.roles.contains(&Role::Owner) && appointment.franchisee.is_none() {
        return Err(Problem::invalid_field("franchisee_id", "an owner owns a franchise"));
    }
    if principal.has(Role::Admin) {
        return Ok(());
    }
    let own_staff = appointment.roles == [Role::Staff]
        && appointment.franchisee.is_none()
        && appointment.stores.iter().all(|store| principal.stores.contains(store));
    if principal.has(Role::Manager) && own_staff {
        return Ok(());
    }
    let below_owner = appointment.roles.iter().all(|role| matches!(role, Role::Staff | Role::Manager));
    if principal.has(Role::Owner) && owns && below_owner && appointment.franchisee.is_none() {
        return Ok(());
    }
    Err(Problem::forbidden(
        "an admin appoints everybody, an owner staff and managers of its franchise's stores, a manager staff of its own stores",
    ))
}

/// May `principal` see who works in a store? `owns` says whether the store is of its franchise.
///
/// # Errors
/// 403.
pub fn may_list(principal: &Principal, store: Option<Id>, owns: bool) -> Result<()> {
    let sees_all = principal.has_any(&[Role::Admin, Role::Support]);
    let runs = principal.has(Role::Manager) && store.is_some_and(|store| principal.stores.contains(&store));
    if sees_all || runs || (principal.has(Role::Owner) && store.is_some() && owns) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "a manager lists the users of its own stores, an owner those of its franchise's: name one with store_id",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::Timestamp;

    fn id(n: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [n; 10])
    }

    fn principal(role: Role, stores: &[Id]) -> Principal {
        Principal {
            id: id(9),
            name: "x".into(),
            roles: vec![role],
            stores: stores.into(),
            franchisee: None,
            session: None,
            version: 0,
            from: None,
        }
    }

    fn staff(stores: &[Id]) -> Appointment<'_> {
        Appointment { roles: &[Role::Staff], stores, franchisee: None }
    }

    #[test]
    fn a_manager_appoints_staff_of_its_stores_only() {
        let manager = principal(Role::Manager, &[id(1)]);
        assert!(may_appoint(&manager, &staff(&[id(1)]), false).is_ok());
        // Whatever is said of franchises: a manager owns none.
        assert_eq!(may_appoint(&manager, &staff(&[id(2)]), true).unwrap_err().status, 403);
        let admin = Appointment { roles: &[Role::Admin], stores: &[], franchisee: None };
        assert_eq!(may_appoint(&manager, &admin, false).unwrap_err().status, 403);
        assert!(may_appoint(&principal(Role::Admin, &[]), &admin, false).is_ok());
        assert_eq!(may_appoint(&principal(Role::Admin, &[]), &staff(&[]), false).unwrap_err().status, 422);
    }

    #[test]
    fn an_owner_appoints_below_itself_in_its_franchise_only() {
        let owner = principal(Role::Owner, &[]);
        let stores = [id(1)];
        fn of<'a>(roles: &'a [Role], stores: &'a [Id]) -> Appointment<'a> {
            Appointment { roles, stores, franchisee: None }
        }
        for roles in [&[Role::Staff][..], &[Role::Manager], &[Role::Staff, Role::Manager]] {
            assert!(may_appoint(&owner, &of(roles, &stores), true).is_ok(), "{roles:?}");
            assert_eq!(
                may_appoint(&owner, &of(roles, &stores), false).unwrap_err().status,
                403,
                "{roles:?} of another franchise"
            );
        }
        for role in [Role::Customer, Role::Rider, Role::Supplier, Role::Support, Role::Admin] {
            let roles = [Role::Staff, role];
            assert_eq!(may_appoint(&owner, &of(&roles, &stores), true).unwrap_err().status, 403, "{role:?}");
        }
        let partner = Appointment { roles: &[Role::Owner], stores: &stores, franchisee: Some(id(7)) };
        assert_eq!(may_appoint(&owner, &partner, true).unwrap_err().status, 403, "another owner");
        let sly = Appointment { roles: &[Role::Manager], stores: &stores, franchisee: Some(id(7)) };
        assert_eq!(may_appoint(&owner, &sly, true).unwrap_err().status, 403, "a franchise on top");
    }

    #[test]
    fn who_works_in_a_store_is_seen_by_who_runs_it() {
        let (manager, owner) = (principal(Role::Manager, &[id(1)]), principal(Role::Owner, &[]));
        assert!(may_list(&manager, Some(id(1)), false).is_ok());
        assert!(may_list(&owner, Some(id(1)), true).is_ok());
        assert!(may_list(&principal(Role::Support, &[]), None, false).is_ok());
        for (who, store, owns) in
            [(&manager, Some(id(2)), true), (&manager, None, true), (&owner, Some(id(1)), false), (&owner, None, true)]
        {
            assert_eq!(may_list(who, store, owns).unwrap_err().status, 403, "{:?} {store:?} {owns}", who.roles);
        }
        assert_eq!(may_list(&principal(Role::Staff, &[id(1)]), Some(id(1)), true).unwrap_err().status, 403);
    }
}
