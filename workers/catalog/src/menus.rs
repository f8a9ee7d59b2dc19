//! SQL of menus, and of what each store makes of its menu.

use crate::rules::changes::Kept;
use crate::rules::overrides::{Override, PriceBounds};
use kirana_contracts::menu::{ModifierGroup, MovingPrice, Tax};
use kirana_edge::db::{Db, Statement, require_one_change, required_change_missing, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use worker::Env;

/// A menu without its products.
pub struct MenuRow {
    /// What its prices are in.
    pub currency: Currency,
    /// Its modifier groups.
    pub modifier_groups: Vec<ModifierGroup>,
    /// How far its stores may go from its prices.
    pub bounds: PriceBounds,
    /// Another with each change of the menu.
    pub version: i64,
}

/// The id of the menu with this name.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_name(env: &Env, name: &str) -> Result<Option<Id>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
    }
    let row: Option<Row> = Db::of(env)?.first("SELECT id FROM menus WHERE name = ?1", params![name]).await?;
    row.map(|row| kirana_edge::db::id(&row.id)).transpose()
}

/// A menu of the chain.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MenuInfo {
    /// The menu.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What its prices are in.
    pub currency: String,
    /// Products on it.
    pub products: i64,
    /// Stores that sell by it.
    pub stores: i64,
    /// So many per cent below its prices a store may go; as far as it likes if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below_percent: Option<u32>,
    /// So many per cent above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above_percent: Option<u32>,
}

/// All menus, by name; 500 at most.
///
/// # Errors
/// 500 when the database refuses.
pub async fn all(env: &Env) -> Result<Vec<MenuInfo>> {
    Db::of(env)?
        .all(
            "SELECT id, name, currency, below_percent, above_percent,
                (SELECT COUNT(*) FROM products p WHERE p.menu_id = m.id AND p.retired_at IS NULL) AS products,
                (SELECT COUNT(*) FROM store_menus s WHERE s.menu_id = m.id) AS stores
             FROM menus m ORDER BY name LIMIT 500",
            params![],
        )
        .await
}

/// A menu.
///
/// # Errors
/// 500 when the database refuses.
pub async fn menu(env: &Env, id: Id) -> Result<Option<MenuRow>> {
    #[derive(Deserialize)]
    struct Row {
        currency: String,
        modifier_groups: String,
        below_percent: Option<u32>,
        above_percent: Option<u32>,
        version: i64,
    }
    let sql = "SELECT currency, modifier_groups, below_percent, above_percent, version FROM menus WHERE id = ?1";
    let row: Option<Row> = Db::of(env)?.first(sql, params![id]).await?;
    row.map(|row| {
        Ok(MenuRow {
            currency: row.currency.parse()?,
            modifier_groups: serde_json::from_str(&row.modifier_groups)?,
            bounds: PriceBounds { below_percent: row.below_percent, above_percent: row.above_percent },
            version: row.version,
        })
    })
    .transpose()
}

/// Sets how far a menu's stores may go from its prices. Was there such a menu?
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_bounds(env: &Env, id: Id, bounds: PriceBounds) -> Result<bool> {
    let set: Option<serde_json::Value> = Db::of(env)?
        .first(
            "UPDATE menus SET below_percent = ?2, above_percent = ?3 WHERE id = ?1 RETURNING id",
            params![id, bounds.below_percent, bounds.above_percent],
        )
        .await?;
    Ok(set.is_some())
}

