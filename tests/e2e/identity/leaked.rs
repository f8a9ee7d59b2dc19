//! Passwords that were leaked elsewhere, and the service that knows them: a stand-in, which answers as Pwned Passwords does.

use super::{PASSWORD, client, new_email};
use crate::{shared, wanted};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

/// A password that was leaked, how its SHA-1 digest begins, and how it goes on.
const LEAKED: (&str, &str, &str) = ("leaked from elsewhere", "5D5C5", "D96AC6EB6424B4FCA8A9646F6E6E6AEB0B5");

/// A password about which the service breaks off.
const BROKEN: (&str, &str) = ("nobody knows whether", "9D7D7");

/// The service, until this process ends; answers where it is. Each range but that of [`LEAKED`] has padding in it only.
pub fn service() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/range/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                let mut head = Vec::new();
                for line in stream.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                    head.push(line.to_ascii_lowercase());
                }
                let said =
                    head.first().and_then(|line| line.split(' ').nth(1)?.strip_prefix("/range/")).unwrap_or_default();
                if said == BROKEN.1.to_ascii_lowercase() || !head.contains(&"add-padding: true".to_owned()) {
                    return;
                }
                let mut range = format!("{}:0\r\n{}:0\r\n", "0".repeat(35), LEAKED.2);
                if said == LEAKED.1.to_ascii_lowercase() {
                    range = format!("{}:0\r\n{}:2\r\n{}:1", "0".repeat(35), LEAKED.2, "F".repeat(35));
                }
                let answer =
                    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{range}", range.len());
                // Who goes away in the middle is no matter.
                let _ = stream.get_mut().write_all(answer.as_bytes());
            });
        }
    });
    url
}

#[test]
fn no_leaked_password_is_taken() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let register = |email: &str, password: &str| {
        nobody.post("/api/v1/auth/register", &json!({"email": email, "password": password, "name": "Mali"})).unwrap()
    };
    let refused = register(&new_email("leaked"), LEAKED.0).expect(422).unwrap();
    assert_eq!((&refused["code"], &refused["errors"][0]["path"]), (&json!("invalid_body"), &json!("password")));
    // Another with nearly that digest is taken, and so is one about which nobody answers.
    let session = register(&new_email("unleaked"), PASSWORD).expect(201).unwrap();
    register(&new_email("unanswered"), BROKEN.0).expect(201).unwrap();
    let change = json!({"current_password": PASSWORD, "new_password": LEAKED.0});
    let refused = client(&session).post("/api/v1/auth/change-password", &change).unwrap().expect(422).unwrap();
    assert_eq!(refused["errors"][0]["path"], "new_password");
}
