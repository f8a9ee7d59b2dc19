//! The way of a request through its pages, and its end: a code or an error, at the client's own address.

use crate::api::identity::{self, User};
use crate::api::issuer;
use crate::api::page::{Visitor, browser_cookie, page, redirect};
use crate::api::pages::{self, Asker};
use crate::api::ticket::{self, Stage, Ticket};
use crate::db::browsers::{self, SignedIn};
use crate::db::{clients, consents, grants};
use crate::rules::authorize::{Next, Request, Standing, next};
use crate::rules::client::{Client, ClientType};
use crate::rules::fault::Fault;
use crate::rules::redirect::{answer, is_assured, is_registered, origin};
use crate::rules::scope;
use crate::rules::secret::{self, Kind};
use axum::response::Response;
use http::StatusCode;
use kirana_edge::db::{Db, Statement};
use kirana_edge::{Problem, RequestId, Result, clock};
use kirana_kernel::Id;
use worker::Env;

/// Somebody who is signed in in this browser, and stands well with identity.
pub struct Who {
    /// How they signed in.
    pub signed_in: SignedIn,
    /// Who they are.
    pub user: User,
    /// Have they signed in just now, for this request?
    pub fresh: bool,
}

/// A browser that is here.
pub struct Visit<'a> {
    /// The worker's environment.
    pub env: &'a Env,
    /// What the browser says.
    pub visitor: Visitor,
    /// This call.
    pub request_id: RequestId,
    /// What it shall keep.
    pub cookies: Vec<String>,
}

impl<'a> Visit<'a> {
    /// A visit.
    #[must_use]
    pub const fn new(env: &'a Env, visitor: Visitor, request_id: RequestId) -> Self {
        Self { env, visitor, request_id, cookies: Vec::new() }
    }

    /// A client.
    ///
    /// # Errors
    /// 500 when the database refuses.
    pub async fn client(&self, id: Id) -> Result<Option<Client>> {
        Ok(clients::by_id(&Db::of(self.env)?, id).await?.map(|kept| kept.client))
    }

    /// Who is signed in, if their session lives.
    ///
    /// # Errors
    /// 500 or 503 when the database or identity does not answer.
    pub async fn signed_in(&self) -> Result<Option<Who>> {
        let Some(cookie) = &self.visitor.signed_in else { return Ok(None) };
        let found = browsers::find(&Db::of(self.env)?, &secret::hash(cookie), clock::now()).await?;
        let Some(signed_in) = found else { return Ok(None) };
        let user = identity::standing(self.env, &self.request_id, signed_in.user, signed_in.session).await?;
        Ok(user.map(|user| Who { signed_in, user, fresh: false }))
    }

    /// The ticket of a form that came back, with its client, if all is still as it was when the form was shown.
    ///
    /// # Errors
    /// 500 when the database refuses.
    pub async fn ticket(&self, sealed: Option<&str>) -> Result<Option<(Ticket, Client)>> {
        let Some(ticket) = ticket::open(self.env, self.visitor.browser.as_deref(), sealed)? else { return Ok(None) };
        let client = self.client(ticket.request.client_id).await?;
        let same = |client: &Client| {
            is_registered(&ticket.request.redirect_uri, &client.redirect_uris)
                && scope::within(&ticket.request.scope, &scope::parse(&client.scope))
        };
        Ok(client.filter(same).map(|client| (ticket, client)))
    }

    /// A ticket for the next form.
    ///
    /// # Errors
    /// 500 when the deployment has no key.
    pub fn seal(&mut self, request: &Request, stage: Stage) -> Result<String> {
        let env = self.env;
        ticket::seal(env, self.browser(), request, stage)
    }

    /// Which browser this is: a new one is given its cookie.
    pub fn browser(&mut self) -> &str {
        self.visitor.browser.get_or_insert_with(|| {
            let new = secret::secret(Kind::Browser, clock::random());
            self.cookies.push(browser_cookie(&new));
            new
        })
    }

    /// A page about a request.
    ///
    /// # Errors
    /// 500 when a header cannot be written.
    pub fn page(&self, status: StatusCode, html: String, request: &Request) -> Result<Response> {
        page(status, html, Some(&origin(&request.redirect_uri)), &self.cookies)
    }

