//! The SQLite of a Durable Object behind the same interface.

use crate::{Sql, SqlError, Value};
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::*;
use worker::{SqlStorage, SqlStorageValue, Storage};

#[wasm_bindgen]
extern "C" {
    /// `DurableObjectStorage`, for the one method that `worker` does not bind.
    type Transactional;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &Transactional,
        work: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;
}

/// The storage of the object that is running.
pub struct Object {
    storage: Storage,
    sql: SqlStorage,
}

impl Object {
    /// The SQLite of this storage.
    #[must_use]
    pub fn new(storage: Storage) -> Self {
        let sql = storage.sql();
        Self { storage, sql }
    }
}

fn fault(error: impl std::fmt::Display) -> SqlError {
    SqlError(error.to_string())
}

fn bound(values: &[Value]) -> Vec<SqlStorageValue> {
    values
        .iter()
        .map(|value| match value {
            Value::Null => SqlStorageValue::Null,
            Value::Integer(number) => SqlStorageValue::Integer(*number),
            Value::Text(text) => SqlStorageValue::String(text.clone()),
        })
        .collect()
}

impl Sql for Object {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        self.sql.exec(sql, bound(values)).map_err(fault)?.to_array().map_err(fault)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        self.sql.exec(sql, bound(values)).map(|_| ()).map_err(fault)
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
