-- Keys of integrations. The key itself is shown once and kept nowhere.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,               -- SHA-256 of the key, in hex
    hint TEXT NOT NULL,                      -- its first characters, to tell keys apart
    name TEXT NOT NULL,
    maker_id TEXT NOT NULL REFERENCES users (id),      -- a key may never do what its maker may not
    role TEXT NOT NULL,
    stores TEXT NOT NULL CHECK (json_valid(stores)),
    scopes TEXT NOT NULL CHECK (json_valid(scopes)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,                    -- to the minute
    revoked_at INTEGER
) STRICT;
CREATE INDEX api_keys_by_maker ON api_keys (maker_id, id);
