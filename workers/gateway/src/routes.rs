//! The one table of what the platform answers: method, path, who may ask, where it goes.
//!
//! A path that is not here does not exist. What a role may do to a particular thing (its own order, its own store) the
//! domain decides, which alone knows whose it is; this table decides who gets that far.

use kirana_kernel::Role;

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

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// GET, POST, PUT or DELETE.
    pub method: &'static str,
    /// Segments in braces stand for anything.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    /// The binding of the worker that answers.
    pub to: &'static str,
    /// Bytes of body at most.
    pub max_body: usize,
    /// Must the call carry an `Idempotency-Key`?
    pub idempotent: bool,
    /// Must the caller have proved who they are within the last five minutes?
    pub step_up: bool,
}

const KB: usize = 1024;

const fn route(method: &'static str, path: &'static str, access: Access, to: &'static str) -> Route {
    Route { method, path, access, to, max_body: 64 * KB, idempotent: false, step_up: false }
}

impl Route {
    const fn max_body(self, max_body: usize) -> Self {
        Self { max_body, ..self }
    }

    const fn idempotent(self) -> Self {
        Self { idempotent: true, ..self }
    }

    const fn step_up(self) -> Self {
        Self { step_up: true, ..self }
    }
}

use Access::{Guest, Public, Roles, SignedIn};
use Role::{Admin, Manager, Owner, Staff, Support};

const CREW: Access = Roles(&[Staff, Manager, Owner, Admin]);
const LEADS: Access = Roles(&[Manager, Owner, Admin]);
const CHAIN: Access = Roles(&[Admin]);

