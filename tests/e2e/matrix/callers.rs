//! Who asks.

use super::subjects::{self, Subjects};
use gateway::policy::{Access, Route, Scope};
use kirana_contracts::api_key::AREAS;
use kirana_kernel::Role;
use kirana_tests::{Chain, Client};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

/// Where somebody stands, seen from the first store and its customer Ann.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Without a token.
    Nobody,
    /// Ann, whose orders, payments and addresses it is about.
    Ann,
    /// Another customer.
    Other,
    /// Of the first store, or of its franchise.
    Home,
    /// Of a store of another franchise.
    Foreign,
    /// An integration of the first store.
    Key,
    /// Of the whole chain.
    Chain,
}

/// Somebody who asks.
pub struct Caller {
    /// As the snapshot has it.
    pub name: &'static str,
    /// Where they stand.
    pub side: Side,
    /// As what.
    pub role: Role,
    /// Their client.
    pub client: Client,
}

impl Caller {
    /// Are things of this scope somebody else's?
    pub fn is_foreign(&self, scope: Scope) -> bool {
        match (scope, self.side) {
            (Scope::Everyone | Scope::Chain, _) | (_, Side::Nobody | Side::Chain) => false,
            (Scope::Own, side) => matches!(side, Side::Other | Side::Foreign),
            (Scope::Store, side) => matches!(side, Side::Other | Side::Foreign | Side::Ann),
        }
    }

    /// Must they be let in: is it theirs, or are they who runs it?
    pub fn runs(&self, route: &Route) -> bool {
        let may = match route.access {
            Access::Roles(roles) => roles.contains(&self.role),
            _ => true,
        };
        may && match (route.scope, self.side) {
            (Scope::Own, Side::Ann) => subjects::is_anns(route),
            (Scope::Store, Side::Home) | (Scope::Chain, Side::Chain) => true,
            (Scope::Store, Side::Chain) => self.role == Role::Admin,
            (Scope::Store, Side::Key) => subjects::is_for_keys(route),
            _ => false,
        }
    }
}

fn log_in(chain: &Chain, email: &str) -> Client {
    let login = json!({"email": email, "password": PASSWORD});
    let session = chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    chain.nobody.with_login(session["access_token"].as_str().unwrap(), email, PASSWORD)
}

fn hire(chain: &Chain, role: &str, place: &str, rights: &Value) -> Client {
    make(chain, role, place, rights).1
}

/// Somebody with a proved address, who can prove anew who they are: asking everything takes longer than a proof is good for. Their id, too.
fn make(chain: &Chain, role: &str, place: &str, rights: &Value) -> (String, Client) {
    let email = format!("{role}-{place}@matrix.example");
    let mut user = json!({"email": email, "password": PASSWORD, "name": role, "roles": [role]});
    user.as_object_mut().unwrap().extend(rights.as_object().unwrap().clone());
    let made = chain.admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
    (made["id"].as_str().unwrap().to_owned(), log_in(chain, &email))
}

/// Everybody, and what they are asked about.
pub fn everybody(chain: &Chain) -> (Vec<Caller>, Subjects) {
    let other =
        chain.admin.post("/api/v1/franchisees", &json!({"name": "Chiang Mai Tea"})).unwrap().expect(201).unwrap();
    let other = other["id"].clone();
    let foreign = chain.open_another("Elsewhere", 10).unwrap();
    let (ann_id, ann) = make(chain, "customer", "ann", &json!({}));
    let bob = hire(chain, "customer", "bob", &json!({}));
    let home = |role| hire(chain, role, "home", &json!({"stores": [chain.store]}));
    let away = |role| hire(chain, role, "away", &json!({"stores": [foreign]}));
    let (staff, manager) = (home("staff"), home("manager"));
    let owner = hire(chain, "owner", "home", &json!({"franchisee_id": chain.franchisee}));
    let owner_away = hire(chain, "owner", "away", &json!({"franchisee_id": other}));
    let scopes: Vec<_> = AREAS.iter().flat_map(|area| [format!("{area}:read"), format!("{area}:write")]).collect();
    let key = json!({"name": "Till", "role": "manager", "stores": [chain.store], "scopes": scopes, "expires_at": "2027-06-01T00:00:00Z"});
    let made = manager.post("/api/v1/api-keys", &key).unwrap().expect(201).unwrap();
    let key = chain.nobody.with_header("x-api-key", made["secret"].as_str().unwrap());
    let subjects = subjects::make(chain, (&ann_id, &ann), &staff, &made);
    let caller = |name, side, role, client: &Client| Caller { name, side, role, client: client.clone() };
    let callers = vec![
        caller("nobody", Side::Nobody, Role::Customer, &chain.nobody),
        caller("ann", Side::Ann, Role::Customer, &ann),
        caller("bob", Side::Other, Role::Customer, &bob),
        caller("rider", Side::Other, Role::Rider, &hire(chain, "rider", "any", &json!({}))),
        caller("staff", Side::Home, Role::Staff, &staff),
        caller("manager", Side::Home, Role::Manager, &manager),
        caller("owner", Side::Home, Role::Owner, &owner),
        caller("key", Side::Key, Role::Manager, &key),
        caller("staff-2", Side::Foreign, Role::Staff, &away("staff")),
        caller("manager-2", Side::Foreign, Role::Manager, &away("manager")),
        caller("owner-2", Side::Foreign, Role::Owner, &owner_away),
        caller("support", Side::Chain, Role::Support, &hire(chain, "support", "chain", &json!({}))),
        caller("admin", Side::Chain, Role::Admin, &chain.admin),
    ];
    (callers, subjects)
}
