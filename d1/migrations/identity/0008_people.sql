-- How somebody is reached; the telephone is sealed: crates/vault.
ALTER TABLE users ADD COLUMN locale TEXT;
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE users ADD COLUMN phone_index TEXT;         -- HMAC of the number: finds it without opening any
ALTER TABLE users ADD COLUMN erased_at INTEGER;        -- nothing personal is left of them
CREATE INDEX users_by_phone ON users (phone_index) WHERE phone_index IS NOT NULL;

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL CHECK (json_valid(roles)),
    stores TEXT NOT NULL CHECK (json_valid(stores)),
    franchisee_id TEXT,
    inviter_id TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    withdrawn_at INTEGER
) STRICT;
CREATE INDEX invitations_by_inviter ON invitations (inviter_id, id);
