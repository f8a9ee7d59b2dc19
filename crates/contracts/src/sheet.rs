//! A sheet of paper: what books and others have printed.

use serde::{Deserialize, Serialize};

/// A document of sheets, each begun on a page of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    /// What readers show as its name.
    pub name: String,
    /// The sheets, one at least.
    pub sheets: Vec<Sheet>,
}

/// A sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// What it is: `Invoice 17`.
    pub title: String,
    /// Whose: lines above the title.
    pub from: Vec<String>,
    /// What is said of it: a word and what it is.
    pub facts: Vec<(String, String)>,
    /// How columns are headed; the first is the widest and begins at the left, the others end at the right.
    pub columns: Vec<String>,
    /// Rows with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// Sums under the table: a word and an amount. The last is the one that counts.
    pub sums: Vec<(String, String)>,
    /// Words at the end.
    pub notes: Vec<String>,
}

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// As it is to be read.
    pub text: String,
    /// What stands there when no font has the script of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, otherwise: None }
    }
}
