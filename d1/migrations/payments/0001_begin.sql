CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    gateway TEXT NOT NULL,
    reference TEXT UNIQUE,                   -- the gateway's own id of it
    status TEXT NOT NULL CHECK (status IN ('initiated', 'completed', 'failed', 'refunded')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND amount),
    currency TEXT NOT NULL,
    failure TEXT,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (customer_id, idempotency_key)
) STRICT;
CREATE INDEX payments_by_order ON payments (order_id);

CREATE TABLE refunds (
    id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payments (id),
    reference TEXT UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('initiated', 'completed', 'failed')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    reason TEXT NOT NULL,
    cause TEXT NOT NULL UNIQUE,              -- what it is for: a second refund for the same cause is none
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX refunds_by_payment ON refunds (payment_id);
CREATE INDEX refunds_open ON refunds (created_at) WHERE status = 'initiated';

-- Orders that were called off: money that comes for them goes back.
CREATE TABLE closed_orders (order_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- What gateways said, by their event's id: each is worked off once.
CREATE TABLE webhooks (gateway TEXT NOT NULL, event_id TEXT NOT NULL, received_at INTEGER NOT NULL, PRIMARY KEY (gateway, event_id)) STRICT, WITHOUT ROWID;

-- Double entry: each row moves an amount from one account to another, so the sum over all accounts is zero by construction.
CREATE TABLE ledger (
    id TEXT PRIMARY KEY,                     -- payment or refund id: moved once
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    order_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK (debit <> credit)
) STRICT;
CREATE INDEX ledger_by_order ON ledger (order_id);
CREATE TRIGGER ledger_is_final_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER ledger_is_final_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;

-- Events that were applied: kirana_edge::inbox.
CREATE TABLE inbox (source TEXT PRIMARY KEY, seq INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE inbox_parked (
    source TEXT NOT NULL,
    seq INTEGER NOT NULL,
    parked_at INTEGER NOT NULL,
    applied_at INTEGER,
    PRIMARY KEY (source, seq)
) STRICT, WITHOUT ROWID;

-- Events on their way out: kirana_edge::outbox.
CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE outbox_cursor (
    subscriber TEXT PRIMARY KEY,
    acked INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
