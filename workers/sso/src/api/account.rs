//! The page of who is signed in here: the clients that they have let learn something, each with a button that takes it back, and
//! the way out. Its form is good in its browser, for who it was shown to, for ten minutes.

use crate::api::authorize_steps::{Visit, Who};
use crate::api::form::Form;
use crate::api::identity;
use crate::api::page::{Visitor, page, redirect, signed_out_cookie};
use crate::api::pages;
use crate::db::{browsers, consents};
use crate::rules::redirect::origin;
use crate::rules::secret;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::sealed::vault;
use kirana_edge::{Problem, RequestId, Result, clock};
use kirana_kernel::{Id, Timestamp};
use kirana_vault::Place;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use worker::Env;

/// How long somebody may look at the page.
const LIFETIME: Duration = Duration::from_secs(600);

/// What the form carries: to whom it was shown, and where they go when they have signed out.
#[derive(Serialize, Deserialize)]
struct Shown {
    user: Id,
    session: Id,
    target: Option<String>,
    made_at: Timestamp,
}

impl Shown {
    fn seal(visit: &mut Visit<'_>, who: &Who, target: Option<&str>) -> Result<String> {
        let (user, session) = (who.signed_in.user, who.signed_in.session);
        let shown = Self { user, session, target: target.map(str::to_owned), made_at: clock::now() };
        let (env, place) = (visit.env, secret::hash(visit.browser()));
        let sealed =
            vault(env)?.seal(&serde_json::to_string(&shown)?, Place("account", "form", &place), clock::random());
        sealed.map_err(Problem::internal)
    }

    fn open(visit: &Visit<'_>, sealed: Option<&str>) -> Result<Option<Self>> {
        let (Some(browser), Some(sealed)) = (&visit.visitor.browser, sealed) else { return Ok(None) };
        let opened = vault(visit.env)?.open(sealed, Place("account", "form", &secret::hash(browser))).ok();
        let shown = opened.and_then(|text| serde_json::from_str::<Self>(&text).ok());
        Ok(shown.filter(|shown| clock::now() < shown.made_at + LIFETIME))
    }
}

/// The page: who is signed in in this browser, what they have agreed to, and the way out.
///
/// # Errors
/// 503 when identity does not answer.
#[utoipa::path(get, path = "/api/v1/oauth/account", tag = "sso",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), (status = 503, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, visitor: Visitor, request_id: RequestId) -> Result<Response> {
    show(Visit::new(&env, visitor, request_id)).await
}

async fn show(mut visit: Visit<'_>) -> Result<Response> {
    let Some(who) = visit.signed_in().await? else {
        return page(StatusCode::OK, pages::signed_out(), None, &visit.cookies);
    };
    let consents = consents::list(&Db::of(visit.env)?, who.user.id).await?;
    let ticket = Shown::seal(&mut visit, &who, None)?;
    page(StatusCode::OK, pages::account(&ticket, &who.user, &consents), None, &visit.cookies)
}

/// The page's form: takes back what a client was given (`withdraw`), or signs out (`action=sign_out`).
///
/// # Errors
/// 400 `invalid_ticket` for a form that was not shown in this browser to who is signed in, or too long ago; 415 for what is no form.
#[utoipa::path(post, path = "/api/v1/oauth/account", tag = "sso",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The form of the page"),
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), (status = 303, description = "To the client"), (status = 400, body = Problem), (status = 415, body = Problem)))]
#[worker::send]
pub async fn post(
    State(env): State<Env>,
    visitor: Visitor,
    request_id: RequestId,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::new(&env, visitor, request_id);
    let Some(shown) = Shown::open(&visit, form.get("ticket"))? else { return visit.stale() };
    let who = visit.signed_in().await?;
    // Somebody else by now, or nobody: the form was not theirs.
    let Some(who) = who.filter(|who| (who.signed_in.user, who.signed_in.session) == (shown.user, shown.session)) else {
        return visit.stale();
    };
    if form.get("action") == Some("sign_out") {
        return sign_out(&mut visit, &who, shown.target.as_deref()).await;
    }
    let Some(client) = form.get("withdraw").and_then(|client| client.parse().ok()) else { return visit.stale() };
    Db::of(&env)?.batch(consents::withdraw(shown.user, client, clock::now())).await?;
    show(visit).await
}

/// Asks who is signed in whether they want out, and remembers where they go then.
///
/// # Errors
/// 500 when the deployment has no key.
pub fn ask(visit: &mut Visit<'_>, who: &Who, asker: Option<&str>, target: Option<&str>) -> Result<Response> {
    let ticket = Shown::seal(visit, who, target)?;
    let leads_to = target.map(origin);
    page(StatusCode::OK, pages::leave(&ticket, &who.user, asker), leads_to.as_deref(), &visit.cookies)
}

/// Signs somebody out: the session that identity keeps ends, and with it all that clients were given in it.
///
/// # Errors
/// 503 when identity does not answer: then they are signed in as before.
pub async fn sign_out(visit: &mut Visit<'_>, who: &Who, target: Option<&str>) -> Result<Response> {
    identity::sign_out(visit.env, &visit.request_id, who.signed_in.user, who.signed_in.session).await?;
    if let Some(cookie) = &visit.visitor.signed_in {
        Db::of(visit.env)?.batch(vec![browsers::sign_out(&secret::hash(cookie))]).await?;
    }
    visit.cookies.push(signed_out_cookie());
    gone(visit, target)
}

/// Where somebody goes who is not signed in here any more.
///
/// # Errors
/// 500 when a header cannot be written.
pub fn gone(visit: &Visit<'_>, target: Option<&str>) -> Result<Response> {
    match target {
        Some(target) => redirect(target, &visit.cookies),
        None => page(StatusCode::OK, pages::signed_out(), None, &visit.cookies),
    }
}
