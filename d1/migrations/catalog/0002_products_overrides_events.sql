ALTER TABLE products ADD COLUMN tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags));
ALTER TABLE products ADD COLUMN retired_at INTEGER;      -- no longer sold; kept for those who hold its id
ALTER TABLE products ADD COLUMN search_id INTEGER;       -- its row in product_search
UPDATE products SET search_id = rowid;
CREATE UNIQUE INDEX products_by_search_id ON products (search_id);
CREATE INDEX products_by_category ON products (category) WHERE retired_at IS NULL;

DELETE FROM product_search;
INSERT INTO product_search (rowid, product_id, name, category, description)
SELECT search_id, id, name, category, description FROM products;

CREATE TABLE product_tags (
    product_id TEXT NOT NULL REFERENCES products (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (product_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_tags_by_tag ON product_tags (tag);

-- What a store sells otherwise than its menu says: at another price, or not now.
CREATE TABLE menu_overrides (
    store_id TEXT NOT NULL,
    sku TEXT NOT NULL,                       -- of a variant or a modifier
    price INTEGER CHECK (price >= 0),        -- in minor units of the menu's currency
    available INTEGER NOT NULL CHECK (available IN (0, 1)),
    PRIMARY KEY (store_id, sku)
) STRICT, WITHOUT ROWID;

-- What a resolved menu was made of is known by three numbers: the versions of its menu, of the store's choices, and of the store.
ALTER TABLE store_menus ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE TABLE stores (
    store_id TEXT PRIMARY KEY,
    tax TEXT NOT NULL CHECK (json_valid(tax)),
    version INTEGER NOT NULL
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

-- Events on their way out: kirana_edge::outbox.
CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE outbox_cursor (
    subscriber TEXT PRIMARY KEY,
    acked INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
