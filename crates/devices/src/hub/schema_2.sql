-- Whoever hears of devices has a cursor from its first day on: what it has not acknowledged is not thrown away.
INSERT OR IGNORE INTO outbox_cursor (subscriber) VALUES ('devices'), ('notifications');

-- What a menu board shows: its playlist with the store's menu, prices and stock in it.
ALTER TABLE devices ADD COLUMN shown TEXT CHECK (shown IS NULL OR json_valid(shown));

-- What a machine took, by day (UTC); what should lie in its cash box, and what somebody found in it.
ALTER TABLE devices ADD COLUMN cash_box INTEGER NOT NULL DEFAULT 0;
CREATE TABLE takings (
    device TEXT NOT NULL,
    day INTEGER NOT NULL,                     -- days since 1970
    tender TEXT NOT NULL CHECK (tender IN ('cash', 'cashless')),
    count INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (device, day, tender)
) STRICT, WITHOUT ROWID;
CREATE TABLE cash_keys (device TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (device, key)) STRICT, WITHOUT ROWID;
CREATE INDEX cash_keys_by_age ON cash_keys (at);
CREATE TABLE cash_counts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device TEXT NOT NULL,
    at INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    left_in INTEGER NOT NULL
) STRICT;
CREATE INDEX cash_counts_by_device ON cash_counts (device, id);
