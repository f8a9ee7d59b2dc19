-- What a subscriber could not apply. A parked event has a seq; a message that the queue gave up on has none.
CREATE TABLE dead_letters (
    id TEXT PRIMARY KEY,
    subscriber TEXT NOT NULL,
    source TEXT NOT NULL,
    seq INTEGER NOT NULL,                    -- 0 for a whole message
    body TEXT NOT NULL,
    reason TEXT NOT NULL,
    arrived_at INTEGER NOT NULL,
    replayed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX dead_letters_once ON dead_letters (subscriber, source, seq) WHERE seq > 0;
