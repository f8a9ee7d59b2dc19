//! SQL of carts, and whose cart it is.

use http::HeaderMap;
use kirana_contracts::quote::LineRequest;
use kirana_edge::db::Db;
use kirana_edge::{Principal, Problem, Result, clock, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::time::Duration;
use worker::Env;

/// The header in which a guest's cart token travels, both ways.
pub const TOKEN: &str = "x-cart-token";

/// A cart that nobody touched for so long is thrown away.
const LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// A cart as it is kept.
#[derive(Clone, Debug)]
pub struct Cart {
    /// Counts its changes; 0 for one that is not kept yet.
    pub version: i64,
    /// The store it buys from.
    pub store_id: Id,
    /// What is in it.
    pub lines: Vec<LineRequest>,
    /// The coupons in it.
    pub coupons: Vec<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Whose cart: a customer's by who they are, a guest's by a token that only they have.
#[derive(Clone, Debug)]
pub struct Owner {
    key: String,
    /// Who it is; nobody yet for a guest.
    pub customer: Option<Id>,
    /// The token to tell a guest, when it was made just now.
    pub new_token: Option<String>,
}

impl Owner {
    /// A customer.
    #[must_use]
    pub fn customer(caller: &Principal) -> Self {
        Self { key: format!("customer {}", caller.id), customer: Some(caller.id), new_token: None }
    }

    /// A guest with this token.
    ///
    /// # Errors
    /// 400 `invalid_cart_token` for what no cart token looks like.
    pub fn guest(token: &str) -> Result<Self> {
        let good = token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !good {
            return Err(Problem::bad_request("invalid_cart_token", "X-Cart-Token: send back what the cart came with"));
        }
        Ok(Self { key: format!("guest {}", hex::encode(Sha256::digest(token))), customer: None, new_token: None })
    }

    /// Whoever asks: logged in, a guest with a token, or a guest who gets one now.
    ///
    /// # Errors
    /// As [`Owner::guest`].
    pub fn of(caller: Option<&Principal>, headers: &HeaderMap) -> Result<Self> {
        if let Some(caller) = caller {
            return Ok(Self::customer(caller));
        }
        if let Some(token) = token(headers) {
            return Self::guest(token);
        }
        let token = hex::encode(clock::random::<32>());
        Ok(Self { new_token: Some(token.clone()), ..Self::guest(&token)? })
    }
}

/// The guest's token of a request.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get(TOKEN).and_then(|value| value.to_str().ok())
}

/// The owner's cart, if there is one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn load(env: &Env, owner: &Owner) -> Result<Option<Cart>> {
    #[derive(Deserialize)]
    struct Row {
        version: i64,
        store_id: String,
        lines: String,
        coupons: String,
        updated_at: i64,
    }
    let row: Option<Row> = Db::of(env)?
        .first("SELECT version, store_id, lines, coupons, updated_at FROM carts WHERE owner = ?1", params![&owner.key])
        .await?;
    row.map(|row| {
        Ok(Cart {
            version: row.version,
            store_id: kirana_edge::db::id(&row.store_id)?,
            lines: serde_json::from_str(&row.lines)?,
            coupons: serde_json::from_str(&row.coupons)?,
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    })
    .transpose()
}

/// Keeps a changed cart.
///
/// # Errors
/// 409 `cart_changed` when somebody else changed it since it was read.
pub async fn save(env: &Env, owner: &Owner, cart: &Cart) -> Result<Cart> {
    #[derive(Deserialize)]
    struct Row {
        version: i64,
    }
    let now = clock::now();
    let row: Option<Row> = Db::of(env)?
        .first(
            "INSERT INTO carts (owner, version, store_id, lines, coupons, updated_at) VALUES (?1, ?2 + 1, ?3, ?4, ?5, ?6)
             ON CONFLICT (owner) DO UPDATE SET version = excluded.version, store_id = excluded.store_id, lines = excluded.lines,
                    coupons = excluded.coupons, updated_at = excluded.updated_at WHERE carts.version = ?2 RETURNING version",
            params![
                &owner.key,
                cart.version,
                cart.store_id,
                serde_json::to_string(&cart.lines)?,
                serde_json::to_string(&cart.coupons)?,
                now
            ],
        )
        .await?;
    let row =
        row.ok_or_else(|| Problem::conflict("cart_changed", "the cart changed meanwhile: read it, and try again"))?;
    Ok(Cart { version: row.version, updated_at: now, ..cart.clone() })
}

/// Throws the owner's cart away; with a version, only if it has not changed since.
///
/// # Errors
/// 500 when the database refuses.
pub async fn delete(env: &Env, owner: &Owner, version: Option<i64>) -> Result<()> {
    Db::of(env)?
        .run("DELETE FROM carts WHERE owner = ?1 AND (?2 IS NULL OR version = ?2)", params![&owner.key, version])
        .await?;
    Ok(())
}

/// Throws away what nobody touched for long.
///
/// # Errors
/// 500 when the database refuses.
pub async fn sweep(env: &Env) -> Result<()> {
    Db::of(env)?.run("DELETE FROM carts WHERE updated_at < ?1", params![clock::now() - LIFETIME]).await?;
    Ok(())
}
