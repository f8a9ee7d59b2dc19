-- Points that paid for orders, by the payment: taken once, and given back in parts up to what was taken.
CREATE TABLE spends (
    payment_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    points INTEGER NOT NULL CHECK (points > 0),
    restored_amount INTEGER NOT NULL DEFAULT 0 CHECK (restored_amount BETWEEN 0 AND amount),
    restored_points INTEGER NOT NULL DEFAULT 0 CHECK (restored_points BETWEEN 0 AND points),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX spends_by_order ON spends (order_id);
