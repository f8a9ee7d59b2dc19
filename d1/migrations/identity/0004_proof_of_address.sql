-- Whether an address is somebody's is proved by a letter. Until then several accounts may claim it, so that registering tells
-- nobody who has an account already; only the one that proved it can be logged into with its password.
PRAGMA defer_foreign_keys = on;
CREATE TABLE users_anew (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,                     -- in lower case
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,             -- PHC string, Argon2id
    roles TEXT NOT NULL CHECK (json_valid(roles)),
    stores TEXT NOT NULL CHECK (json_valid(stores)),   -- the stores that staff is assigned to
    franchisee_id TEXT,                      -- the franchise that an owner owns
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,      -- counts up when what the user may do changes
    verified_at INTEGER                      -- when the address was proved, or vouched for by whoever made the account
) STRICT;
INSERT INTO users_anew
SELECT id, email, name, password_hash, roles, stores, franchisee_id, created_at, updated_at, version, created_at FROM users;
DROP TABLE users;
ALTER TABLE users_anew RENAME TO users;
CREATE UNIQUE INDEX users_by_proved_email ON users (email) WHERE verified_at IS NOT NULL;
CREATE INDEX users_by_email ON users (email, created_at);
PRAGMA defer_foreign_keys = off;

-- What a letter or a code is good for. The token itself is nowhere: it is computed from the id with the deployment's key.
CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT REFERENCES users (id),      -- none: somebody unknown asked, and nobody is to see a difference
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX tickets_by_user ON tickets (user_id, purpose, created_at);
