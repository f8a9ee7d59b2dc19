//! The hub of a store: what it knows of its devices, and what it says when one of them speaks, is silent, or is spoken to.
//!
//! Sans I/O: what comes in is a text or a packet and a moment, what goes out is a list of things to say, events in an outbox, and calls to
//! other workers in a table of work. It runs over the SQLite of its Durable Object, and natively over rusqlite in its tests. Each entry is
//! one transaction.

mod answer;
mod boards;
mod commands;
mod devices;
mod due;
mod events;
mod lines;
mod log;
mod mqtt;
mod outbox;
mod plain;
mod sales;
mod session;
mod stock;
mod takings;
mod telemetry;
mod together;
mod watched;
mod work;

pub use answer::{
    CashCount, CommandView, DeviceStatus, Issue, LogLine, Point, Registration, Restock, RestockSku, RestockSlot,
    SlotView, Taken, Takings,
};
pub use boards::{Board, Shown};
pub use commands::{LONGEST_WAIT, MAX_QUEUED};
pub use lines::{Begun, Frame};
pub use session::{Moment, Output, Protocol, Say, Seen, Session, To};
pub use work::{Call, Target, Work};

use kirana_sql::{Sql, SqlError, values};
use std::cell::RefCell;
use telemetry::Measured;
use together::Together;
use watched::Watched;

/// Why the hub does not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such device, or command.
    #[error("{0}")]
    Unknown(String),
    /// Not as things stand.
    #[error("{1}")]
    Conflict(&'static str, String),
    /// Not this.
    #[error("{path}: {message}")]
    Invalid {
        /// Where.
        path: String,
        /// What was expected.
        message: String,
    },
    /// The tables are not as they should be.
    #[error("{0}")]
    Fault(String),
}

impl From<SqlError> for Refusal {
    fn from(error: SqlError) -> Self {
        Self::Fault(error.0)
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

/// A result of the hub.
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// The hub of one store.
pub struct Hub<S> {
    sql: Watched<S>,
    /// What was measured and is not written down yet.
    measured: RefCell<Measured>,
    /// What frames that are heard together write at their end.
    together: Together,
    /// Its name as a source of events: `hub-17`.
    source: String,
    /// What keys of the HMAC kind are derived from.
    secret: Vec<u8>,
}

/// Each migration runs once, in this order; what has run is never changed.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql"), include_str!("schema_2.sql")];

impl<S: Sql> Hub<S> {
    /// The hub of the store with this number, with its tables up to date.
    ///
    /// # Errors
    /// When the database refuses, or is of a newer version.
    pub fn open(sql: S, store: u32, secret: Vec<u8>) -> Result<Self> {
        #[derive(serde::Deserialize)]
        struct Version {
            version: Option<usize>,
        }
        sql.run("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY) STRICT", values![])?;
        let row: Option<Version> = sql.first("SELECT MAX(version) AS version FROM migrations", values![])?;
        let done = row.and_then(|row| row.version).unwrap_or(0);
        if done > MIGRATIONS.len() {
            return Err(Refusal::Fault(format!(
                "this hub has tables of version {done}: deploy the newer version again"
            )));
        }
        for (index, migration) in MIGRATIONS.iter().enumerate().skip(done) {
            sql.transaction(|| {
                sql.run(migration, values![])?;
                let version = i64::try_from(index + 1).unwrap_or(i64::MAX);
                sql.run("INSERT INTO migrations (version) VALUES (?1)", values![version])
            })?;
        }
        let sql = Watched::new(sql);
        Ok(Self {
            sql,
            measured: RefCell::default(),
            together: Together::default(),
            source: Self::object_name(store),
            secret,
        })
    }

    /// The name of the object of the store with this number.
    #[must_use]
    pub fn object_name(store: u32) -> String {
        format!("hub-{store}")
    }

    /// Is anything to be done since the last time that this was asked: events to be sent, calls to be made, another time that is due next?
    pub fn take_stirred(&self) -> bool {
        self.sql.take_stirred()
    }

    /// One transaction; a part of the one that runs, if frames are heard together.
    fn whole<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.together.is_on() { work() } else { self.sql.transaction(work) }
    }
}
