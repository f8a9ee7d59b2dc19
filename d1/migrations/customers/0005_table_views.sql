-- What somebody who works for the chain has saved of a table: filters, order and columns; theirs, or shared with those they work with.
CREATE TABLE table_views (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    owner_name TEXT NOT NULL,                -- as it was then: who reads a shared view sees whose it is
    table_name TEXT NOT NULL,
    name TEXT NOT NULL,
    shared TEXT NOT NULL CHECK (shared IN ('own', 'franchisee', 'chain')),
    franchisee_id TEXT,
    body TEXT NOT NULL CHECK (json_valid(body)),
    changed_at INTEGER NOT NULL,
    UNIQUE (owner_id, table_name, name),
    CHECK ((shared = 'franchisee') = (franchisee_id IS NOT NULL))
) STRICT;
CREATE INDEX table_views_shared ON table_views (table_name, shared, franchisee_id) WHERE shared <> 'own';
