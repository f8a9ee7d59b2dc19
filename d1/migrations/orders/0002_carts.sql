-- One cart an owner: `customer <id>`, or `guest <SHA-256 of the token>`, so that the table opens no cart to who reads it.
CREATE TABLE carts (
    owner TEXT PRIMARY KEY,
    version INTEGER NOT NULL,                -- another version than was read means that somebody else changed it meanwhile
    store_id TEXT NOT NULL,
    lines TEXT NOT NULL CHECK (json_valid(lines)),
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
