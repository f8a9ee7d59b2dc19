-- Sessions know their device and end by age; a refresh token that was used knows its successor.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT 'an unknown device';
ALTER TABLE sessions ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';   -- SHA-256 of what the device is known by
ALTER TABLE sessions ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;       -- 1: good on that device only
ALTER TABLE sessions ADD COLUMN methods TEXT NOT NULL DEFAULT '["pwd"]';-- how they proved who they are, last
ALTER TABLE sessions ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;   -- when they did
ALTER TABLE sessions ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;     -- when it last got tokens
ALTER TABLE sessions ADD COLUMN ends_at INTEGER NOT NULL DEFAULT 0;     -- whatever happens
UPDATE sessions SET seen_at = created_at, ends_at = created_at + 30 * 86400000;
ALTER TABLE refresh_tokens ADD COLUMN successor TEXT;                   -- only who has this token can read it
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Counts up when what the user may do changes: tokens carry it, and older ones are not believed.
ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- What is no longer believed though its token has not ended: written with the change, asked for by the gateway.
CREATE TABLE revocations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('session', 'user', 'key')),
    subject TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    at INTEGER NOT NULL
) STRICT;
