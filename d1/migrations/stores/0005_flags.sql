-- What was said of feature flags. Which there are, the code knows: crate rules::flags.
CREATE TABLE flag_settings (
    name TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('chain', 'franchisee', 'store')),
    subject_id TEXT NOT NULL DEFAULT '',     -- the franchisee or the store; empty for the chain
    percent INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (name, scope, subject_id),
    CHECK ((scope = 'chain') = (subject_id = ''))
) STRICT, WITHOUT ROWID;
