//! A database whose process can die between any two statements.

use crate::touched::Touched;
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
    /// Statements before the one that is refused; `None` refuses none.
    refused_after: Cell<Option<u32>>,
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

    /// Refuses one statement after so many; the process lives on.
    pub fn stumble_after(&self, statements: u32) {
        self.refused_after.set(Some(statements));
    }

    /// Refuses nothing any more; answers whether it would still have.
    pub fn steady(&self) -> bool {
        self.refused_after.take().is_some()
    }

    fn statement(&self) -> Result<(), SqlError> {
        if !self.dead.get() {
            match self.left.get() {
                None => return self.stumble(),
                Some(0) => self.dead.set(true),
                Some(left) => {
                    self.left.set(Some(left - 1));
                    return Ok(());
                }
            }
        }
        Err(SqlError("the process died".into()))
    }

    fn stumble(&self) -> Result<(), SqlError> {
        let left = self.refused_after.get();
        self.refused_after.set(left.and_then(|left| left.checked_sub(1)));
        if left == Some(0) { Err(SqlError("the database is busy".into())) } else { Ok(()) }
    }
}

/// A database, and the process that uses it.
#[derive(Clone)]
pub struct Mortal {
    database: Rc<Lent>,
    doom: Rc<Doom>,
    touched: Rc<Cell<Touched>>,
}

thread_local! { static IDLE: RefCell<Vec<Native>> = const { RefCell::new(Vec::new()) } }

/// A database with the tables of a store. Making one and compiling its statements takes longer than a run, so it is lent:
/// all of a run happens in one transaction that is undone in the end, and what commits within is a savepoint.
struct Lent(Option<Native>);

impl Lent {
    fn new() -> Result<Self, SqlError> {
        let idle = IDLE.with_borrow_mut(Vec::pop);
        let database = match idle {
            Some(database) => database,
            None => {
                let new = Native::in_memory()?;
                kirana_store_core::migrate(&new).map_err(|refusal| SqlError(refusal.to_string()))?;
                new
            }
        };
        database.run("BEGIN", &[])?;
        Ok(Self(Some(database)))
    }

    fn get(&self) -> Result<&Native, SqlError> {
        self.0.as_ref().ok_or_else(|| SqlError("the database was given back".into()))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(database) = self.0.take()
            && database.run("ROLLBACK", &[]).is_ok()
        {
            // At the end of a thread there is nobody to lend it to.
            let _ = IDLE.try_with(|idle| idle.borrow_mut().push(database));
        }
    }
}

impl Mortal {
    /// A new database in memory with the tables of a store.
    ///
    /// # Errors
    /// When SQLite cannot make one.
    pub fn new(doom: Rc<Doom>) -> Result<Self, SqlError> {
        Ok(Self { database: Rc::new(Lent::new()?), doom, touched: Rc::new(Cell::new(Touched::ALL)) })
    }

    /// What was touched since this was asked last, also by what was undone.
    #[must_use]
    pub fn touched(&self) -> Touched {
        self.touched.take()
    }

    /// The database for a statement, whose table is noted.
    fn at(&self, sql: &str) -> Result<&Native, SqlError> {
        self.doom.statement()?;
        self.touched.set(self.touched.get().or(Touched::by(sql)));
        self.database.get()
    }

    /// Rows that were written, as [`Native::rows_written`] counts them.
    ///
    /// # Errors
    /// When the database was given back.
    pub fn rows_written(&self) -> Result<u64, SqlError> {
        Ok(self.database.get()?.rows_written())
    }
}

impl Sql for Mortal {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        self.at(sql)?.query(sql, values)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        self.at(sql)?.run(sql, values)
    }

    fn transaction<T, E: From<SqlError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let database = self.database.get()?;
        database.run("SAVEPOINT command", &[])?;
        let done = work().and_then(|done| self.doom.statement().map(|()| done).map_err(E::from));
        match done {
            Ok(done) => {
                database.run("RELEASE command", &[])?;
                // It is kept, and nobody hears of it.
                self.doom.statement()?;
                Ok(done)
            }
            Err(error) => {
                if !self.doom.keep_failed_writes.get() {
                    database.run("ROLLBACK TO command", &[])?;
                }
                database.run("RELEASE command", &[])?;
                Err(error)
            }
        }
    }
}
