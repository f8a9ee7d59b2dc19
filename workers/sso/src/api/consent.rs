//! Agreeing, and taking it back.

use crate::api::authorize_steps::{Visit, ask, grant, proceed};
use crate::api::form::Form;
use crate::api::page::Visitor;
use crate::api::ticket::Stage;
use crate::db::consents::{self, Consent};
use crate::rules::fault::fault;
use crate::rules::scope::{self, Scope};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Problem, RequestId, Result, clock};
use kirana_kernel::Id;
use worker::Env;

/// The form of the page that asks whether somebody agrees comes back.
///
/// # Errors
/// 400 `invalid_ticket` for a form that was not shown in this browser within the last ten minutes, 415 for what is no form.
#[utoipa::path(post, path = "/api/v1/oauth/consent", tag = "sso",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The form of a page"),
    responses((status = 200, description = "The next page", body = String, content_type = "text/html"), (status = 303, description = "To the client"), (status = 400, body = Problem), (status = 415, body = Problem)))]
#[worker::send]
pub async fn answer(
    State(env): State<Env>,
    visitor: Visitor,
    request_id: RequestId,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::new(&env, visitor, request_id);
    let Some((ticket, client)) = visit.ticket(form.get("ticket")).await? else { return visit.stale() };
    let Stage::Consent { user, session } = ticket.stage else { return visit.stale() };
    let request = &ticket.request;
    match form.get("action") {
        Some("switch") => return ask(&mut visit, &client, request, StatusCode::OK, "", None),
        Some("allow") => {}
        _ => {
            let denied = fault("access_denied", "the user did not agree");
            return visit.refuse(&request.redirect_uri, request.state.as_deref(), &denied);
        }
    }
    let who = visit.signed_in().await?;
    let asked = who.filter(|who| who.user.id == user && who.signed_in.session == session);
    // Somebody else is signed in by now, or nobody: they were not asked.
    let Some(who) = asked else { return proceed(&mut visit, &client, request, None).await };
    let before = consents::scope(&Db::of(&env)?, user, client.client_id).await?;
    let all: Vec<_> =
        Scope::ALL.into_iter().filter(|scope| before.contains(scope) || request.scope.contains(scope)).collect();
    let agree = consents::agree(user, client.client_id, &scope::written(&all), clock::now());
    grant(&visit, request, &who.signed_in, vec![agree]).await
}

/// The clients that one has let learn something, and what.
///
/// # Errors
/// 401 without a token.
#[utoipa::path(get, path = "/api/v1/oauth/consents", tag = "sso",
    responses((status = 200, body = Vec<Consent>), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<Consent>>> {
    Ok(Json(consents::list(&Db::of(&env)?, caller.id).await?))
}

/// Takes back what one has agreed to: what the client was given is good no more.
///
/// # Errors
/// 404 for a client that one has let learn nothing.
#[utoipa::path(delete, path = "/api/v1/oauth/consents/{client_id}", tag = "sso",
    params(("client_id" = Id, Path, description = "The client")),
    responses((status = 204), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn withdraw(State(env): State<Env>, Caller(caller): Caller, Path(client): Path<Id>) -> Result<StatusCode> {
    let changed = Db::of(&env)?.batch(consents::withdraw(caller.id, client, clock::now())).await?;
    if changed.first() == Some(&0) {
        return Err(Problem::not_found("you have let this client learn nothing"));
    }
    Ok(StatusCode::NO_CONTENT)
}
