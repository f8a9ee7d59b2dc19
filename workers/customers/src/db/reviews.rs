//! SQL of reviews.

use crate::rules::reviews::{Review, ReviewAnswer, ReviewStatus};
use kirana_edge::db::{self, Db, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::Id;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    author: String,
    product_id: String,
    product: String,
    order_id: String,
    rating: i64,
    words: Option<String>,
    status: ReviewStatus,
    response: Option<String>,
    created_at: i64,
}

fn review(row: Row) -> Result<Review> {
    Ok(Review {
        id: db::id(&row.id)?,
        author: row.author,
        product_id: db::id(&row.product_id)?,
        product: row.product,
        rating: row.rating,
        words: row.words,
        status: row.status,
        response: row.response,
        created_at: timestamp(row.created_at),
        order_id: Some(db::id(&row.order_id)?),
    })
}

/// Where a review belongs that is new.
pub struct Written<'a> {
    /// Who wrote it.
    pub user: Id,
    /// With which order it was bought.
    pub order: Id,
    /// In which store.
    pub store: Id,
    /// What was written.
    pub review: &'a Review,
}

/// Writes a review, or what somebody says of the same instead: then its words are to be read anew. Its id, as it is kept.
///
/// # Errors
/// 500 when the database refuses.
pub async fn write(db: &Db, written: &Written<'_>) -> Result<Option<Id>> {
    #[derive(Deserialize)]
    struct Kept {
        id: String,
    }
    let Written { user, order, store, review } = written;
    let kept: Option<Kept> = db
        .first(
            "INSERT INTO reviews (id, user_id, author, product_id, product, order_id, store_id, rating, words, status, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (user_id, order_id, product_id) DO UPDATE SET rating = excluded.rating, words = excluded.words,
                status = excluded.status, response = NULL, created_at = excluded.created_at
             RETURNING id",
            params![
                review.id,
                *user,
                &review.author,
                review.product_id,
                &review.product,
                *order,
                *store,
                review.rating,
                review.words.clone(),
                review.status.name(),
                review.created_at
            ],
        )
        .await?;
    kept.map(|kept| db::id(&kept.id)).transpose()
}

/// How many stars a product has, of how many.
///
/// # Errors
/// 500 when the database refuses.
pub async fn stars(db: &Db, product: Id) -> Result<(i64, Option<i64>)> {
    #[derive(Deserialize)]
    struct Stars {
        count: i64,
        mean: Option<i64>,
    }
    let stars: Option<Stars> = db
        .first(
            "SELECT COUNT(*) AS count, CAST(ROUND(AVG(rating) * 100) AS INTEGER) AS mean FROM reviews WHERE product_id = ?1",
            params![product],
        )
        .await?;
    Ok(stars.map_or((0, None), |stars| (stars.count, stars.mean)))
}

async fn list(db: &Db, sql: &'static str, of: Id, before: Option<Id>, limit: usize) -> Result<Vec<Review>> {
    let before = before.map_or_else(|| "~".to_owned(), |id| id.to_string());
    let rows: Vec<Row> = db.all(sql, params![of, before, limit]).await?;
    rows.into_iter().map(review).collect()
}

/// What everybody may read of a product, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn shown(db: &Db, product: Id, limit: usize) -> Result<Vec<Review>> {
    let sql = "SELECT * FROM reviews WHERE product_id = ?1 AND id < ?2 AND status = 'shown' AND words IS NOT NULL ORDER BY id DESC LIMIT ?3";
    list(db, sql, product, None, limit).await
}

/// What somebody has written, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_user(db: &Db, user: Id, limit: usize) -> Result<Vec<Review>> {
    list(db, "SELECT * FROM reviews WHERE user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3", user, None, limit).await
}

/// What was bought in a store, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_store(db: &Db, store: Id, before: Option<Id>, limit: usize) -> Result<Vec<Review>> {
    list(db, "SELECT * FROM reviews WHERE store_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3", store, before, limit)
        .await
}

/// What a store decides of a review of something that was bought there; the review then, if there is one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn answer(db: &Db, store: Id, id: Id, answer: &ReviewAnswer) -> Result<Option<Review>> {
    let row: Option<Row> = db
        .first(
            "UPDATE reviews SET status = ?3, response = ?4 WHERE store_id = ?1 AND id = ?2 RETURNING *",
            params![store, id, answer.status.name(), answer.response.as_deref().map(|text| text.trim().to_owned())],
        )
        .await?;
    row.map(review).transpose()
}

/// Where a new review stands: words are to be read first, stars alone are not.
#[must_use]
pub const fn unread(words: Option<&String>) -> ReviewStatus {
    if words.is_some() { ReviewStatus::Waiting } else { ReviewStatus::Shown }
}
