//! What devices said of themselves lately, and what was noticed of them.

use super::session::Moment;
use super::{Hub, LogLine, Result};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;

impl<S: Sql> Hub<S> {
    /// A line of a device's log. The newest two hundred of each are kept, and some more: older ones are looked for by chance.
    pub(super) fn note(&self, device: Id, moment: &Moment, level: &str, words: &str) -> Result<()> {
        let words: String = words.chars().take(500).collect();
        self.sql.run(
            "INSERT INTO logs (device, at, level, text) VALUES (?1, ?2, ?3, ?4)",
            values![device.to_string(), moment.now.millis(), level, words],
        )?;
        if !moment.one_in_sixteen() {
            return Ok(());
        }
        Ok(self.sql.run(
            "DELETE FROM logs WHERE device = ?1 AND id <= (SELECT id FROM logs WHERE device = ?1 ORDER BY id DESC LIMIT 1 OFFSET 200)",
            values![device.to_string()],
        )?)
    }

    /// What a device said of itself, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn logs(&self, device: Id, before: i64) -> Result<Vec<LogLine>> {
        Ok(self
            .sql
            .query::<LogRow>(
                "SELECT id, at, level, text FROM logs WHERE device = ?1 AND id < ?2 ORDER BY id DESC LIMIT 100",
                values![device.to_string(), before],
            )?
            .into_iter()
            .map(LogRow::line)
            .collect())
    }
}

#[derive(Deserialize)]
struct LogRow {
    id: i64,
    at: i64,
    level: String,
    text: String,
}

impl LogRow {
    fn line(self) -> LogLine {
        LogLine { id: self.id, at: Timestamp::from_millis(self.at), level: self.level, text: self.text }
    }
}
