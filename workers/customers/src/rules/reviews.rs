//! What a review may be, and of what.

use kirana_contracts::order::Order;
use kirana_edge::{FieldError, Problem, Result};
use kirana_kernel::{Id, OrderStatus, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A review as its author sends it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    /// The order that it was bought with: one's own, handed over.
    pub order_id: Id,
    /// What of it.
    pub product_id: Id,
    /// 1 to 5 stars.
    #[schema(minimum = 1, maximum = 5)]
    pub rating: i64,
    /// What one has to say, 1000 characters at most.
    #[serde(default)]
    pub words: Option<String>,
}

/// Where its words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReviewStatus {
    /// Nobody of the store has read them.
    Waiting,
    /// Everybody sees them.
    Shown,
    /// Nobody sees them; the stars count.
    Hidden,
}

impl ReviewStatus {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Shown => "shown",
            Self::Hidden => "hidden",
        }
    }
}

/// What a store decides.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewAnswer {
    /// `shown` or `hidden`.
    pub status: ReviewStatus,
    /// What the store says to it, 1000 characters at most.
    #[serde(default)]
    pub response: Option<String>,
}

/// A review.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// Its id.
    pub id: Id,
    /// How its author is called.
    pub author: String,
    /// Of what.
    pub product_id: Id,
    /// How that is called.
    pub product: String,
    /// 1 to 5 stars.
    pub rating: i64,
    /// What the author has to say; absent where there is nothing, or it is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Where the words stand.
    pub status: ReviewStatus,
    /// What the store says to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// The order that it was bought with; for its author only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Id>,
}

/// What is said of a product.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProductReviews {
    /// How many have given it stars.
    pub count: i64,
    /// How many stars in the mean, in hundredths: 467 is 4.67; absent while there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_hundredths: Option<i64>,
    /// Those with words that are shown, the newest first, 20 at most.
    pub reviews: Vec<Review>,
}

fn is_long(text: Option<&String>) -> bool {
    text.is_some_and(|text| text.trim().is_empty() || text.chars().count() > 1_000)
}

fn fault(path: &str, message: &str) -> FieldError {
    FieldError { path: path.into(), message: message.into() }
}

/// Everything that is wrong with a review.
#[must_use]
pub fn faults(review: &NewReview) -> Vec<FieldError> {
    let stars = !(1..=5).contains(&review.rating);
    let rating = stars.then(|| fault("rating", "expected 1 to 5"));
    let words = is_long(review.words.as_ref()).then(|| fault("words", "expected 1 to 1000 characters, or none at all"));
    rating.into_iter().chain(words).collect()
}

/// Everything that is wrong with what a store decides.
#[must_use]
pub fn answer_faults(answer: &ReviewAnswer) -> Vec<FieldError> {
    let status = (answer.status == ReviewStatus::Waiting).then(|| fault("status", "expected shown or hidden"));
    let response = is_long(answer.response.as_ref());
    let response = response.then(|| fault("response", "expected 1 to 1000 characters, or none at all"));
    status.into_iter().chain(response).collect()
}

/// The name of what is reviewed, if the order has it and has been handed over.
///
/// # Errors
/// 409 `not_handed_over`, 422 for what is not on the order.
pub fn bought(order: &Order, product: Id) -> Result<String> {
    if !matches!(order.status, OrderStatus::Collected | OrderStatus::Delivered | OrderStatus::Completed) {
        return Err(Problem::conflict("not_handed_over", "an order can be reviewed once it has been handed over"));
    }
    let line = order.lines.iter().find(|line| line.product_id == product);
    let line = line.ok_or_else(|| Problem::invalid_field("product_id", "this was not bought with the order"))?;
    Ok(line.name.clone())
}

/// How somebody is called before others: the first word of their name.
#[must_use]
pub fn author(name: &str) -> String {
    name.split_whitespace().next().unwrap_or("Somebody").chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_named() {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        let review = |rating, words: Option<&str>| NewReview {
            order_id: id,
            product_id: id,
            rating,
            words: words.map(str::to_owned),
        };
        assert_eq!(faults(&review(5, Some("Good"))), []);
        assert_eq!(faults(&review(1, None)), []);
        let paths = |review: &NewReview| faults(review).into_iter().map(|fault| fault.path).collect::<Vec<_>>();
        assert_eq!(paths(&review(0, Some(" "))), ["rating", "words"]);
        assert_eq!(paths(&review(6, Some(&"a".repeat(1_001)))), ["rating", "words"]);
        let answer = ReviewAnswer { status: ReviewStatus::Waiting, response: Some(String::new()) };
        assert_eq!(answer_faults(&answer).len(), 2);
    }

    #[test]
    fn nobody_is_named_whole() {
        assert_eq!(author("Mali Srisuk"), "Mali");
        assert_eq!(author("  "), "Somebody");
    }
}
