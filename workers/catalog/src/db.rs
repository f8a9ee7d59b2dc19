//! SQL of products and of search.

use crate::rules::changes::Kept;
use crate::rules::photo;
use crate::rules::product::Product;
use kirana_contracts::menu::MenuProduct;
use kirana_edge::db::{Db, Statement, constraint, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

#[derive(Deserialize)]
struct ProductRow {
    id: String,
    name: String,
    category: String,
    description: String,
    age_restricted: u8,
    tax_class: String,
    tags: String,
    allergens: Option<String>,
    photo: Option<String>,
    variants: String,
}

impl TryFrom<ProductRow> for MenuProduct {
    type Error = Problem;

    fn try_from(row: ProductRow) -> Result<Self> {
        let id = kirana_edge::db::id(&row.id)?;
        Ok(Self {
            id,
            name: row.name,
            description: row.description,
            category: row.category,
            age_restricted: row.age_restricted == 1,
            tax_class: row.tax_class,
            tags: serde_json::from_str(&row.tags)?,
            allergens: row.allergens.as_deref().map(serde_json::from_str).transpose()?,
            photo: row.photo.as_deref().map(|hash| photo::address(id, hash)),
            variants: serde_json::from_str(&row.variants)?,
        })
    }
}

fn read(rows: Vec<ProductRow>) -> Result<Vec<MenuProduct>> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A product with what the API does not show.
pub struct KeptProduct {
    /// The menu it is on.
    pub menu_id: Id,
    /// Where its photo is.
    pub photo: Option<String>,
    /// The rest.
    pub kept: Kept,
}

#[derive(Deserialize)]
struct KeptRow {
    menu_id: String,
    slug: String,
    retired_at: Option<i64>,
    #[serde(flatten)]
    product: ProductRow,
}

impl TryFrom<KeptRow> for KeptProduct {
    type Error = Problem;

    fn try_from(row: KeptRow) -> Result<Self> {
        let product = MenuProduct::try_from(row.product)?;
        Ok(Self {
            menu_id: kirana_edge::db::id(&row.menu_id)?,
            photo: product.photo.clone(),
            kept: Kept { id: product.id, retired: row.retired_at.is_some(), product: Product::of(row.slug, product) },
        })
    }
}

/// Every product of a menu, those that are sold no more too.
///
/// # Errors
/// 500 when the database refuses.
pub async fn kept_of_menu(env: &Env, menu: Id) -> Result<Vec<Kept>> {
    let rows: Vec<KeptRow> = Db::of(env)?
        .all(
            "SELECT menu_id, slug, retired_at, id, name, category, description, age_restricted, tax_class, tags, allergens, photo, variants
             FROM products WHERE menu_id = ?1 LIMIT 10000",
            params![menu],
        )
        .await?;
    rows.into_iter().map(|row| KeptProduct::try_from(row).map(|product| product.kept)).collect()
}

/// One product, if it is sold.
///
/// # Errors
/// 500 when the database refuses.
pub async fn kept(env: &Env, id: Id) -> Result<Option<KeptProduct>> {
    let row: Option<KeptRow> = Db::of(env)?
        .first(
            "SELECT menu_id, slug, retired_at, id, name, category, description, age_restricted, tax_class, tags, allergens, photo, variants
             FROM products WHERE id = ?1 AND retired_at IS NULL",
            params![id],
        )
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Runs a batch that writes one product and what hangs on it.
///
/// # Errors
/// 409 `name_taken` when the menu has a product of this name.
pub async fn write(env: &Env, mut statements: Vec<Statement>, id: Id) -> Result<()> {
    statements.extend(index(id));
    match Db::of(env)?.batch(statements).await {
        Err(error) if constraint(&error, "products.slug") => {
            Err(Problem::conflict("name_taken", "the menu has, or had, a product of this name"))
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}

fn said(product: &Product) -> Result<Option<String>> {
    Ok(product.allergens.as_ref().map(serde_json::to_string).transpose()?)
}

/// Which photo a product has, by its hash; for those that are sold.
///
/// # Errors
/// 404 for a product that is not sold.
pub async fn photo(env: &Env, id: Id) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Row {
        photo: Option<String>,
    }
    let row: Option<Row> =
        Db::of(env)?.first("SELECT photo FROM products WHERE id = ?1 AND retired_at IS NULL", params![id]).await?;
    row.map(|row| row.photo).ok_or_else(|| Problem::not_found("there is no such product"))
}

/// Gives a product another photo, or none: its menu is another then.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_photo(env: &Env, id: Id, hash: Option<&str>) -> Result<()> {
    let set = stmt("UPDATE products SET photo = ?2 WHERE id = ?1", params![id, hash]);
    let touch = stmt(
        "UPDATE menus SET version = version + 1 WHERE id = (SELECT menu_id FROM products WHERE id = ?1)",
        params![id],
    );
    Db::of(env)?.batch(vec![set, touch]).await?;
    Ok(())
}

/// The statement that puts a new product at the end of its menu.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn insert(menu: Id, id: Id, product: &Product) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO products (id, menu_id, slug, position, search_id, name, category, description, age_restricted, tax_class, tags, variants, allergens)
         VALUES (?1, ?2, ?3, (SELECT COALESCE(MAX(position), -1) + 1 FROM products WHERE menu_id = ?2),
                 (SELECT COALESCE(MAX(search_id), 0) + 1 FROM products), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            id,
            menu,
            &product.slug,
            &product.name,
            &product.category,
            &product.description,
            product.age_restricted,
            &product.tax_class,
            serde_json::to_string(&product.tags)?,
            serde_json::to_string(&product.variants)?,
            said(product)?
        ],
    ))
}

