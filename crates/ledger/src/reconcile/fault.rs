//! What is wrong with a report: where it is, what was found, what was expected.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// How many faults are told of one file: past that it is another file than was thought.
pub(crate) const MAX_FAULTS: usize = 100;

/// One cell that cannot be read. Its row is in no figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowFault {
    /// The line of the file, from 1.
    pub line: u64,
    /// The column's name.
    pub column: String,
    /// What stands there, cut after 80 characters.
    pub found: String,
    /// What should.
    pub expected: String,
}

impl RowFault {
    pub(crate) fn new(line: u64, column: &str, found: &str, expected: impl Into<String>) -> Self {
        let found = found.chars().take(80).collect();
        Self { line, column: column.to_owned(), found, expected: expected.into() }
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, found, expected } = self;
        write!(formatter, "line {line}, column {column}: found {found:?}, expected {expected}")
    }
}

/// Why a file is no report at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Its bytes are no text.
    #[error("the file is not in UTF-8 from byte {at} on: expected a CSV file saved as UTF-8")]
    NotUtf8 {
        /// The first byte that is wrong.
        at: usize,
    },
    /// There is nothing in it.
    #[error("the file is empty: expected a line with the names of columns")]
    Empty,
    /// A column is not there.
    #[error("line {line} has no column {expected}: found {found}")]
    NoColumn {
        /// The line of the header.
        line: u64,
        /// Which column, or one of which.
        expected: String,
        /// The names that are there.
        found: String,
    },
    /// It has too many rows.
    #[error("the file has more than {most} rows: expected one of a shorter period")]
    TooLong {
        /// How many it may have.
        most: usize,
    },
    /// The mapping cannot be used.
    #[error("the mapping's {what} is {found:?}: expected {expected}")]
    Mapping {
        /// Which part.
        what: &'static str,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
}

/// A report that was not read: nothing of it is used, so that no money goes missing between two lines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is no report.
    #[error(transparent)]
    File(#[from] FileFault),
    /// Some rows cannot be read: the first hundred of them.
    #[error("rows that cannot be read: {}; the first is {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Rows(Vec<RowFault>),
}
