//! Menu boards: which of them follow the store's menu, and what they are told to show.

use super::session::{Moment, Output};
use super::{Hub, Refusal, Result};
use crate::playlist::{Slide, follows_menu, slides};
use kirana_kernel::Id;
use kirana_sql::{Sql, values};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A board that follows the menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// The device.
    pub device: Id,
    /// Its slides, as a person put them.
    pub slides: Vec<Slide>,
}

/// What a board shows now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Of these slides: what was made of others is not shown any more.
    pub of: Vec<Slide>,
    /// Slides with what the menu has.
    pub playlist: Value,
}

impl<S: Sql> Hub<S> {
    /// Boards with a line whose slides follow the menu.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn boards(&self) -> Result<Vec<Board>> {
        #[derive(Deserialize)]
        struct Row {
            id: Id,
            desired: String,
        }
        let rows: Vec<Row> = self.sql.query(
            "SELECT id, desired FROM devices WHERE kind = 'tv' AND revoked = 0 AND protocol <> 0 ORDER BY id LIMIT 200",
            values![],
        )?;
        let mut boards = Vec::new();
        for row in rows {
            let slides = slides(&serde_json::from_str(&row.desired)?).unwrap_or_default();
            if follows_menu(&slides) {
                boards.push(Board { device: row.id, slides });
            }
        }
        Ok(boards)
    }

    /// Tells a board what to show, if that is news: it is a new version of what the board shall run by.
    ///
    /// # Errors
    /// When its slides are others by now, for a device that is not there, or when the database refuses.
    pub fn show(&self, id: Id, shown: &Shown, moment: &Moment) -> Result<(i64, Vec<Output>)> {
        self.whole(|| {
            let mut device = self.device(id)?;
            if slides(&serde_json::from_str(&device.desired)?).unwrap_or_default() != shown.of {
                return Err(Refusal::Conflict("other_slides", "the board has other slides by now".into()));
            }
            let text = serde_json::to_string(&shown.playlist)?;
            if device.shown.as_deref() == Some(&text) {
                return Ok((device.desired_version, Vec::new()));
            }
            device.desired_version += 1;
            device.shown = Some(text);
            self.sql.run(
                "UPDATE devices SET desired_version = ?2, shown = ?3 WHERE id = ?1",
                values![id.to_string(), device.desired_version, device.shown.clone()],
            )?;
            Ok((device.desired_version, self.tell_desired(&device, moment)?))
        })
    }
}
