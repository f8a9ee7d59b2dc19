//! What the books say.

use axum::extract::State;
use http::StatusCode;
use kirana_books::{read, stores};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Principal, Problem, Query, Result, clock};
use kirana_kernel::{Currency, Id, Role, Timestamp};
use kirana_ledger::Account;
use kirana_ledger::report::{Period, Statement, TrialBalance};
use serde::Deserialize;
use utoipa::IntoParams;
use worker::Env;

/// Whose accounts somebody sees: all of them, or those of one franchisee.
///
/// # Errors
/// 403 for whoever neither runs the chain nor owns stores.
pub fn franchisee_of(caller: &Principal) -> Result<Option<Id>> {
    if caller.is_chain() {
        return Ok(None);
    }
    caller.require(&[Role::Owner, Role::Admin])?;
    let none = || Problem::forbidden("this needs the role owner for a franchisee, and none is named for you");
    caller.franchisee.map(Some).ok_or_else(none)
}

/// Until when the trial balance counts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrialQuery {
    /// What was booked before this moment; everything if not given.
    pub until: Option<Timestamp>,
}

/// Each account's debits and credits. Of the whole chain they come to the same in every currency; an owner sees the accounts of their
/// own franchise and its stores.
///
/// # Errors
/// 403 for all but owners and admins.
#[utoipa::path(get, path = "/api/v1/ledger/trial-balance", tag = "books", params(TrialQuery),
    responses((status = 200, body = TrialBalance), (status = 400, body = Problem), (status = 403, body = Problem)))]
#[worker::send]
pub async fn trial_balance(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<TrialQuery>,
) -> Result<Json<TrialBalance>> {
    let whose = franchisee_of(&caller)?;
    Ok(Json(read::trial_balance(&Db::of(&env)?, query.until, whose).await?))
}

/// Which part of an account.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// The first moment; the account's first entry if not given.
    pub from: Option<Timestamp>,
    /// The first moment after; now if not given.
    pub until: Option<Timestamp>,
    /// Which currency; needed where the account has several.
    #[param(value_type = Option<String>, example = "THB")]
    pub currency: Option<Currency>,
}

/// What an account held, each entry with its other account, and what it held after each.
///
/// # Errors
/// 404 for an account without entries, or of somebody else; 422 `invalid_body` for what is no account, or has several currencies, and
/// `too_long` for more than 5000 entries.
#[utoipa::path(get, path = "/api/v1/ledger/accounts/{account}/statement", tag = "books",
    params(("account" = String, Path, description = "The account, such as `gateway:stripe` or `sales:<store>`"), StatementQuery),
    responses((status = 200, body = Statement), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn statement(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(account): Path<String>,
    Query(query): Query<StatementQuery>,
) -> Result<Json<Statement>> {
    let whose = franchisee_of(&caller)?;
    let account: Account = account
        .parse()
        .map_err(|error: kirana_ledger::account::AccountError| Problem::invalid_field("account", error.to_string()))?;
    let db = Db::of(&env)?;
    let unknown = || Problem::not_found("there is no such account, or it has no entries");
    if let Some(franchisee) = whose
        && !is_of(&env, &account, franchisee).await?
    {
        return Err(unknown());
    }
    let currencies = read::currencies(&db, &account).await?;
    let currency = match (query.currency, currencies.as_slice()) {
        (Some(currency), _) if currencies.contains(&currency) => currency,
        (None, [one]) => *one,
        (None, [_, ..]) => {
            let all = currencies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            return Err(Problem::invalid_field("currency", format!("the account has several: expected one of {all}")));
        }
        _ => return Err(unknown()),
    };
    let from = query.from.unwrap_or(Timestamp::from_millis(0));
    let until = query.until.unwrap_or_else(clock::now);
    if until < from {
        return Err(Problem::invalid_field("until", format!("expected {from}, the beginning, or later")));
    }
    let period = Period { name: format!("{from}/{until}"), from, until };
    Ok(Json(read::statement(&db, &account, currency, &period).await?))
}

/// Is it an account of this franchisee, or of a store of theirs?
async fn is_of(env: &Env, account: &Account, franchisee: Id) -> Result<bool> {
    match account {
        Account::Franchisee(of) | Account::RoyaltyIncome(of) => Ok(*of == franchisee),
        Account::StoreCash(store)
        | Account::AuthorisedFor(store)
        | Account::Deposits(store)
        | Account::Tips(store)
        | Account::Sales(store)
        | Account::FeeIncome(store)
        | Account::Rounding(store)
        | Account::DisputeLosses(store)
        | Account::LoyaltyCost(store)
        | Account::CashDifferences(store)
        | Account::FranchiseCost(store) => match stores::place(env, *store).await {
            Ok(place) => Ok(place.franchisee == franchisee),
            Err(problem) if problem.status() == StatusCode::NOT_FOUND => Ok(false),
            Err(problem) => Err(problem),
        },
        _ => Ok(false),
    }
}