/// The statement that makes a product another.
///
/// # Errors
/// As [`insert`].
pub fn update(id: Id, product: &Product) -> Result<Statement> {
    Ok(stmt(
        "UPDATE products SET name = ?2, category = ?3, description = ?4, age_restricted = ?5, tax_class = ?6, tags = ?7, variants = ?8, allergens = ?9
         WHERE id = ?1",
        params![
            id,
            &product.name,
            &product.category,
            &product.description,
            product.age_restricted,
            &product.tax_class,
            serde_json::to_string(&product.tags)?,
            serde_json::to_string(&product.variants)?,
            said(product)?
        ],
    ))
}

/// The statement after which a product is sold no more.
#[must_use]
pub fn retire(id: Id, now: Timestamp) -> Statement {
    stmt("UPDATE products SET retired_at = ?2 WHERE id = ?1 AND retired_at IS NULL", params![id, now])
}

/// The statements that bring search and tags up to a product.
fn index(id: Id) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM product_search WHERE rowid = (SELECT search_id FROM products WHERE id = ?1)", params![id]),
        stmt(
            "INSERT INTO product_search (rowid, product_id, name, category, description)
             SELECT search_id, id, name, category, description FROM products WHERE id = ?1 AND retired_at IS NULL",
            params![id],
        ),
        stmt("DELETE FROM product_tags WHERE product_id = ?1", params![id]),
        stmt(
            "INSERT INTO product_tags (product_id, tag) SELECT products.id, tag.value FROM products, json_each(products.tags) AS tag
             WHERE products.id = ?1 AND retired_at IS NULL",
            params![id],
        ),
    ]
}

/// The products of a menu, as they are shown.
///
/// # Errors
/// 500 when the database refuses.
pub async fn products_of_menu(env: &Env, menu: Id) -> Result<Vec<MenuProduct>> {
    read(
        Db::of(env)?
            .all(
                "SELECT id, name, category, description, age_restricted, tax_class, tags, allergens, photo, variants FROM products
                 WHERE menu_id = ?1 AND retired_at IS NULL ORDER BY position LIMIT 2000",
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
                "SELECT id, name, category, description, age_restricted, tax_class, tags, allergens, photo, variants FROM products
                 WHERE id > ?1 AND retired_at IS NULL ORDER BY id LIMIT ?2",
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
            "SELECT id, name, category, description, age_restricted, tax_class, tags, allergens, photo, variants FROM products WHERE id = ?1 AND retired_at IS NULL",
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
                "SELECT p.id, p.name, p.category, p.description, p.age_restricted, p.tax_class, p.tags, p.allergens, p.photo, p.variants
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
    let rows: Vec<Row> = Db::of(env)?
        .all("SELECT DISTINCT category FROM products WHERE retired_at IS NULL ORDER BY category LIMIT 500", params![])
        .await?;
    Ok(rows.into_iter().map(|row| row.category).collect())
}

/// A tag, and how many products have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// Products that have it.
    pub products: i64,
}

/// The tags of all products.
///
/// # Errors
/// 500 when the database refuses.
pub async fn tags(env: &Env) -> Result<Vec<TagCount>> {
    Db::of(env)?
        .all("SELECT tag, COUNT(*) AS products FROM product_tags GROUP BY tag ORDER BY tag LIMIT 500", params![])
        .await
}
