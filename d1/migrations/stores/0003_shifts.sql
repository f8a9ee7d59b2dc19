-- Who works when. Names are identity's: here is only who.
CREATE TABLE shifts (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES stores (id),
    user_id TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
    note TEXT,
    made_by TEXT NOT NULL
) STRICT;
CREATE INDEX shifts_by_store ON shifts (store_id, starts_at);
CREATE INDEX shifts_by_user ON shifts (user_id, starts_at);
