//! Speaking to the other workers and to Durable Objects: JSON over their bindings, with the caller's principal.
//!
//! A call that broke on its way is tried once more if it may be done twice ([`outage`](crate::outage)): one that reads, one
//! with an idempotency key, one that was said to be [`Callee::repeatable`]. Each try speaks through a stub of its own, as one
//! that has failed stays broken. What is not answered then is a 503 that says so.

use crate::principal::{self, Principal};
use crate::{Problem, Result, outage, wire};
use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Env, Headers, Method, Request, RequestInit, Response};

/// Somebody to speak to on behalf of a principal.
pub struct Callee<'a> {
    env: &'a Env,
    target: Target,
    principal: Principal,
    request_id: Option<String>,
    key: Option<String>,
    repeatable: bool,
}

#[derive(Clone)]
enum Target {
    Service(&'static str),
    Object { binding: &'static str, name: String },
}

/// The worker behind a service binding, such as `CATALOG`.
#[must_use]
pub fn service<'a>(env: &'a Env, binding: &'static str, principal: &Principal) -> Callee<'a> {
    callee(env, Target::Service(binding), principal)
}

/// A Durable Object by its name, such as `store-17` of `STORE_STATE`.
#[must_use]
pub fn object<'a>(env: &'a Env, binding: &'static str, name: String, principal: &Principal) -> Callee<'a> {
    callee(env, Target::Object { binding, name }, principal)
}

fn callee<'a>(env: &'a Env, target: Target, principal: &Principal) -> Callee<'a> {
    Callee { env, target, principal: principal.clone(), request_id: None, key: None, repeatable: false }
}

impl Callee<'_> {
    /// The same, as part of this request.
    #[must_use]
    pub fn during(mut self, request_id: &str) -> Self {
        self.request_id = Some(request_id.into());
        self
    }

    /// The same, to happen once for this `Idempotency-Key`.
    #[must_use]
    pub fn keyed(mut self, key: Option<&str>) -> Self {
        self.key = key.map(str::to_owned);
        self
    }

    /// The same, to happen once for a key of the caller's own making.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        let (target, principal, request_id) = (self.target.clone(), self.principal.clone(), self.request_id.clone());
        Self { env: self.env, target, principal, request_id, key: Some(key.into()), repeatable: self.repeatable }
    }

    /// The same, for what may be done twice: the other side knows it by something in the body.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// GET of a path.
    ///
    /// # Errors
    /// The problem that the other side answered, 503 when it did not answer, or 500.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        read(&self.exchange(Method::Get, path, None).await?)
    }

    /// POST of a body to a path.
    ///
    /// # Errors
    /// As [`Callee::get`].
    pub async fn post<B: Serialize + ?Sized, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T> {
        let body = serde_json::to_string(body)?;
        read(&self.exchange(Method::Post, path, Some(body)).await?)
    }

    /// PUT of a body to a path.
    ///
    /// # Errors
    /// As [`Callee::get`].
    pub async fn put<B: Serialize + ?Sized, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T> {
        let body = serde_json::to_string(body)?;
        read(&self.exchange(Method::Put, path, Some(body)).await?)
    }

    /// The answer as it came. Not generic: what is read of it is the only thing that differs, and all of this for each kind of
    /// answer was a tenth of a script.
    async fn exchange(&self, method: Method, path: &str, body: Option<String>) -> Result<String> {
        let repeatable = self.repeatable || self.key.is_some() || method == Method::Get;
        let asked = outage::persist(repeatable, async || {
            let response = self.pass(request(&method, path, body.as_deref())?).await?;
            Ok((response.status_code(), wire::text(&response).await?))
        });
        let (status, text) = asked.await?;
        if status >= 400 {
            return Err(serde_json::from_str::<Problem>(&text).unwrap_or_else(|_| {
                Problem::internal(format!("{path} answered {status} without a problem document"))
            }));
        }
        Ok(text)
    }

    /// Passes a request on, such as a WebSocket upgrade; answers what the other side answers.
    ///
    /// # Errors
    /// 500 when the other side cannot be reached, 503 when the line to it broke.
    pub async fn fetch(&self, request: Request) -> Result<Response> {
        Ok(self.pass(request).await?)
    }

    async fn pass(&self, mut request: Request) -> worker::Result<Response> {
        let principal = self.principal.sign(self.env).map_err(|problem| worker::Error::from(problem.to_string()))?;
        let headers = request.headers_mut()?;
        headers.set(principal::HEADER, &principal)?;
        if let Some(request_id) = &self.request_id {
            headers.set("x-request-id", request_id)?;
        }
        if let Some(key) = &self.key {
            headers.set("idempotency-key", key)?;
        }
        match &self.target {
            Target::Service(binding) => wire::ask(self.env, binding, &request).await,
            Target::Object { binding, name } => {
                let stub = self.env.durable_object(binding)?.get_by_name(name)?;
                stub.fetch_with_request(request).await
            }
        }
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    Ok(serde_json::from_str(text)?)
}

fn request(method: &Method, path: &str, body: Option<&str>) -> worker::Result<Request> {
    let headers = Headers::new();
    if body.is_some() {
        headers.set("content-type", "application/json")?;
    }
    let mut init = RequestInit::new();
    init.with_method(method.clone()).with_headers(headers).with_body(body.map(Into::into));
    Request::new_with_init(&format!("https://kirana{path}"), &init)
}
