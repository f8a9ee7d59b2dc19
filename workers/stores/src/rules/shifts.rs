//! What a shift may be.

use kirana_edge::FieldError;
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// How long somebody may be on at most.
const LONGEST: Duration = Duration::from_secs(16 * 3_600);

/// How long a plan may reach that one answer tells of.
const WINDOW: Duration = Duration::from_secs(62 * 24 * 3_600);

/// A shift as somebody wants it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShift {
    /// Who works.
    pub user_id: Id,
    /// From when.
    pub starts_at: Timestamp,
    /// Until when: sixteen hours later at most.
    pub ends_at: Timestamp,
    /// What for, such as `bar`; 100 characters at most.
    #[serde(default)]
    pub note: Option<String>,
}

/// A shift.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Shift {
    /// Its id.
    pub id: Id,
    /// Who works.
    pub user_id: Id,
    /// From when.
    pub starts_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Everything that is wrong with a shift.
#[must_use]
pub fn faults(shift: &NewShift) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |path: &str, message: &str| faults.push(FieldError { path: path.into(), message: message.into() });
    if shift.ends_at <= shift.starts_at || shift.ends_at > shift.starts_at + LONGEST {
        fault("ends_at", "expected a time after the beginning, sixteen hours later at most");
    }
    if shift.note.as_ref().is_some_and(|note| note.trim().is_empty() || note.chars().count() > 100) {
        fault("note", "expected 1 to 100 characters, or none at all");
    }
    faults
}

/// Is this a stretch of time that one answer tells of?
#[must_use]
pub fn is_window(from: Timestamp, until: Timestamp) -> bool {
    until > from && until <= from + WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_ends_after_it_began_and_on_the_same_day_of_work() {
        let at = Timestamp::from_millis;
        let shift = |ends_at, note: Option<&str>| NewShift {
            user_id: Id::new(at(1), [1; 10]),
            starts_at: at(0),
            ends_at: at(ends_at),
            note: note.map(str::to_owned),
        };
        let hour = 3_600_000;
        assert_eq!(faults(&shift(8 * hour, Some("bar"))), []);
        assert_eq!(faults(&shift(16 * hour, None)), []);
        for wrong in [0, -1, 16 * hour + 1] {
            assert_eq!(faults(&shift(wrong, None))[0].path, "ends_at", "{wrong}");
        }
        assert_eq!(faults(&shift(hour, Some(" ")))[0].path, "note");
        assert!(
            is_window(at(0), at(62 * 24 * hour))
                && !is_window(at(0), at(62 * 24 * hour + 1))
                && !is_window(at(1), at(1))
        );
    }
}
