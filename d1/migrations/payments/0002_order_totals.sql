-- What an order costs now, where that changed after it was placed: what was captured beyond it goes back. A day later it
-- cannot be paid twice any more, and the row is gone.
CREATE TABLE order_totals (
    order_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,                -- the order's: an older word changes nothing
    total INTEGER NOT NULL CHECK (total >= 0),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX order_totals_by_age ON order_totals (at);
