//! Who leads has a second factor: the roles that `SECOND_FACTOR_FOR` names count only for who showed one.
//!
//! Without it they are let in as whatever else they are, so that they can enrol one, and shop: no worker has to know.

use crate::policy::{Access, Route};
use crate::vars;
use http::StatusCode;
use kirana_edge::access_token::Grant;
use kirana_edge::{Principal, Problem, Result};
use kirana_kernel::Role;
use worker::Env;

/// The principal of a token on a route, with the roles that count.
///
/// # Errors
/// 403 without a role that the route names; `second_factor_missing` when it is there and does not count.
pub fn admit(grant: Grant, route: &Route, env: &Env) -> Result<Principal> {
    judge(grant, route.access, &held_back(&vars::text(env, "SECOND_FACTOR_FOR")))
}

/// The roles of a list such as `manager owner admin`.
fn held_back(names: &str) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| names.split_whitespace().any(|name| name == role.name())).collect()
}

fn judge(grant: Grant, access: Access, held_back: &[Role]) -> Result<Principal> {
    let counts = grant.has_second_factor();
    let mut principal = grant.principal;
    let roles = match access {
        Access::Roles(roles) => Some(roles),
        Access::Public | Access::Guest | Access::SignedIn => None,
    };
    let let_in = |principal: &Principal| roles.map_or(Ok(()), |roles| principal.require(roles));
    let_in(&principal)?;
    if !counts {
        principal.roles.retain(|role| !held_back.contains(role));
        let missing = || {
            let detail = "who leads needs a second factor: enrol one with POST /api/v1/auth/factors/totp/enrol, confirm it, and \
                          refresh the token";
            Problem::new(StatusCode::FORBIDDEN, "second_factor_missing", detail)
        };
        let_in(&principal).map_err(|_| missing())?;
    }
    Ok(principal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_edge::access_token::Method;
    use kirana_edge::principal;
    use kirana_kernel::Timestamp;

    fn grant(roles: &[Role], methods: &[Method]) -> Grant {
        let principal = Principal { roles: roles.into(), ..principal::service("x") };
        Grant { principal, version: 4, proved_at: Timestamp::from_millis(0), methods: methods.into() }
    }

    #[test]
    fn a_role_that_leads_counts_with_a_second_factor_only() {
        let leads = held_back("manager owner admin");
        assert_eq!(leads, [Role::Manager, Role::Owner, Role::Admin]);
        let route = Access::Roles(&[Role::Staff, Role::Manager]);
        let both = [Role::Staff, Role::Manager];
        let code = |grant| judge(grant, route, &leads).map_err(|problem| (problem.status, problem.code));

        let led = code(grant(&[Role::Manager], &[Method::Pwd, Method::Otp])).unwrap();
        assert_eq!(led.roles, [Role::Manager]);
        let refused = code(grant(&[Role::Manager], &[Method::Pwd])).unwrap_err();
        assert_eq!(refused, (403, "second_factor_missing".into()));
        assert_eq!(code(grant(&both, &[Method::Pwd])).unwrap().roles, [Role::Staff], "what else they are counts");
        assert_eq!(
            code(grant(&[Role::Customer], &[Method::Pwd])).unwrap_err().1,
            "forbidden",
            "not theirs in any case"
        );
        let own = judge(grant(&[Role::Manager], &[Method::Pwd]), Access::SignedIn, &leads).unwrap();
        assert!(own.roles.is_empty(), "in one's own affairs as nobody in particular");
        assert_eq!(judge(grant(&[Role::Manager], &[]), route, &held_back("")).unwrap().roles, [Role::Manager]);
    }
}
