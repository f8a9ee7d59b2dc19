//! API keys of integrations: what they may ask for, and what identity says of one to the gateway.

use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};

/// What every key begins with, so that one that leaked is recognised.
pub const PREFIX: &str = "kk_";

/// The parts of the API that a key may be let into: the first word of the path after the version. Accounts, sessions and keys
/// are people's business.
pub const AREAS: [&str; 23] = [
    "analytics",
    "campaigns",
    "cart",
    "catalog",
    "dead-letters",
    "devices",
    "franchisees",
    "gift-cards",
    "inventory",
    "ledger",
    "loyalty",
    "notifications",
    "orders",
    "payments",
    "products",
    "purchase-orders",
    "quotes",
    "stocktakes",
    "stores",
    "suppliers",
    "tax-rates",
    "transfers",
    "warehouses",
];

/// Is this a scope: an area with `:read` or `:write`? Writing does not include reading.
#[must_use]
pub fn is_scope(scope: &str) -> bool {
    scope.split_once(':').is_some_and(|(area, verb)| AREAS.contains(&area) && matches!(verb, "read" | "write"))
}

/// The scope that a call needs; none for what no key is let into.
#[must_use]
pub fn scope_of(method: &str, path: &str) -> Option<String> {
    let area = path.strip_prefix("/api/v1/")?.split('/').next()?;
    let verb = if method == "GET" { "read" } else { "write" };
    AREAS.contains(&area).then(|| format!("{area}:{verb}"))
}

/// What a key grants now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyGrant {
    /// The key.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// What it acts as.
    pub role: Role,
    /// The stores it acts in.
    pub stores: Vec<Id>,
    /// The franchise whose stores it acts in.
    pub franchisee: Option<Id>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Who made it.
    pub maker: Id,
    /// What its maker's tokens must say at least; see [`crate::revocation::Revoked::User`].
    pub version: u32,
    /// When it ends.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_an_area_and_a_verb() {
        assert!(AREAS.is_sorted());
        assert!(is_scope("orders:read") && is_scope("inventory:write"));
        for bad in ["", "orders", "orders:", "orders:delete", "users:read", "*:read", "orders:read:x"] {
            assert!(!is_scope(bad), "{bad}");
        }
        assert_eq!(scope_of("GET", "/api/v1/orders/x").as_deref(), Some("orders:read"));
        assert_eq!(scope_of("DELETE", "/api/v1/cart").as_deref(), Some("cart:write"));
        for people in ["/api/v1/users", "/api/v1/auth/me", "/api/v1/api-keys", "/.well-known/jwks.json"] {
            assert_eq!(scope_of("GET", people), None, "{people}");
        }
    }
}
