-- Devices as the hub knows them: the registry is in D1, this is what a socket needs at once.
CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    store_id TEXT NOT NULL,
    key TEXT NOT NULL CHECK (json_valid(key)),
    revoked INTEGER NOT NULL DEFAULT 0,
    line INTEGER NOT NULL DEFAULT 0,          -- counts connections: only the newest is listened to
    protocol INTEGER NOT NULL DEFAULT 0,      -- of the newest: 1 for protocol 1, 4 and 5 for MQTT, 0 when there is none
    online INTEGER NOT NULL DEFAULT 0,
    since INTEGER NOT NULL DEFAULT 0,
    heard INTEGER NOT NULL DEFAULT 0,
    interval INTEGER NOT NULL DEFAULT 30,
    offline_due INTEGER,                      -- its line is gone: offline then, unless it comes back
    weight INTEGER NOT NULL DEFAULT 0,
    weight_at INTEGER NOT NULL DEFAULT 0,
    flapping INTEGER NOT NULL DEFAULT 0,
    firmware TEXT,
    upto INTEGER NOT NULL DEFAULT 0,          -- the number of its last event that is kept
    desired_version INTEGER NOT NULL DEFAULT 0,
    desired TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(desired)),
    reported_version INTEGER NOT NULL DEFAULT 0,
    reported TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(reported)),
    watch TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(watch)),   -- what the rules of its kind remember
    next_packet INTEGER NOT NULL DEFAULT 0,
    session_until INTEGER,                    -- how long its MQTT session is kept
    filters TEXT NOT NULL DEFAULT '[]',       -- what its MQTT session wants to hear
    window INTEGER NOT NULL DEFAULT 65535,    -- how many messages it takes at once
    largest INTEGER NOT NULL DEFAULT 65536,   -- and of how many bytes
    barred_until INTEGER NOT NULL DEFAULT 0   -- it was cut off for saying too much: not let in before
) STRICT;
CREATE INDEX devices_offline_due ON devices (offline_due) WHERE offline_due IS NOT NULL;
CREATE INDEX devices_flapping ON devices (flapping) WHERE flapping = 1;

CREATE TABLE commands (
    id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    name TEXT NOT NULL,
    args TEXT NOT NULL CHECK (json_valid(args)),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'accepted', 'done', 'failed', 'rejected', 'timed_out', 'expired')),
    attempts INTEGER NOT NULL DEFAULT 0,
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    next_at INTEGER,                          -- when it is looked at again; NULL when it is over
    finished_at INTEGER,
    result TEXT,
    error TEXT
) STRICT;
CREATE INDEX commands_due ON commands (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX commands_by_device ON commands (device, created_at);

-- Measured values, summed up by five minutes.
CREATE TABLE series (
    device TEXT NOT NULL,
    metric TEXT NOT NULL,
    begins INTEGER NOT NULL,
    count INTEGER NOT NULL,
    sum REAL NOT NULL,
    least REAL NOT NULL,
    most REAL NOT NULL,
    last REAL NOT NULL,
    PRIMARY KEY (device, metric, begins)
) STRICT, WITHOUT ROWID;

-- What devices said lately of themselves.
CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, at INTEGER NOT NULL, level TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX logs_by_device ON logs (device, id);

-- MQTT: what is kept for whoever subscribes later, and what was sent and not acknowledged.
CREATE TABLE retained (topic TEXT PRIMARY KEY, device TEXT NOT NULL, payload TEXT NOT NULL, qos INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE inflight (
    device TEXT NOT NULL,
    packet INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,                    -- hexadecimal
    sent INTEGER NOT NULL,
    PRIMARY KEY (device, packet)
) STRICT, WITHOUT ROWID;

-- Tags that a reader saw: the last direction, and how often a shelf was read without them.
CREATE TABLE tags (
    device TEXT NOT NULL,
    tag TEXT NOT NULL,
    direction TEXT NOT NULL,
    at INTEGER NOT NULL,
    missed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, tag)
) STRICT, WITHOUT ROWID;

-- Sales of vending machines, and what is in their columns.
CREATE TABLE sales (
    device TEXT NOT NULL,
    session TEXT NOT NULL,
    state TEXT NOT NULL,
    due INTEGER,                              -- when it is looked at again; NULL when it is over
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (device, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX sales_due ON sales (due) WHERE due IS NOT NULL;
CREATE TABLE slots (
    device TEXT NOT NULL,
    slot TEXT NOT NULL,
    sku TEXT NOT NULL,
    modifiers TEXT NOT NULL DEFAULT '[]',
    capacity INTEGER NOT NULL CHECK (capacity >= 0),
    count INTEGER NOT NULL CHECK (count >= 0),
    blocked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, slot)
) STRICT, WITHOUT ROWID;

-- Calls to other workers that have to be made, each with a key: made again until somebody has answered.
CREATE TABLE work (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    next_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX work_due ON work (next_at);

CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE outbox_cursor (
    subscriber TEXT PRIMARY KEY,
    acked INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
