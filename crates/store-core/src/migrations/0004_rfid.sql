-- Goods whose RFID tags went through a gate are a kind of movement of their own.
DROP TRIGGER journal_is_kept;
DROP TRIGGER journal_is_true;
CREATE TABLE journal_4 (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('receive', 'adjust', 'count', 'spoil', 'expire', 'transfer_out', 'transfer_in', 'sale', 'return', 'rfid')),
    actor TEXT NOT NULL,
    reference TEXT,
    reason TEXT,
    moves TEXT NOT NULL CHECK (json_valid(moves))     -- [[batch, sku, quantity, value], ...]
) STRICT;
INSERT INTO journal_4 SELECT id, at, kind, actor, reference, reason, moves FROM journal;
DROP TABLE journal;
ALTER TABLE journal_4 RENAME TO journal;
CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_true BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
