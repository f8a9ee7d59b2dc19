//! D1, with the facts that bite kept in one place: numbers are bound as doubles, booleans as 0 and 1, integers stay
//! below 2^53; tables are STRICT, so that what has the wrong type is refused rather than kept.

use crate::{Problem, Result};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result, Env};

/// A value bound to a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number below 2^53.
    Integer(i64),
    /// A number.
    Real(f64),
    /// A text.
    Text(String),
}

impl Value {
    fn into_js(self) -> JsValue {
        match self {
            Self::Null => JsValue::NULL,
            #[allow(clippy::cast_precision_loss)] // kept below 2^53: kirana_kernel::money::MAX_AMOUNT
            Self::Integer(number) => JsValue::from_f64(number as f64),
            Self::Real(number) => JsValue::from_f64(number),
            Self::Text(text) => JsValue::from_str(&text),
        }
    }
}

macro_rules! value {
    ($($from:ty => |$name:ident| $to:expr;)+) => {
        $(impl From<$from> for Value {
            fn from($name: $from) -> Self {
                $to
            }
        })+
    };
}

value! {
    i64 => |number| Self::Integer(number);
    i32 => |number| Self::Integer(number.into());
    u32 => |number| Self::Integer(number.into());
    u64 => |number| Self::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    usize => |number| Self::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    f64 => |number| Self::Real(number);
    bool => |truth| Self::Integer(truth.into());
    &str => |text| Self::Text(text.into());
    String => |text| Self::Text(text);
    &String => |text| Self::Text(text.clone());
    Id => |id| Self::Text(id.to_string());
    &Id => |id| Self::Text(id.to_string());
    Timestamp => |time| Self::Integer(time.millis());
    kirana_kernel::Currency => |currency| Self::Text(currency.code().into());
    kirana_kernel::OrderStatus => |status| Self::Text(status.name().into());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in the order of `?1`, `?2`, ...
#[macro_export]
macro_rules! params {
    () => { Vec::<$crate::db::Value>::new() };
    ($($value:expr),+ $(,)?) => { vec![$($crate::db::Value::from($value)),+] };
}

/// SQL and its values, to be run alone or in a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The SQL, with `?1`, `?2`, ...
    pub sql: &'static str,
    /// What is bound, at most 100 values.
    pub params: Vec<Value>,
}

/// A statement for [`Db::batch`].
#[must_use]
pub fn stmt(sql: &'static str, params: Vec<Value>) -> Statement {
    Statement { sql, params }
}

/// A row as JavaScript has it.
#[derive(Deserialize)]
#[serde(transparent)]
struct Row(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue);

/// A worker's own database.
pub struct Db(D1Database);

impl Db {
    /// The database bound as `DB`.
    ///
    /// # Errors
    /// 500 when the deployment has no such binding.
    pub fn of(env: &Env) -> Result<Self> {
        Ok(Self(env.d1("DB")?))
    }

    fn prepare(&self, statement: Statement) -> Result<D1PreparedStatement> {
        let values: Vec<JsValue> = statement.params.into_iter().map(Value::into_js).collect();
        let prepared = self.0.prepare(statement.sql);
        if values.is_empty() { Ok(prepared) } else { Ok(prepared.bind(&values)?) }
    }

