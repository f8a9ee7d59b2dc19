-- What customers tell of themselves. Addresses and documents are sealed: crates/vault.
CREATE TABLE addresses (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    sealed TEXT NOT NULL,                    -- a JSON document
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1))
) STRICT;
CREATE INDEX addresses_by_user ON addresses (user_id, id);
CREATE UNIQUE INDEX one_default_address ON addresses (user_id) WHERE is_default = 1;

CREATE TABLE preferences (
    user_id TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;

CREATE TABLE favourites (
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('product', 'store')),
    subject TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind, subject)
) STRICT, WITHOUT ROWID;

-- That somebody is old enough, as somebody checked. No birth date is kept.
CREATE TABLE age_checks (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    min_age INTEGER NOT NULL,
    provider TEXT NOT NULL,
    document TEXT NOT NULL,                  -- sealed: the provider's reference, never the document itself
    passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
    at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX age_checks_by_user ON age_checks (user_id, at);
