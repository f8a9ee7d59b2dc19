//! A client of the public API.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Somebody who asks.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    url: String,
    token: Option<String>,
    /// Who it is, and the last token that it got by proving so again.
    login: Option<Arc<Login>>,
    headers: Vec<(&'static str, String)>,
}

#[derive(Debug)]
struct Login {
    email: String,
    password: String,
    token: Mutex<Option<String>>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `application/json`, `application/problem+json`, ...
    pub content_type: String,
    /// All headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; null when it is no JSON.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The body, if the status is the expected one.
    ///
    /// # Errors
    /// With the whole answer.
    pub fn expect(self, status: u16) -> Result<Value> {
        anyhow::ensure!(self.status == status, "expected {status}, got {}: {}", self.status, self.body);
        Ok(self.body)
    }
}

impl Client {
    /// Somebody unknown.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // No answer is one that never came; one that came late on a busy machine is no fault.
            .timeout_global(Some(Duration::from_secs(240)))
            // A pooled connection may have been closed by a platform that was killed meanwhile.
            .max_idle_connections(0)
            .build();
        Self { agent: config.into(), url: url.into(), token: None, login: None, headers: Vec::new() }
    }

    /// The same, with an access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), login: None, ..self.clone() }
    }

    /// The same, as somebody who logs in again whenever a call asks who they are once more, or their token has ended.
    #[must_use]
    pub fn with_login(&self, token: &str, email: &str, password: &str) -> Self {
        let login = Login { email: email.into(), password: password.into(), token: Mutex::new(None) };
        Self { login: Some(Arc::new(login)), ..self.with_token(token) }
    }

    /// The access token that it sends.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        let newer = self.login.as_ref().and_then(|login| login.token.lock().ok()?.clone());
        newer.or_else(|| self.token.clone())
    }

    fn log_in_again(&self, login: &Login) -> Result<()> {
        let body = serde_json::json!({"email": login.email, "password": login.password}).to_string();
        let answer = self.send_once("POST", "/api/v1/auth/login", Some(&body), None)?.expect(200)?;
        let token = answer["access_token"].as_str().context("no token")?.to_owned();
        *login.token.lock().map_err(|_| anyhow::anyhow!("poisoned"))? = Some(token);
        Ok(())
    }

    /// The same, with one more header.
    #[must_use]
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name, value.into()));
        client
    }

    /// A key that no other call has.
    #[must_use]
    pub fn new_key() -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        format!("test-key-{}-{:010}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// Where the platform answers.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of a WebSocket, with a ticket that opens it once.
    ///
    /// # Errors
    /// When nobody answers, or with what was answered instead of a ticket.
    pub fn socket(&self, path: &str) -> Result<String> {
        let ticket = self.post("/api/v1/socket-tickets", &serde_json::json!({}))?.expect(201)?;
        Ok(format!("{}?ticket={}", self.socket_address(path), ticket["ticket"].as_str().context("no ticket")?))
    }

    /// The address of a WebSocket, with nothing that says who opens it.
    #[must_use]
    pub fn socket_address(&self, path: &str) -> String {
        format!("{}{path}", self.url.replacen("http", "ws", 1))
    }

    /// GET.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.send("GET", path, None, None)
    }

    /// Every item of a list, page by page; the path has a query.
    ///
    /// # Errors
    /// When nobody answers, or with what was answered instead.
    pub fn all(&self, path: &str) -> Result<Vec<Value>> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}{cursor}"))?.expect(200)?;
            found.extend(page["items"].as_array().context("not a list")?.iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(found),
            }
        }
    }

    /// POST with a key of its own.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send("POST", path, Some(&body.to_string()), Some(&Self::new_key()))
    }

    /// POST with this `Idempotency-Key`.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        self.send("POST", path, Some(&body.to_string()), Some(key))
    }

    /// PUT.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send("PUT", path, Some(&body.to_string()), None)
    }

    /// Any method with any body, JSON or not.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn send(&self, method: &str, path: &str, body: Option<&str>, key: Option<&str>) -> Result<Answer> {
        let answer = self.send_once(method, path, body, key)?;
        match &self.login {
            // A token lives for ten minutes, some tests longer.
            Some(login) if ["step_up_required", "unauthenticated"].iter().any(|code| answer.body["code"] == *code) => {
                self.log_in_again(login)?;
                self.send_once(method, path, body, key)
            }
            _ => Ok(answer),
        }
    }

    fn send_once(&self, method: &str, path: &str, body: Option<&str>, key: Option<&str>) -> Result<Answer> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = self.token() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if body.is_some() && !self.headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(())?;
        let run = || match body {
            Some(body) => self.agent.run(request.clone().map(|()| body.as_bytes().to_vec())),
            None => self.agent.run(request.clone()),
        };
        let mut answer = run();
        // A server that had no time for a line for some seconds closes it without a word (KJ's `headerTimeout`): on a busy machine, two
        // hundred at once see that. What may be done twice, or is done once by its key, is asked once more, as apps do.
        let again = method == "GET" || key.is_some();
        if again && matches!(&answer, Err(ureq::Error::Io(error)) if error.kind() == ErrorKind::UnexpectedEof) {
            answer = run();
        }
        let mut response = answer.with_context(|| format!("{method} {path}"))?;
        let content_type =
            response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let headers = response.headers().iter();
        let headers =
            headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect();
        // A file is no text: what of it is none is replaced.
        let text = String::from_utf8_lossy(&response.body_mut().read_to_vec()?).into_owned();
        Ok(Answer {
            status: response.status().as_u16(),
            content_type,
            headers,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        })
    }
}