    /// Every row of a query. Give it a LIMIT.
    ///
    /// # Errors
    /// 500 when the database refuses.
    pub async fn all<T: DeserializeOwned>(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<T>> {
        Ok(serde_json::from_str(&self.rows(sql, params).await?)?)
    }

    /// The rows of one query as a text.
    async fn rows(&self, sql: &'static str, params: Vec<Value>) -> Result<String> {
        as_text(&self.prepare(stmt(sql, params))?.all().await?)
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// 500 when the database refuses.
    pub async fn first<T: DeserializeOwned>(&self, sql: &'static str, params: Vec<Value>) -> Result<Option<T>> {
        Ok(self.all::<T>(sql, params).await?.into_iter().next())
    }

    /// Runs one statement; answers how many rows it changed.
    ///
    /// # Errors
    /// 500 when the database refuses; see [`constraint`] to tell a broken rule from a fault.
    pub async fn run(&self, sql: &'static str, params: Vec<Value>) -> Result<usize, worker::Error> {
        let prepared =
            self.prepare(stmt(sql, params)).map_err(|problem| worker::Error::RustError(problem.to_string()))?;
        changes(&prepared.run().await?)
    }

    /// Runs statements as one transaction: all or none. Answers how many rows each changed.
    ///
    /// # Errors
    /// The database's own, so that callers can ask [`constraint`] which rule was broken.
    pub async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<usize>, worker::Error> {
        self.together(statements).await?.iter().map(changes).collect()
    }

    /// Runs statements and queries as one transaction, in one call. Answers what each changed and found.
    ///
    /// # Errors
    /// As [`Self::batch`].
    pub async fn answers(&self, statements: Vec<Statement>) -> Result<Vec<Answer>> {
        let results = self.together(statements).await?;
        results.iter().map(|result| Ok(Answer { changes: changes(result)?, rows: as_text(result)? })).collect()
    }

    async fn together(&self, statements: Vec<Statement>) -> Result<Vec<D1Result>, worker::Error> {
        let prepared = statements
            .into_iter()
            .map(|statement| self.prepare(statement).map_err(|problem| worker::Error::RustError(problem.to_string())))
            .collect::<Result<Vec<_>, _>>()?;
        self.0.batch(prepared).await
    }
}

/// What one statement of [`Db::answers`] did.
#[derive(Clone, Debug)]
pub struct Answer {
    /// How many rows it changed.
    pub changes: usize,
    rows: String,
}

impl Answer {
    /// What it found.
    ///
    /// # Errors
    /// 500 when the rows are of another shape.
    pub fn rows<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        Ok(serde_json::from_str(&self.rows)?)
    }
}

/// Rows as one text: a crossing into JavaScript for each field would cost more, and so would a second kind of deserializer for
/// every type of row, a tenth of a script. Not generic, for the same reason.
fn as_text(result: &D1Result) -> Result<String> {
    let rows = result.results::<Row>()?;
    let rows: js_sys::Array = rows.into_iter().map(|row| row.0).collect();
    let text = js_sys::JSON::stringify(&rows).map_err(|error| Problem::internal(format!("{error:?}")))?;
    Ok(text.into())
}

fn changes(result: &D1Result) -> Result<usize, worker::Error> {
    Ok(result.meta()?.and_then(|meta| meta.changes).unwrap_or(0))
}

/// Did this error come from a rule of the tables that names `what`, such as `users.email` or `CHECK`?
#[must_use]
pub fn constraint(error: &worker::Error, what: &str) -> bool {
    let text = match error {
        worker::Error::D1(error) => error.cause(),
        other => other.to_string(),
    };
    text.contains("constraint failed") && text.contains(what)
}

/// A statement that makes the batch fail, and so undo itself, unless the statement before it changed exactly one row.
#[must_use]
pub fn require_one_change() -> Statement {
    // json() of what is no JSON is the one error that plain SQL can raise outside a trigger.
    stmt("SELECT CASE WHEN changes() = 1 THEN 1 ELSE json('no row was changed') END", Vec::new())
}

/// Did the batch fail at [`require_one_change`]?
#[must_use]
pub fn required_change_missing(error: &worker::Error) -> bool {
    let text = match error {
        worker::Error::D1(error) => error.cause(),
        other => other.to_string(),
    };
    text.contains("malformed JSON")
}

/// A time column read back.
#[must_use]
pub fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// An id column read back.
///
/// # Errors
/// 500: the table holds what is no id.
pub fn id(text: &str) -> Result<Id> {
    text.parse().map_err(Problem::internal)
}
