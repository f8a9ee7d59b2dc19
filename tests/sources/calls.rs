//! Where the platform calls out to, and how it asks its databases.

use super::shipped;

/// Every source that calls an address in the world, and whose address it is. Whoever adds one says so here, asks
/// `kirana_edge::outbound` where somebody else says where, and writes it into `docs/security.md`.
const CALLS: &[(&str, &str)] = &[
    ("durable-objects/sandbox-gateway/src/lib.rs", "PUBLIC_URL: the deployment's own"),
    ("workers/gateway/src/spans.rs", "OTLP_ENDPOINT: the deployer's collector"),
    ("workers/identity/src/api/leaked.rs", "LEAKED_PASSWORDS: the service that the deployer chose"),
    ("workers/notifications/src/post.rs", "LETTER_CHANNEL, TEXT_CHANNEL: the providers that the deployer chose"),
    ("workers/payments/src/gateways/client.rs", "GATEWAYS: the gateways that the deployer has accounts with"),
    ("workers/sso/src/api/social/remote.rs", "SOCIAL_PROVIDERS, and where their metadata leads"),
];

/// What is put into statements beside constants, and what it is: texts of the source, never what somebody sent.
const PUT_IN: &[(&str, &str, &str)] = &[
    ("crates/store-core/src/stock/batches.rs", "columns", "the columns of a kind of movement"),
    ("crates/store-core/src/stock/batches.rs", "held", "whether what is held moves as well"),
    ("crates/store-core/src/stock/offline.rs", "order", "one of two orders"),
    ("crates/store-core/src/stock/standing.rs", "from", "one of two lists"),
    ("crates/store-core/src/stock/standing.rs", "layers", "one of two columns"),
];

#[test]
fn the_platform_calls_out_from_known_places_and_follows_no_redirect() {
    let sources = shipped();
    let calling: Vec<_> = sources.iter().filter(|(_, code)| code.contains("Fetch::")).collect();
    let paths: Vec<_> = calling.iter().map(|(path, _)| path.as_str()).collect();
    let mut known: Vec<_> = CALLS.iter().map(|(path, _)| *path).collect();
    known.sort_unstable();
    let mut found = paths.clone();
    found.sort_unstable();
    assert_eq!(found, known, "see CALLS");
    for (path, code) in calling {
        let (calls, manual) = (code.matches("Fetch::").count(), code.matches("RequestRedirect::Manual").count());
        assert_eq!((calls, manual), (1, 1), "{path}: each call says where it may be led: nowhere");
    }
}

#[test]
fn no_statement_is_put_together_from_what_somebody_sent() {
    let mut found = Vec::new();
    for (path, code) in shipped() {
        for literal in formats(&code).filter(|literal| is_sql(literal)) {
            let named = literal.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            found.extend(named.filter(|name| !is_constant(name)).map(|name| (path.clone(), name.to_owned())));
        }
    }
    found.sort();
    found.dedup();
    let known: Vec<_> = PUT_IN.iter().map(|(path, name, _)| ((*path).to_owned(), (*name).to_owned())).collect();
    assert_eq!(found, known, "bind what somebody sent with ?1, ?2, …; or see PUT_IN");
    for code in ["format!(\"SELECT a FROM b WHERE c = '{given}'\")", "&format!(\n    \"{BATCH} ORDER BY {given}\")"] {
        assert!(formats(code).any(is_sql), "{code}");
    }
}

/// The texts of a source's `format!`.
fn formats(code: &str) -> impl Iterator<Item = &str> {
    code.split("format!(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
}

fn is_sql(literal: &str) -> bool {
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", " WHERE ", " ORDER BY ", " VALUES ", " SET "];
    verbs.iter().any(|verb| literal.contains(verb))
}

fn is_constant(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') && name.len() > 1
}
