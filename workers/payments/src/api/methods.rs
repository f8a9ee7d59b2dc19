//! What a customer keeps at Stripe to pay with again.

use crate::api::checkout::PaymentRequest;
use crate::db::methods as db;
use crate::gateways::Gateways;
use crate::methods::{self, KEEPER};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::{Db, id};
use kirana_edge::{Caller, Json, Path, Principal, Problem, Result, clock};
use kirana_kernel::Id;
use serde::Serialize;
use utoipa::ToSchema;
use worker::Env;

/// A kept method: what its owner knows it by. Neither the card's number nor the gateway's token is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentMethod {
    /// What `method_id` of `POST /payments/initiate` takes.
    pub id: Id,
    /// The gateway that keeps it.
    #[schema(example = "stripe")]
    pub gateway: &'static str,
    /// `visa`, `mastercard`, ...
    #[schema(example = "visa")]
    pub brand: String,
    /// The last four digits of the card.
    #[schema(example = "4242")]
    pub last4: String,
    /// The year at the end of whose `expires_month` it expires.
    #[schema(example = 2030)]
    pub expires_year: u16,
    /// 1 to 12.
    #[schema(example = 4)]
    pub expires_month: u8,
}

/// The methods that the caller keeps, the newest first, as the gateway has them now; as they were last seen while it does not answer.
///
/// # Errors
/// 500 when the database refuses.
#[utoipa::path(get, path = "/api/v1/payments/methods", tag = "payments", responses((status = 200, body = Vec<PaymentMethod>)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<PaymentMethod>>> {
    let kept = methods::of_customer(&env, &Db::of(&env)?, caller.id).await?;
    let told = kept.into_iter().map(|method| {
        Ok(PaymentMethod {
            id: id(&method.id)?,
            gateway: KEEPER,
            brand: method.brand,
            last4: method.last4,
            expires_year: method.expires_year,
            expires_month: method.expires_month,
        })
    });
    Ok(Json(told.collect::<Result<_>>()?))
}

/// Removes a method of the caller: nothing is paid with it from now on. The gateway forgets it at once, or as soon as it answers.
///
/// # Errors
/// 404 for one that is not the caller's, or is removed already.
#[utoipa::path(delete, path = "/api/v1/payments/methods/{id}", tag = "payments", params(("id" = Id, Path, description = "The method")),
    responses((status = 204), (status = 404, body = Problem)))]
#[worker::send]
pub async fn remove(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    let removed = Db::of(&env)?.batch(vec![db::remove(caller.id, id, clock::now())]).await?;
    if removed.first() != Some(&1) {
        return Err(Problem::not_found("there is no such method"));
    }
    methods::forget(&env).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Does what a request to pay says of methods go together?
///
/// # Errors
/// 422 `invalid_body`.
pub fn check(request: &PaymentRequest) -> Result<()> {
    let of_keeper = request.gateway == KEEPER;
    let fault = match (&request.method_id, request.save) {
        (Some(_), _) if request.token.is_some() => ("method_id", "expected `method_id` or `token`, not both"),
        (Some(_), true) => ("save", "expected false: the method of `method_id` is kept already"),
        (Some(_), false) if !of_keeper => ("method_id", "only `stripe` keeps methods"),
        (None, true) if !of_keeper => ("save", "only `stripe` keeps methods"),
        _ => return Ok(()),
    };
    Err(Problem::invalid_field(fault.0, fault.1))
}

/// What it is paid with, and who that is at the gateway, where the gateway keeps methods.
///
/// # Errors
/// As [`methods::chosen`] and [`methods::keeper`].
pub async fn chosen(
    env: &Env,
    gateways: &Gateways,
    caller: &Principal,
    request: &PaymentRequest,
) -> Result<methods::Chosen> {
    let database = Db::of(env)?;
    if let Some(method) = request.method_id {
        return methods::chosen(&database, caller.id, method).await;
    }
    let customer = match gateways.account(&request.gateway) {
        Some(gateway) if request.save => Some(methods::keeper(env, &database, gateway, caller).await?),
        _ => None,
    };
    Ok(methods::Chosen { token: request.token.clone(), customer })
}
