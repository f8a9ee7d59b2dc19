//! The one table of what the platform answers: method, path, who may ask, for whose things, how much of it, where it goes.
//!
//! A path that is not here does not exist, and one without a policy does not compile. What a role may do to a particular thing
//! (its own order, its own store) the domain decides, which alone knows whose it is; this table decides who gets that far, and
//! says in its scope what the domain holds to: the authorisation matrix (`tests/e2e/matrix`) asks every route as everybody.

use crate::policy::{Access, Class, KB, Route, Scope, route};
use kirana_kernel::Role;

use Access::{Guest, Public, Roles, SignedIn};
use Class::{Browse, Checkout, Counter, Proof, Web, Webhook};
use Role::{Admin, Manager, Owner, Rider, Staff, Support};
use Scope::{Chain, Everyone, Own, Store};

const CREW: Access = Roles(&[Staff, Manager, Owner, Admin]);
const DESK: Access = Roles(&[Staff, Manager, Owner, Support, Admin]);
const LEADS: Access = Roles(&[Manager, Owner, Admin]);
const LISTS: Access = Roles(&[Manager, Owner, Support, Admin]);
const COLLECTS: Access = Roles(&[Staff, Manager, Owner, Rider, Admin]);
const CHAIN: Access = Roles(&[Admin]);