/// Every public route, in reading order.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    route("POST",   "/api/v1/auth/register",                         Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/login",                            Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/login/code",                       Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/login/second-factor",              Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/refresh-token",                    Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/bootstrap",                        Public,   "IDENTITY"),
    route("GET",    "/api/v1/auth/verify-email",                     Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/verify-email",                     Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/verify-email/letter",              SignedIn, "IDENTITY"),
    route("POST",   "/api/v1/auth/forgot-password",                  Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/reset-password",                   Public,   "IDENTITY"),
    route("POST",   "/api/v1/auth/change-password",                  SignedIn, "IDENTITY"),
    route("POST",   "/api/v1/auth/logout",                           SignedIn, "IDENTITY"),
    route("GET",    "/api/v1/auth/me",                               SignedIn, "IDENTITY"),
    route("POST",   "/api/v1/auth/step-up",                          SignedIn, "IDENTITY"),
    route("POST",   "/api/v1/auth/step-up/code",                     SignedIn, "IDENTITY"),
    route("GET",    "/api/v1/auth/factors",                          SignedIn, "IDENTITY"),
    route("POST",   "/api/v1/auth/factors/totp/enrol",               SignedIn, "IDENTITY").step_up(),
    route("POST",   "/api/v1/auth/factors/mail/enrol",               SignedIn, "IDENTITY").step_up(),
    route("POST",   "/api/v1/auth/factors/sms/enrol",                SignedIn, "IDENTITY").step_up(),
    route("POST",   "/api/v1/auth/factors/{kind}/confirm",           SignedIn, "IDENTITY").step_up(),
    route("DELETE", "/api/v1/auth/factors/{kind}",                   SignedIn, "IDENTITY").step_up(),
    route("POST",   "/api/v1/auth/recovery-codes",                   SignedIn, "IDENTITY").step_up(),
    route("GET",    "/api/v1/auth/sessions",                         SignedIn, "IDENTITY"),
    route("DELETE", "/api/v1/auth/sessions",                         SignedIn, "IDENTITY"),
    route("DELETE", "/api/v1/auth/sessions/{id}",                    SignedIn, "IDENTITY"),
    route("POST",   "/api/v1/users",                                 Roles(&[Manager, Admin]), "IDENTITY").step_up(),
    route("GET",    "/api/v1/users",                                 Roles(&[Manager, Support, Admin]), "IDENTITY"),
    route("GET",    "/api/v1/users/customers",                       Roles(&[Support, Admin]), "IDENTITY"),
    route("GET",    "/api/v1/users/staff",                           Roles(&[Manager, Support, Admin]), "IDENTITY"),
    route("GET",    "/api/v1/users/customer/age-verify",             SignedIn, "CUSTOMERS"),
    route("POST",   "/api/v1/users/customer/age-verify",             SignedIn, "CUSTOMERS"),
    route("GET",    "/api/v1/users/{id}",                            SignedIn, "IDENTITY"),
    route("PUT",    "/api/v1/users/{id}",                            SignedIn, "IDENTITY"),
    route("DELETE", "/api/v1/users/{id}",                            SignedIn, "IDENTITY").step_up(),
    route("PUT",    "/api/v1/users/{id}/rights",                     CHAIN,    "IDENTITY").step_up(),
    route("DELETE", "/api/v1/users/{id}/sessions",                   Roles(&[Support, Admin]), "IDENTITY").step_up(),
    route("GET",    "/api/v1/customers/{id}/addresses",              SignedIn, "CUSTOMERS"),
    route("POST",   "/api/v1/customers/{id}/addresses",              SignedIn, "CUSTOMERS"),
    route("PUT",    "/api/v1/customers/{id}/addresses/{address_id}", SignedIn, "CUSTOMERS"),
    route("DELETE", "/api/v1/customers/{id}/addresses/{address_id}", SignedIn, "CUSTOMERS"),
    route("GET",    "/api/v1/customers/{id}/preferences",            SignedIn, "CUSTOMERS"),
    route("PUT",    "/api/v1/customers/{id}/preferences",            SignedIn, "CUSTOMERS"),
    route("GET",    "/api/v1/customers/{id}/favourites",             SignedIn, "CUSTOMERS"),
    route("PUT",    "/api/v1/customers/{id}/favourites/{kind}/{subject}",    SignedIn, "CUSTOMERS"),
    route("DELETE", "/api/v1/customers/{id}/favourites/{kind}/{subject}",    SignedIn, "CUSTOMERS"),
    route("GET",    "/api/v1/invitations",                           Roles(&[Manager, Admin]), "IDENTITY"),
    route("POST",   "/api/v1/invitations",                           Roles(&[Manager, Admin]), "IDENTITY").step_up(),
    route("DELETE", "/api/v1/invitations/{id}",                      Roles(&[Manager, Admin]), "IDENTITY"),
    route("POST",   "/api/v1/auth/accept-invitation",                Public,   "IDENTITY"),
    route("GET",    "/api/v1/audit",                                 CHAIN,    "IDENTITY"),
    route("GET",    "/api/v1/audit/proof",                           CHAIN,    "IDENTITY"),
    route("GET",    "/api/v1/api-keys",                              LEADS,    "IDENTITY"),
    route("POST",   "/api/v1/api-keys",                              LEADS,    "IDENTITY").step_up(),
    route("DELETE", "/api/v1/api-keys/{id}",                         LEADS,    "IDENTITY"),
    route("GET",    "/.well-known/jwks.json",                        Public,   "IDENTITY"),

    route("GET",    "/api/v1/franchisees",                           CHAIN,    "STORES"),
    route("POST",   "/api/v1/franchisees",                           CHAIN,    "STORES"),
    route("GET",    "/api/v1/stores",                                Public,   "STORES"),
    route("POST",   "/api/v1/stores",                                CHAIN,    "STORES"),
    route("POST",   "/api/v1/stores/import",                         CHAIN,    "STORES").max_body(1024 * KB),
    route("GET",    "/api/v1/stores/nearby",                         Public,   "STORES"),
    route("GET",    "/api/v1/stores/{id}",                           Public,   "STORES"),
    route("PUT",    "/api/v1/stores/{id}",                           LEADS,    "STORES"),
    route("PUT",    "/api/v1/stores/{id}/settings",                  LEADS,    "STORES"),
    route("POST",   "/api/v1/stores/{id}/pause",                     CREW,     "STORES"),
    route("POST",   "/api/v1/stores/{id}/resume",                    CREW,     "STORES"),
    route("GET",    "/api/v1/stores/{id}/staff",                     LEADS,    "STORES"),
    route("POST",   "/api/v1/stores/{id}/staff",                     LEADS,    "STORES").step_up(),
    route("DELETE", "/api/v1/stores/{id}/staff/{user_id}",           LEADS,    "STORES").step_up(),

    route("POST",   "/api/v1/catalog/import",                        CHAIN,    "CATALOG").max_body(1024 * KB),
    route("GET",    "/api/v1/products",                              Public,   "CATALOG"),
    route("POST",   "/api/v1/products",                              CHAIN,    "CATALOG"),
    route("GET",    "/api/v1/products/search",                       Public,   "CATALOG"),
    route("GET",    "/api/v1/products/categories",                   Public,   "CATALOG"),
    route("GET",    "/api/v1/products/tags",                         Public,   "CATALOG"),
    route("GET",    "/api/v1/products/{id}",                         Public,   "CATALOG"),
    route("PUT",    "/api/v1/products/{id}",                         CHAIN,    "CATALOG"),
    route("DELETE", "/api/v1/products/{id}",                         CHAIN,    "CATALOG"),
    route("GET",    "/api/v1/stores/{id}/menu",                      Public,   "CATALOG"),
    route("PUT",    "/api/v1/stores/{id}/menu",                      CHAIN,    "CATALOG"),
    route("GET",    "/api/v1/stores/{id}/menu/overrides",            CREW,     "CATALOG"),
    route("PUT",    "/api/v1/stores/{id}/menu/overrides",            LEADS,    "CATALOG"),

    route("POST",   "/api/v1/quotes",                                SignedIn, "ORDERS"),
    route("GET",    "/api/v1/cart",                                  Guest,    "ORDERS"),
    route("PUT",    "/api/v1/cart",                                  Guest,    "ORDERS"),
    route("DELETE", "/api/v1/cart",                                  Guest,    "ORDERS"),
    route("POST",   "/api/v1/cart/items",                            Guest,    "ORDERS"),
    route("POST",   "/api/v1/cart/merge",                            SignedIn, "ORDERS"),
    route("POST",   "/api/v1/orders",                                SignedIn, "ORDERS").idempotent(),
    route("GET",    "/api/v1/orders",                                SignedIn, "ORDERS"),
    route("GET",    "/api/v1/orders/{id}",                           SignedIn, "ORDERS"),
    route("PUT",    "/api/v1/orders/{id}/status",                    CREW,     "ORDERS"),
    route("POST",   "/api/v1/orders/{id}/cancel",                    SignedIn, "ORDERS"),
    route("PUT",    "/api/v1/orders/{id}/lines",                     SignedIn, "ORDERS"),
    route("POST",   "/api/v1/orders/{id}/lines/{line}/cancel",       SignedIn, "ORDERS"),
    route("PUT",    "/api/v1/orders/{id}/lines/{line}/weight",       CREW,     "ORDERS"),
    route("POST",   "/api/v1/orders/{id}/lines/{line}/substitute",   CREW,     "ORDERS"),
    route("PUT",    "/api/v1/orders/{id}/lines/{line}/substitute",   SignedIn, "ORDERS"),
    route("GET",    "/api/v1/orders/{id}/history",                   SignedIn, "ORDERS"),
    route("GET",    "/api/v1/orders/{id}/receipt",                   SignedIn, "ORDERS"),
    route("GET",    "/api/v1/orders/{id}/track",                     SignedIn, "ORDERS"),
    route("GET",    "/api/v1/stores/{id}/kitchen/tickets",           CREW,     "ORDERS"),
    route("POST",   "/api/v1/stores/{id}/kitchen/tickets/{order_id}/bump",   CREW, "ORDERS"),
    route("POST",   "/api/v1/stores/{id}/kitchen/tickets/{order_id}/recall", CREW, "ORDERS"),
    route("GET",    "/api/v1/stores/{id}/kitchen/settings",          CREW,     "ORDERS"),
    route("PUT",    "/api/v1/stores/{id}/kitchen/settings",          LEADS,    "ORDERS"),
    route("POST",   "/api/v1/stores/{id}/offline-sales",             CREW,     "ORDERS").max_body(1024 * KB),
    route("GET",    "/api/v1/stores/{id}/kitchen/live",              CREW,     "ORDERS"),

    route("POST",   "/api/v1/payments/initiate",                     SignedIn, "PAYMENTS").idempotent(),
    route("GET",    "/api/v1/payments/{id}",                         SignedIn, "PAYMENTS"),
    route("POST",   "/api/v1/payments/{id}/refund",                  LEADS,    "PAYMENTS").idempotent().step_up(),
    route("GET",    "/api/v1/payments/order/{order_id}",             SignedIn, "PAYMENTS"),
    route("GET",    "/api/v1/payments/ledger",                       CHAIN,    "PAYMENTS"),
    route("POST",   "/api/v1/webhooks/{gateway}",                    Public,   "PAYMENTS"),

    route("GET",    "/api/v1/inventory/low-stock-alerts",            CREW,     "INVENTORY"),
    route("POST",   "/api/v1/inventory/stock-movement",              CREW,     "INVENTORY"),
    route("POST",   "/api/v1/inventory/rfid-track",                  CREW,     "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}",                  CREW,     "INVENTORY"),
    route("PUT",    "/api/v1/inventory/{store_id}/setup",            LEADS,    "INVENTORY").max_body(1024 * KB),
    route("GET",    "/api/v1/inventory/{store_id}/batches",          CREW,     "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/usage",            CREW,     "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/invariants",       CREW,     "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/journal",          LEADS,    "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/journal/proof",    LEADS,    "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/leases",           LEADS,    "INVENTORY").idempotent(),
    route("GET",    "/api/v1/inventory/{store_id}/leases/{id}",      CREW,     "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/leases/{id}/sales", CREW,    "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/variances",        CREW,     "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/variances/{number}", LEADS,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/leases/{id}/extend", LEADS,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/leases/{id}/release", CREW,  "INVENTORY").idempotent(),
    route("POST",   "/api/v1/inventory/{store_id}/receipts/import",  LEADS,    "INVENTORY").max_body(1024 * KB).idempotent(),
    route("POST",   "/api/v1/inventory/{store_id}/refresh",          LEADS,    "INVENTORY"),
    route("GET",    "/api/v1/inventory/stock",                       CREW,     "INVENTORY"),
    route("GET",    "/api/v1/inventory/valuation",                   LEADS,    "INVENTORY"),
    route("GET",    "/api/v1/inventory/ageing",                      LEADS,    "INVENTORY"),
    route("GET",    "/api/v1/inventory/freshness",                   CREW,     "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/{sku}",            CREW,     "INVENTORY"),
    route("PUT",    "/api/v1/inventory/{store_id}/{sku}",            LEADS,    "INVENTORY"),
    route("PUT",    "/api/v1/inventory/{store_id}/{sku}/adjust",     LEADS,    "INVENTORY"),
    route("GET",    "/api/v1/warehouses",                            CREW,     "INVENTORY"),
    route("POST",   "/api/v1/warehouses",                            CHAIN,    "INVENTORY"),
    route("GET",    "/api/v1/warehouses/{id}",                       CREW,     "INVENTORY"),
    route("PUT",    "/api/v1/warehouses/{id}",                       CHAIN,    "INVENTORY"),
    route("GET",    "/api/v1/suppliers",                             LEADS,    "INVENTORY"),
    route("POST",   "/api/v1/suppliers",                             CHAIN,    "INVENTORY").max_body(256 * KB),
    route("GET",    "/api/v1/suppliers/{id}",                        LEADS,    "INVENTORY"),
    route("PUT",    "/api/v1/suppliers/{id}",                        CHAIN,    "INVENTORY").max_body(256 * KB),
    route("GET",    "/api/v1/purchase-orders",                       LEADS,    "INVENTORY"),
    route("POST",   "/api/v1/purchase-orders",                       LEADS,    "INVENTORY").idempotent(),
    route("POST",   "/api/v1/purchase-orders/propose",               LEADS,    "INVENTORY"),
    route("GET",    "/api/v1/purchase-orders/{id}",                  LEADS,    "INVENTORY"),
    route("PUT",    "/api/v1/purchase-orders/{id}/status",           LEADS,    "INVENTORY"),
    route("POST",   "/api/v1/purchase-orders/{id}/receive",          CREW,     "INVENTORY").idempotent(),
    route("GET",    "/api/v1/transfers",                             CREW,     "INVENTORY"),
    route("POST",   "/api/v1/transfers",                             LEADS,    "INVENTORY").idempotent(),
    route("GET",    "/api/v1/transfers/{id}",                        CREW,     "INVENTORY"),
    route("POST",   "/api/v1/transfers/{id}/receive",                CREW,     "INVENTORY").idempotent(),
    route("POST",   "/api/v1/transfers/{id}/close",                  LEADS,    "INVENTORY"),
    route("GET",    "/api/v1/stocktakes",                            CREW,     "INVENTORY"),
    route("POST",   "/api/v1/stocktakes",                            CREW,     "INVENTORY"),
    route("GET",    "/api/v1/stocktakes/{id}",                       CREW,     "INVENTORY"),
    route("POST",   "/api/v1/stocktakes/{id}/lines",                 CREW,     "INVENTORY").max_body(256 * KB),
    route("POST",   "/api/v1/stocktakes/{id}/approve",               LEADS,    "INVENTORY"),
    route("POST",   "/api/v1/stocktakes/{id}/discard",               LEADS,    "INVENTORY"),

    route("GET",    "/api/v1/notifications",                         SignedIn, "NOTIFICATIONS"),
    route("GET",    "/api/v1/notifications/outbox",                  CHAIN,    "NOTIFICATIONS"),
    route("PUT",    "/api/v1/notifications/{id}/read",               SignedIn, "NOTIFICATIONS"),
    route("GET",    "/api/v1/loyalty/customer/{id}",                 SignedIn, "LOYALTY"),
    route("GET",    "/api/v1/analytics/sales",                       LEADS,    "ANALYTICS"),

    route("GET",    "/api/v1/dead-letters",                          CHAIN,    "DEAD_LETTERS"),
    route("POST",   "/api/v1/dead-letters/{id}/replay",              CHAIN,    "DEAD_LETTERS"),
    route("DELETE", "/api/v1/dead-letters/{id}",                     CHAIN,    "DEAD_LETTERS"),

    route("GET",    "/.well-known/openid-configuration",             Public,   "SSO"),
    route("GET",    "/api/v1/oauth/jwks",                            Public,   "SSO"),
    route("GET",    "/api/v1/oauth/authorize",                       Public,   "SSO"),
    route("POST",   "/api/v1/oauth/authorize",                       Public,   "SSO"),
    route("POST",   "/api/v1/oauth/sign-in",                         Public,   "SSO"),
    route("POST",   "/api/v1/oauth/consent",                         Public,   "SSO"),
    route("POST",   "/api/v1/oauth/token",                           Public,   "SSO"),
    route("GET",    "/api/v1/oauth/userinfo",                        Public,   "SSO"),
    route("POST",   "/api/v1/oauth/userinfo",                        Public,   "SSO"),
    route("POST",   "/api/v1/oauth/revoke",                          Public,   "SSO"),
    route("POST",   "/api/v1/oauth/introspect",                      Public,   "SSO"),
    route("GET",    "/api/v1/oauth/consents",                        SignedIn, "SSO"),
    route("DELETE", "/api/v1/oauth/consents/{client_id}",            SignedIn, "SSO"),
    route("GET",    "/api/v1/oauth/clients",                         CHAIN,    "SSO"),
    route("POST",   "/api/v1/oauth/clients",                         CHAIN,    "SSO").step_up(),
    route("PUT",    "/api/v1/oauth/clients/{id}",                    CHAIN,    "SSO").step_up(),
    route("DELETE", "/api/v1/oauth/clients/{id}",                    CHAIN,    "SSO").step_up(),
    route("POST",   "/api/v1/oauth/keys/rotate",                     CHAIN,    "SSO").step_up(),
    route("GET",    "/api/v1/oauth/providers",                       Public,   "SSO"),
    route("GET",    "/api/v1/oauth/login/{provider}",                Public,   "SSO"),
    route("GET",    "/api/v1/oauth/callback/{provider}",             Public,   "SSO"),
    route("POST",   "/api/v1/oauth/callback/{provider}",             Public,   "SSO"),
    route("POST",   "/api/v1/oauth/session",                         Public,   "SSO"),
    route("GET",    "/api/v1/oauth/links",                           SignedIn, "SSO"),
    route("POST",   "/api/v1/oauth/links",                           SignedIn, "SSO").step_up(),
    route("DELETE", "/api/v1/oauth/links/{provider}",                SignedIn, "SSO").step_up(),
];

