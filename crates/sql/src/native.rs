//! rusqlite behind the same interface, for tests and the simulator.

use crate::statements::{Compiled, Opened};
use crate::{Sql, SqlError, Value};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde::de::value::MapDeserializer;
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};

/// A SQLite database in this process.
pub struct Native(Opened);

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
        // A transaction keeps a copy of each page that it touches: smaller ones are less to copy.
        connection.pragma_update(None, "page_size", 2_048)?;
        Ok(Self(Opened::of(connection)))
    }

    /// Rows that were written since it was opened, also those that a rollback undid: as long as this number is the same,
    /// so is everything in the database.
    #[must_use]
    pub fn rows_written(&self) -> u64 {
        self.0.borrow_owner().total_changes()
    }
}

impl de::Error for SqlError {
    fn custom<M: std::fmt::Display>(message: M) -> Self {
        Self(message.to_string())
    }
}

/// A value of a row, on its way into a field.
struct Column<'a>(ValueRef<'a>);

impl<'de> IntoDeserializer<'de, SqlError> for Column<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> de::Deserializer<'de> for Column<'_> {
    type Error = SqlError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, SqlError> {
        match self.0 {
            ValueRef::Null => visitor.visit_unit(),
            ValueRef::Integer(number) => visitor.visit_i64(number),
            #[allow(clippy::cast_possible_truncation)]
            ValueRef::Real(number) if number.fract() == 0.0 => visitor.visit_i64(number as i64),
            ValueRef::Real(number) => visitor.visit_f64(number),
            ValueRef::Text(text) => {
                visitor.visit_str(std::str::from_utf8(text).map_err(<SqlError as de::Error>::custom)?)
            }
            ValueRef::Blob(_) => Err(SqlError("a blob, where texts and numbers are expected".into())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, SqlError> {
        match self.0 {
            ValueRef::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SqlError> {
        match self.0 {
            ValueRef::Text(text) => {
                let name = std::str::from_utf8(text).map_err(<SqlError as de::Error>::custom)?;
                visitor.visit_enum(IntoDeserializer::<SqlError>::into_deserializer(name))
            }
            _ => Err(SqlError("expected the name of a variant".into())),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, SqlError> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A value on its way into a statement, lent.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            // As the object's own SQLite gets it: every number is bound as REAL there.
            #[allow(clippy::cast_precision_loss)]
            Value::Integer(number) => ValueRef::Real(*number as f64),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl Sql for Native {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        self.0.with(sql, |Compiled { statement, columns }| {
            let mut rows = statement.query(params_from_iter(values.iter().map(Bound)))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let value = |index| Column(row.get_ref(index).unwrap_or(ValueRef::Null));
                let fields = columns.iter().enumerate().map(|(index, name)| (name.as_str(), value(index)));
                found.push(T::deserialize(MapDeserializer::new(fields))?);
            }
            Ok(found)
        })
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        // Several statements at once, as migrations have them.
        if values.is_empty() && sql.contains(';') {
            self.0.borrow_owner().execute_batch(sql)?;
            return Ok(());
        }
        self.0.with(sql, |Compiled { statement, .. }| {
            let mut rows = statement.query(params_from_iter(values.iter().map(Bound)))?;
            while rows.next()?.is_some() {}
            Ok(())
        })
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
