//! Lists are bounded: `limit` items a page, and a cursor to the next.

use crate::{Problem, Result};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `limit` and `cursor` of a list request.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The number of items wanted.
    ///
    /// # Errors
    /// 400 `invalid_query` outside 1 to 100.
    pub fn limit(&self) -> Result<usize> {
        match self.limit.unwrap_or(20) {
            limit @ 1..=100 => Ok(limit as usize),
            other => Err(Problem::bad_request("invalid_query", format!("limit: {other} is not between 1 and 100"))),
        }
    }

    /// The id after which the page begins, for lists in the order of ids.
    ///
    /// # Errors
    /// 400 `invalid_cursor` for a cursor that no page gave out.
    pub fn after(&self) -> Result<Option<Id>> {
        self.cursor
            .as_deref()
            .map(|cursor| {
                cursor.parse().map_err(|_| {
                    Problem::bad_request("invalid_cursor", "cursor: expected the next_cursor of the page before")
                })
            })
            .transpose()
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Ask with this `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of up to `limit` items out of `limit + 1` fetched; `key` gives the cursor of an item.
    pub fn of(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(key) } else { None };
        Self { items, next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_there_when_more_is() {
        let page = Page::of(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!((page.items, page.next_cursor.as_deref()), (vec![1, 2], Some("2")));
        let page = Page::of(vec![1, 2], 2, ToString::to_string);
        assert_eq!((page.items, page.next_cursor), (vec![1, 2], None));
    }

    #[test]
    fn limits_are_kept() {
        assert_eq!(PageQuery::default().limit(), Ok(20));
        assert!(PageQuery { limit: Some(101), cursor: None }.limit().is_err());
        assert!(PageQuery { limit: None, cursor: Some("x".into()) }.after().is_err());
    }
}