    /// What is wrong cannot be told to a client: the browser stays here.
    ///
    /// # Errors
    /// The problem itself, for who wants no page.
    pub fn lost(&self, code: &str, what: &str) -> Result<Response> {
        if self.visitor.wants_page {
            return page(StatusCode::BAD_REQUEST, pages::lost(what), None, &self.cookies);
        }
        Err(Problem::bad_request(code, what))
    }

    /// The form that came back is not good.
    ///
    /// # Errors
    /// As [`Visit::lost`].
    pub fn stale(&self) -> Result<Response> {
        self.lost("invalid_ticket", "This page was open for too long, or was not opened in this browser.")
    }

    /// Tells the client why not.
    ///
    /// # Errors
    /// 500 when a header cannot be written.
    pub fn refuse(&self, redirect_uri: &str, state: Option<&str>, fault: &Fault) -> Result<Response> {
        let params = [("error", fault.error), ("error_description", fault.description)];
        self.answer(redirect_uri, &params, state)
    }

    fn answer(&self, redirect_uri: &str, params: &[(&str, &str)], state: Option<&str>) -> Result<Response> {
        // Which provider answers (RFC 9207): a client of several is not made to take one's answer for another's.
        let issuer = issuer(self.env)?;
        let mut all = params.to_vec();
        all.extend(state.map(|state| ("state", state)));
        all.push(("iss", &issuer));
        redirect(&answer(redirect_uri, &all), &self.cookies)
    }
}

/// The next step of a request.
///
/// # Errors
/// 500 or 503 when the database or identity does not answer.
pub async fn proceed(visit: &mut Visit<'_>, client: &Client, request: &Request, who: Option<Who>) -> Result<Response> {
    let agreed = match &who {
        Some(who) => consents::scope(&Db::of(visit.env)?, who.user.id, client.client_id).await?,
        None => Vec::new(),
    };
    // What was agreed to with one program is not agreed to with another that pretends to be it.
    let assured = client.client_type == ClientType::Confidential || is_assured(&request.redirect_uri);
    let agreed = assured && scope::within(&request.scope, &agreed);
    let standing = who.as_ref().map(|who| Standing { auth_time: who.signed_in.auth_time, fresh: who.fresh, agreed });
    match (next(request, standing, clock::now()), who) {
        (Next::Grant, Some(who)) => grant(visit, request, &who.signed_in, Vec::new()).await,
        (Next::Consent, Some(who)) => {
            let stage = Stage::Consent { user: who.user.id, session: who.signed_in.session };
            let ticket = visit.seal(request, stage)?;
            let html = pages::consent(asker(client, request), &ticket, &who.user, &request.scope);
            visit.page(StatusCode::OK, html, request)
        }
        (Next::Refuse(fault), _) => visit.refuse(&request.redirect_uri, request.state.as_deref(), &fault),
        _ => ask(visit, client, request, StatusCode::OK, "", None),
    }
}

/// The page for address and password.
///
/// # Errors
/// 500 when the deployment has no key.
pub fn ask(
    visit: &mut Visit<'_>,
    client: &Client,
    request: &Request,
    status: StatusCode,
    email: &str,
    fault: Option<&str>,
) -> Result<Response> {
    let ticket = visit.seal(request, Stage::Password)?;
    visit.page(status, pages::sign_in(asker(client, request), &ticket, email, fault), request)
}

/// Who asks, as pages show it.
#[must_use]
pub fn asker<'a>(client: &'a Client, request: &'a Request) -> Asker<'a> {
    Asker { name: &client.client_name, redirect_uri: &request.redirect_uri }
}

/// Gives the client its code, with whatever else is to be written.
///
/// # Errors
/// 500 when the database refuses.
pub async fn grant(
    visit: &Visit<'_>,
    request: &Request,
    who: &SignedIn,
    mut statements: Vec<Statement>,
) -> Result<Response> {
    let code = secret::secret(Kind::Code, clock::random());
    statements.push(grants::insert(clock::new_id(), request, who, &secret::hash(&code), clock::now())?);
    Db::of(visit.env)?.batch(statements).await?;
    visit.answer(&request.redirect_uri, &[("code", &code)], request.state.as_deref())
}
