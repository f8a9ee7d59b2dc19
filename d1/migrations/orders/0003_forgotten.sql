-- Customers who were forgotten lately: what was on its way then is looked for again each night.
CREATE TABLE forgotten (customer_id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
