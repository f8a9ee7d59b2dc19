//! A payment provider without an account, for the local demo and tests. **It moves no money.**
//!
//! It behaves as a real one does: a request is accepted at once and settled later; what became of it comes as a signed
//! webhook over HTTP to the platform's public address, again and again until it is answered 2xx; the same reference twice is
//! one charge. Tokens decide: `tok_success` succeeds, `tok_declined` is refused, `tok_challenge` succeeds after the customer's bank
//! has asked them for ten seconds, of which it tells meanwhile, `tok_silent` never answers.
//!
//! The one object, `sandbox`, keeps charges and the webhooks it owes. Calls: `POST /charges`, `POST /refunds`.

#![allow(missing_docs)] // #[durable_object] makes items that have none

use hmac::{Hmac, Mac};
use kirana_edge::{Problem, clock, parse_json, principal, wire};
use kirana_kernel::{Id, Money};
use kirana_sql::{Object, Sql, values};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use std::time::Duration;
use worker::{
    DurableObject, Env, Headers, Method, Request, RequestInit, RequestRedirect, Response, Result, State,
    durable_object, event,
};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS requests (reference TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notices (id TEXT PRIMARY KEY, body TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// The provider.
#[durable_object]
pub struct SandboxGateway {
    state: State,
    env: Env,
    sql: Object,
}

// SAFETY of unwinding: what a panic interrupts was either written or not.
impl std::panic::RefUnwindSafe for SandboxGateway {}

#[derive(Deserialize)]
struct Charge {
    reference: Id,
    amount: Money,
    token: String,
}

#[derive(Deserialize)]
struct Refund {
    reference: Id,
    amount: Money,
}

#[derive(Deserialize)]
struct Notice {
    id: String,
    body: String,
    attempts: u32,
}

/// What will be said of a request: after so many seconds, what, and why.
type Notices = &'static [(u64, &'static str, Option<&'static str>)];

/// What a token brings about.
fn notices(token: &str) -> Notices {
    match token {
        "tok_success" => &[(0, "charge.succeeded", None)],
        "tok_silent" => &[],
        "tok_challenge" => &[
            (0, "charge.pending", None),
            (4, "charge.pending", None),
            (8, "charge.pending", None),
            (10, "charge.succeeded", None),
        ],
        "tok_declined" => &[(0, "charge.failed", Some("the card was declined"))],
        _ => &[(0, "charge.failed", Some("the sandbox knows tok_success, tok_declined, tok_challenge and tok_silent"))],
    }
}

impl DurableObject for SandboxGateway {
    fn new(state: State, env: Env) -> Self {
        let sql = Object::new(state.storage());
        if let Err(error) = sql.run(SCHEMA, values![]) {
            kirana_edge::log::error("the sandbox has no tables", &[("error", &error.to_string())]);
        }
        Self { state, env, sql }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match self.answer(request).await {
            Ok(response) => Ok(response),
            Err(problem) => problem.into_worker_response(),
        }
    }

    /// Sends the webhooks that are due. Never fails; what was not answered is due again.
    async fn alarm(&self) -> Result<Response> {
        if let Err(problem) = self.send_due().await {
            kirana_edge::log::error("the sandbox could not send", &[("problem", &problem.to_string())]);
        }
        self.set_alarm().await?;
        Response::ok("done")
    }
}

impl SandboxGateway {
    async fn answer(&self, mut request: Request) -> kirana_edge::Result<Response> {
        principal::verify_value(request.headers().get(principal::HEADER)?.as_deref(), &self.env)?.require_service()?;
        let body = request.bytes().await?;
        let (reference, amount, notices) = match request.path().as_str() {
            "/charges" => {
                let charge: Charge = parse_json(&body)?;
                (charge.reference, charge.amount, notices(&charge.token))
            }
            "/refunds" => {
                let refund: Refund = parse_json(&body)?;
                let done: Notices = &[(0, "refund.succeeded", None)];
                (refund.reference, refund.amount, done)
            }
            _ => return Err(Problem::not_found("the sandbox has no such call")),
        };
        let id = self.accept(reference, amount, notices)?;
        self.set_alarm().await?;
        Ok(Response::from_json(&json!({"id": id, "status": "processing"}))?)
    }

    /// Accepts a request once, and owes its notices.
    fn accept(&self, reference: Id, amount: Money, notices: Notices) -> kirana_edge::Result<String> {
        #[derive(Deserialize)]
        struct Row {
            id: String,
        }
        let known: Option<Row> = self
            .sql
            .first("SELECT id FROM requests WHERE reference = ?1", values![reference.to_string()])
            .map_err(Problem::internal)?;
        if let Some(known) = known {
            return Ok(known.id);
        }
        let id = format!("sandbox_{}", clock::new_id());
        let done: std::result::Result<(), kirana_sql::SqlError> = self.sql.transaction(|| {
            self.sql.run(
                "INSERT INTO requests (reference, id) VALUES (?1, ?2)",
                values![reference.to_string(), id.as_str()],
            )?;
            for (seconds, kind, reason) in notices {
                let notice = format!("notice_{}", clock::new_id());
                let due = clock::now() + Duration::from_secs(*seconds);
                let body =
                    json!({"id": notice, "type": kind, "reference": reference, "amount": amount, "reason": reason});
                self.sql.run(
                    "INSERT INTO notices (id, body, attempts, due) VALUES (?1, ?2, 0, ?3)",
                    values![notice.as_str(), body.to_string(), due.millis()],
                )?;
            }
            Ok(())
        });
        done.map_err(Problem::internal)?;
        Ok(id)
    }

    async fn send_due(&self) -> kirana_edge::Result<()> {
        let due: Vec<Notice> = self
            .sql
            .query(
                "SELECT id, body, attempts FROM notices WHERE due <= ?1 ORDER BY due LIMIT 50",
                values![clock::now().millis()],
            )
            .map_err(Problem::internal)?;
        for notice in due {
            let answered = self.send(&notice).await.unwrap_or(false);
            let done = if answered {
                self.sql.run("DELETE FROM notices WHERE id = ?1", values![notice.id.as_str()])
            } else {
                let later = clock::now() + Duration::from_secs(1 << notice.attempts.min(8));
                self.sql.run(
                    "UPDATE notices SET attempts = attempts + 1, due = ?2 WHERE id = ?1",
                    values![notice.id.as_str(), later.millis()],
                )
            };
            done.map_err(Problem::internal)?;
        }
        Ok(())
    }

    async fn send(&self, notice: &Notice) -> kirana_edge::Result<bool> {
        let url = format!("{}/api/v1/webhooks/sandbox", self.env.var("PUBLIC_URL")?.to_string().trim_end_matches('/'));
        let secret = self.env.secret("SANDBOX_WEBHOOK_SECRET")?.to_string();
        let time = clock::now().seconds();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(Problem::internal)?;
        mac.update(format!("{time}.{}", notice.body).as_bytes());
        let headers = Headers::new();
        headers.set("content-type", "application/json")?;
        headers.set("webhook-signature", &format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes())))?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_headers(headers).with_body(Some(notice.body.as_str().into()));
        init.with_redirect(RequestRedirect::Manual);
        let response = worker::Fetch::Request(Request::new_with_init(&url, &init)?).send().await?;
        // Read to its end: an answer that nobody reads keeps one of the six connections that a request may have.
        wire::bytes(&response).await?;
        Ok((200..300).contains(&response.status_code()))
    }

    async fn set_alarm(&self) -> Result<()> {
        #[derive(Deserialize)]
        struct Row {
            due: Option<i64>,
        }
        let next: Option<Row> = self
            .sql
            .first("SELECT MIN(due) AS due FROM notices", values![])
            .map_err(|error| worker::Error::RustError(error.to_string()))?;
        if let Some(due) = next.and_then(|row| row.due) {
            let delay = u64::try_from(due - clock::now().millis()).unwrap_or(0).max(1);
            self.state.storage().set_alarm(Duration::from_millis(delay)).await?;
        }
        Ok(())
    }
}

/// The script itself answers nothing but its health: its object is reached by binding.
///
/// # Errors
/// When the runtime refuses to make a response.
#[event(fetch)]
pub async fn fetch(_request: Request, _env: Env, _ctx: worker::Context) -> Result<Response> {
    Response::ok("ok")
}
