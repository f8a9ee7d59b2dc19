//! The small synchronous SQL interface that the core of a Durable Object is written against.
//!
//! In production it is the object's own SQLite (`worker` feature), natively rusqlite (`native` feature): the same
//! statements and the same code run under workerd and under a test.

#[cfg(feature = "native")]
mod native;
#[cfg(feature = "worker")]
mod object;
#[cfg(feature = "native")]
mod statements;

#[cfg(feature = "native")]
pub use native::Native;
#[cfg(feature = "worker")]
pub use object::Object;

use serde::de::DeserializeOwned;

/// A value bound to a statement or read from a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number below 2^53; in STRICT tables it stays one.
    Integer(i64),
    /// A text.
    Text(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in the order of `?1`, `?2`, ...
#[macro_export]
macro_rules! values {
    () => { &[] as &[$crate::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] };
}

/// The database refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SQL: {0}")]
pub struct SqlError(pub String);

/// A database that answers at once.
pub trait Sql {
    /// Runs one statement and reads its rows by the names of their columns.
    ///
    /// # Errors
    /// [`SqlError`] when the database refuses, or a row has another shape.
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError>;

    /// Runs one statement for its effect.
    ///
    /// # Errors
    /// [`SqlError`] when the database refuses.
    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError>;

    /// Runs statements as one transaction: an error from `work` undoes all of them.
    ///
    /// # Errors
    /// The error of `work`, or the database's own.
    fn transaction<T, E: From<SqlError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E>;

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// As [`Sql::query`].
    fn first<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Option<T>, SqlError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }
}
