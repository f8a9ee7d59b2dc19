-- A device: what it is, whose, and what it proves itself by. What it says and does is with the hub of its store.
CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL,
    store_number INTEGER NOT NULL,
    franchisee_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('unclaimed', 'active', 'revoked')),
    key TEXT CHECK (key IS NULL OR json_valid(key)),   -- public halves only: see decision 27
    key_version INTEGER NOT NULL DEFAULT 0,
    claim_hash TEXT,                                   -- SHA-256 of a code that is good once
    claim_until INTEGER,
    online INTEGER NOT NULL DEFAULT 0,                 -- as its hub tells it
    online_since INTEGER,
    last_error TEXT CHECK (last_error IS NULL OR json_valid(last_error)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_by_store ON devices (store_id, id);
CREATE INDEX devices_by_franchisee ON devices (franchisee_id, id);
CREATE UNIQUE INDEX devices_by_claim ON devices (claim_hash) WHERE claim_hash IS NOT NULL;

-- Who did what to which device. Never changed.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_device ON audit (device_id, id);

-- Cold chains that broke, with the batches that were in the store then: suspect until somebody has looked.
CREATE TABLE breaches (
    id TEXT PRIMARY KEY,
    device_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    since INTEGER NOT NULL,
    worst REAL NOT NULL,
    at INTEGER NOT NULL,
    batches TEXT NOT NULL CHECK (json_valid(batches)),
    outcome TEXT CHECK (outcome IN ('released', 'spoilt')),
    resolved_at INTEGER,
    resolved_by TEXT
) STRICT;
CREATE INDEX breaches_by_store ON breaches (store_id, id);

-- Configuration or firmware for many devices, a part of them at a time.
CREATE TABLE rollouts (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    state TEXT NOT NULL CHECK (state IN ('running', 'halted', 'done')),
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX rollouts_running ON rollouts (id) WHERE state = 'running';
CREATE TABLE rollout_devices (
    rollout_id TEXT NOT NULL REFERENCES rollouts (id),
    device_id TEXT NOT NULL,
    stage INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'done', 'failed')),
    reference TEXT,                                    -- the command, or the version of the configuration
    sent_at INTEGER,
    PRIMARY KEY (rollout_id, device_id)
) STRICT, WITHOUT ROWID;

-- Events that were applied: kirana_edge::inbox.
CREATE TABLE inbox (source TEXT PRIMARY KEY, seq INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE inbox_parked (
    source TEXT NOT NULL,
    seq INTEGER NOT NULL,
    parked_at INTEGER NOT NULL,
    applied_at INTEGER,
    PRIMARY KEY (source, seq)
) STRICT, WITHOUT ROWID;
