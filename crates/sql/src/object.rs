//! The SQLite of a Durable Object behind the same interface.

use crate::{Sql, SqlError, Value};
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use worker::Storage;

#[wasm_bindgen]
extern "C" {
    /// `DurableObjectStorage`, for the one method that `worker` does not bind.
    type Transactional;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &Transactional,
        work: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;

    /// `SqlStorage`: rows come over as one text. A crossing for each field would cost more, and so would a second kind of
    /// deserializer for every type of row.
    type RawSql;

    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &RawSql, sql: &str, values: &js_sys::Array) -> Result<Cursor, JsValue>;

    /// `SqlStorageCursor`.
    type Cursor;

    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &Cursor) -> Result<js_sys::Array, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn sql(this: &Transactional) -> RawSql;
}

/// The storage of the object that is running.
pub struct Object {
    storage: Storage,
    sql: RawSql,
}

impl Object {
    /// The SQLite of this storage.
    #[must_use]
    pub fn new(storage: Storage) -> Self {
        let raw: &Transactional = storage.as_raw().unchecked_ref();
        let sql = raw.sql();
        Self { storage, sql }
    }

    fn exec(&self, sql: &str, values: &[Value]) -> Result<js_sys::Array, SqlError> {
        // Read to its end, also where nothing is asked for: a statement runs only as far as its rows are read.
        self.sql.exec(sql, &bound(values)).and_then(|cursor| cursor.to_array()).map_err(|error| fault(&error))
    }
}

fn fault(error: &JsValue) -> SqlError {
    let words = js_sys::Reflect::get(error, &JsValue::from_str("message")).ok().and_then(|words| words.as_string());
    SqlError(words.unwrap_or_else(|| format!("{error:?}")))
}

fn bound(values: &[Value]) -> js_sys::Array {
    values
        .iter()
        .map(|value| match value {
            Value::Null => JsValue::NULL,
            #[allow(clippy::cast_precision_loss)] // numbers are below 2^53
            Value::Integer(number) => JsValue::from_f64(*number as f64),
            Value::Text(text) => JsValue::from_str(text),
        })
        .collect()
}

impl Sql for Object {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        let rows = self.exec(sql, values)?;
        let text = js_sys::JSON::stringify(&rows).map_err(|error| fault(&error))?;
        serde_json::from_str(&String::from(text)).map_err(|error| SqlError(error.to_string()))
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        self.exec(sql, values).map(|_| ())
    }

    fn transaction<T, E: From<SqlError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        // Safe over a panic: the runtime undoes the statements, and nothing else is shared with the closure.
        let shared = AssertUnwindSafe(RefCell::new((Some(work), None)));
        let raw: &Transactional = self.storage.as_raw().unchecked_ref();
        let committed = raw.transaction_sync(&mut || {
            let work = shared.borrow_mut().0.take();
            let done = work.map(|work| work());
            // What is thrown here makes the runtime undo every statement.
            let verdict = if matches!(done, Some(Ok(_))) {
                Ok(JsValue::UNDEFINED)
            } else {
                Err(JsValue::from_str("rolled back"))
            };
            shared.borrow_mut().1 = done;
            verdict
        });
        let outcome = shared.0.into_inner().1;
        match (outcome, committed) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(done)), Ok(_)) => Ok(done),
            (_, Err(error)) => Err(SqlError(format!("{error:?}")).into()),
            (None, Ok(_)) => Err(SqlError("the transaction did not run".into()).into()),
        }
    }
}
