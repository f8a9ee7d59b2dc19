-- What is written to somebody about their account, and what came of it: once per event (`cause`). No text of a letter stands
-- here and no secret: a letter is written at the moment it is sent, with what identity answers then. Name and address are there
-- until it is sent or its secret is good no more; they stay with one that failed, for another try.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    cause TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT,
    address TEXT,
    ticket TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'expired')),
    channel TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Nobody else tries before: set ahead by whoever tries.
    next_at INTEGER NOT NULL,
    reason TEXT,
    provider_id TEXT,
    created_at INTEGER NOT NULL,
    done_at INTEGER
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (state, id);
CREATE INDEX deliveries_by_user ON deliveries (user_id);
CREATE INDEX deliveries_by_age ON deliveries (created_at);
