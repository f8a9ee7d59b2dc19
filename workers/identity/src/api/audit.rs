//! The audit log, for those who run the chain: searching it, and whether it is as it was written.

use crate::db::audit::{self as db, Search};
use crate::rules::audit::{BEGINNING, Entry, follow};
use axum::extract::State;
use http::request::Parts;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Problem, Query, Result};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Entries that one proof follows at a time.
const STRIDE: usize = 500;

/// Entries that one call follows at most.
const MOST: usize = 20_000;

/// Why somebody does something, in the header `x-reason`: kept in the audit log.
pub struct Reason(pub Option<String>);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Reason {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let reason = parts.headers.get("x-reason").and_then(|value| value.to_str().ok()).map(str::trim);
        Ok(Self(reason.filter(|reason| !reason.is_empty()).map(|reason| reason.chars().take(300).collect())))
    }
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// By whom.
    pub actor: Option<Id>,
    /// To what, by its id.
    pub object: Option<String>,
    /// What was done, or the beginning of its name, such as `user.`.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// What is in the reason, or in what was before or after.
    pub q: Option<String>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Entries of the audit log, the newest first.
///
/// # Errors
/// 400 for a page that is none, 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/audit", tag = "identity", params(AuditQuery),
    responses((status = 200, body = Page<Entry>), (status = 400, body = Problem), (status = 403, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn search(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<Entry>>> {
    caller.require(&[Role::Admin])?;
    let limit = PageQuery { limit: query.limit, cursor: None }.limit()?;
    let before = query.cursor.as_deref().map(str::parse).transpose();
    let before = before
        .map_err(|_| Problem::bad_request("invalid_cursor", "cursor: expected the next_cursor of the page before"))?;
    let AuditQuery { actor, object, action, from, to, q, .. } = query;
    let search = Search { actor, object, action, from, to, q, before };
    let found = db::search(&Db::of(&env)?, &search, limit).await?;
    let entries = found.into_iter().map(|(entry, _)| entry).collect();
    Ok(Json(Page::of(entries, limit, |entry| entry.seq.to_string())))
}

/// From where to follow the log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProofQuery {
    /// `seq` of a proof or a log line that somebody kept: the log must go through it.
    pub seq: Option<u64>,
    /// Its `hash`.
    pub hash: Option<String>,
}

/// Whether the log is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proof {
    /// Is every entry as it was written, as far as this went?
    pub sound: bool,
    /// The number of the first entry that is not, or is missing.
    pub first_bad: Option<u64>,
    /// The last entry that was followed.
    pub seq: u64,
    /// Its hash: who keeps both can show later that nothing was cut off.
    pub hash: String,
}

/// Follows the chain from the beginning, or from an entry that somebody kept the hash of.
///
/// # Errors
/// 400 for half of `seq` and `hash`, 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/audit/proof", tag = "identity", params(ProofQuery),
    responses((status = 200, body = Proof), (status = 400, body = Problem), (status = 403, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn proof(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<ProofQuery>,
) -> Result<Json<Proof>> {
    caller.require(&[Role::Admin])?;
    let database = Db::of(&env)?;
    let kept = match (query.seq, query.hash) {
        (Some(seq), Some(hash)) if seq > 0 => Some((seq, hash)),
        (None, None) => None,
        _ => return Err(Problem::bad_request("invalid_query", "expected both seq, from 1, and hash, or neither")),
    };
    if let Some((seq, hash)) = &kept {
        let there = db::after(&database, seq - 1, 1).await?.into_iter().next();
        if there.is_none_or(|(entry, stored)| entry.seq != *seq || stored != *hash) {
            return Ok(Json(Proof { sound: false, first_bad: Some(*seq), seq: *seq, hash: hash.clone() }));
        }
    }
    let (mut seq, mut hash) = kept.unwrap_or((0, BEGINNING.to_owned()));
    for _ in 0..MOST / STRIDE {
        let entries = db::after(&database, seq, STRIDE).await?;
        match follow(seq, hash.clone(), &entries) {
            Ok((last, head)) => (seq, hash) = (last, head),
            Err(bad) => return Ok(Json(Proof { sound: false, first_bad: Some(bad), seq, hash })),
        }
        if entries.len() < STRIDE {
            break;
        }
    }
    Ok(Json(Proof { sound: true, first_bad: None, seq, hash }))
}