/// Writes a menu with all its products in one batch, with what is told of it. A product is known by its slug and keeps its id;
/// what is no longer on the menu is sold no more. The number of statements is the same for any menu.
///
/// # Errors
/// 500 when the database refuses.
pub async fn replace(
    env: &Env,
    (id, name, currency): (Id, &str, Currency),
    groups: &[ModifierGroup],
    products: &[Kept],
    told: Vec<Statement>,
    now: Timestamp,
) -> Result<()> {
    let products: Vec<_> = products.iter().map(|kept| json!({"id": kept.id, "product": kept.product})).collect();
    let mut statements = vec![
        stmt(
            "INSERT INTO menus (id, name, currency, version, modifier_groups) VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT (id) DO UPDATE SET currency = excluded.currency, version = version + 1, modifier_groups = excluded.modifier_groups",
            params![id, name, currency, serde_json::to_string(groups)?],
        ),
        stmt(
            "DELETE FROM product_search WHERE rowid IN (SELECT search_id FROM products WHERE menu_id = ?1)",
            params![id],
        ),
        stmt("DELETE FROM product_tags WHERE product_id IN (SELECT id FROM products WHERE menu_id = ?1)", params![id]),
        stmt("UPDATE products SET retired_at = ?2 WHERE menu_id = ?1 AND retired_at IS NULL", params![id, now]),
        stmt(
            "INSERT INTO products (id, menu_id, slug, position, search_id, name, category, description, age_restricted, tax_class, tags, allergens, variants)
             SELECT value ->> '$.id', ?1, value ->> '$.product.slug', key,
                    (SELECT COALESCE(MAX(search_id), 0) FROM products) + 1 + key,
                    value ->> '$.product.name', value ->> '$.product.category', value ->> '$.product.description',
                    value ->> '$.product.age_restricted', value ->> '$.product.tax_class', value -> '$.product.tags',
                    NULLIF(value -> '$.product.allergens', 'null'), value -> '$.product.variants'
             FROM json_each(?2) WHERE true
             ON CONFLICT (menu_id, slug) DO UPDATE SET position = excluded.position, name = excluded.name,
                category = excluded.category, description = excluded.description, age_restricted = excluded.age_restricted,
                tax_class = excluded.tax_class, tags = excluded.tags, allergens = excluded.allergens, variants = excluded.variants, retired_at = NULL",
            params![id, serde_json::to_string(&products)?],
        ),
        stmt(
            "INSERT INTO product_search (rowid, product_id, name, category, description)
             SELECT search_id, id, name, category, description FROM products WHERE menu_id = ?1 AND retired_at IS NULL",
            params![id],
        ),
        stmt(
            "INSERT INTO product_tags (product_id, tag) SELECT products.id, tag.value FROM products, json_each(products.tags) AS tag
             WHERE menu_id = ?1 AND retired_at IS NULL",
            params![id],
        ),
    ];
    statements.extend(told);
    Db::of(env)?.batch(statements).await?;
    Ok(())
}

/// The statement after which nobody believes an older copy of this menu.
#[must_use]
pub fn touch(menu: Id) -> Statement {
    stmt("UPDATE menus SET version = version + 1 WHERE id = ?1", params![menu])
}

/// Writes a menu's modifier groups and the products whose variants got or lost one, with what is told of it.
///
/// # Errors
/// 409 `menu_changed` when the menu is no longer of this version: groups are one document, and who writes an old one would undo
/// what another wrote.
pub async fn set_groups(
    env: &Env,
    (menu, version): (Id, i64),
    groups: &[ModifierGroup],
    changed: &[Kept],
    told: Vec<Statement>,
) -> Result<()> {
    let changed: Vec<_> =
        changed.iter().map(|kept| json!({"id": kept.id, "variants": kept.product.variants})).collect();
    let mut statements = vec![
        stmt(
            "UPDATE menus SET modifier_groups = ?2, version = version + 1 WHERE id = ?1 AND version = ?3",
            params![menu, serde_json::to_string(groups)?, version],
        ),
        require_one_change(),
        stmt(
            "UPDATE products SET variants = changed.value -> '$.variants' FROM json_each(?1) AS changed
             WHERE products.id = changed.value ->> '$.id'",
            params![serde_json::to_string(&changed)?],
        ),
    ];
    statements.extend(told);
    match Db::of(env)?.batch(statements).await {
        Err(error) if required_change_missing(&error) => {
            Err(Problem::conflict("menu_changed", "somebody else changed this menu just now: look again"))
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// Gives a store its menu.
///
/// # Errors
/// 500 when the database refuses.
pub async fn assign(env: &Env, store: Id, menu: Id, tax: &Tax) -> Result<()> {
    let assign = stmt(
        "INSERT INTO store_menus (store_id, menu_id) VALUES (?1, ?2)
         ON CONFLICT (store_id) DO UPDATE SET menu_id = excluded.menu_id, version = version + 1",
        params![store, menu],
    );
    Db::of(env)?.batch(vec![assign, know(store, tax)?]).await?;
    Ok(())
}

/// The statement that keeps what must be known of a store.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn know(store: Id, tax: &Tax) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO stores (store_id, tax, version) VALUES (?1, ?2, 1)
         ON CONFLICT (store_id) DO UPDATE SET tax = excluded.tax, version = version + 1 WHERE excluded.tax <> stores.tax",
        params![store, serde_json::to_string(tax)?],
    ))
}

