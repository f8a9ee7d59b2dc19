-- Each row that is written is paid for, and each entry of an index, and each that is deleted.

-- Events on their way out: those of one command are one row, and its place is taken by later ones once everybody has had them. How far everybody was
-- is written with what comes next, or when all have everything; a word that is lost with the process is said again.
CREATE TABLE outbox_8 (
    slot INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,                  -- the number of its first event
    last INTEGER NOT NULL,                   -- and of its last; below `first` when it holds none
    acked TEXT NOT NULL CHECK (json_valid(acked)),   -- {subscriber: number} when this was written
    events TEXT NOT NULL                     -- [[type, event], ...]
) STRICT;
INSERT INTO outbox_8 (slot, first, last, acked, events)
    SELECT row_number() OVER (ORDER BY seq), seq, seq, (SELECT json_group_object(subscriber, acked) FROM outbox_cursor),
           '[["' || type || '",' || body || ']]' FROM outbox;
INSERT INTO outbox_8 (slot, first, last, acked, events)
    SELECT 1, MAX(acked) + 1, MAX(acked), json_group_object(subscriber, acked), '[]' FROM outbox_cursor
    WHERE NOT EXISTS (SELECT 1 FROM outbox_8) HAVING MAX(acked) > 0;
DROP TABLE outbox;
DROP TABLE outbox_cursor;
ALTER TABLE outbox_8 RENAME TO outbox;

-- Timers are few, and looked through in no time.
DROP INDEX timers_by_due;

-- Keys are looked through once an hour for those that are too old; their time stands before the answer, so that no answer is read for it.
CREATE TABLE idempotency_8 (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    order_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
INSERT INTO idempotency_8 (scope, key, expires_at, fingerprint, order_id, answer)
    SELECT scope, key, expires_at, fingerprint, order_id, answer FROM idempotency;
DROP TABLE idempotency;
ALTER TABLE idempotency_8 RENAME TO idempotency;
