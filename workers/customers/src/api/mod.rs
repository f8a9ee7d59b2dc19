//! What customers and those who help them ask.

pub mod addresses;
pub mod age;
pub mod reviews;
pub mod segments;
pub mod tastes;

use kirana_edge::{Principal, Problem, Result};
use kirana_kernel::{Id, Role};

/// Refuses everybody but the customer and those of these roles, as if there were no such customer.
///
/// # Errors
/// 404.
pub fn require_self_or(caller: &Principal, id: Id, roles: &[Role]) -> Result<()> {
    let sees = caller.id == id || caller.has_any(roles);
    if sees { Ok(()) } else { Err(Problem::not_found("there is no such customer")) }
}
