//! That a customer is old enough for what they order. Customers keeps the checks; the store's object holds to what is found here,
//! at each step.

use kirana_contracts::order::{AgeProof, OrderLine};
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Problem, Result, call, principal};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use worker::Env;

/// The proof that these lines want of a customer; none when nothing of them is for adults only.
///
/// # Errors
/// 409 `age_check_required` with the `min_age`, 503 when nobody can tell.
pub async fn proof(env: &Env, customer: Id, store: &StoreInfo, lines: &[OrderLine]) -> Result<Option<AgeProof>> {
    #[derive(Deserialize)]
    struct Found {
        good_until: Option<Timestamp>,
    }
    let Some(line) = lines.iter().find(|line| line.age_restricted) else { return Ok(None) };
    let min_age = store.legal_age;
    let customers = call::service(env, "CUSTOMERS", &principal::service("orders"));
    let found: Found = customers.get(&format!("/internal/customers/{customer}/age?min_age={min_age}")).await?;
    let proof = found.good_until.map(|good_until| AgeProof { min_age, good_until });
    proof.map(Some).ok_or_else(|| {
        let detail = format!(
            "{} is for those of {min_age} years and more: prove it once with POST /api/v1/users/customer/age-verify",
            line.name
        );
        Problem::conflict("age_check_required", detail).with("min_age", min_age)
    })
}
