//! The small synchronous SQL interface of a Durable Object, natively over rusqlite.
