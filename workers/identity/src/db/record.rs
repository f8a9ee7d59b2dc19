//! A row, read by the names of its columns. A type for each query would bring a deserializer for each: together a tenth of the
//! script.

use kirana_edge::{Problem, Result};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A row. What a column lacks or has another type is a fault of the query, and a 500.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Record(Map<String, Value>);

impl Record {
    fn column(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    fn wrong(&self, name: &str) -> Problem {
        Problem::internal(format!("the column {name} is missing or has another type"))
    }

    /// Is there nothing in it?
    #[must_use]
    pub fn is_null(&self, name: &str) -> bool {
        self.column(name).is_null()
    }

    /// A text.
    ///
    /// # Errors
    /// 500.
    pub fn text(&self, name: &str) -> Result<String> {
        self.column(name).as_str().map(str::to_owned).ok_or_else(|| self.wrong(name))
    }

    /// A whole number.
    ///
    /// # Errors
    /// 500.
    pub fn number(&self, name: &str) -> Result<i64> {
        self.column(name).as_i64().ok_or_else(|| self.wrong(name))
    }

    /// A whole number that is not negative.
    ///
    /// # Errors
    /// 500.
    pub fn count(&self, name: &str) -> Result<u32> {
        u32::try_from(self.number(name)?).map_err(|_| self.wrong(name))
    }

    /// A number that counts entries.
    ///
    /// # Errors
    /// 500.
    pub fn sequence(&self, name: &str) -> Result<u64> {
        u64::try_from(self.number(name)?).map_err(|_| self.wrong(name))
    }

    /// A moment.
    ///
    /// # Errors
    /// 500.
    pub fn time(&self, name: &str) -> Result<Timestamp> {
        self.number(name).map(Timestamp::from_millis)
    }

    /// An id.
    ///
    /// # Errors
    /// 500.
    pub fn id(&self, name: &str) -> Result<Id> {
        self.text(name)?.parse().map_err(|_| self.wrong(name))
    }

    /// The same of a column that may be empty.
    ///
    /// # Errors
    /// 500.
    pub fn maybe<T>(&self, name: &str, read: impl FnOnce(&Self, &str) -> Result<T>) -> Result<Option<T>> {
        if self.is_null(name) { Ok(None) } else { read(self, name).map(Some) }
    }

    /// A word of a few, such as a role.
    ///
    /// # Errors
    /// 500.
    pub fn word<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        serde_json::from_value(self.column(name).clone()).map_err(|_| self.wrong(name))
    }

    /// What a column holds as JSON.
    ///
    /// # Errors
    /// 500.
    pub fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        serde_json::from_str(self.column(name).as_str().unwrap_or_default()).map_err(|_| self.wrong(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_what_it_is() {
        let row = r#"{"a":"x","n":7,"none":null,"list":"[1,2]","id":"0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44"}"#;
        let row: Record = serde_json::from_str(row).unwrap();
        assert_eq!((row.text("a").unwrap().as_str(), row.count("n").unwrap()), ("x", 7));
        assert_eq!(row.time("n").unwrap(), Timestamp::from_millis(7));
        assert_eq!(row.maybe("none", Record::text).unwrap(), None);
        assert_eq!(row.maybe("a", Record::text).unwrap().as_deref(), Some("x"));
        assert_eq!(row.json::<Vec<u8>>("list").unwrap(), [1, 2]);
        assert!(row.id("id").is_ok() && row.is_null("absent"));
        for wrong in
            [row.text("n").is_err(), row.number("a").is_err(), row.id("a").is_err(), row.text("absent").is_err()]
        {
            assert!(wrong);
        }
    }
}
