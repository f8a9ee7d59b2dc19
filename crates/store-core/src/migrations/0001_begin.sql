-- What can be counted. on_hand and reserved are the sums over its batches, kept in the same transaction.
CREATE TABLE items (
    sku TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('piece', 'g', 'ml')),
    low_stock_threshold INTEGER NOT NULL CHECK (low_stock_threshold >= 0),
    on_hand INTEGER NOT NULL DEFAULT 0 CHECK (on_hand >= 0),
    reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved BETWEEN 0 AND on_hand)
) STRICT, WITHOUT ROWID;

-- Goods that came in together. received + adjusted = on_hand + issued + spoiled, always.
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL REFERENCES items (sku),
    supplier TEXT,
    unit_cost INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    expires_at INTEGER,
    received INTEGER NOT NULL CHECK (received >= 0),
    adjusted INTEGER NOT NULL DEFAULT 0,
    issued INTEGER NOT NULL DEFAULT 0 CHECK (issued >= 0),
    spoiled INTEGER NOT NULL DEFAULT 0 CHECK (spoiled >= 0),
    on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
    reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved BETWEEN 0 AND on_hand),
    CHECK (received + adjusted = on_hand + issued + spoiled)
) STRICT;
CREATE INDEX batches_with_stock ON batches (sku, expires_at, id) WHERE on_hand > 0;

-- What is held for an order that is not made yet: [[batch, sku, quantity], ...].
CREATE TABLE reservations (order_id TEXT PRIMARY KEY, held TEXT NOT NULL CHECK (json_valid(held))) STRICT, WITHOUT ROWID;

-- What one piece of a variant or modifier uses up: [[sku, quantity], ...].
CREATE TABLE recipes (sku TEXT PRIMARY KEY, ingredients TEXT NOT NULL CHECK (json_valid(ingredients))) STRICT, WITHOUT ROWID;

-- Why stock changed, append-only.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('receive', 'adjust', 'sale', 'spoil')),
    reference TEXT NOT NULL,                 -- the order, or who did it
    moves TEXT NOT NULL CHECK (json_valid(moves))     -- [[batch, sku, quantity], ...]
) STRICT;

-- An order is one document; the columns are what it is looked for by.
CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_in_kitchen ON orders (placed_at) WHERE status IN ('confirmed', 'preparing', 'ready');

CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What a key was answered with.
CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    order_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (expires_at);

-- One object has one alarm; behind it stands everything that is due.
CREATE TABLE timers (due INTEGER NOT NULL, kind TEXT NOT NULL, reference TEXT NOT NULL, PRIMARY KEY (reference, kind)) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due);

-- Events on their way out: kirana_events::Pack.
CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE outbox_cursor (
    subscriber TEXT PRIMARY KEY,
    acked INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
