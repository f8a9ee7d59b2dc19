-- Who delivers: a document each, looked for by name.
CREATE TABLE suppliers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT, WITHOUT ROWID;

-- What a supplier asks for a pack of a stock item.
CREATE TABLE offers (
    supplier_id TEXT NOT NULL REFERENCES suppliers (id),
    sku TEXT NOT NULL,
    pack_size INTEGER NOT NULL CHECK (pack_size > 0),   -- in the item's unit
    min_packs INTEGER NOT NULL CHECK (min_packs > 0),
    pack_price INTEGER NOT NULL CHECK (pack_price >= 0),
    PRIMARY KEY (sku, supplier_id)
) STRICT, WITHOUT ROWID;

-- A purchase order is one document; the columns are what it is looked for by.
CREATE TABLE purchase_orders (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL,
    supplier_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'approved', 'sent', 'received', 'closed')),
    version INTEGER NOT NULL,
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT, WITHOUT ROWID;
CREATE INDEX purchase_orders_by_store ON purchase_orders (store_id, id);

-- Goods under way from one store to another. `request` is who asked with which key: the same asks for the same.
CREATE TABLE transfers (
    id TEXT PRIMARY KEY,
    from_store TEXT NOT NULL,
    to_store TEXT NOT NULL,
    request TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT, WITHOUT ROWID;
CREATE INDEX transfers_from ON transfers (from_store, id);
CREATE INDEX transfers_to ON transfers (to_store, id);
