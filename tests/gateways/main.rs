//! Gateways of payments, held against what others wrote (S9): the providers' own SDKs under Node ask the same and sign the same, and
//! localstripe and a Swish client, both in Python, are spoken with. What was checked with what stands in docs/gateways.md.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod local_stripe;
mod sdk;
mod signatures;
mod swish_client;

use kirana_gateways::{Gateway, Known, Request};
use kirana_kernel::{Id, Money};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What both sides ask for.
fn given() -> BTreeMap<String, String> {
    serde_json::from_str(include_str!("calls.json")).unwrap()
}

fn id(name: &str) -> Id {
    given()[name].parse().unwrap()
}

fn money(amount: i64, currency: &str) -> Money {
    Money::new(amount, currency.parse().unwrap())
}

fn known(reference: &str, transaction: &str) -> Known {
    let text = |id: &str| Some(id.to_owned()).filter(|id| !id.is_empty());
    Known { payment: id("payment"), reference: text(reference), transaction: text(transaction) }
}

fn gateway(config: Value) -> Gateway {
    let gateway: Gateway = serde_json::from_value(config).unwrap();
    gateway.check().unwrap();
    gateway
}

fn stripe(base: &str) -> Gateway {
    gateway(json!({"gateway": "stripe", "base": base, "secret_key": given()["secret_key"], "live": false,
        "webhook_secrets": ["a new secret", "an old secret"]}))
}

/// Runs a program and reads the JSON that it says.
fn said(command: &mut Command) -> Value {
    let done = command.current_dir(root()).output().unwrap();
    let error = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}:\n{error}");
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{command:?} said no JSON:\n{error}"))
}

/// A script of this folder under Node; none where it was not told which Node.
fn node(script: &str, arguments: &[&str]) -> Option<Value> {
    let Some(node) = std::env::var_os("KIRANA_NODE") else {
        eprintln!("passed over: KIRANA_NODE names no Node; run `cargo xtask test`");
        return None;
    };
    Some(said(Command::new(node).arg(format!("tests/gateways/{script}")).args(arguments)))
}

/// The Python that has localstripe and a Swish client; none where it was not set up.
fn python() -> Option<PathBuf> {
    let python = root().join(".tools/gateways/bin/python");
    let there = python.is_file();
    if !there {
        eprintln!("passed over: {} is not there; `cargo xtask test` sets it up", python.display());
    }
    there.then_some(python)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
}
