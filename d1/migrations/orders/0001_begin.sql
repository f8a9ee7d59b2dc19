-- Orders of all stores, as their events tell them; the stores themselves hold what is true now.
CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_by_customer ON orders (customer_id, id);
CREATE INDEX orders_by_store ON orders (store_id, id);

-- Events that were applied: kirana_edge::inbox.
CREATE TABLE inbox (source TEXT PRIMARY KEY, seq INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE inbox_parked (
    source TEXT NOT NULL,
    seq INTEGER NOT NULL,
    parked_at INTEGER NOT NULL,
    applied_at INTEGER,
    PRIMARY KEY (source, seq)
) STRICT, WITHOUT ROWID;
