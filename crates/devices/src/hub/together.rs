//! Frames that are heard together: one transaction, and one statement for what all of them tell.
//!
//! A device's event is two statements by itself, one for how far its count is and one for the outbox. In a crowd those are most of what a hub
//! does, so that they are written for all at the end. Until then how far a device is stands here, for who reads it anew.

use super::{Hub, Result};
use kirana_sql::{Sql, values};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What is written at the end.
#[derive(Debug, Default)]
struct Written {
    /// Types and bodies of events, in their order.
    told: Vec<(&'static str, String)>,
    /// How far which device's own count is.
    upto: BTreeMap<String, u64>,
}

/// What frames that are heard together write at their end; nothing while none are.
#[derive(Debug, Default)]
pub struct Together(RefCell<Option<Written>>);

impl Together {
    /// Are frames heard together now?
    pub fn is_on(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Keeps an event for the end. Gives it back when none is waited for.
    pub fn tell(&self, name: &'static str, body: String) -> Option<String> {
        match self.0.borrow_mut().as_mut() {
            Some(written) => {
                written.told.push((name, body));
                None
            }
            None => Some(body),
        }
    }

    /// Keeps how far a device is for the end. False when none is waited for.
    pub fn is_at(&self, device: &str, upto: u64) -> bool {
        self.0.borrow_mut().as_mut().is_some_and(|written| {
            written.upto.insert(device.to_owned(), upto);
            true
        })
    }

    /// A device counts anew: how far it was is nothing any more.
    pub fn forget(&self, device: &str) {
        if let Some(written) = self.0.borrow_mut().as_mut() {
            written.upto.remove(device);
        }
    }

    /// How far a device is, if that is not written yet.
    pub fn upto(&self, device: &str) -> Option<u64> {
        self.0.borrow().as_ref()?.upto.get(device).copied()
    }
}

/// Ends it, however it ends.
struct End<'a>(&'a Together);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.0.replace(None);
    }
}

impl<S: Sql> Hub<S> {
    /// Does all of it in one transaction: whatever of it fails, nothing of it was done.
    ///
    /// # Errors
    /// As the work, and when the database refuses.
    pub fn together<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.sql.transaction(|| {
            self.together.0.replace(Some(Written::default()));
            let _end = End(&self.together);
            let done = work()?;
            self.write_together()?;
            Ok(done)
        })
    }

    fn write_together(&self) -> Result<()> {
        let Some(Written { told, upto }) = self.together.0.take() else { return Ok(()) };
        if !upto.is_empty() {
            // They are known as they will be: nobody has to read them anew.
            self.sql.run_as_known(
                "UPDATE devices SET upto = told.value FROM json_each(?1) AS told WHERE devices.id = told.key AND devices.upto < told.value",
                values![serde_json::to_string(&upto)?],
            )?;
        }
        if !told.is_empty() {
            let told: Vec<_> = told.into_iter().map(|(name, body)| json!([name, body])).collect();
            self.sql.run(
                "INSERT INTO outbox (type, body) SELECT value ->> 0, value ->> 1 FROM json_each(?1) ORDER BY key",
                values![serde_json::to_string(&told)?],
            )?;
        }
        Ok(())
    }
}
