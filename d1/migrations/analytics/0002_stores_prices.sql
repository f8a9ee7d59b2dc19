-- Stores by name, as their events tell.
CREATE TABLE stores (
    store_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    franchisee_id TEXT NOT NULL,
    version INTEGER NOT NULL                 -- when the event happened: a later one wins
) STRICT, WITHOUT ROWID;

-- What had another price from when on: what to hold sales against.
CREATE TABLE price_changes (
    store_id TEXT NOT NULL,                  -- empty: in every store that has the menu and no price of its own
    at INTEGER NOT NULL,
    sku TEXT NOT NULL,
    currency TEXT NOT NULL,
    from_amount INTEGER NOT NULL,
    to_amount INTEGER NOT NULL,
    PRIMARY KEY (store_id, at, sku)
) STRICT, WITHOUT ROWID;