/// Every upstream, once: for readiness and the merged OpenAPI document.
pub const UPSTREAMS: &[&str] = &[
    "IDENTITY",
    "CUSTOMERS",
    "STORES",
    "CATALOG",
    "ORDERS",
    "PAYMENTS",
    "INVENTORY",
    "NOTIFICATIONS",
    "LOYALTY",
    "ANALYTICS",
    "DEAD_LETTERS",
    "SSO",
];

/// What the table says of a request.
#[derive(Clone, Copy, Debug)]
pub enum Match {
    /// This route answers it.
    Route(&'static Route),
    /// The path exists, but not with this method.
    OtherMethod,
    /// There is no such path.
    Nothing,
}

/// Looks a request up. The route with the fewest placeholders wins: `/stores/nearby` before `/stores/{id}`.
#[must_use]
pub fn find(method: &str, path: &str) -> Match {
    let mut other_method = false;
    let mut best: Option<&'static Route> = None;
    for route in ROUTES.iter().filter(|route| matches(route.path, path)) {
        if route.method != method {
            other_method = true;
        } else if best.is_none_or(|best| placeholders(route) < placeholders(best)) {
            best = Some(route);
        }
    }
    match best {
        Some(route) => Match::Route(route),
        None if other_method => Match::OtherMethod,
        None => Match::Nothing,
    }
}

/// The methods that a path has, for `Allow`.
#[must_use]
pub fn methods(path: &str) -> Vec<&'static str> {
    let mut methods: Vec<_> =
        ROUTES.iter().filter(|route| matches(route.path, path)).map(|route| route.method).collect();
    methods.sort_unstable();
    methods.dedup();
    methods
}

