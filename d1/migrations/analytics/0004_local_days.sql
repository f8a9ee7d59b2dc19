-- Days are the store's own from now on; what was counted before is left on its UTC day.

-- How long it took from paid to ready, over the orders that came so far.
ALTER TABLE order_days ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_days ADD COLUMN make_seconds INTEGER NOT NULL DEFAULT 0;
CREATE INDEX order_days_by_day ON order_days (day, store_id);

-- Orders by the hours of the store's own clock.
CREATE TABLE order_hours (
    store_id TEXT NOT NULL,
    day TEXT NOT NULL,
    hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
    currency TEXT NOT NULL,
    placed INTEGER NOT NULL DEFAULT 0,
    paid INTEGER NOT NULL DEFAULT 0,
    revenue INTEGER NOT NULL DEFAULT 0,
    refunded INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, day, hour, currency)
) STRICT, WITHOUT ROWID;

CREATE INDEX stores_by_franchisee ON stores (franchisee_id);