/// What a store's menu is made of: a resolved menu of the same versions is the same.
pub struct Recipe {
    /// The menu.
    pub menu: Id,
    /// How the store's sales are taxed.
    pub tax: Option<Tax>,
    /// Versions of the menu, of the store's choices, and of the store.
    pub versions: [i64; 3],
}

/// What a store's menu is made of: one query, asked for each menu that is read.
///
/// # Errors
/// 500 when the database refuses.
pub async fn recipe(env: &Env, store: Id) -> Result<Option<Recipe>> {
    #[derive(Deserialize)]
    struct Row {
        menu_id: String,
        menu: i64,
        choices: i64,
        tax: Option<String>,
        store: Option<i64>,
    }
    let row: Option<Row> = Db::of(env)?
        .first(
            "SELECT m.id AS menu_id, m.version AS menu, c.version AS choices, s.tax, s.version AS store
             FROM store_menus c JOIN menus m ON m.id = c.menu_id LEFT JOIN stores s ON s.store_id = c.store_id WHERE c.store_id = ?1",
            params![store],
        )
        .await?;
    row.map(|row| {
        Ok(Recipe {
            menu: kirana_edge::db::id(&row.menu_id)?,
            tax: row.tax.as_deref().map(serde_json::from_str).transpose()?,
            versions: [row.menu, row.choices, row.store.unwrap_or(0)],
        })
    })
    .transpose()
}

/// What a store sells otherwise than its menu says, by sku.
///
/// # Errors
/// 500 when the database refuses.
pub async fn overrides(env: &Env, store: Id, currency: Currency) -> Result<Vec<Override>> {
    #[derive(Deserialize)]
    struct Row {
        sku: String,
        price: Option<i64>,
        available: u8,
        hidden: u8,
    }
    let rows: Vec<Row> = Db::of(env)?
        .all(
            "SELECT sku, price, available, hidden FROM menu_overrides WHERE store_id = ?1 ORDER BY sku LIMIT 500",
            params![store],
        )
        .await?;
    let price = |amount| Money::new(amount, currency);
    let read = |row: Row| Override {
        sku: row.sku,
        price: row.price.map(price),
        available: row.available == 1,
        hidden: row.hidden == 1,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Prices of a store that move by themselves, by sku.
///
/// # Errors
/// 500 when the database refuses.
pub async fn moving(env: &Env, store: Id, currency: Currency) -> Result<Vec<MovingPrice>> {
    #[derive(Deserialize)]
    struct Row {
        sku: String,
        price: i64,
        reason: Option<String>,
    }
    let sql = "SELECT sku, price, reason FROM moving_prices WHERE store_id = ?1 ORDER BY sku LIMIT 500";
    let rows: Vec<Row> = Db::of(env)?.all(sql, params![store]).await?;
    let read = |row: Row| MovingPrice { sku: row.sku, price: Money::new(row.price, currency), reason: row.reason };
    Ok(rows.into_iter().map(read).collect())
}

/// Puts these in the place of those there were, with what is told of it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_moving(env: &Env, store: Id, prices: &[MovingPrice], told: Vec<Statement>) -> Result<()> {
    let mut statements = vec![
        stmt("DELETE FROM moving_prices WHERE store_id = ?1", params![store]),
        stmt(
            "INSERT INTO moving_prices (store_id, sku, price, reason)
             SELECT ?1, value ->> '$.sku', value ->> '$.price.amount', value ->> '$.reason' FROM json_each(?2)",
            params![store, serde_json::to_string(prices)?],
        ),
        stmt("UPDATE store_menus SET version = version + 1 WHERE store_id = ?1", params![store]),
    ];
    statements.extend(told);
    Db::of(env)?.batch(statements).await?;
    Ok(())
}

/// Puts these overrides in the place of a store's, with what is told of it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_overrides(env: &Env, store: Id, overrides: &[Override], told: Vec<Statement>) -> Result<()> {
    let mut statements = vec![
        stmt("DELETE FROM menu_overrides WHERE store_id = ?1", params![store]),
        stmt(
            "INSERT INTO menu_overrides (store_id, sku, price, available, hidden)
             SELECT ?1, value ->> '$.sku', value ->> '$.price.amount', value ->> '$.available', value ->> '$.hidden' FROM json_each(?2)",
            params![store, serde_json::to_string(overrides)?],
        ),
        stmt("UPDATE store_menus SET version = version + 1 WHERE store_id = ?1", params![store]),
    ];
    statements.extend(told);
    Db::of(env)?.batch(statements).await?;
    Ok(())
}
