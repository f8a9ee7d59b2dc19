-- Prices that follow shelf life and demand: which variant by which stock item, and how.
CREATE TABLE dynamic_rules (
    store_id TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body)),
    updated_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX dynamic_rules_by_check ON dynamic_rules (checked_at);

-- What had been used of a stock item when an hour began: what was used since is demand.
CREATE TABLE dynamic_hours (
    store_id TEXT NOT NULL,
    sku TEXT NOT NULL,
    hour INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (store_id, sku, hour)
) STRICT, WITHOUT ROWID;
