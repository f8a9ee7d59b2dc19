//! The catalogue of every event: types, publishers, subscribers, envelope.