fn placeholders(route: &Route) -> usize {
    route.path.matches('{').count()
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given => {}
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_contracts::api_key::scope_of;
    use std::collections::BTreeSet;

    #[test]
    fn no_route_stands_twice_and_each_upstream_is_known() {
        let mut seen = BTreeSet::new();
        for route in ROUTES {
            assert!(seen.insert((route.method, route.path)), "{} {} twice", route.method, route.path);
            assert!(UPSTREAMS.contains(&route.to), "{}", route.to);
            assert!(route.path.starts_with("/api/v1/") || route.path.starts_with("/.well-known/"));
            assert!(!route.path.contains("/internal/"), "internal calls are never public");
        }
    }

    #[test]
    fn each_area_is_for_keys_or_for_people() {
        let mut people = BTreeSet::new();
        for route in ROUTES.iter().filter(|route| scope_of(route.method, route.path).is_none()) {
            people.insert(route.path.split('/').nth(3).unwrap_or(route.path));
        }
        let expected = ["api-keys", "audit", "auth", "customers", "invitations", "oauth", "users", "webhooks"];
        assert!(people.iter().all(|area| expected.contains(area) || area.starts_with("/.well-known")), "{people:?}");
    }

    #[test]
    fn the_plainest_route_wins() {
        let path_of = |method, path| match find(method, path) {
            Match::Route(route) => route.path,
            Match::OtherMethod => "other method",
            Match::Nothing => "nothing",
        };
        assert_eq!(path_of("GET", "/api/v1/stores/nearby"), "/api/v1/stores/nearby");
        assert_eq!(path_of("GET", "/api/v1/stores/x"), "/api/v1/stores/{id}");
        assert_eq!(path_of("DELETE", "/api/v1/stores/x"), "other method");
        assert_eq!(path_of("GET", "/api/v1/stores/"), "nothing");
        assert_eq!(path_of("GET", "/internal/outbox/ack"), "nothing");
        assert_eq!(path_of("GET", "/api/v1/../internal/stores"), "nothing");
    }

    #[test]
    fn nobody_unknown_changes_anything_but_who_they_are() {
        let open = |route: &&Route| matches!(route.access, Access::Public | Access::Guest) && route.method != "GET";
        for route in ROUTES.iter().filter(open) {
            let named =
                ["/api/v1/auth/", "/api/v1/webhooks/", "/api/v1/cart"].iter().any(|own| route.path.starts_with(own));
            // Who asks there shows a client's secret, a token, or a form that was sealed for one browser.
            let sign_on = [
                "authorize",
                "sign-in",
                "consent",
                "token",
                "userinfo",
                "revoke",
                "introspect",
                "callback/{provider}",
                "session",
            ];
            let named = named || sign_on.iter().any(|own| route.path == format!("/api/v1/oauth/{own}"));
            assert!(named, "{} {} is open to everybody", route.method, route.path);
        }
    }
}
