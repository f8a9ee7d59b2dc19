//! Statements that were compiled: compiling one takes longer than running it, and so does looking it up by the whole of its
//! text.

use crate::SqlError;
use rusqlite::{Connection, Statement};
use std::cell::RefCell;

/// Statements on one shelf at most: a store has some hundred of them all.
const MOST: usize = 16;
const SHELVES: usize = 512;

/// A statement and the names of its columns.
pub struct Compiled<'a> {
    /// The statement, at rest.
    pub statement: Statement<'a>,
    /// The names of what it answers.
    pub columns: Vec<String>,
}

/// Statements with their texts, on shelves by a few signs of the text.
#[derive(Default)]
pub struct Statements<'a>(RefCell<Vec<Shelf<'a>>>);

type Shelf<'a> = Vec<(Box<str>, Compiled<'a>)>;

self_cell::self_cell!(
    /// A database with its statements.
    pub struct Opened {
        owner: Connection,
        #[not_covariant]
        dependent: Statements,
    }
);

impl Opened {
    /// Without statements yet.
    pub fn of(connection: Connection) -> Self {
        Self::new(connection, |_| Statements::default())
    }

    /// Does something with a statement.
    ///
    /// # Errors
    /// When it cannot be compiled, or is in use, and that of `work`.
    pub fn with<T>(
        &self,
        sql: &str,
        work: impl FnOnce(&mut Compiled<'_>) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        self.with_dependent(|connection, statements| {
            let mut shelves =
                statements.0.try_borrow_mut().map_err(|_| SqlError("a statement within a statement".into()))?;
            if shelves.is_empty() {
                shelves.resize_with(SHELVES, Vec::new);
            }
            let shelf = &mut shelves[shelf_of(sql)];
            if shelf.len() > MOST {
                shelf.clear();
            }
            let known = shelf.iter().position(|(text, _)| **text == *sql);
            let index = match known {
                Some(index) => index,
                None => {
                    let statement = connection.prepare(sql)?;
                    let columns = statement.column_names().into_iter().map(str::to_owned).collect();
                    shelf.push((sql.into(), Compiled { statement, columns }));
                    shelf.len() - 1
                }
            };
            work(&mut shelf[index].1)
        })
    }
}

/// By its length and some of its signs.
fn shelf_of(sql: &str) -> usize {
    let text = sql.as_bytes();
    let step = (text.len() / 16).max(1);
    text.iter().step_by(step).fold(text.len(), |sum, sign| sum.wrapping_mul(31) ^ usize::from(*sign)) % SHELVES
}
