//! Speaking to the other workers and to Durable Objects: JSON over their bindings, with the caller's principal.

use crate::principal::{self, Principal};
use crate::{Problem, Result};
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
}

enum Target {
    Service(&'static str),
    Object { binding: &'static str, name: String },
}

/// The worker behind a service binding, such as `CATALOG`.
#[must_use]
pub fn service<'a>(env: &'a Env, binding: &'static str, principal: &Principal) -> Callee<'a> {
    Callee { env, target: Target::Service(binding), principal: principal.clone(), request_id: None, key: None }
}

/// A Durable Object by its name, such as `store-17` of `STORE_STATE`.
#[must_use]
pub fn object<'a>(env: &'a Env, binding: &'static str, name: String, principal: &Principal) -> Callee<'a> {
    Callee { env, target: Target::Object { binding, name }, principal: principal.clone(), request_id: None, key: None }
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
        let target = match &self.target {
            Target::Service(binding) => Target::Service(binding),
            Target::Object { binding, name } => Target::Object { binding, name: name.clone() },
        };
        let (principal, request_id) = (self.principal.clone(), self.request_id.clone());
        Self { env: self.env, target, principal, request_id, key: Some(key.into()) }
    }

    /// GET of a path.
    ///
    /// # Errors
    /// The problem that the other side answered, or 500.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.send(Method::Get, path, None).await
    }

    /// POST of a body to a path.
    ///
    /// # Errors
    /// As [`Callee::get`].
    pub async fn post<B: Serialize + ?Sized, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T> {
        self.send(Method::Post, path, Some(serde_json::to_string(body)?)).await
    }

    async fn send<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<String>) -> Result<T> {
        let headers = Headers::new();
        if body.is_some() {
            headers.set("content-type", "application/json")?;
        }
        let mut init = RequestInit::new();
        init.with_method(method).with_headers(headers).with_body(body.map(Into::into));
        let mut response = self.fetch(Request::new_with_init(&format!("https://kirana{path}"), &init)?).await?;
        let text = response.text().await?;
        if response.status_code() >= 400 {
            return Err(serde_json::from_str::<Problem>(&text).unwrap_or_else(|_| {
                Problem::internal(format!("{path} answered {} without a problem document", response.status_code()))
            }));
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// Passes a request on, such as a WebSocket upgrade; answers what the other side answers.
    ///
    /// # Errors
    /// 500 when the other side cannot be reached.
    pub async fn fetch(&self, request: Request) -> Result<Response> {
        let mut request = request;
        let headers = request.headers_mut()?;
        headers.set(principal::HEADER, &self.principal.sign(self.env)?)?;
        if let Some(request_id) = &self.request_id {
            headers.set("x-request-id", request_id)?;
        }
        if let Some(key) = &self.key {
            headers.set("idempotency-key", key)?;
        }
        match &self.target {
            Target::Service(binding) => {
                let answer = self.env.service(binding)?.fetch_request(request).await?;
                Ok(Response::try_from(answer)?)
            }
            Target::Object { binding, name } => {
                let stub = self.env.durable_object(binding)?.get_by_name(name)?;
                Ok(stub.fetch_with_request(request).await?)
            }
        }
    }
}
