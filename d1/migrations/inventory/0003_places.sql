-- Where stock is kept: stores, as their events tell, and warehouses, which this worker makes.
CREATE TABLE places (
    source TEXT PRIMARY KEY,                 -- its object: store-<number> or warehouse-<number>
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('store', 'warehouse')),
    name TEXT NOT NULL,
    franchisee_id TEXT,                      -- absent: the chain's own
    currency TEXT,                           -- absent until it is told
    version INTEGER NOT NULL DEFAULT 0,      -- when that was so: a later one wins
    reorder_at INTEGER NOT NULL DEFAULT 0,   -- when somebody looks what is missing
    reordered_at INTEGER NOT NULL DEFAULT 0, -- when somebody did
    reorders INTEGER NOT NULL DEFAULT 0      -- counts that, so that two who look at once draft once
) STRICT, WITHOUT ROWID;
CREATE INDEX places_to_reorder ON places (reorder_at);

CREATE TABLE warehouses (
    number INTEGER PRIMARY KEY,              -- names its object
    id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;

-- What is on hand is worth so much; and what is left of each batch: [[received_at, expires_at, on_hand, value], ...].
ALTER TABLE stock_levels ADD COLUMN value INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stock_levels ADD COLUMN layers TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(layers));
CREATE INDEX stock_levels_by_sku ON stock_levels (sku, source);

-- Who asked for a purchase order with which key: the same asks for the same.
ALTER TABLE purchase_orders ADD COLUMN request TEXT;
CREATE UNIQUE INDEX purchase_orders_by_request ON purchase_orders (request) WHERE request IS NOT NULL;

-- Events on their way out: kirana_edge::outbox.
CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE outbox_cursor (
    subscriber TEXT PRIMARY KEY,
    acked INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
