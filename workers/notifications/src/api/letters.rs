//! What became of letters, for whoever runs the chain; and the outbox of a chain that sends none.

use crate::db::{self, LetterState};
use crate::dispatch::way;
use crate::rules::channel::Channel;
use crate::rules::letter::{Medium, of_invoice};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::letter::InvoiceLetter;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, clock, params};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// A letter or text message about somebody's account or a device that they look after, without its words.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountLetter {
    /// Its id.
    pub id: String,
    /// What it is about: `verification`, `address_claimed`, `password_reset`, `invitation`, `code`, `password_changed`,
    /// `device_trouble` or `invoice`.
    pub kind: String,
    /// Whose account.
    pub user_id: String,
    /// The address of the account, until the letter is sent. Telephone numbers are not kept.
    pub address: Option<String>,
    /// How far it is.
    pub state: LetterState,
    /// What it went by, or was tried with last: `postmark`, `ses`, `resend`, `twilio` or `outbox`.
    pub channel: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it is not sent, with the provider's code where it gave one.
    pub reason: Option<String>,
    /// The provider's own number of it.
    pub provider_id: Option<String>,
    /// When it is tried again, at the earliest.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub done_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    kind: String,
    user_id: String,
    address: Option<String>,
    state: LetterState,
    channel: Option<String>,
    attempts: u32,
    reason: Option<String>,
    provider_id: Option<String>,
    next_at: i64,
    created_at: i64,
    done_at: Option<i64>,
}

impl From<Row> for AccountLetter {
    fn from(row: Row) -> Self {
        let Row { id, kind, user_id, address, state, channel, attempts, reason, provider_id, .. } = row;
        let next_attempt_at = (state == LetterState::Pending).then(|| Timestamp::from_millis(row.next_at));
        let created_at = Timestamp::from_millis(row.created_at);
        let done_at = row.done_at.map(Timestamp::from_millis);
        Self {
            id,
            kind,
            user_id,
            address,
            state,
            channel,
            attempts,
            reason,
            provider_id,
            next_attempt_at,
            created_at,
            done_at,
        }
    }
}

/// Which letters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LettersQuery {
    /// Only those that are that far; all without.
    #[param(inline)]
    pub state: Option<LetterState>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Letters and text messages of the last thirty days and what became of them, the newest first.
///
/// # Errors
/// 400 for a page or a state that is none, 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/notifications/letters", tag = "notifications", params(LettersQuery),
    responses((status = 200, body = Page<AccountLetter>), (status = 400, body = Problem), (status = 403, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<LettersQuery>,
) -> Result<Json<Page<AccountLetter>>> {
    caller.require(&[Role::Admin])?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after()?);
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let rows: Vec<Row> = Db::of(&env)?
        .all(
            "SELECT id, kind, user_id, address, state, channel, attempts, reason, provider_id, next_at, created_at, done_at
             FROM deliveries WHERE (?1 IS NULL OR state = ?1) AND id < ?2 ORDER BY id DESC LIMIT ?3",
            params![query.state.map(LetterState::name), before, limit + 1],
        )
        .await?;
    let letters = rows.into_iter().map(AccountLetter::from).collect();
    Ok(Json(Page::of(letters, limit, |letter| letter.id.clone())))
}

/// Lets a letter that failed be tried again, from the first try on. One that is under way stays as it is.
///
/// # Errors
/// 403 for all but admins, 404, 409 `letter_is_done` for one that was sent or says what is good no more.
#[utoipa::path(post, path = "/api/v1/notifications/letters/{id}/retry", tag = "notifications", params(("id" = Id, Path, description = "The letter")),
    responses((status = 202, body = AccountLetter), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn retry(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<(StatusCode, Json<AccountLetter>)> {
    caller.require(&[Role::Admin])?;
    let db = Db::of(&env)?;
    db.run(
        "UPDATE deliveries SET state = 'pending', attempts = 0, next_at = ?2, done_at = NULL WHERE id = ?1 AND state = 'failed'",
        params![id, clock::now()],
    )
    .await?;
    let row: Option<Row> = db
        .first(
            "SELECT id, kind, user_id, address, state, channel, attempts, reason, provider_id, next_at, created_at, done_at
             FROM deliveries WHERE id = ?1",
            params![id],
        )
        .await?;
    let row = row.ok_or_else(|| Problem::not_found("there is no such letter"))?;
    if row.state != LetterState::Pending {
        let detail = format!("this letter is {}: only one that failed is tried again", row.state.name());
        return Err(Problem::conflict("letter_is_done", detail));
    }
    Ok((StatusCode::ACCEPTED, Json(row.into())))
}

/// A letter that was not sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OutboxLetter {
    /// Its id.
    pub id: String,
    /// Where it would go.
    pub address: String,
    /// Its subject.
    pub title: String,
    /// Its text.
    pub body: String,
}

/// To whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OutboxQuery {
    /// The address that they would go to.
    pub address: String,
}

/// The last twenty letters to an address, on a chain whose `LETTER_CHANNEL` or `TEXT_CHANNEL` is `outbox`: it sends none and keeps
/// them for a day. What they say opens accounts: no real chain has this channel.
///
/// # Errors
/// 400 without an address, 403 for all but admins, 404 on a chain that sends its letters.
#[utoipa::path(get, path = "/api/v1/notifications/outbox", tag = "notifications", params(OutboxQuery),
    responses((status = 200, body = Vec<OutboxLetter>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn outbox(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<OutboxQuery>,
) -> Result<Json<Vec<OutboxLetter>>> {
    caller.require(&[Role::Admin])?;
    if ![Medium::Letter, Medium::Text].iter().any(|medium| way(&env, *medium) == Ok(Channel::Outbox)) {
        return Err(Problem::not_found("letters are sent here, and not kept"));
    }
    let sql = "SELECT id, address, title, body FROM letters WHERE address = ?1 ORDER BY id DESC LIMIT 20";
    Ok(Json(Db::of(&env)?.all(sql, params![query.address]).await?))
}

/// `POST /internal/letters/invoice`: notes the letter about an invoice, once an hour for each order however often it is asked for.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn invoice(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(asked): Json<InvoiceLetter>,
) -> Result<Json<bool>> {
    caller.require_service()?;
    let now = clock::now();
    let hour: String = now.to_string().chars().take(13).collect();
    let cause = format!("invoice of {} to {} {hour}", asked.order_id, asked.user_id);
    let noted = Db::of(&env)?.batch(vec![db::note(&of_invoice(&asked), &cause, now)]).await?;
    Ok(Json(noted.first() == Some(&1)))
}
