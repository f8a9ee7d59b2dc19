//! The only public script: who are you, may you, where to.
//!
//! A request goes: its route from the one table ([`routes`]) with its policy ([`policy`]), a place if there is one ([`shed`]), its
//! limits ([`limits`]), its caller from the access token ([`caller`]), and then to the worker that answers ([`upstream`]), with the
//! caller as a principal that is signed for a minute. No tables, no events.

mod api_key;
mod body;
mod cache;
mod caller;
mod forward;
mod headers;
mod limits;
pub mod metrics;
pub mod openapi;
mod page_policy;
mod pages;
pub mod policy;
mod problems;
mod reply;
pub mod routes;
mod second_factor;
mod shed;
mod sockets;
mod spans;
mod upstream;
mod vars;
mod version;

use kirana_edge::{Problem, Result, clock, log};
use reply::Reply;
use routes::Match;
use worker::{Context, Env, Request, Response, event, web_sys};

/// Answers the world.
///
/// # Errors
/// None: what fails is a problem document.
#[event(fetch)]
pub async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    let begun = clock::now();
    let trace = headers::Trace::of(&request);
    let origin = request.headers().get("origin")?;
    let (method, path) = (request.method(), request.path());
    let meant = real_path(&path);
    let found = routes::find(method.as_ref(), &meant);
    let response = match answer(request, &meant, &found, &env, &context, &trace).await {
        Ok(response) => response,
        Err(problem) => {
            let challenge = challenge(&problem);
            let mut response = problem.into_worker_response()?;
            if let Some(challenge) = challenge {
                response.headers_mut().set("www-authenticate", challenge)?;
            }
            response.into()
        }
    };
    let (status, problem, took) = (response.status(), response.problem(), clock::now().since(begun));
    let route = match found {
        Match::Route(route) => Some(route),
        Match::OtherMethod | Match::Nothing => None,
    };
    metrics::count(route, status, took);
    metrics::hand_over(&env, &context);
    let worker = route.map_or_else(|| "gateway".to_owned(), metrics::worker_name);
    let (method_name, path_name) = (method.as_ref(), route.map_or("none", |route| route.path));
    let answered = spans::Answered { begun, method: method_name, route: path_name, worker: &worker, status };
    spans::note(&answered, &trace, &env, &context);
    let (status, millis, who) = (status.to_string(), took.as_millis().to_string(), trace.who());
    let mut fields = vec![
        ("method", method.as_ref()),
        ("path", &path),
        ("status", &status),
        ("ms", &millis),
        ("request_id", &trace.request_id),
        ("who", &who),
    ];
    // Why somebody was refused: who tries to get around something shows by it.
    fields.extend(problem.as_deref().map(|code| ("problem", code)));
    log::info("request", &fields);
    headers::finish(response, &trace, origin.as_deref(), &env)
}

/// What is meant by a path: `/shops` and `/payments/process` are aliases of the seeds, and a customer is a user.
fn real_path(path: &str) -> String {
    match path.strip_prefix("/api/v1/customers/") {
        None if path == "/api/v1/payments/process" => "/api/v1/payments/initiate".into(),
        Some(id) if !id.contains('/') => format!("/api/v1/users/{id}"),
        _ => path.replacen("/api/v1/shops", "/api/v1/stores", 1),
    }
}

/// How to prove who one is, for a problem that asks for it (RFC 6750, RFC 9470).
fn challenge(problem: &Problem) -> Option<&'static str> {
    match (problem.status, problem.code.as_str()) {
        (401, "step_up_required") => Some("Bearer error=\"insufficient_user_authentication\", max_age=300"),
        (401, _) => Some("Bearer"),
        _ => None,
    }
}

async fn answer(
    request: Request,
    meant: &str,
    found: &Match,
    env: &Env,
    context: &Context,
    trace: &headers::Trace,
) -> Result<Reply> {
    let (method, path) = (request.method(), request.path());
    version::negotiate(&request, &path, trace)?;
    match (method.as_ref(), path.as_str()) {
        ("OPTIONS", _) => return Ok(Response::empty()?.with_status(204).into()),
        ("GET", "/healthz") => return Ok(Response::ok("ok")?.into()),
        ("GET", "/metrics") => return Ok(metrics::answer(&request, env).await?.into()),
        ("GET", "/readyz") => return Ok(openapi::ready(env).await?.into()),
        ("GET", "/api/v1/openapi.json") => return Ok(openapi::document()?.into()),
        ("GET", "/docs") => return Ok(Response::from_html(include_str!("docs.html"))?.into()),
        ("GET", "/docs/client.js") => {
            let mut response = Response::ok(include_str!("docs.js"))?;
            response.headers_mut().set("content-type", "text/javascript; charset=utf-8")?;
            return Ok(response.into());
        }
        _ => {}
    }
    match found {
        Match::Route(route) => forward::to_worker(request, meant, route, env, context, trace).await,
        Match::OtherMethod => {
            let allowed = routes::methods(meant).join(", ");
            let problem = Problem::new(
                http::StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                format!("{meant} has no method {}: it has {allowed}", method.as_ref()),
            );
            let mut response = problem.into_worker_response()?;
            response.headers_mut().set("allow", &allowed)?;
            Ok(response.into())
        }
        Match::Nothing => match pages::answer(&request, env).await? {
            Some(page) => Ok(page.into()),
            None => Err(Problem::not_found(format!("there is no {meant}; see /api/v1/openapi.json"))),
        },
    }
}
