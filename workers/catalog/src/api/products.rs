//! Products, across all menus.

use crate::db;
use axum::extract::State;
use kirana_contracts::menu::MenuProduct;
use kirana_edge::{Json, Page, PageQuery, Path, Problem, Query, Result};
use kirana_kernel::Id;
use serde::Deserialize;
use utoipa::IntoParams;
use worker::Env;

/// Lists products.
///
/// # Errors
/// 400 for a page that is none.
#[utoipa::path(get, path = "/api/v1/products", tag = "catalog", params(PageQuery),
    responses((status = 200, body = Page<MenuProduct>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Query(page): Query<PageQuery>) -> Result<Json<Page<MenuProduct>>> {
    let limit = page.limit()?;
    let products = db::products(&env, page.after()?, limit).await?;
    Ok(Json(Page::of(products, limit, |product| product.id.to_string())))
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words of three letters or more, whole or in part; one letter may be wrong in longer ones.
    pub q: String,
}

/// Finds products by their name, category or description, the best first, 20 at most.
///
/// # Errors
/// 400 `invalid_query` for what has no word of three letters.
#[utoipa::path(get, path = "/api/v1/products/search", tag = "catalog", params(SearchQuery),
    responses((status = 200, body = Vec<MenuProduct>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn search(State(env): State<Env>, Query(query): Query<SearchQuery>) -> Result<Json<Vec<MenuProduct>>> {
    let expression = trigrams(&query.q)
        .ok_or_else(|| Problem::bad_request("invalid_query", "q: expected a word of three letters or more"))?;
    Ok(Json(db::search(&env, expression).await?))
}

/// An FTS5 expression that matches any of the words' trigrams; the ranking puts first who has most of them, so that a letter
/// that is wrong costs rank and not the match.
fn trigrams(text: &str) -> Option<String> {
    let mut found = Vec::new();
    for word in text.split_whitespace().take(8) {
        let letters: Vec<char> = word.chars().filter(|letter| letter.is_alphanumeric()).take(32).collect();
        found.extend(letters.windows(3).map(|three| format!("\"{}\"", three.iter().collect::<String>())));
    }
    (!found.is_empty()).then(|| found.join(" OR "))
}

/// The categories that products are in.
///
/// # Errors
/// 500 when the database refuses.
#[utoipa::path(get, path = "/api/v1/products/categories", tag = "catalog", responses((status = 200, body = Vec<String>)))]
#[worker::send]
pub async fn categories(State(env): State<Env>) -> Result<Json<Vec<String>>> {
    Ok(Json(db::categories(&env).await?))
}

/// The tags of all products, each with how many have it.
///
/// # Errors
/// 500 when the database refuses.
#[utoipa::path(get, path = "/api/v1/products/tags", tag = "catalog", responses((status = 200, body = Vec<db::TagCount>)))]
#[worker::send]
pub async fn tags(State(env): State<Env>) -> Result<Json<Vec<db::TagCount>>> {
    Ok(Json(db::tags(&env).await?))
}

/// One product.
///
/// # Errors
/// 404.
#[utoipa::path(get, path = "/api/v1/products/{id}", tag = "catalog", params(("id" = Id, Path, description = "The product")),
    responses((status = 200, body = MenuProduct), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Path(id): Path<Id>) -> Result<Json<MenuProduct>> {
    db::product(&env, id).await?.map(Json).ok_or_else(|| Problem::not_found("there is no such product"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_trigrams() {
        assert_eq!(trigrams("milk te").as_deref(), Some("\"mil\" OR \"ilk\""));
        assert_eq!(trigrams("\"; OR x*"), None);
    }
}
