//! Closing periods.

use axum::extract::State;
use kirana_books::{name, periods};
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::{Db, required_change_missing};
use kirana_edge::{Caller, Json, Path, Problem, RequestId, Result, clock};
use kirana_kernel::{Role, Timestamp};
use kirana_ledger::report::Period;
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

/// Which time a period is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosePeriod {
    /// Its first moment: the end of the last one that was closed, which is what counts if not given.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// The first moment after it.
    pub until: Timestamp,
    /// Whose books: a name for the equity account, `chain` if not given.
    #[serde(default)]
    #[schema(example = "chain")]
    pub entity: Option<String>,
}

/// Closes a period, and with it everything before its end: income and expenses go to equity, and nothing is booked into it any more. What
/// comes late counts in the open period. A period cannot be opened again.
///
/// # Errors
/// 409 `period_not_over` before its end, `period_order` for one that is not the next, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/ledger/periods/{name}/close", tag = "books",
    params(("name" = String, Path, description = "Its name, such as `2026-11`")), request_body = ClosePeriod,
    responses((status = 200, body = Period), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn close(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(period): Path<String>,
    Json(body): Json<ClosePeriod>,
) -> Result<Json<Period>> {
    caller.require(&[Role::Admin])?;
    let named = |field: &str, text: &str| name(text).map_err(|problem| Problem::invalid_field(field, problem.detail));
    let period_name = named("name", &period)?;
    let entity = named("entity", body.entity.as_deref().unwrap_or("chain"))?;
    let (db, now) = (Db::of(&env)?, clock::now());
    if let Some(known) = periods::by_name(&db, &period_name).await? {
        let (from, until) = (Timestamp::from_millis(known.from_at), Timestamp::from_millis(known.until));
        let same = until == body.until && body.from.is_none_or(|asked| asked == from);
        let order = || format!("{} was closed from {from} until {until}: expected another name", known.name);
        return if same {
            Ok(Json(Period { name: period, from, until }))
        } else {
            Err(Problem::conflict("period_order", order()))
        };
    }
    let open = periods::last(&db).await?.map(|last| Timestamp::from_millis(last.until));
    let from = body.from.or(open).unwrap_or(Timestamp::from_millis(0));
    if open.is_some_and(|open| open != from) || from >= body.until {
        let begin = open.map_or_else(|| "any time".to_owned(), |open| open.to_string());
        let detail =
            format!("the next period begins at {begin} and ends after it; found from {from} until {}", body.until);
        return Err(Problem::conflict("period_order", detail));
    }
    if body.until > now {
        let detail = format!("the period ends at {}: it can be closed from then on", body.until);
        return Err(Problem::conflict("period_not_over", detail));
    }
    let period = Period { name: period, from, until: body.until };
    let entry = Entry {
        action: "ledger_period.closed",
        object: period.name.clone(),
        before: open.map(|open| serde_json::to_string(&open)).transpose()?,
        after: Some(serde_json::to_string(&period)?),
        ..Entry::default()
    };
    audit::note(&env, "books", &caller, &request_id, entry).await?;
    match db.batch(periods::close(&period, &entity, &caller.id.to_string(), now)?).await {
        Ok(_) => Ok(Json(period)),
        Err(error) if required_change_missing(&error) => Err(Problem::conflict(
            "period_order",
            "another period was closed meanwhile: look at what is closed, and ask again",
        )),
        Err(error) => Err(error.into()),
    }
}
