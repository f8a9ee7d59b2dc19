//! What an isolate keeps in its own memory of what is at the edge: what everybody asks for within a second is looked up once.

use kirana_edge::Result;
use kirana_kernel::Timestamp;
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;
use worker::Headers;

/// How long it is kept: what was changed through another isolate is seen that much later.
pub const KEPT: Duration = Duration::from_secs(1);

/// Bytes of all bodies at most.
const MOST: usize = 8 << 20;

thread_local! { static NEAR: RefCell<Near> = RefCell::default() }

#[derive(Default)]
struct Near {
    answers: HashMap<String, Answer>,
    bytes: usize,
    /// Moves on with each change: what was asked for before one is not kept after it.
    generation: u64,
}

/// An answer, its body whole.
#[derive(Clone)]
pub struct Answer {
    /// Its body.
    pub body: Vec<u8>,
    /// Its headers: names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its `ETag`.
    pub etag: String,
    until: Timestamp,
}

impl Near {
    fn keep(&mut self, path: &str, answer: Answer, now: Timestamp) {
        if self.bytes + answer.body.len() > MOST {
            self.answers.retain(|_, kept| kept.until > now);
            self.bytes = self.answers.values().map(|kept| kept.body.len()).sum();
        }
        if self.bytes + answer.body.len() <= MOST {
            self.bytes += answer.body.len();
            if let Some(before) = self.answers.insert(path.to_owned(), answer) {
                self.bytes -= before.body.len();
            }
        }
    }

    fn forget(&mut self) {
        self.answers.clear();
        self.bytes = 0;
        self.generation += 1;
    }
}

/// What is here for a path with its query.
pub fn find(path: &str, now: Timestamp) -> Option<Answer> {
    NEAR.with_borrow(|near| near.answers.get(path).filter(|kept| kept.until > now).cloned())
}

/// Tells what is asked for now from what is asked for after the next change.
pub fn generation() -> u64 {
    NEAR.with_borrow(|near| near.generation)
}

/// Keeps an answer that was asked for in this generation.
pub fn keep(path: &str, generation: u64, answer: Answer, now: Timestamp) {
    NEAR.with_borrow_mut(|near| {
        if near.generation == generation {
            near.keep(path, answer, now);
        }
    });
}

/// Something was changed.
pub fn forget() {
    NEAR.with_borrow_mut(Near::forget);
}

impl Answer {
    /// An answer that is good from now.
    pub fn new(body: Vec<u8>, headers: &Headers, now: Timestamp) -> Result<Self> {
        let etag = headers.get("etag")?.unwrap_or_default();
        Ok(Self { body, headers: headers.entries().collect(), etag, until: now + KEPT })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize, until: i64) -> Answer {
        let (headers, etag) = (Vec::new(), String::new());
        Answer { body: vec![0; bytes], headers, etag, until: Timestamp::from_millis(until) }
    }

    #[test]
    fn what_is_old_makes_room_and_what_is_too_much_is_not_kept() {
        let (mut near, now) = (Near::default(), Timestamp::from_millis(1_000));
        near.keep("/a", answer(MOST / 2, 900), now);
        near.keep("/b", answer(MOST / 2, 2_000), now);
        assert_eq!((near.answers.len(), near.bytes), (2, MOST));
        near.keep("/c", answer(MOST / 4, 2_000), now);
        assert!(!near.answers.contains_key("/a") && near.answers.contains_key("/c"));
        near.keep("/d", answer(MOST, 2_000), now);
        assert!(!near.answers.contains_key("/d"));
        // The same path again takes no more room.
        near.keep("/c", answer(MOST / 4, 3_000), now);
        assert_eq!(near.bytes, MOST / 2 + MOST / 4);
        near.forget();
        assert_eq!((near.answers.len(), near.bytes, near.generation), (0, 0, 1));
    }

    #[test]
    fn what_was_asked_for_before_a_change_is_not_kept_after_it() {
        let now = Timestamp::from_millis(1_000);
        let before = generation();
        forget();
        keep("/menu", before, answer(1, 2_000), now);
        assert!(find("/menu", now).is_none());
        keep("/menu", generation(), answer(1, 2_000), now);
        assert!(find("/menu", now).is_some() && find("/menu", Timestamp::from_millis(2_000)).is_none());
    }
}
