//! The copy: every domain is asked as the person themselves, so that it shows what is theirs and nothing else.

use axum::extract::State;
use futures_util::future::try_join_all;
use http::header::CONTENT_DISPOSITION;
use kirana_edge::call::{self, Callee};
use kirana_edge::{Caller, Json, Page, Path, Principal, Problem, RequestId, Result, clock, principal};
use kirana_kernel::{Id, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use worker::Env;

/// Pages of a list at most, of a hundred items each: who has more asks the lists themselves for the rest.
const MAX_PAGES: usize = 100;

/// All that is kept of somebody, each part as its own path of the API answers it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalData {
    /// Whose.
    pub user_id: Id,
    /// When it was put together.
    pub exported_at: Timestamp,
    /// By subject: `profile`, `sessions`, `factors`, `addresses`, `preferences`, `favourites`, `age_checks`, `segments`, `reviews`, `orders`, `invoices`, `payments`,
    /// `payment_methods`, `loyalty`, `notifications`, `linked_accounts`, `consents`.
    #[schema(value_type = Object)]
    pub data: BTreeMap<&'static str, Box<RawValue>>,
    /// Subjects of which there is more than a copy holds: their lists answer all of it, page by page.
    pub cut_short: Vec<&'static str>,
}

/// What one path answers.
const WHOLE: &[(&str, &str, &str)] = &[
    ("profile", "IDENTITY", "/api/v1/users/{id}"),
    ("sessions", "IDENTITY", "/api/v1/auth/sessions"),
    ("factors", "IDENTITY", "/api/v1/auth/factors"),
    ("addresses", "CUSTOMERS", "/api/v1/customers/{id}/addresses"),
    ("preferences", "CUSTOMERS", "/api/v1/customers/{id}/preferences"),
    ("favourites", "CUSTOMERS", "/api/v1/customers/{id}/favourites"),
    ("age_checks", "CUSTOMERS", "/api/v1/users/customer/age-verify"),
    ("segments", "CUSTOMERS", "/api/v1/customers/{id}/segments"),
    ("reviews", "CUSTOMERS", "/api/v1/customers/{id}/reviews"),
    ("payment_methods", "PAYMENTS", "/api/v1/payments/methods"),
    ("loyalty", "LOYALTY", "/api/v1/loyalty/customer/{id}"),
    ("linked_accounts", "SSO", "/api/v1/oauth/links"),
    ("consents", "SSO", "/api/v1/oauth/consents"),
];

/// What a list answers, page by page.
const LISTS: &[(&str, &str, &str)] = &[
    ("orders", "ORDERS", "/api/v1/orders"),
    ("invoices", "BOOKS", "/api/v1/invoices"),
    ("notifications", "NOTIFICATIONS", "/api/v1/notifications"),
];

/// A copy of all that the platform keeps of the caller, as a JSON document to keep.
///
/// # Errors
/// 404 for anybody else's, 503 when a part of it cannot be had now: a copy is whole or there is none.
#[utoipa::path(get, path = "/api/v1/customers/{id}/export", tag = "privacy", params(("id" = Id, Path, description = "The customer")),
    responses((status = 200, body = PersonalData), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn export(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
) -> Result<([(http::HeaderName, String); 1], Json<PersonalData>)> {
    if caller.id != id {
        return Err(Problem::not_found("there is no such customer"));
    }
    let ask = |binding, who: &Principal| call::service(&env, binding, who).during(&request_id.0);
    let whole = WHOLE.iter().map(async |(subject, binding, path)| {
        let path = path.replace("{id}", &id.to_string());
        Ok::<_, Problem>((*subject, or_nothing(ask(binding, &caller).get(&path).await)?))
    });
    let lists = LISTS.iter().map(async |(subject, binding, path)| {
        let (items, all) = pages(&ask(binding, &caller), path).await?;
        Ok::<_, Problem>((*subject, items, all))
    });
    let (whole, lists) = futures_util::future::try_join(try_join_all(whole), try_join_all(lists)).await?;
    let mut data: BTreeMap<_, _> = whole.into_iter().collect();
    let mut cut_short = Vec::new();
    for (subject, items, all) in lists {
        if !all {
            cut_short.push(subject);
        }
        data.insert(subject, serde_json::value::to_raw_value(&items)?);
    }
    let payments = ask("PAYMENTS", &principal::service("privacy"));
    data.insert("payments", payments.get(&format!("/internal/customers/{id}/payments")).await?);
    let copy = PersonalData { user_id: id, exported_at: clock::now(), data, cut_short };
    let file = "attachment; filename=\"kirana-personal-data.json\"".to_owned();
    Ok(([(CONTENT_DISPOSITION, file)], Json(copy)))
}

/// Who has no points account has none: that is no fault of the copy.
fn or_nothing(answer: Result<Box<RawValue>>) -> Result<Box<RawValue>> {
    match answer {
        Err(problem) if problem.status == 404 => Ok(serde_json::value::to_raw_value(&())?),
        other => other,
    }
}

/// The items of a list, and whether these are all.
async fn pages(from: &Callee<'_>, path: &str) -> Result<(Vec<Box<RawValue>>, bool)> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    for _ in 0..MAX_PAGES {
        let page: Page<Box<RawValue>> = from.get(&format!("{path}?limit=100{cursor}")).await?;
        items.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok((items, true)),
        }
    }
    Ok((items, false))
}
