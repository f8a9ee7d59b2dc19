//! A database whose process can die between any two statements.

use kirana_sql::{Native, Sql, SqlError, Value};
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// When the process dies.
#[derive(Debug, Default)]
pub struct Doom {
    /// Statements that are still done; `None` lives.
    left: Cell<Option<u32>>,
    dead: Cell<bool>,
    /// Deliberate bug: what a failed transaction wrote stays.
    pub keep_failed_writes: Cell<bool>,
}

impl Doom {
    /// Dies after so many statements of what comes next. The commit of a transaction counts as two: before it, after it.
    pub fn after(&self, statements: u32) {
        self.left.set(Some(statements));
    }

    /// A new process on what was committed; answers whether the old one had died.
    pub fn revive(&self) -> bool {
        self.left.set(None);
        self.dead.replace(false)
    }

    fn statement(&self) -> Result<(), SqlError> {
        if !self.dead.get() {
            match self.left.get() {
                None => return Ok(()),
                Some(0) => self.dead.set(true),
                Some(left) => {
                    self.left.set(Some(left - 1));
                    return Ok(());
                }
            }
        }
        Err(SqlError("the process died".into()))
    }
}

/// A database, and the process that uses it.
#[derive(Clone)]
pub struct Mortal {
    database: Rc<Native>,
    doom: Rc<Doom>,
}

impl Mortal {
    /// A new database in memory with the tables of a store: they are made once for each thread, and copied.
    ///
    /// # Errors
    /// When SQLite cannot make one.
    pub fn new(doom: Rc<Doom>) -> Result<Self, SqlError> {
        thread_local! { static EMPTY: RefCell<Option<Native>> = const { RefCell::new(None) } }
        let database = EMPTY.with_borrow_mut(|empty| {
            if empty.is_none() {
                let new = Native::in_memory()?;
                kirana_store_core::migrate(&new).map_err(|refusal| SqlError(refusal.to_string()))?;
                *empty = Some(new);
            }
            empty.as_ref().map_or_else(Native::in_memory, Native::copy)
        })?;
        Ok(Self { database: Rc::new(database), doom })
    }
}

impl Sql for Mortal {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        self.doom.statement()?;
        self.database.query(sql, values)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        self.doom.statement()?;
        self.database.run(sql, values)
    }

    fn transaction<T, E: From<SqlError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.database.run("BEGIN", &[])?;
        let done = work().and_then(|done| self.doom.statement().map(|()| done).map_err(E::from));
        match done {
            Ok(done) => {
                self.database.run("COMMIT", &[])?;
                // It is kept, and nobody hears of it.
                self.doom.statement()?;
                Ok(done)
            }
            Err(error) => {
                let end = if self.doom.keep_failed_writes.get() { "COMMIT" } else { "ROLLBACK" };
                self.database.run(end, &[])?;
                Err(error)
            }
        }
    }
}
