-- Sales by store, day and product, as orders were paid. Amounts in minor units.
CREATE TABLE sales (
    store_id TEXT NOT NULL,
    day TEXT NOT NULL,                       -- UTC
    variant_sku TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (store_id, day, variant_sku, currency)
) STRICT, WITHOUT ROWID;

-- Orders by store and day: paid, completed, called off, and what was given back.
CREATE TABLE order_days (
    store_id TEXT NOT NULL,
    day TEXT NOT NULL,
    currency TEXT NOT NULL,
    placed INTEGER NOT NULL DEFAULT 0,
    paid INTEGER NOT NULL DEFAULT 0,
    completed INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    revenue INTEGER NOT NULL DEFAULT 0,
    refunded INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, day, currency)
) STRICT, WITHOUT ROWID;

-- Events that were applied: kirana_edge::inbox.
CREATE TABLE inbox (source TEXT PRIMARY KEY, seq INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE inbox_parked (
    source TEXT NOT NULL,
    seq INTEGER NOT NULL,
    parked_at INTEGER NOT NULL,
    applied_at INTEGER,
    PRIMARY KEY (source, seq)
) STRICT, WITHOUT ROWID;
