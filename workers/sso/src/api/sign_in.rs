//! The forms of signing in: address and password, then a second factor where somebody has one. Identity looks at them.

use crate::api::authorize_steps::{Visit, Who, ask, asker, proceed};
use crate::api::form::Form;
use crate::api::identity::{self, Session};
use crate::api::page::{SIGNED_IN_SECONDS, Visitor, signed_in_cookie};
use crate::api::pages;
use crate::api::ticket::Stage;
use crate::db::browsers::{self, SignedIn};
use crate::rules::authorize::Request;
use crate::rules::client::Client;
use crate::rules::fault::fault;
use crate::rules::params::Params;
use crate::rules::secret::{self, Kind};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kirana_edge::access_token::Method;
use kirana_edge::db::Db;
use kirana_edge::{Problem, RequestId, Result, clock};
use std::time::Duration;
use worker::Env;

/// A page's form comes back.
///
/// # Errors
/// 400 `invalid_ticket` for a form that was not shown in this browser within the last ten minutes, 415 for what is no form.
#[utoipa::path(post, path = "/api/v1/oauth/sign-in", tag = "sso",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The form of a page"),
    responses((status = 200, description = "The next page", body = String, content_type = "text/html"), (status = 303, description = "To the client"), (status = 400, body = Problem), (status = 415, body = Problem)))]
#[worker::send]
pub async fn sign_in(
    State(env): State<Env>,
    visitor: Visitor,
    request_id: RequestId,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::new(&env, visitor, request_id);
    let Some((ticket, client)) = visit.ticket(form.get("ticket")).await? else { return visit.stale() };
    let request = &ticket.request;
    match (ticket.stage, form.get("action")) {
        (Stage::Consent { .. }, _) => visit.stale(),
        (_, Some("cancel")) => {
            let denied = fault("access_denied", "the user did not sign in");
            visit.refuse(&request.redirect_uri, request.state.as_deref(), &denied)
        }
        (Stage::Password, _) => with_password(&mut visit, &client, request, &form).await,
        (Stage::Code { login_token, kinds }, action) => {
            let step = SecondStep { login_token, kinds, send: action == Some("send") };
            step.with_code(&mut visit, &client, request, &form).await
        }
    }
}

async fn with_password(visit: &mut Visit<'_>, client: &Client, request: &Request, form: &Params) -> Result<Response> {
    let (email, password) = (form.get("email").unwrap_or_default(), form.get("password").unwrap_or_default());
    match identity::sign_in(visit.env, &visit.request_id, email, password).await {
        Ok(session) => signed_in(visit, client, request, session, vec![Method::Pwd]).await,
        Err(problem) if problem.code == "second_factor_required" => {
            let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
            let login_token = problem.extensions.get("login_token").and_then(text).unwrap_or_default();
            let kinds = problem.extensions.get("kinds").and_then(|kinds| kinds.as_array());
            let kinds = kinds.into_iter().flatten().filter_map(text).collect();
            SecondStep { login_token, kinds, send: false }.show(visit, client, request, StatusCode::OK, None, None)
        }
        Err(problem) => {
            let says = in_words(problem)?;
            ask(visit, client, request, StatusCode::FORBIDDEN, email, Some(says))
        }
    }
}

struct SecondStep {
    login_token: String,
    kinds: Vec<String>,
    send: bool,
}

impl SecondStep {
    async fn with_code(
        self,
        visit: &mut Visit<'_>,
        client: &Client,
        request: &Request,
        form: &Params,
    ) -> Result<Response> {
        let kind = form.get("kind").filter(|kind| self.kinds.iter().any(|known| known == kind));
        let Some(kind) = kind else {
            let says = "Choose how you prove that it is you.";
            return self.show(visit, client, request, StatusCode::FORBIDDEN, None, Some(says));
        };
        if self.send {
            let sent = identity::send_code(visit.env, &visit.request_id, &self.login_token, kind).await;
            let says = match sent {
                Ok(()) => "A code is on its way to you.",
                Err(problem) => in_words(problem)?,
            };
            return self.show(visit, client, request, StatusCode::OK, Some(kind), Some(says));
        }
        let code = form.get("code").unwrap_or_default().trim();
        match identity::second_factor(visit.env, &visit.request_id, &self.login_token, kind, code).await {
            Ok(session) => {
                let method = match kind {
                    "mail" => Method::Mail,
                    "sms" => Method::Sms,
                    _ => Method::Otp,
                };
                signed_in(visit, client, request, session, vec![Method::Pwd, method]).await
            }
            // The first half is too old: begin again.
            Err(problem) if problem.code == "invalid_login_token" => {
                let says = in_words(problem)?;
                ask(visit, client, request, StatusCode::FORBIDDEN, "", Some(says))
            }
            Err(problem) => {
                let says = in_words(problem)?;
                self.show(visit, client, request, StatusCode::FORBIDDEN, Some(kind), Some(says))
            }
        }
    }

    fn show(
        self,
        visit: &mut Visit<'_>,
        client: &Client,
        request: &Request,
        status: StatusCode,
        chosen: Option<&str>,
        says: Option<&str>,
    ) -> Result<Response> {
        let chosen = chosen.or(self.kinds.first().map(String::as_str)).unwrap_or_default().to_owned();
        let ticket = visit.seal(request, Stage::Code { login_token: self.login_token, kinds: self.kinds.clone() })?;
        let html = pages::second_factor(asker(client, request), &ticket, &self.kinds, &chosen, says);
        visit.page(status, html, request)
    }
}

/// What identity refused, in words for who stands before the page; what is no refusal is passed on.
fn in_words(problem: Problem) -> Result<&'static str> {
    match problem.code.as_str() {
        "wrong_credentials" => Ok("No account has this e-mail address and password."),
        "wrong_code" => Ok("This code is not right, or was used, or is too old."),
        "invalid_login_token" => Ok("That took too long. Sign in again."),
        "too_many_guesses" => Ok("Too many tries. Wait a quarter of an hour."),
        "too_many_letters" => Ok("Enough codes have been sent. Wait a quarter of an hour."),
        "invalid_body" => Ok("This is not what was expected. Try again."),
        _ if problem.status == 404 => Ok("No code can be sent this way."),
        _ if problem.status == 429 => Ok("Too many tries. Wait a while."),
        _ => Err(problem),
    }
}

async fn signed_in(
    visit: &mut Visit<'_>,
    client: &Client,
    request: &Request,
    session: Session,
    amr: Vec<Method>,
) -> Result<Response> {
    let now = clock::now();
    let signed_in = SignedIn { user: session.user.id, session: session.session_id, auth_time: now, amr };
    // A new secret whatever the browser had: nobody can have put one there before.
    let cookie = secret::secret(Kind::Browser, clock::random());
    let before = visit.visitor.signed_in.as_deref().map(secret::hash);
    let ends_at = now + Duration::from_secs(SIGNED_IN_SECONDS);
    let statements = browsers::sign_in(&secret::hash(&cookie), before.as_deref(), &signed_in, ends_at)?;
    Db::of(visit.env)?.batch(statements).await?;
    visit.cookies.push(signed_in_cookie(&cookie));
    proceed(visit, client, request, Some(Who { signed_in, user: session.user, fresh: true })).await
}
