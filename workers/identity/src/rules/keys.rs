//! API keys: a key acts as one role of its maker, in stores of its maker, for named scopes, and never as more.

use kirana_contracts::api_key::{AREAS, is_scope};
use kirana_edge::{Principal, Problem, Result};
use kirana_kernel::{Id, Role, Timestamp};
use std::time::Duration;

/// Keys of one maker that are good at a time.
pub const MAX_KEYS: usize = 50;

/// How long a key lives at most: who needs it longer makes a new one.
const MAX_LIFETIME: Duration = Duration::from_secs(366 * 24 * 3600);

/// A key to be made.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What it acts as.
    pub role: Role,
    /// The stores it acts in.
    pub stores: &'a [Id],
    /// What it may ask for.
    pub scopes: &'a [String],
    /// When it ends.
    pub expires_at: Timestamp,
}

/// May this principal make that key?
///
/// # Errors
/// 403 for more than the maker may, 422 for what makes no sense.
pub fn may_make(maker: &Principal, key: &Wanted<'_>, now: Timestamp) -> Result<()> {
    if key.name.trim().is_empty() || key.name.chars().count() > 60 || key.name.chars().any(char::is_control) {
        return Err(Problem::invalid_field("name", "expected 1 to 60 characters"));
    }
    // Each area for reading and for writing.
    let most = AREAS.len() * 2;
    if key.scopes.is_empty() || key.scopes.len() > most {
        return Err(Problem::invalid_field("scopes", format!("expected 1 to {most} scopes such as orders:read")));
    }
    if let Some(at) = key.scopes.iter().position(|scope| !is_scope(scope)) {
        let path = format!("scopes[{at}]");
        return Err(Problem::invalid_field(path, "expected an area and a verb such as orders:read or inventory:write"));
    }
    if key.expires_at <= now || key.expires_at.since(now) > MAX_LIFETIME {
        return Err(Problem::invalid_field("expires_at", "expected a time within the coming year"));
    }
    if !matches!(key.role, Role::Staff | Role::Manager | Role::Owner | Role::Admin) {
        return Err(Problem::invalid_field("role", "a key acts as staff, manager, owner or admin"));
    }
    if !maker.has(key.role) {
        return Err(Problem::forbidden("a key acts as what its maker is, and as nothing else"));
    }
    let in_stores = matches!(key.role, Role::Staff | Role::Manager);
    if in_stores == key.stores.is_empty() {
        return Err(Problem::invalid_field(
            "stores",
            "staff and managers act in stores, owners and admins in all of theirs",
        ));
    }
    if key.stores.iter().any(|store| !maker.stores.contains(store)) {
        return Err(Problem::forbidden("a key acts in stores of its maker only"));
    }
    Ok(())
}

/// The stores that a key still acts in, as its maker stands now; none when it is good for nothing any more.
#[must_use]
pub fn still(role: Role, stores: &[Id], maker_roles: &[Role], maker_stores: &[Id]) -> Option<Vec<Id>> {
    if !maker_roles.contains(&role) {
        return None;
    }
    let left: Vec<_> = stores.iter().copied().filter(|store| maker_stores.contains(store)).collect();
    (stores.is_empty() || !left.is_empty()).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);
    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn id(n: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [n; 10])
    }

    fn maker(role: Role, stores: &[Id]) -> Principal {
        let name = "x".into();
        Principal {
            id: id(9),
            name,
            roles: vec![role],
            stores: stores.into(),
            franchisee: None,
            session: None,
            version: 0,
            from: None,
        }
    }

    #[test]
    fn a_key_is_never_more_than_its_maker() {
        let scopes = ["orders:read".to_owned()];
        let stores = [id(1)];
        let key = Wanted { name: "Till", role: Role::Manager, stores: &stores, scopes: &scopes, expires_at: NOW + DAY };
        let manager = maker(Role::Manager, &[id(1), id(2)]);
        assert!(may_make(&manager, &key, NOW).is_ok());
        let status = |key: &Wanted<'_>| may_make(&manager, key, NOW).unwrap_err().status;
        let others = [id(3)];
        assert_eq!(status(&Wanted { stores: &others, ..key.clone() }), 403);
        assert_eq!(status(&Wanted { role: Role::Admin, stores: &[], ..key.clone() }), 403);
        assert_eq!(status(&Wanted { role: Role::Staff, ..key.clone() }), 403, "the maker is no staff");
        assert_eq!(status(&Wanted { role: Role::Service, ..key.clone() }), 422, "a worker of the platform is no key");
        assert_eq!(status(&Wanted { stores: &[], ..key.clone() }), 422);
        assert_eq!(status(&Wanted { scopes: &["users:write".to_owned()], ..key.clone() }), 422);
        assert_eq!(status(&Wanted { scopes: &[], ..key.clone() }), 422);
        assert_eq!(status(&Wanted { expires_at: NOW, ..key.clone() }), 422);
        assert_eq!(status(&Wanted { expires_at: NOW + DAY * 400, ..key }), 422);
    }

    #[test]
    fn a_key_loses_what_its_maker_loses() {
        let stores = [id(1), id(2)];
        assert_eq!(still(Role::Manager, &stores, &[Role::Manager], &[id(2)]), Some(vec![id(2)]));
        assert_eq!(still(Role::Manager, &stores, &[Role::Manager], &[id(3)]), None);
        assert_eq!(still(Role::Manager, &stores, &[Role::Staff], &stores), None);
        assert_eq!(still(Role::Admin, &[], &[Role::Admin], &[]), Some(vec![]));
    }
}
