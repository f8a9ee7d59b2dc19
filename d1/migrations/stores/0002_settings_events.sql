ALTER TABLE stores ADD COLUMN pause_reason TEXT;
ALTER TABLE stores ADD COLUMN settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings));
CREATE INDEX stores_by_franchisee ON stores (franchisee_id, id);

-- Events on their way out: kirana_edge::outbox.
CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE outbox_cursor (
    subscriber TEXT PRIMARY KEY,
    acked INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
