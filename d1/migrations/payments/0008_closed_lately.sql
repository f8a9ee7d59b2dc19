-- When an order was called off: after each request only those of the last day are looked through, by cron all of them.
ALTER TABLE closed_orders ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX closed_orders_by_age ON closed_orders (at);
