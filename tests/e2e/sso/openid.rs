//! A real client, `openid-client` of npm, signs somebody in: tests/openid/client.mjs.

use super::{Tool, account};
use crate::{shared, wanted};
use std::path::Path;
use std::process::Command;

/// Runs a program of tests/openid with what it needs to know.
pub fn run(program: &str, vars: &[(&str, &str)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let node = std::env::var_os("KIRANA_NODE").unwrap();
    let done =
        Command::new(node).arg(root.join("tests/openid").join(program)).envs(vars.iter().copied()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{program}:\n{said}");
    eprintln!("{said}");
}

#[test]
fn a_real_client_signs_somebody_in() {
    if !wanted() {
        return;
    }
    for client_type in ["confidential", "public"] {
        let tool = Tool::new(client_type, "openid profile email stores");
        let email = account("real", &["manager"]);
        let vars = [
            ("ISSUER", shared().nobody.url()),
            ("CLIENT_ID", &tool.id),
            ("CLIENT_SECRET", tool.secret.as_deref().unwrap_or_default()),
            ("EMAIL", &email),
            ("PASSWORD", super::PASSWORD),
            ("STORE", &shared().store),
        ];
        run("client.mjs", &vars);
    }
}
