-- Addresses that take no letters: a provider says that they bounced, or that their reader does not want any. Nothing is sent there until
-- whoever runs the chain says so.
CREATE TABLE unreachable (
    address TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX unreachable_by_user ON unreachable (user_id);
CREATE INDEX deliveries_by_number ON deliveries (provider_id) WHERE provider_id IS NOT NULL;
