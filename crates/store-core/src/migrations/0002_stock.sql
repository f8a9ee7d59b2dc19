-- What a batch is worth, where it comes from, and why it changed; documents of stock.

ALTER TABLE items ADD COLUMN policy TEXT NOT NULL DEFAULT 'fefo' CHECK (policy IN ('fefo', 'fifo', 'lifo'));
ALTER TABLE items ADD COLUMN piece_size INTEGER CHECK (piece_size > 0);
ALTER TABLE items ADD COLUMN near_expiry_hours INTEGER NOT NULL DEFAULT 24 CHECK (near_expiry_hours >= 0);
ALTER TABLE items ADD COLUMN cover_days INTEGER CHECK (cover_days > 0);
ALTER TABLE items ADD COLUMN value INTEGER NOT NULL DEFAULT 0 CHECK (value >= 0);

-- Append-only. Quantities and values carry their sign, so that a batch is the sum of its moves.
CREATE TABLE journal_2 (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('receive', 'adjust', 'count', 'spoil', 'expire', 'transfer_out', 'transfer_in', 'sale', 'return')),
    actor TEXT NOT NULL,
    reference TEXT,
    reason TEXT,
    moves TEXT NOT NULL CHECK (json_valid(moves))     -- [[batch, sku, quantity, value], ...]
) STRICT;
INSERT INTO journal_2 (id, at, kind, actor, reference, moves)
    SELECT j.id, j.at, j.kind, j.reference, j.reference,
           (SELECT json_group_array(json_array(m.batch, m.sku, m.quantity, m.quantity * b.unit_cost))
            FROM (SELECT json_extract(value, '$[0]') AS batch, json_extract(value, '$[1]') AS sku,
                         json_extract(value, '$[2]') * CASE WHEN j.kind IN ('receive', 'adjust') THEN 1 ELSE -1 END AS quantity
                  FROM json_each(j.moves)) m JOIN batches b ON b.id = m.batch) FROM journal j;
DROP TABLE journal;
ALTER TABLE journal_2 RENAME TO journal;
CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_true BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Quantities: received + adjusted = on_hand + issued + spoiled. Worth, in minor units: cost + adjusted_value = value +
-- issued_value + spoiled_value. What goes out takes its share of what the batch is worth at that moment, so that the last
-- piece takes the last cent.
CREATE TABLE batches_2 (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL REFERENCES items (sku),
    received_at INTEGER NOT NULL,
    expires_at INTEGER,
    received INTEGER NOT NULL CHECK (received >= 0),
    adjusted INTEGER NOT NULL DEFAULT 0,
    issued INTEGER NOT NULL DEFAULT 0 CHECK (issued >= 0),
    spoiled INTEGER NOT NULL DEFAULT 0 CHECK (spoiled >= 0),
    on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
    reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved BETWEEN 0 AND on_hand),
    cost INTEGER NOT NULL CHECK (cost >= 0),
    adjusted_value INTEGER NOT NULL DEFAULT 0,
    issued_value INTEGER NOT NULL DEFAULT 0,
    spoiled_value INTEGER NOT NULL DEFAULT 0,
    value INTEGER NOT NULL CHECK (value >= 0),
    passport TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(passport)),   -- supplier, lot, origin, certification
    CHECK (received + adjusted = on_hand + issued + spoiled),
    CHECK (cost + adjusted_value = value + issued_value + spoiled_value),
    CHECK (on_hand > 0 OR value = 0)
) STRICT;
INSERT INTO batches_2 (id, sku, received_at, expires_at, received, adjusted, issued, spoiled, on_hand, reserved, cost, adjusted_value,
                       issued_value, spoiled_value, value, passport)
    SELECT id, sku, received_at, expires_at, received, adjusted, issued, spoiled, on_hand, reserved, received * unit_cost,
           adjusted * unit_cost, issued * unit_cost, spoiled * unit_cost, on_hand * unit_cost,
           json_patch('{}', json_object('supplier', supplier)) FROM batches;
DROP TABLE batches;
ALTER TABLE batches_2 RENAME TO batches;
CREATE INDEX batches_with_stock ON batches (sku, expires_at, id) WHERE on_hand > 0;
UPDATE items SET value = COALESCE((SELECT SUM(value) FROM batches b WHERE b.sku = items.sku AND b.on_hand > 0), 0);

-- Holds belong to an order or a lease; `owner` is its id.
ALTER TABLE reservations RENAME COLUMN order_id TO owner;

-- The journal's entries of an order, as numbers: what it used up and what came back of it.
ALTER TABLE orders ADD COLUMN entries TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(entries));

-- Pieces to make, for the promise to the next customer.
ALTER TABLE orders ADD COLUMN pieces INTEGER NOT NULL DEFAULT 1;

-- Places taken in slots for scheduled pickup.
CREATE TABLE slots (start INTEGER PRIMARY KEY, taken INTEGER NOT NULL CHECK (taken >= 0)) STRICT;

-- An RFID tag stands for a part of a batch.
CREATE TABLE tags (
    tag TEXT PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches (id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    present INTEGER NOT NULL DEFAULT 1 CHECK (present IN (0, 1))
) STRICT, WITHOUT ROWID;

-- A document each, as the API shows it.
CREATE TABLE stocktakes (id TEXT PRIMARY KEY, status TEXT NOT NULL, document TEXT NOT NULL CHECK (json_valid(document))) STRICT, WITHOUT ROWID;
CREATE TABLE leases (id TEXT PRIMARY KEY, ended INTEGER NOT NULL CHECK (ended IN (0, 1)), document TEXT NOT NULL CHECK (json_valid(document))) STRICT, WITHOUT ROWID;

-- Sold though the books did not have it: accepted, and shown until somebody has looked into it.
CREATE TABLE variances (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    reference TEXT NOT NULL,
    resolved_at INTEGER,
    resolution TEXT
) STRICT;
CREATE INDEX variances_open ON variances (id) WHERE resolved_at IS NULL;

-- How far each counter has counted its offline sales.
CREATE TABLE device_sales (device_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, gaps TEXT NOT NULL DEFAULT '[]') STRICT, WITHOUT ROWID;

-- What the store's keeper may set: see the API's store settings.
CREATE TABLE settings (name TEXT PRIMARY KEY, document TEXT NOT NULL CHECK (json_valid(document))) STRICT, WITHOUT ROWID;
