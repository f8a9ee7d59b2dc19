-- Segments that people of the chain make and put customers into, so that offers can be for them.
CREATE TABLE segments (
    name TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE segment_members (
    user_id TEXT NOT NULL,
    segment TEXT NOT NULL REFERENCES segments (name) ON DELETE CASCADE,
    added_by TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, segment)
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_members_by_segment ON segment_members (segment, user_id);
