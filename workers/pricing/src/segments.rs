//! Which segments of customers there are: an offer for one that nobody knows would be for nobody.

use kirana_contracts::segment::{is_tag, of_tier, tier_of};
use kirana_edge::{FieldError, Result, call, principal};
use serde::Deserialize;
use worker::Env;

/// A tier, as loyalty tells it.
#[derive(Deserialize)]
struct Tier {
    name: String,
}

/// What is wrong with the segments that an offer is for. Nobody is asked where it names none.
///
/// # Errors
/// 503 when customers or loyalty does not answer.
pub async fn faults(env: &Env, named: &[String]) -> Result<Vec<FieldError>> {
    let mut known = Vec::new();
    if named.iter().any(|name| tier_of(name).is_some()) {
        let loyalty = call::service(env, "LOYALTY", &principal::service("pricing"));
        let tiers: Vec<Tier> = loyalty.get("/api/v1/loyalty/tiers").await?;
        known.extend(tiers.iter().map(|tier| of_tier(&tier.name)));
    }
    if named.iter().any(|name| is_tag(name)) {
        let customers = call::service(env, "CUSTOMERS", &principal::service("pricing"));
        let names: Vec<String> = customers.get("/internal/segments").await?;
        known.extend(names);
    }
    Ok(unknown(named, &known))
}

fn unknown(named: &[String], known: &[String]) -> Vec<FieldError> {
    let named = named.iter().enumerate().filter(|(_, name)| !known.contains(name));
    named
        .map(|(index, _)| FieldError {
            path: format!("conditions.segments[{index}]"),
            message: "expected one of GET /customer-segments, or a tier of GET /loyalty/tiers as tier:<name>".into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_that_nobody_knows_is_a_fault() {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let known = texts(&["students", "tier:leaf"]);
        assert_eq!(unknown(&texts(&["students", "tier:leaf"]), &known), []);
        let faults = unknown(&texts(&["students", "Students", "tier:gold"]), &known);
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["conditions.segments[1]", "conditions.segments[2]"]);
    }
}
