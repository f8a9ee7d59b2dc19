//! The events that were written last, in memory: each is read once at most, however often and to whomever it is sent.

use super::known::int;
use crate::Result;
use kirana_events::MAX_PACK_EVENTS;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

/// Events that one look takes in, and that are kept for whoever is behind: some packs.
const MOST_WAITING: usize = MAX_PACK_EVENTS * 4;
/// Rows that one look takes in: each holds the events of a command.
const MOST_ROWS: i64 = 64;

/// An event as it was written.
pub struct Written {
    /// Its number.
    pub seq: u64,
    /// Its type.
    pub event_type: Cow<'static, str>,
    /// The whole of it as JSON.
    pub event: Arc<RawValue>,
}

/// All events after one number and up to another.
#[derive(Default)]
pub struct Waiting {
    after: u64,
    upto: u64,
    events: VecDeque<Written>,
}

impl Waiting {
    /// Nothing but what will come after this number.
    pub fn after(number: u64) -> Self {
        Self { after: number, upto: number, events: VecDeque::new() }
    }

    /// Up to this number everything is here.
    pub fn upto(&self) -> u64 {
        self.upto
    }

    /// Events after a number, as far as they are here.
    pub fn since(&self, number: u64) -> impl Iterator<Item = &Written> {
        self.events.iter().filter(move |one| one.seq > number)
    }

    /// After which number events have to be read for somebody who had those up to `had`, where `last` is the newest: nothing
    /// when what is here will do.
    pub fn missing(&mut self, had: u64, last: u64) -> Option<u64> {
        if had < self.after {
            *self = Self::after(had);
        }
        // Whoever is behind this one may ask for them again: that is rare, and this is memory.
        if self.events.len() > MOST_WAITING {
            self.forget(had);
        }
        (self.upto < last && self.events.len() <= MOST_WAITING).then_some(self.upto)
    }

    /// Reads what comes after a number, and up to which number that is everything.
    pub fn read(sql: &impl Sql, after: u64) -> Result<(Vec<Written>, u64)> {
        #[derive(Deserialize)]
        struct Row {
            first: u64,
            last: u64,
            events: String,
        }
        let rows: Vec<Row> = sql.query(
            "SELECT first, last, events FROM outbox WHERE last > ?1 ORDER BY last LIMIT ?2",
            values![int(after), MOST_ROWS],
        )?;
        let (mut written, mut upto) = (Vec::new(), after);
        for row in rows {
            let events: Vec<(String, Box<RawValue>)> = serde_json::from_str(&row.events)?;
            written.extend(
                (row.first..).zip(events).filter(|(seq, _)| *seq > after).map(|(seq, (name, event))| Written {
                    seq,
                    event_type: name.into(),
                    event: event.into(),
                }),
            );
            upto = row.last;
        }
        Ok((written, upto))
    }

    /// Adds what comes next, up to a number.
    pub fn extend(&mut self, events: Vec<Written>, upto: u64) {
        self.upto = upto;
        self.events.extend(events);
    }

    /// Adds what was just written, unless there is more between, or too much.
    pub fn push(&mut self, events: Vec<Written>) {
        let next = events.first().is_some_and(|first| first.seq == self.upto + 1);
        if next && self.events.len() + events.len() <= MOST_WAITING {
            let upto = events.last().map_or(self.upto, |last| last.seq);
            self.extend(events, upto);
        }
    }

    /// Forgets what is up to a number.
    pub fn forget(&mut self, upto: u64) {
        while self.events.front().is_some_and(|first| first.seq <= upto) {
            self.events.pop_front();
        }
        self.after = self.after.max(upto.min(self.upto));
    }
}
