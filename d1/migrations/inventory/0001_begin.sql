-- How stock stands across stores, as the stores' events tell it; a later one wins.
CREATE TABLE stock_levels (
    source TEXT NOT NULL,                    -- the store's object, store-<number>
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    low_stock_threshold INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (source, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_levels_low ON stock_levels (source) WHERE on_hand - reserved <= low_stock_threshold;

-- Events that were applied: kirana_edge::inbox.
CREATE TABLE inbox (source TEXT PRIMARY KEY, seq INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE inbox_parked (
    source TEXT NOT NULL,
    seq INTEGER NOT NULL,
    parked_at INTEGER NOT NULL,
    applied_at INTEGER,
    PRIMARY KEY (source, seq)
) STRICT, WITHOUT ROWID;
