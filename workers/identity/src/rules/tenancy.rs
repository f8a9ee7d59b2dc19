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
/// An admin may appoint everybody; a manager staff for its own stores. Machines and workers are not users.
///
/// # Errors
/// 403, or 422 for an appointment that makes no sense.
pub fn may_appoint(principal: &Principal, appointment: &Appointment<'_>) -> Result<()> {
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
    Err(Problem::forbidden("an admin appoints everybody, a manager staff of its own stores"))
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
        assert!(may_appoint(&manager, &staff(&[id(1)])).is_ok());
        assert_eq!(may_appoint(&manager, &staff(&[id(2)])).unwrap_err().status, 403);
        let admin = Appointment { roles: &[Role::Admin], stores: &[], franchisee: None };
        assert_eq!(may_appoint(&manager, &admin).unwrap_err().status, 403);
        assert!(may_appoint(&principal(Role::Admin, &[]), &admin).is_ok());
        assert_eq!(may_appoint(&principal(Role::Admin, &[]), &staff(&[])).unwrap_err().status, 422);
    }
}
