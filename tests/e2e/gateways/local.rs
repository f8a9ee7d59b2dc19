//! localstripe as the peer: another's program that answers as Stripe does, and signs its notices to the platform.

use super::fake::SECRET;
use kirana_tests::Client;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// localstripe, until it is dropped.
pub struct LocalStripe {
    child: Child,
    pub url: String,
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl LocalStripe {
    /// None where its Python was not set up: `cargo xtask test` does that.
    pub fn start() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let python = root.join(".tools/gateways/bin/python");
        if !python.is_file() {
            eprintln!("passed over: {} is not there; `cargo xtask test` sets it up", python.display());
            return None;
        }
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut command = Command::new(python);
        command.args(["tests/gateways/local_stripe.py", &port.to_string()]).current_dir(root);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
        Some(Self { child, url: format!("http://127.0.0.1:{port}") })
    }

    /// From now on its notices go to this platform.
    pub fn tell(&self, platform: &str) {
        let config = serde_json::json!({"url": format!("{platform}/api/v1/webhooks/stripe"), "secret": SECRET});
        Client::new(&self.url).post("/_config/webhooks/kirana", &config).unwrap();
    }

    /// A form, as the customer's browser sends it to Stripe and never to us.
    pub fn form(&self, path: &str, form: &str) -> serde_json::Value {
        let browser = Client::new(&self.url)
            .with_header("content-type", "application/x-www-form-urlencoded")
            .with_header("authorization", "Bearer sk_test_of_the_tests");
        browser.send("POST", path, Some(form), None).unwrap().expect(200).unwrap()
    }
}
