-- Prices that move by themselves, as pricing has set them last: before them stand a store's own.
CREATE TABLE moving_prices (
    store_id TEXT NOT NULL,
    sku TEXT NOT NULL,                       -- of a variant
    price INTEGER NOT NULL CHECK (price >= 0),
    PRIMARY KEY (store_id, sku)
) STRICT, WITHOUT ROWID;
