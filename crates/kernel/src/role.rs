//! Who somebody is to the chain. What a role may do stands in the route table of the gateway and in each domain's rules.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role of a principal. One principal may hold several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Orders for itself.
    Customer,
    /// Works in the stores it is assigned to: till and kitchen.
    Staff,
    /// Runs the stores it is assigned to.
    Manager,
    /// Owns the stores of one franchisee.
    Owner,
    /// Brings orders to customers.
    Rider,
    /// Delivers goods to stores.
    Supplier,
    /// Helps customers of the whole chain.
    Support,
    /// Runs the chain.
    Admin,
    /// A machine in a store.
    Device,
    /// Another worker of the platform, or an integration with an API key.
    Service,
}

impl Role {
    /// Every role, in the order of this list.
    pub const ALL: [Self; 10] = [
        Self::Customer,
        Self::Staff,
        Self::Manager,
        Self::Owner,
        Self::Rider,
        Self::Supplier,
        Self::Support,
        Self::Admin,
        Self::Device,
        Self::Service,
    ];

    /// Its name in tokens, tables and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Manager => "manager",
            Self::Owner => "owner",
            Self::Rider => "rider",
            Self::Supplier => "supplier",
            Self::Support => "support",
            Self::Admin => "admin",
            Self::Device => "device",
            Self::Service => "service",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_api() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.name()));
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
    }
}
