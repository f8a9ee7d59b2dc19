-- Letters and text messages with something in them that only their reader may know. The channel `outbox` sends nothing: it
-- keeps them here for a day, for a local chain and its tests. A provider's channel keeps none.
CREATE TABLE letters (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    cause TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX letters_by_address ON letters (address, id);
