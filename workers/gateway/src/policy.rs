//! What a route of the table says of itself. Every part without a default is an argument of [`route`]: a route without a policy
//! does not compile.

use kirana_kernel::Role;
use std::time::Duration;

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; a token is not looked at.
    Public,
    /// Everybody; who sends a token is who it says.
    Guest,
    /// Whoever is logged in.
    SignedIn,
    /// Whoever has one of these roles.
    Roles(&'static [Role]),
}

/// Whose things a route is about. What is not in a caller's scope is answered like what does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The same for everybody.
    Everyone,
    /// The caller's own: account, cart, orders, payments. Who serves them (the order's store, support) sees them too.
    Own,
    /// Those of the stores that the caller works in, or whose franchise is the caller's.
    Store,
    /// The chain's: no store's in particular.
    Chain,
}

/// What kind of call it is: how many of them a caller may make, and which are left out first when there are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Reads that need no account.
    Browse,
    /// An account's own affairs.
    Web,
    /// Proofs of who somebody is: each may be a guess.
    Proof,
    /// Carts, quotes, orders and payments of customers.
    Checkout,
    /// The store's own work: kitchen, stock, figures.
    Counter,
    /// What payment gateways tell us.
    Webhook,
}

impl Class {
    /// All of them, the first to be left out first.
    pub const ALL: [Self; 6] = [Self::Browse, Self::Web, Self::Proof, Self::Checkout, Self::Counter, Self::Webhook];

    /// Its name in headers and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Browse => "browse",
            Self::Web => "web",
            Self::Proof => "proof",
            Self::Checkout => "checkout",
            Self::Counter => "counter",
            Self::Webhook => "webhook",
        }
    }
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// GET, POST, PUT or DELETE.
    pub method: &'static str,
    /// Segments in braces stand for anything.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    /// For whose things.
    pub scope: Scope,
    /// What kind of call it is.
    pub class: Class,
    /// The binding of the worker that answers.
    pub to: &'static str,
    /// Bytes of body at most.
    pub max_body: usize,
    /// Must the call carry an `Idempotency-Key`?
    pub idempotent: bool,
    /// Must the caller have proved who they are within the last five minutes?
    pub step_up: bool,
}

/// A thousand and twenty-four bytes.
pub const KB: usize = 1024;

/// A route with what most have: 64 kB of body, no key, no proof.
#[must_use]
pub const fn route(
    method: &'static str,
    path: &'static str,
    access: Access,
    scope: Scope,
    class: Class,
    to: &'static str,
) -> Route {
    Route { method, path, access, scope, class, to, max_body: 64 * KB, idempotent: false, step_up: false }
}

impl Route {
    /// With a body of so many bytes at most.
    #[must_use]
    pub const fn max_body(self, max_body: usize) -> Self {
        Self { max_body, ..self }
    }

    /// With an `Idempotency-Key`.
    #[must_use]
    pub const fn idempotent(self) -> Self {
        Self { idempotent: true, ..self }
    }

    /// With a proof of the last five minutes.
    #[must_use]
    pub const fn step_up(self) -> Self {
        Self { step_up: true, ..self }
    }

    /// How long the worker may take: what brings a file may take longer.
    #[must_use]
    pub const fn deadline(&self) -> Duration {
        Duration::from_secs(if self.max_body > 64 * KB { 60 } else { 20 })
    }
}
