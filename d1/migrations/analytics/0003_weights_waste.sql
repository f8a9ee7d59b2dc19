-- What was sold by weight, in grams: by the scale.
ALTER TABLE sales ADD COLUMN grams INTEGER NOT NULL DEFAULT 0;

-- What passed its date, by store and day (UTC).
CREATE TABLE waste (
    source TEXT NOT NULL,                    -- the store's object, store-<number>
    day TEXT NOT NULL,
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL,               -- in the item's unit
    value INTEGER NOT NULL,                  -- in minor units of the store's currency
    PRIMARY KEY (source, day, sku)
) STRICT, WITHOUT ROWID;

-- What came in on purchase orders, by store and day (UTC).
CREATE TABLE purchases (
    store_id TEXT NOT NULL,
    day TEXT NOT NULL,
    supplier TEXT NOT NULL,
    cost INTEGER NOT NULL,                   -- in minor units of the store's currency
    PRIMARY KEY (store_id, day, supplier)
) STRICT, WITHOUT ROWID;
