-- Who somebody is at another provider, as a hash of its name and theirs there.
CREATE TABLE links (
    subject TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    user_id TEXT NOT NULL,
    linked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX links_by_user ON links (user_id, provider);

-- Who has come from another provider, until the app that sent them there comes for them.
CREATE TABLE arrivals (
    hash TEXT PRIMARY KEY,                   -- of the app's code
    provider TEXT NOT NULL,
    told TEXT NOT NULL,                      -- sealed: who they are there
    code_challenge TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
