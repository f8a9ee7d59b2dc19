//! SQL of the catalogue.

use crate::import::Product;
use kirana_contracts::menu::{MenuProduct, ModifierGroup};
use kirana_edge::db::{Db, stmt};
use kirana_edge::{Problem, Result, clock, params};
use kirana_kernel::{Currency, Id};
use serde::Deserialize;
use std::collections::HashMap;
use worker::Env;

/// A menu without its products.
pub struct MenuRow {
    /// What its prices are in.
    pub currency: Currency,
    /// Its modifier groups.
    pub modifier_groups: Vec<ModifierGroup>,
}

#[derive(Deserialize)]
struct IdRow {
    id: String,
}

#[derive(Deserialize)]
struct ProductRow {
    id: String,
    name: String,
    category: String,
    description: String,
    age_restricted: u8,
    variants: String,
}

impl TryFrom<ProductRow> for MenuProduct {
    type Error = Problem;

    fn try_from(row: ProductRow) -> Result<Self> {
        Ok(Self {
            id: kirana_edge::db::id(&row.id)?,
            name: row.name,
            description: row.description,
            category: row.category,
            age_restricted: row.age_restricted == 1,
            variants: serde_json::from_str(&row.variants)?,
        })
    }
}

fn read(rows: Vec<ProductRow>) -> Result<Vec<MenuProduct>> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Writes a menu with all its products in one batch; products that keep their slug keep their id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn replace_menu(
    env: &Env,
    name: &str,
    currency: Currency,
    groups: &[ModifierGroup],
    products: &[Product],
) -> Result<Id> {
    #[derive(Deserialize)]
    struct Known {
        slug: String,
        id: String,
    }
    let db = Db::of(env)?;
    let menu: Option<IdRow> = db.first("SELECT id FROM menus WHERE name = ?1", params![name]).await?;
    let menu_id = menu.map(|row| kirana_edge::db::id(&row.id)).transpose()?.unwrap_or_else(clock::new_id);
    let known: Vec<Known> =
        db.all("SELECT slug, id FROM products WHERE menu_id = ?1 LIMIT 10000", params![menu_id]).await?;
    let known: HashMap<_, _> = known.into_iter().map(|row| (row.slug, row.id)).collect();
    let mut statements = vec![
        stmt(
            "INSERT INTO menus (id, name, currency, version, modifier_groups) VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT (id) DO UPDATE SET currency = excluded.currency, version = version + 1, modifier_groups = excluded.modifier_groups",
            params![menu_id, name, currency, serde_json::to_string(groups)?],
        ),
        stmt("DELETE FROM product_search WHERE product_id IN (SELECT id FROM products WHERE menu_id = ?1)", params![menu_id]),
        stmt("DELETE FROM products WHERE menu_id = ?1", params![menu_id]),
    ];
    for (position, product) in products.iter().enumerate() {
        let id = known.get(&product.slug).cloned().unwrap_or_else(|| clock::new_id().to_string());
        statements.push(stmt(
            "INSERT INTO products (id, menu_id, slug, position, name, category, description, age_restricted, variants)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                &id,
                menu_id,
                &product.slug,
                position,
                &product.name,
                &product.category,
                &product.description,
                product.age_restricted,
                serde_json::to_string(&product.variants)?
            ],
        ));
        statements.push(stmt(
            "INSERT INTO product_search (product_id, name, category, description) VALUES (?1, ?2, ?3, ?4)",
            params![&id, &product.name, &product.category, &product.description],
        ));
    }
    db.batch(statements).await?;
    Ok(menu_id)
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
    }
    let row: Option<Row> =
        Db::of(env)?.first("SELECT currency, modifier_groups FROM menus WHERE id = ?1", params![id]).await?;
    row.map(|row| {
        Ok(MenuRow { currency: row.currency.parse()?, modifier_groups: serde_json::from_str(&row.modifier_groups)? })
    })
    .transpose()
}

/// Gives a store its menu.
///
/// # Errors
/// 500 when the database refuses.
pub async fn assign(env: &Env, store: Id, menu: Id) -> Result<()> {
    Db::of(env)?
        .run("INSERT OR REPLACE INTO store_menus (store_id, menu_id) VALUES (?1, ?2)", params![store, menu])
        .await?;
    Ok(())
}

/// The menu that a store has.
///
/// # Errors
/// 500 when the database refuses.
pub async fn menu_of(env: &Env, store: Id) -> Result<Option<Id>> {
    let row: Option<IdRow> =
        Db::of(env)?.first("SELECT menu_id AS id FROM store_menus WHERE store_id = ?1", params![store]).await?;
    row.map(|row| kirana_edge::db::id(&row.id)).transpose()
}

/// The products of a menu, as they are shown.
///
/// # Errors
/// 500 when the database refuses.
pub async fn products_of_menu(env: &Env, menu: Id) -> Result<Vec<MenuProduct>> {
    read(
        Db::of(env)?
            .all(
                "SELECT id, name, category, description, age_restricted, variants FROM products WHERE menu_id = ?1 ORDER BY position LIMIT 2000",
                params![menu],
            )
            .await?,
    )
}

/// Products in the order of their ids, after one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn products(env: &Env, after: Option<Id>, limit: usize) -> Result<Vec<MenuProduct>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    read(
        Db::of(env)?
            .all(
                "SELECT id, name, category, description, age_restricted, variants FROM products WHERE id > ?1 ORDER BY id LIMIT ?2",
                params![after, limit + 1],
            )
            .await?,
    )
}

/// One product.
///
/// # Errors
/// 500 when the database refuses.
pub async fn product(env: &Env, id: Id) -> Result<Option<MenuProduct>> {
    let row: Option<ProductRow> = Db::of(env)?
        .first(
            "SELECT id, name, category, description, age_restricted, variants FROM products WHERE id = ?1",
            params![id],
        )
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Products that match an FTS5 expression, the best first; the name counts most.
///
/// # Errors
/// 500 when the database refuses.
pub async fn search(env: &Env, expression: String) -> Result<Vec<MenuProduct>> {
    read(
        Db::of(env)?
            .all(
                "SELECT p.id, p.name, p.category, p.description, p.age_restricted, p.variants
                 FROM product_search s JOIN products p ON p.id = s.product_id
                 WHERE product_search MATCH ?1 ORDER BY bm25(product_search, 0, 10, 3, 1) LIMIT 20",
                params![expression],
            )
            .await?,
    )
}

/// The categories of all products.
///
/// # Errors
/// 500 when the database refuses.
pub async fn categories(env: &Env) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Row {
        category: String,
    }
    let rows: Vec<Row> =
        Db::of(env)?.all("SELECT DISTINCT category FROM products ORDER BY category LIMIT 500", params![]).await?;
    Ok(rows.into_iter().map(|row| row.category).collect())
}
