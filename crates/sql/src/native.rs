//! rusqlite behind the same interface, for tests and the simulator.

use crate::{Sql, SqlError, Value};
use rusqlite::backup::Backup;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde::de::DeserializeOwned;

/// A SQLite database in this process.
pub struct Native(Connection);

impl From<rusqlite::Error> for SqlError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl Native {
    /// A new database in memory.
    ///
    /// # Errors
    /// [`SqlError`] when SQLite cannot make one.
    pub fn in_memory() -> Result<Self, SqlError> {
        // No lock of its own: it never leaves its thread.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_in_memory_with_flags(flags)?;
        // A store has a hundred statements; compiling one takes longer than running it.
        connection.set_prepared_statement_cache_capacity(512);
        Ok(Self(connection))
    }
}

impl Native {
    /// Another database with the same content.
    ///
    /// # Errors
    /// [`SqlError`] when SQLite cannot make one.
    pub fn copy(&self) -> Result<Self, SqlError> {
        let mut copy = Self::in_memory()?;
        Backup::new(&self.0, &mut copy.0)?.run_to_completion(1_000, std::time::Duration::ZERO, None)?;
        Ok(copy)
    }
}

fn bound(values: &[Value]) -> Vec<rusqlite::types::Value> {
    values
        .iter()
        .map(|value| match value {
            Value::Null => rusqlite::types::Value::Null,
            // As the object's own SQLite gets it: every number is bound as REAL there.
            #[allow(clippy::cast_precision_loss)]
            Value::Integer(number) => rusqlite::types::Value::Real(*number as f64),
            Value::Text(text) => rusqlite::types::Value::Text(text.clone()),
        })
        .collect()
}

impl Sql for Native {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let names: Vec<String> = statement.column_names().iter().map(ToString::to_string).collect();
        let mut rows = statement.query(params_from_iter(bound(values)))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut object = serde_json::Map::new();
            for (index, name) in names.iter().enumerate() {
                let value = match row.get_ref(index)? {
                    ValueRef::Null => serde_json::Value::Null,
                    ValueRef::Integer(number) => number.into(),
                    #[allow(clippy::cast_possible_truncation)]
                    ValueRef::Real(number) if number.fract() == 0.0 => (number as i64).into(),
                    ValueRef::Real(number) => number.into(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
                    ValueRef::Blob(_) => return Err(SqlError(format!("{name} is a blob"))),
                };
                object.insert(name.clone(), value);
            }
            found.push(serde_json::from_value(object.into()).map_err(|error| SqlError(error.to_string()))?);
        }
        Ok(found)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        if values.is_empty() {
            self.0.execute_batch(sql)?;
            return Ok(());
        }
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(bound(values)))?;
        while rows.next()?.is_some() {}
        Ok(())
    }

    fn transaction<T, E: From<SqlError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.run("BEGIN", &[])?;
        match work() {
            Ok(done) => {
                self.run("COMMIT", &[])?;
                Ok(done)
            }
            Err(error) => {
                self.run("ROLLBACK", &[])?;
                Err(error)
            }
        }
    }
}
