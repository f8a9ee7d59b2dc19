-- An order is some kilobytes: in a table ordered by its key, most of each would lie on pages of its own, and the search
-- for one would lead through others. Its JSON is written by this program alone, and not parsed once more on each write.
CREATE TABLE orders_5 (
    id TEXT NOT NULL PRIMARY KEY,
    status TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    entries TEXT NOT NULL,                   -- of the journal, that used up or gave back what it needs: [number, ...]
    document TEXT NOT NULL
) STRICT;
INSERT INTO orders_5 (id, status, placed_at, pieces, entries, document)
    SELECT id, status, placed_at, pieces, entries, document FROM orders ORDER BY placed_at;
DROP TABLE orders;
ALTER TABLE orders_5 RENAME TO orders;
CREATE INDEX orders_in_hand ON orders (placed_at) WHERE status IN ('confirmed', 'preparing', 'ready', 'dispatched');
