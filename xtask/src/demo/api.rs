//! A client of the platform's public API, as a person behind a keyboard has one.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long one call may take; a load of a whole menu takes a second.
const DEADLINE: Duration = Duration::from_secs(60);

/// Somebody at one platform: nobody known until [`Api::login`].
pub struct Api {
    url: String,
    agent: ureq::Agent,
    token: Mutex<Option<String>>,
    login: Option<(String, String)>,
}

/// What was answered.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; null when there is none.
    pub body: Value,
}

impl Answer {
    /// Was it done?
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The problem's code; empty when there is none.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.body["detail"].as_str() {
            Some(detail) => {
                write!(formatter, "{} {}: {detail}", self.status, self.code())?;
                let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
                errors.iter().take(5).try_for_each(|error| {
                    let (path, message) = (error["path"].as_str(), error["message"].as_str());
                    write!(formatter, "\n  {}: {}", path.unwrap_or_default(), message.unwrap_or_default())
                })
            }
            None => write!(formatter, "{} {}", self.status, self.body),
        }
    }
}

impl Api {
    /// Somebody unknown at the platform at `url`.
    pub fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(DEADLINE));
        let agent = config.max_idle_connections_per_host(16).build().into();
        Self { url: url.trim_end_matches('/').into(), agent, token: Mutex::new(None), login: None }
    }

    /// Logs in; does it again by itself whenever the access token has ended.
    pub fn login(&mut self, email: &str, password: &str) -> Result<()> {
        self.login = Some((email.into(), password.into()));
        self.renew()
    }

    fn renew(&self) -> Result<()> {
        let (email, password) = self.login.as_ref().context("nobody to log in as")?;
        let body = json!({"email": email, "password": password});
        let answer = self.send("POST", "/api/v1/auth/login", Some(&body), None, None)?;
        let token = answer.body["access_token"].as_str().map(str::to_owned);
        let token = token.with_context(|| format!("{email} could not log in: {answer}"))?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Ok(())
    }

    /// The access token, if somebody is logged in.
    pub fn token(&self) -> Option<String> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One call, with an `Idempotency-Key` if one is given.
    ///
    /// # Errors
    /// When nothing was answered; what was answered, a problem too, is the caller's to judge.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>, key: Option<&str>) -> Result<Answer> {
        let answer = self.send(method, path, body, key, self.token().as_deref())?;
        if answer.status == 401 && self.login.is_some() {
            self.renew()?;
            return self.send(method, path, body, key, self.token().as_deref());
        }
        Ok(answer)
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
        token: Option<&str>,
    ) -> Result<Answer> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = match body {
            Some(body) => {
                let request = request.header("content-type", "application/json").body(serde_json::to_vec(body)?)?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(())?),
        };
        let mut response = response.with_context(|| format!("{method} {path} was not answered"))?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().with_context(|| format!("{method} {path} broke off"))?;
        let body = serde_json::from_str(&text).unwrap_or(if text.is_empty() { Value::Null } else { json!(text) });
        Ok(Answer { status, body })
    }

    fn must(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let answer = self.call(method, path, body, None)?;
        if answer.ok() { Ok(answer.body) } else { bail!("{method} {path}: {answer}") }
    }

    /// GET that must succeed.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.must("GET", path, None)
    }

    /// POST that must succeed.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.must("POST", path, Some(body))
    }

    /// PUT that must succeed.
    pub fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.must("PUT", path, Some(body))
    }
}

/// The id of what was answered.
pub fn id_of(answer: &Value) -> Result<String> {
    answer["id"].as_str().map(str::to_owned).with_context(|| format!("there is no id in {answer}"))
}
