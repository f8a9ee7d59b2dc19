-- The chain as an OpenID Connect provider. Whatever is secret is here as a hash, or sealed: crates/vault.
CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('confidential', 'public')),
    secret_hash TEXT CHECK ((secret_hash IS NOT NULL) = (type = 'confidential')),
    redirect_uris TEXT NOT NULL CHECK (json_valid(redirect_uris)),
    scope TEXT NOT NULL,                     -- with spaces between
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Browsers in which somebody is signed in. They end with the session that identity keeps.
CREATE TABLE browsers (
    hash TEXT PRIMARY KEY,                   -- SHA-256 of the cookie, in hex
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    auth_time INTEGER NOT NULL,
    amr TEXT NOT NULL CHECK (json_valid(amr)),
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- That somebody has agreed.
CREATE TABLE consents (
    user_id TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (id),
    scope TEXT NOT NULL,
    agreed_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, client_id)
) STRICT, WITHOUT ROWID;

-- What a client was given: its code, and all that comes of it.
CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id),
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,                -- of identity's: what is given ends with it
    scope TEXT NOT NULL,
    auth_time INTEGER NOT NULL,
    amr TEXT NOT NULL CHECK (json_valid(amr)),
    nonce TEXT,
    code_hash TEXT NOT NULL UNIQUE,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    code_expires_at INTEGER NOT NULL,
    redeemed_at INTEGER,
    ends_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_why TEXT
) STRICT;
CREATE INDEX grants_by_user ON grants (user_id, client_id);

CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER                          -- of an access token: when it was revoked
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_grant ON tokens (grant_id);

-- Keys that sign ID tokens: rules/keys.rs.
CREATE TABLE signing_keys (
    generation INTEGER PRIMARY KEY,
    sealed TEXT NOT NULL,
    jwk TEXT NOT NULL CHECK (json_valid(jwk)),
    signs_from INTEGER NOT NULL
) STRICT;
