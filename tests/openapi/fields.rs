//! `docs/security/fields.md`: which fields who may send, and who gets to see (ASVS 8.1.2), from the gateway's table of routes and the
//! annotations of the handlers. A field that stands in no body is nobody's to set: unknown ones are refused.

use super::document;
use gateway::policy::{Access, Route, Scope};
use gateway::routes::ROUTES;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "# Fields\n\n\
Who may send which fields, and who gets to see them: by the gateway's table, and then by the worker, which knows whose a thing is. \
`own` is one's own, `stores` what is of a store that one works in or whose franchise is one's own. What is in no body is nobody's to \
set: unknown fields are refused. Written by `cargo xtask openapi` from routes and handlers; a test holds it to them.\n\n\
| what | fields | sent by | seen by |\n| --- | --- | --- | --- |\n";

/// Who sends a thing, and who sees it.
#[derive(Default)]
struct Use {
    sent: BTreeSet<String>,
    seen: BTreeSet<String>,
}

fn people(route: &Route) -> Vec<String> {
    let whose = match route.scope {
        Scope::Everyone | Scope::Chain => "",
        Scope::Own => " (own)",
        Scope::Store => " (stores)",
    };
    let names = match route.access {
        Access::Public | Access::Guest => vec!["everybody"],
        Access::SignedIn => vec!["whoever is signed in"],
        Access::Roles(roles) => roles.iter().map(|role| role.name()).collect(),
    };
    names.into_iter().map(|name| format!("{name}{whose}")).collect()
}

/// The components that a schema leads to.
fn reach(api: &Value, schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(parts) => {
            if let Some(name) = parts.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next())
                && found.insert(name.to_owned())
            {
                reach(api, &api["components"]["schemas"][name], found);
            }
            parts.values().for_each(|part| reach(api, part, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| reach(api, part, found)),
        _ => {}
    }
}

/// The names of a thing's own fields.
fn fields(schema: &Value) -> BTreeSet<&str> {
    let own = schema["properties"].as_object().into_iter().flat_map(|own| own.keys().map(String::as_str));
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|kind| schema[kind].as_array()).flatten();
    own.chain(parts.flat_map(fields)).collect()
}

fn listed(people: &BTreeSet<String>) -> String {
    match people.contains("everybody") {
        true => "everybody".to_owned(),
        false if people.is_empty() => "nobody".to_owned(),
        false => people.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
    }
}

fn table(api: &Value) -> String {
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    for route in ROUTES {
        let operation = &api["paths"][route.path][route.method.to_lowercase()];
        let (mut sent, mut seen) = (BTreeSet::new(), BTreeSet::new());
        reach(api, &operation["requestBody"], &mut sent);
        let answers = operation["responses"].as_object().into_iter().flatten();
        answers.filter(|(status, _)| status.as_str() < "400").for_each(|(_, answer)| reach(api, answer, &mut seen));
        for name in sent {
            uses.entry(name).or_default().sent.extend(people(route));
        }
        for name in seen {
            uses.entry(name).or_default().seen.extend(people(route));
        }
    }
    let mut text = HEAD.to_owned();
    for (name, used) in uses {
        let fields: Vec<_> = fields(&api["components"]["schemas"][&name]).into_iter().collect();
        if !fields.is_empty() {
            let (sent, seen) = (listed(&used.sent), listed(&used.seen));
            writeln!(text, "| {name} | {} | {sent} | {seen} |", fields.join(", ")).unwrap();
        }
    }
    text
}

/// `cargo xtask openapi` writes it.
#[test]
fn which_fields_are_whose_is_written_down() {
    let (said, path) = (table(&document()), Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/security/fields.md"));
    if std::env::var_os("KIRANA_BLESS").is_some() {
        std::fs::write(&path, &said).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == said, "docs/security/fields.md is old: run `cargo xtask openapi`");
    let row = |begin: &str| said.lines().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("no {begin}"));
    assert!(
        row("| Rights | franchisee_id, roles, stores |").ends_with("| admin | nobody |"),
        "rights are an admin's to give"
    );
    assert!(row("| Registration |").contains("| everybody |") && !row("| Registration |").contains("roles"));
}
