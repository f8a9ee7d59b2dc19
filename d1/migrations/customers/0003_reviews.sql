-- What people say of what they have bought. Stars count at once; words are shown once somebody of the store has read them.
CREATE TABLE reviews (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    author TEXT NOT NULL,                    -- the first word of their name, as it was then
    product_id TEXT NOT NULL,
    product TEXT NOT NULL,                   -- its name on the order
    order_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    words TEXT,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'shown', 'hidden')),
    response TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (user_id, order_id, product_id)
) STRICT;
CREATE INDEX reviews_by_product ON reviews (product_id, id);
CREATE INDEX reviews_by_store ON reviews (store_id, id);