/// Every public route, in reading order.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    route("POST",   "/api/v1/auth/register",                                   Public,                            Everyone, Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/guest",                                      Public,                            Everyone, Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/login",                                      Public,                            Everyone, Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/login/code",                                 Public,                            Everyone, Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/login/second-factor",                        Public,                            Everyone, Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/refresh-token",                              Public,                            Everyone, Web,      "IDENTITY"),
    route("POST",   "/api/v1/auth/bootstrap",                                  Public,                            Everyone, Proof,    "IDENTITY"),
    route("GET",    "/api/v1/auth/verify-email",                               Public,                            Everyone, Browse,   "IDENTITY"),
    route("POST",   "/api/v1/auth/verify-email",                               Public,                            Everyone, Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/verify-email/letter",                        SignedIn,                          Own,      Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/forgot-password",                            Public,                            Everyone, Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/reset-password",                             Public,                            Everyone, Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/change-password",                            SignedIn,                          Own,      Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/logout",                                     SignedIn,                          Own,      Web,      "IDENTITY"),
    route("GET",    "/api/v1/auth/me",                                         SignedIn,                          Own,      Web,      "IDENTITY"),
    route("POST",   "/api/v1/auth/step-up",                                    SignedIn,                          Own,      Proof,    "IDENTITY"),
    route("POST",   "/api/v1/auth/step-up/code",                               SignedIn,                          Own,      Proof,    "IDENTITY"),
    route("GET",    "/api/v1/auth/factors",                                    SignedIn,                          Own,      Web,      "IDENTITY"),
    route("POST",   "/api/v1/auth/factors/totp/enrol",                         SignedIn,                          Own,      Web,      "IDENTITY").step_up(),
    route("POST",   "/api/v1/auth/factors/mail/enrol",                         SignedIn,                          Own,      Web,      "IDENTITY").step_up(),
    route("POST",   "/api/v1/auth/factors/sms/enrol",                          SignedIn,                          Own,      Web,      "IDENTITY").step_up(),
    route("POST",   "/api/v1/auth/factors/{kind}/confirm",                     SignedIn,                          Own,      Proof,    "IDENTITY").step_up(),
    route("DELETE", "/api/v1/auth/factors/{kind}",                             SignedIn,                          Own,      Web,      "IDENTITY").step_up(),
    route("POST",   "/api/v1/auth/recovery-codes",                             SignedIn,                          Own,      Web,      "IDENTITY").step_up(),
    route("GET",    "/api/v1/auth/sessions",                                   SignedIn,                          Own,      Web,      "IDENTITY"),
    route("DELETE", "/api/v1/auth/sessions",                                   SignedIn,                          Own,      Web,      "IDENTITY").step_up(),
    route("DELETE", "/api/v1/auth/sessions/{id}",                              SignedIn,                          Own,      Web,      "IDENTITY").step_up(),
    route("POST",   "/api/v1/users",                                           LEADS,                             Store,    Counter,  "IDENTITY").step_up(),
    route("GET",    "/api/v1/users",                                           LISTS,                             Store,    Counter,  "IDENTITY"),
    route("GET",    "/api/v1/users/customers",                                 Roles(&[Support, Admin]),          Chain,    Counter,  "IDENTITY"),
    route("GET",    "/api/v1/users/staff",                                     LISTS,                             Store,    Counter,  "IDENTITY"),
    route("GET",    "/api/v1/users/customer/age-verify",                       SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("POST",   "/api/v1/users/customer/age-verify",                       SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("POST",   "/api/v1/users/customer/social-preauth",                   Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/users/{id}",                                      SignedIn,                          Own,      Web,      "IDENTITY"),
    route("PUT",    "/api/v1/users/{id}",                                      SignedIn,                          Own,      Web,      "IDENTITY"),
    route("DELETE", "/api/v1/users/{id}",                                      SignedIn,                          Own,      Web,      "IDENTITY").step_up(),
    route("PUT",    "/api/v1/users/{id}/rights",                               CHAIN,                             Chain,    Counter,  "IDENTITY").step_up(),
    route("DELETE", "/api/v1/users/{id}/sessions",                             Roles(&[Support, Admin]),          Chain,    Counter,  "IDENTITY").step_up(),
    route("GET",    "/api/v1/customers/{id}/addresses",                        SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("POST",   "/api/v1/customers/{id}/addresses",                        SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("PUT",    "/api/v1/customers/{id}/addresses/{address_id}",           SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("DELETE", "/api/v1/customers/{id}/addresses/{address_id}",           SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("GET",    "/api/v1/customers/{id}/segments",                         SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("GET",    "/api/v1/customer-segments",                               CHAIN,                             Chain,    Counter,  "CUSTOMERS"),
    route("PUT",    "/api/v1/customer-segments/{name}",                        CHAIN,                             Chain,    Counter,  "CUSTOMERS"),
    route("GET",    "/api/v1/customer-segments/{name}/customers",              CHAIN,                             Chain,    Counter,  "CUSTOMERS"),
    route("PUT",    "/api/v1/customer-segments/{name}/customers/{id}",         CHAIN,                             Chain,    Counter,  "CUSTOMERS"),
    route("DELETE", "/api/v1/customer-segments/{name}/customers/{id}",         CHAIN,                             Chain,    Counter,  "CUSTOMERS"),
    route("DELETE", "/api/v1/customer-segments/{name}",                        CHAIN,                             Chain,    Counter,  "CUSTOMERS"),
    route("GET",    "/api/v1/customers/{id}/export",                           SignedIn,                          Own,      Web,      "PRIVACY").step_up(),
    route("GET",    "/api/v1/customers/{id}/preferences",                      SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("PUT",    "/api/v1/customers/{id}/preferences",                      SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("GET",    "/api/v1/customers/{id}/favourites",                       SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("PUT",    "/api/v1/customers/{id}/favourites/{kind}/{subject}",      SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("DELETE", "/api/v1/customers/{id}/favourites/{kind}/{subject}",      SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("GET",    "/api/v1/invitations",                                     LEADS,                             Own,      Counter,  "IDENTITY"),
    route("POST",   "/api/v1/invitations",                                     LEADS,                             Store,    Counter,  "IDENTITY").step_up(),
    route("DELETE", "/api/v1/invitations/{id}",                                LEADS,                             Own,      Counter,  "IDENTITY"),
    route("POST",   "/api/v1/auth/accept-invitation",                          Public,                            Everyone, Proof,    "IDENTITY"),
    route("GET",    "/api/v1/audit",                                           CHAIN,                             Chain,    Counter,  "IDENTITY"),
    route("GET",    "/api/v1/audit/proof",                                     CHAIN,                             Chain,    Counter,  "IDENTITY"),
    route("GET",    "/api/v1/api-keys",                                        LEADS,                             Own,      Counter,  "IDENTITY"),
    route("POST",   "/api/v1/api-keys",                                        LEADS,                             Own,      Counter,  "IDENTITY").step_up(),
    route("DELETE", "/api/v1/api-keys/{id}",                                   LEADS,                             Own,      Counter,  "IDENTITY"),
    route("GET",    "/.well-known/jwks.json",                                  Public,                            Everyone, Browse,   "IDENTITY"),

    route("GET",    "/api/v1/franchisees",                                     CHAIN,                             Chain,    Counter,  "STORES"),
    route("POST",   "/api/v1/franchisees",                                     CHAIN,                             Chain,    Counter,  "STORES"),
    route("GET",    "/api/v1/franchisees/{id}",                                Public,                            Everyone, Browse,   "STORES"),
    route("GET",    "/api/v1/stores",                                          Public,                            Everyone, Browse,   "STORES"),
    route("POST",   "/api/v1/stores",                                          CHAIN,                             Chain,    Counter,  "STORES"),
    route("POST",   "/api/v1/stores/import",                                   CHAIN,                             Chain,    Counter,  "STORES").max_body(1024 * KB),
    route("GET",    "/api/v1/stores/nearby",                                   Public,                            Everyone, Browse,   "STORES"),
    route("GET",    "/api/v1/stores/{id}",                                     Public,                            Everyone, Browse,   "STORES"),
    route("PUT",    "/api/v1/stores/{id}",                                     LEADS,                             Store,    Counter,  "STORES"),
    route("PUT",    "/api/v1/stores/{id}/settings",                            LEADS,                             Store,    Counter,  "STORES"),
    route("POST",   "/api/v1/stores/{id}/pause",                               CREW,                              Store,    Counter,  "STORES"),
    route("POST",   "/api/v1/stores/{id}/resume",                              CREW,                              Store,    Counter,  "STORES"),
    route("GET",    "/api/v1/stores/{id}/staff",                               LEADS,                             Store,    Counter,  "STORES"),
    route("POST",   "/api/v1/stores/{id}/staff",                               LEADS,                             Store,    Counter,  "STORES").step_up(),
    route("DELETE", "/api/v1/stores/{id}/staff/{user_id}",                     LEADS,                             Store,    Counter,  "STORES").step_up(),
    route("GET",    "/api/v1/stores/{id}/shifts",                              CREW,                              Store,    Counter,  "STORES"),
    route("POST",   "/api/v1/stores/{id}/shifts",                              LEADS,                             Store,    Counter,  "STORES"),
    route("DELETE", "/api/v1/stores/{id}/shifts/{shift_id}",                   LEADS,                             Store,    Counter,  "STORES"),
    route("GET",    "/api/v1/stores/{id}/delivery-zones",                      Public,                            Everyone, Browse,   "STORES"),
    route("POST",   "/api/v1/stores/{id}/delivery-zones",                      LEADS,                             Store,    Counter,  "STORES"),
    route("PUT",    "/api/v1/stores/{id}/delivery-zones/{zone_id}",            LEADS,                             Store,    Counter,  "STORES"),
    route("DELETE", "/api/v1/stores/{id}/delivery-zones/{zone_id}",            LEADS,                             Store,    Counter,  "STORES"),
    route("GET",    "/api/v1/flags",                                           Guest,                             Own,      Web,      "STORES"),
    route("GET",    "/api/v1/flags/settings",                                  CHAIN,                             Chain,    Counter,  "STORES"),
    route("PUT",    "/api/v1/flags/{name}",                                    CHAIN,                             Chain,    Counter,  "STORES"),

    route("POST",   "/api/v1/catalog/import",                                  CHAIN,                             Chain,    Counter,  "CATALOG").max_body(1024 * KB),
    route("GET",    "/api/v1/products",                                        Public,                            Everyone, Browse,   "CATALOG"),
    route("POST",   "/api/v1/products",                                        CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("GET",    "/api/v1/products/search",                                 Public,                            Everyone, Browse,   "CATALOG"),
    route("GET",    "/api/v1/products/categories",                             Public,                            Everyone, Browse,   "CATALOG"),
    route("GET",    "/api/v1/products/tags",                                   Public,                            Everyone, Browse,   "CATALOG"),
    route("GET",    "/api/v1/products/{id}",                                   Public,                            Everyone, Browse,   "CATALOG"),
    route("PUT",    "/api/v1/products/{id}",                                   CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("DELETE", "/api/v1/products/{id}",                                   CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("GET",    "/api/v1/products/{id}/photo",                             Public,                            Everyone, Browse,   "CATALOG"),
    route("PUT",    "/api/v1/products/{id}/photo",                             CHAIN,                             Chain,    Counter,  "CATALOG").max_body(512 * KB),
    route("DELETE", "/api/v1/products/{id}/photo",                             CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("GET",    "/api/v1/stores/{id}/menu",                                Public,                            Everyone, Browse,   "CATALOG"),
    route("PUT",    "/api/v1/stores/{id}/menu",                                CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("GET",    "/api/v1/modifier-groups",                                 CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("POST",   "/api/v1/modifier-groups",                                 CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("PUT",    "/api/v1/modifier-groups/{menu_id}/{id}",                  CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("DELETE", "/api/v1/modifier-groups/{menu_id}/{id}",                  CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("POST",   "/api/v1/modifier-groups/{menu_id}/{id}/options",          CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("PUT",    "/api/v1/modifier-groups/{menu_id}/{id}/options/{sku}",    CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("DELETE", "/api/v1/modifier-groups/{menu_id}/{id}/options/{sku}",    CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("GET",    "/api/v1/menus",                                           CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("PUT",    "/api/v1/menus/{id}/bounds",                               CHAIN,                             Chain,    Counter,  "CATALOG"),
    route("GET",    "/api/v1/stores/{id}/menu/choices",                        CREW,                              Store,    Counter,  "CATALOG"),
    route("GET",    "/api/v1/stores/{id}/menu/overrides",                      CREW,                              Store,    Counter,  "CATALOG"),
    route("PUT",    "/api/v1/stores/{id}/menu/overrides",                      LEADS,                             Store,    Counter,  "CATALOG"),

    route("GET",    "/api/v1/campaigns",                                       LEADS,                             Own,      Counter,  "PRICING"),
    route("POST",   "/api/v1/campaigns",                                       Roles(&[Owner, Admin]),            Own,      Counter,  "PRICING"),
    route("GET",    "/api/v1/campaigns/{id}",                                  LEADS,                             Own,      Counter,  "PRICING"),
    route("PUT",    "/api/v1/campaigns/{id}",                                  Roles(&[Owner, Admin]),            Own,      Counter,  "PRICING"),
    route("GET",    "/api/v1/campaigns/{id}/offers",                           LEADS,                             Own,      Counter,  "PRICING"),
    route("POST",   "/api/v1/campaigns/{id}/offers",                           Roles(&[Owner, Admin]),            Own,      Counter,  "PRICING"),
    route("DELETE", "/api/v1/campaigns/{id}/offers/{offer_id}",                Roles(&[Owner, Admin]),            Own,      Counter,  "PRICING"),
    route("GET",    "/api/v1/campaigns/{id}/validate",                         SignedIn,                          Own,      Checkout, "PRICING"),
    route("GET",    "/api/v1/campaigns/{id}/usage",                            LEADS,                             Own,      Counter,  "PRICING"),
    route("POST",   "/api/v1/campaigns/{id}/preview",                          LEADS,                             Own,      Counter,  "PRICING"),
    route("GET",    "/api/v1/tax-rates",                                       CREW,                              Chain,    Counter,  "PRICING"),
    route("PUT",    "/api/v1/tax-rates/{place}",                               CHAIN,                             Chain,    Counter,  "PRICING").step_up(),
    route("GET",    "/api/v1/stores/{id}/dynamic-prices",                      LEADS,                             Store,    Counter,  "PRICING"),
    route("PUT",    "/api/v1/stores/{id}/dynamic-prices",                      LEADS,                             Store,    Counter,  "PRICING"),
    route("GET",    "/api/v1/stores/{id}/fees",                                CREW,                              Store,    Counter,  "PRICING"),
    route("PUT",    "/api/v1/stores/{id}/fees",                                LEADS,                             Store,    Counter,  "PRICING"),

    route("POST",   "/api/v1/quotes",                                          SignedIn,                          Own,      Checkout, "ORDERS"),
    route("POST",   "/api/v1/checkout",                                        SignedIn,                          Own,      Checkout, "ORDERS").idempotent(),
    route("GET",    "/api/v1/cart",                                            Guest,                             Own,      Checkout, "ORDERS"),
    route("PUT",    "/api/v1/cart",                                            Guest,                             Own,      Checkout, "ORDERS"),
    route("DELETE", "/api/v1/cart",                                            Guest,                             Own,      Checkout, "ORDERS"),
    route("POST",   "/api/v1/cart/items",                                      Guest,                             Own,      Checkout, "ORDERS"),
    route("POST",   "/api/v1/cart/merge",                                      SignedIn,                          Own,      Checkout, "ORDERS"),
    route("POST",   "/api/v1/orders",                                          SignedIn,                          Own,      Checkout, "ORDERS").idempotent(),
    route("GET",    "/api/v1/orders",                                          SignedIn,                          Own,      Web,      "ORDERS"),
    route("GET",    "/api/v1/orders/{id}",                                     SignedIn,                          Own,      Checkout, "ORDERS"),
    route("PUT",    "/api/v1/orders/{id}/status",                              CREW,                              Store,    Counter,  "ORDERS"),
    route("POST",   "/api/v1/orders/{id}/cancel",                              SignedIn,                          Own,      Checkout, "ORDERS"),
    route("PUT",    "/api/v1/orders/{id}/lines",                               SignedIn,                          Own,      Checkout, "ORDERS"),
    route("POST",   "/api/v1/orders/{id}/lines/{line}/cancel",                 SignedIn,                          Own,      Checkout, "ORDERS"),
    route("PUT",    "/api/v1/orders/{id}/lines/{line}/weight",                 CREW,                              Store,    Counter,  "ORDERS"),
    route("POST",   "/api/v1/orders/{id}/lines/{line}/substitute",             CREW,                              Store,    Counter,  "ORDERS"),
    route("PUT",    "/api/v1/orders/{id}/lines/{line}/substitute",             SignedIn,                          Own,      Checkout, "ORDERS"),
    route("GET",    "/api/v1/orders/{id}/history",                             SignedIn,                          Own,      Checkout, "ORDERS"),
    route("GET",    "/api/v1/orders/{id}/receipt",                             SignedIn,                          Own,      Checkout, "ORDERS"),
    route("POST",   "/api/v1/socket-tickets",                                  SignedIn,                          Own,      Web,      "ORDERS"),
    route("GET",    "/api/v1/orders/{id}/track",                               SignedIn,                          Own,      Checkout, "ORDERS"),
    route("GET",    "/api/v1/stores/{id}/kitchen/tickets",                     CREW,                              Store,    Counter,  "ORDERS"),
    route("POST",   "/api/v1/stores/{id}/kitchen/tickets/{order_id}/bump",     CREW,                              Store,    Counter,  "ORDERS"),
    route("POST",   "/api/v1/stores/{id}/kitchen/tickets/{order_id}/recall",   CREW,                              Store,    Counter,  "ORDERS"),
    route("GET",    "/api/v1/stores/{id}/slots",                               Public,                            Everyone, Browse,   "ORDERS"),
    route("GET",    "/api/v1/stores/{id}/kitchen/settings",                    CREW,                              Store,    Counter,  "ORDERS"),
    route("PUT",    "/api/v1/stores/{id}/kitchen/settings",                    LEADS,                             Store,    Counter,  "ORDERS"),
    route("GET",    "/api/v1/stores/{id}/devices/live",                        CREW,                              Store,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/stores/{id}/offline-sales",                       CREW,                              Store,    Counter,  "ORDERS").max_body(1024 * KB),
    route("GET",    "/api/v1/stores/{id}/kitchen/live",                        CREW,                              Store,    Counter,  "ORDERS"),

    route("POST",   "/api/v1/payments/initiate",                               SignedIn,                          Own,      Checkout, "PAYMENTS").idempotent(),
    route("POST",   "/api/v1/payments/verify",                                 SignedIn,                          Own,      Checkout, "PAYMENTS"),
    route("GET",    "/api/v1/payments/gateways",                               Public,                            Everyone, Browse,   "PAYMENTS"),
    route("GET",    "/api/v1/payments/methods",                                SignedIn,                          Own,      Web,      "PAYMENTS"),
    route("DELETE", "/api/v1/payments/methods/{id}",                           SignedIn,                          Own,      Web,      "PAYMENTS"),
    route("GET",    "/api/v1/payments",                                        LISTS,                             Store,    Counter,  "PAYMENTS"),
    route("GET",    "/api/v1/payments/refunds",                                LISTS,                             Store,    Counter,  "PAYMENTS"),
    route("POST",   "/api/v1/payments/{id}/capture",                           CREW,                              Store,    Counter,  "PAYMENTS"),
    route("POST",   "/api/v1/payments/{id}/void",                              CREW,                              Store,    Counter,  "PAYMENTS"),
    route("POST",   "/api/v1/payments/{id}/collected",                         COLLECTS,                          Store,    Counter,  "PAYMENTS"),
    route("GET",    "/api/v1/payments/assessments",                            LISTS,                             Store,    Counter,  "BOOKS"),
    route("POST",   "/api/v1/payments/{id}/review",                            LEADS,                             Store,    Counter,  "BOOKS"),
    route("GET",    "/api/v1/payments/risk-rules",                             CHAIN,                             Chain,    Counter,  "BOOKS"),
    route("PUT",    "/api/v1/payments/risk-rules",                             CHAIN,                             Chain,    Counter,  "BOOKS").step_up(),
    route("GET",    "/api/v1/payments/riders/{id}/cash",                       COLLECTS,                          Store,    Counter,  "BOOKS"),
    route("POST",   "/api/v1/payments/riders/{id}/settlements",                CREW,                              Store,    Counter,  "BOOKS").idempotent(),
    route("GET",    "/api/v1/payments/{id}",                                   SignedIn,                          Own,      Checkout, "PAYMENTS"),
    route("POST",   "/api/v1/payments/{id}/refund",                            LEADS,                             Store,    Counter,  "PAYMENTS").idempotent().step_up(),
    route("GET",    "/api/v1/payments/order/{order_id}",                       SignedIn,                          Own,      Checkout, "PAYMENTS"),
    route("GET",    "/api/v1/orders/{id}/invoice",                             SignedIn,                          Own,      Web,      "BOOKS"),
    route("POST",   "/api/v1/orders/{id}/invoice/send",                        SignedIn,                          Own,      Web,      "BOOKS"),
    route("GET",    "/api/v1/invoices",                                        SignedIn,                          Own,      Web,      "BOOKS"),
    route("GET",    "/api/v1/orders/{id}/invoice/pdf",                         SignedIn,                          Own,      Web,      "DOCUMENTS"),
    route("GET",    "/api/v1/gift-cards",                                      CREW,                              Store,    Counter,  "BOOKS"),
    route("POST",   "/api/v1/gift-cards",                                      CREW,                              Store,    Counter,  "BOOKS").idempotent(),
    route("POST",   "/api/v1/gift-cards/redeem",                               SignedIn,                          Own,      Proof,    "BOOKS"),
    route("POST",   "/api/v1/gift-cards/{id}/void",                            LEADS,                             Store,    Counter,  "BOOKS").step_up(),
    route("GET",    "/api/v1/gift-balance",                                    SignedIn,                          Own,      Web,      "BOOKS"),
    route("GET",    "/api/v1/payments/ledger",                                 CHAIN,                             Chain,    Counter,  "PAYMENTS"),
    route("POST",   "/api/v1/payments/reconcile",                              CHAIN,                             Chain,    Counter,  "BOOKS").max_body(1024 * KB),
    route("GET",    "/api/v1/payments/exceptions",                             CHAIN,                             Chain,    Counter,  "BOOKS"),
    route("PUT",    "/api/v1/payments/exceptions/{id}",                        CHAIN,                             Chain,    Counter,  "BOOKS"),
    route("GET",    "/api/v1/ledger/trial-balance",                            Roles(&[Owner, Admin]),            Own,      Counter,  "BOOKS"),
    route("GET",    "/api/v1/ledger/accounts/{account}/statement",             Roles(&[Owner, Admin]),            Own,      Counter,  "BOOKS"),
    route("POST",   "/api/v1/ledger/periods/{name}/close",                     CHAIN,                             Chain,    Counter,  "BOOKS").step_up(),
    route("GET",    "/api/v1/franchisees/{id}/royalty-agreement",              Roles(&[Owner, Admin]),            Own,      Counter,  "BOOKS"),
    route("PUT",    "/api/v1/franchisees/{id}/royalty-agreement",              CHAIN,                             Chain,    Counter,  "BOOKS"),
    route("GET",    "/api/v1/franchisees/{id}/royalties",                      Roles(&[Owner, Admin]),            Own,      Counter,  "BOOKS"),
    route("POST",   "/api/v1/franchisees/{id}/royalties",                      CHAIN,                             Chain,    Counter,  "BOOKS"),
    route("GET",    "/api/v1/franchisees/{id}/royalties/{period}",             Roles(&[Owner, Admin]),            Own,      Counter,  "BOOKS"),
    route("POST",   "/api/v1/franchisees/{id}/payouts",                        CHAIN,                             Chain,    Counter,  "BOOKS").idempotent().step_up(),
    route("POST",   "/api/v1/webhooks/{gateway}",                              Public,                            Everyone, Webhook,  "PAYMENTS").max_body(256 * KB),

    route("GET",    "/api/v1/inventory/low-stock-alerts",                      CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/stock-movement",                        CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/rfid-track",                            CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}",                            CREW,                              Store,    Counter,  "INVENTORY"),
    route("PUT",    "/api/v1/inventory/{store_id}/setup",                      LEADS,                             Store,    Counter,  "INVENTORY").max_body(1024 * KB),
    route("GET",    "/api/v1/inventory/{store_id}/batches",                    CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/usage",                      CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/invariants",                 CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/journal",                    LEADS,                             Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/journal/proof",              LEADS,                             Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/leases",                     LEADS,                             Store,    Counter,  "INVENTORY").idempotent(),
    route("GET",    "/api/v1/inventory/{store_id}/leases/{id}",                CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/leases/{id}/sales",          CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/variances",                  CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/variances/{number}",         LEADS,                             Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/leases/{id}/extend",         LEADS,                             Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/inventory/{store_id}/leases/{id}/release",        CREW,                              Store,    Counter,  "INVENTORY").idempotent(),
    route("POST",   "/api/v1/inventory/{store_id}/receipts/import",            LEADS,                             Store,    Counter,  "INVENTORY").max_body(1024 * KB).idempotent(),
    route("POST",   "/api/v1/inventory/{store_id}/refresh",                    LEADS,                             Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/stock",                                 CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/valuation",                             LEADS,                             Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/ageing",                                LEADS,                             Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/freshness",                             CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/barcodes",                   CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/by-barcode/{code}",          CREW,                              Store,    Counter,  "INVENTORY"),
    route("PUT",    "/api/v1/inventory/{store_id}/{sku}/barcodes",             LEADS,                             Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/inventory/{store_id}/{sku}",                      CREW,                              Store,    Counter,  "INVENTORY"),
    route("PUT",    "/api/v1/inventory/{store_id}/{sku}",                      LEADS,                             Store,    Counter,  "INVENTORY"),
    route("PUT",    "/api/v1/inventory/{store_id}/{sku}/adjust",               LEADS,                             Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/warehouses",                                      CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/warehouses",                                      CHAIN,                             Chain,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/warehouses/{id}",                                 CREW,                              Store,    Counter,  "INVENTORY"),
    route("PUT",    "/api/v1/warehouses/{id}",                                 CHAIN,                             Chain,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/suppliers",                                       LEADS,                             Chain,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/suppliers",                                       CHAIN,                             Chain,    Counter,  "INVENTORY").max_body(256 * KB),
    route("GET",    "/api/v1/suppliers/{id}",                                  LEADS,                             Chain,    Counter,  "INVENTORY"),
    route("PUT",    "/api/v1/suppliers/{id}",                                  CHAIN,                             Chain,    Counter,  "INVENTORY").max_body(256 * KB),
    route("GET",    "/api/v1/purchase-orders",                                 LEADS,                             Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/purchase-orders",                                 LEADS,                             Store,    Counter,  "INVENTORY").idempotent(),
    route("POST",   "/api/v1/purchase-orders/propose",                         LEADS,                             Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/purchase-orders/{id}",                            LEADS,                             Store,    Counter,  "INVENTORY"),
    route("PUT",    "/api/v1/purchase-orders/{id}/status",                     LEADS,                             Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/purchase-orders/{id}/receive",                    CREW,                              Store,    Counter,  "INVENTORY").idempotent(),
    route("GET",    "/api/v1/transfers",                                       CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/transfers",                                       LEADS,                             Store,    Counter,  "INVENTORY").idempotent(),
    route("GET",    "/api/v1/transfers/{id}",                                  CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/transfers/{id}/receive",                          CREW,                              Store,    Counter,  "INVENTORY").idempotent(),
    route("POST",   "/api/v1/transfers/{id}/close",                            LEADS,                             Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/stocktakes",                                      CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/stocktakes",                                      CREW,                              Store,    Counter,  "INVENTORY"),
    route("GET",    "/api/v1/stocktakes/{id}",                                 CREW,                              Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/stocktakes/{id}/lines",                           CREW,                              Store,    Counter,  "INVENTORY").max_body(256 * KB),
    route("POST",   "/api/v1/stocktakes/{id}/approve",                         LEADS,                             Store,    Counter,  "INVENTORY"),
    route("POST",   "/api/v1/stocktakes/{id}/discard",                         LEADS,                             Store,    Counter,  "INVENTORY"),

    route("GET",    "/api/v1/devices",                                         CREW,                              Store,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices",                                         LEADS,                             Store,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices/claim",                                   Public,                            Everyone, Proof,    "DEVICES"),
    route("GET",    "/api/v1/devices/breaches",                                CREW,                              Store,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices/breaches/{id}",                           LEADS,                             Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/metrics",                                 CREW,                              Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/firmware",                                CHAIN,                             Chain,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices/firmware",                                CHAIN,                             Chain,    Counter,  "DEVICES").step_up(),
    route("GET",    "/api/v1/devices/firmware/{kind}/{version}",               CHAIN,                             Chain,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/rollouts",                                CHAIN,                             Chain,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices/rollouts",                                CHAIN,                             Chain,    Counter,  "DEVICES").step_up(),
    route("GET",    "/api/v1/devices/rollouts/{id}",                           CHAIN,                             Chain,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices/rollouts/{id}/halt",                      CHAIN,                             Chain,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices/rpc/kirana.devices.v1.DeviceService/{method}", LEADS,                        Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/{id}",                                    CREW,                              Store,    Counter,  "DEVICES"),
    route("PUT",    "/api/v1/devices/{id}",                                    LEADS,                             Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/{id}/history",                            LEADS,                             Store,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices/{id}/claim-code",                         LEADS,                             Store,    Counter,  "DEVICES").step_up(),
    route("POST",   "/api/v1/devices/{id}/key",                                LEADS,                             Store,    Counter,  "DEVICES").step_up(),
    route("POST",   "/api/v1/devices/{id}/rotate",                             Public,                            Everyone, Proof,    "DEVICES"),
    route("POST",   "/api/v1/devices/{id}/revoke",                             LEADS,                             Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/{id}/status",                             CREW,                              Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/{id}/takings",                            LEADS,                             Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/{id}/restock",                            CREW,                              Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/{id}/series",                             CREW,                              Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/{id}/logs",                               CREW,                              Store,    Counter,  "DEVICES"),
    route("POST",   "/api/v1/devices/{id}/command",                            LEADS,                             Store,    Counter,  "DEVICES").idempotent(),
    route("GET",    "/api/v1/devices/{id}/commands",                           CREW,                              Store,    Counter,  "DEVICES"),
    route("PUT",    "/api/v1/devices/{id}/configuration",                      LEADS,                             Store,    Counter,  "DEVICES"),
    route("GET",    "/api/v1/devices/{id}/connect",                            Public,                            Everyone, Counter,  "DEVICES"),

    route("GET",    "/api/v1/notifications",                                   SignedIn,                          Own,      Web,      "NOTIFICATIONS"),
    route("GET",    "/api/v1/notifications/letters",                           CHAIN,                             Chain,    Counter,  "NOTIFICATIONS"),
    route("POST",   "/api/v1/notifications/letters/{id}/retry",                CHAIN,                             Chain,    Counter,  "NOTIFICATIONS"),
    route("POST",   "/api/v1/webhooks/letters/{provider}",                     Public,                            Everyone, Webhook,  "NOTIFICATIONS").max_body(256 * KB),
    route("GET",    "/api/v1/notifications/unreachable",                       CHAIN,                             Chain,    Counter,  "NOTIFICATIONS"),
    route("DELETE", "/api/v1/notifications/unreachable/{user_id}",             CHAIN,                             Chain,    Counter,  "NOTIFICATIONS"),
    route("GET",    "/api/v1/notifications/outbox",                            CHAIN,                             Chain,    Counter,  "NOTIFICATIONS"),
    route("PUT",    "/api/v1/notifications/{id}/read",                         SignedIn,                          Own,      Web,      "NOTIFICATIONS"),
    route("GET",    "/api/v1/loyalty/customer/{id}",                           SignedIn,                          Own,      Web,      "LOYALTY"),
    route("GET",    "/api/v1/loyalty/tiers",                                   Public,                            Everyone, Browse,   "LOYALTY"),
    route("POST",   "/api/v1/reviews",                                         SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("GET",    "/api/v1/reviews/product/{id}",                            Public,                            Everyone, Browse,   "CUSTOMERS"),
    route("GET",    "/api/v1/customers/{id}/reviews",                          SignedIn,                          Own,      Web,      "CUSTOMERS"),
    route("GET",    "/api/v1/table-views",                                     DESK,                              Own,      Counter,  "CUSTOMERS"),
    route("POST",   "/api/v1/table-views",                                     DESK,                              Own,      Counter,  "CUSTOMERS"),
    route("DELETE", "/api/v1/table-views/{id}",                                DESK,                              Own,      Counter,  "CUSTOMERS"),
    route("GET",    "/api/v1/stores/{id}/reviews",                             LEADS,                             Store,    Counter,  "CUSTOMERS"),
    route("PUT",    "/api/v1/stores/{id}/reviews/{review_id}",                 LEADS,                             Store,    Counter,  "CUSTOMERS"),
    route("GET",    "/api/v1/analytics/sales",                                 LEADS,                             Store,    Counter,  "ANALYTICS"),
    route("GET",    "/api/v1/analytics/summary",                               LEADS,                             Store,    Counter,  "ANALYTICS"),

    route("GET",    "/api/v1/dead-letters",                                    CHAIN,                             Chain,    Counter,  "DEAD_LETTERS"),
    route("POST",   "/api/v1/dead-letters/{id}/replay",                        CHAIN,                             Chain,    Counter,  "DEAD_LETTERS"),
    route("DELETE", "/api/v1/dead-letters/{id}",                               CHAIN,                             Chain,    Counter,  "DEAD_LETTERS"),
    route("GET",    "/.well-known/openid-configuration",                       Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/oauth/jwks",                                      Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/oauth/authorize",                                 Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/authorize",                                 Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/sign-in",                                   Public,                            Everyone, Proof,    "SSO"),
    route("POST",   "/api/v1/oauth/consent",                                   Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/token",                                     Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/oauth/userinfo",                                  Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/userinfo",                                  Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/revoke",                                    Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/introspect",                                Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/oauth/logout",                                    Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/logout",                                    Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/oauth/account",                                   Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/account",                                   Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/oauth/consents",                                  SignedIn,                          Own,      Web,      "SSO"),
    route("DELETE", "/api/v1/oauth/consents/{client_id}",                      SignedIn,                          Own,      Web,      "SSO"),
    route("GET",    "/api/v1/oauth/clients",                                   CHAIN,                             Chain,    Counter,  "SSO"),
    route("POST",   "/api/v1/oauth/clients",                                   CHAIN,                             Chain,    Counter,  "SSO").step_up(),
    route("PUT",    "/api/v1/oauth/clients/{id}",                              CHAIN,                             Chain,    Counter,  "SSO").step_up(),
    route("DELETE", "/api/v1/oauth/clients/{id}",                              CHAIN,                             Chain,    Counter,  "SSO").step_up(),
    route("POST",   "/api/v1/oauth/keys/rotate",                               CHAIN,                             Chain,    Counter,  "SSO").step_up(),
    route("GET",    "/api/v1/oauth/providers",                                 Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/oauth/login/{provider}",                          Public,                            Everyone, Web,      "SSO"),
    route("GET",    "/api/v1/oauth/callback/{provider}",                       Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/callback/{provider}",                       Public,                            Everyone, Web,      "SSO"),
    route("POST",   "/api/v1/oauth/session",                                   Public,                            Everyone, Proof,    "SSO"),
    route("GET",    "/api/v1/oauth/links",                                     SignedIn,                          Own,      Web,      "SSO"),
    route("POST",   "/api/v1/oauth/links",                                     SignedIn,                          Own,      Web,      "SSO").step_up(),
    route("DELETE", "/api/v1/oauth/links/{provider}",                          SignedIn,                          Own,      Web,      "SSO").step_up(),
];

/// Every upstream, once: for readiness and the merged OpenAPI document.
pub const UPSTREAMS: &[&str] = &[
    "IDENTITY",
    "CUSTOMERS",
    "STORES",
    "CATALOG",
    "ORDERS",
    "PAYMENTS",
    "BOOKS",
    "INVENTORY",
    "NOTIFICATIONS",
    "LOYALTY",
    "ANALYTICS",
    "DEAD_LETTERS",
    "SSO",
    "PRICING",
    "PRIVACY",
    "DOCUMENTS",
    "DEVICES",
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
        // A program with a key opens its sockets with that.
        let expected = [
            "api-keys",
            "audit",
            "auth",
            "checkout",
            "customer-segments",
            "customers",
            "flags",
            "gift-balance",
            "invitations",
            "invoices",
            "menus",
            "modifier-groups",
            "oauth",
            "reviews",
            "socket-tickets",
            "table-views",
            "users",
            "webhooks",
        ];
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
            let named = [
                "/api/v1/auth/",
                "/api/v1/users/customer/social-preauth",
                "/api/v1/webhooks/",
                "/api/v1/cart",
                "/api/v1/devices/claim",
                "/api/v1/devices/{id}/rotate",
            ]
            .iter()
            .any(|own| route.path.starts_with(own));
            // Who asks there shows a client's secret, a token, or a form that was sealed for one browser.
            let sign_on = [
                "authorize",
                "sign-in",
                "consent",
                "token",
                "userinfo",
                "revoke",
                "introspect",
                "logout",
                "account",
                "callback/{provider}",
                "session",
            ];
            let named = named || sign_on.iter().any(|own| route.path == format!("/api/v1/oauth/{own}"));
            assert!(named, "{} {} is open to everybody", route.method, route.path);
        }
    }
}
