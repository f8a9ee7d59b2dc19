-- Payments by gateways that hold, take a part, ask the customer, or do not answer. Tables are made anew, as a CHECK cannot be changed.
CREATE TABLE payments_next (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    gateway TEXT NOT NULL,
    reference TEXT,                          -- the gateway's own id of it
    transaction_id TEXT,                     -- the gateway's id of what refunds are of, where that is another
    status TEXT NOT NULL CHECK (status IN
        ('initiated', 'unknown', 'requires_action', 'pending', 'authorised', 'completed', 'refunded', 'failed', 'cancelled')),
    capture TEXT NOT NULL DEFAULT 'automatic' CHECK (capture IN ('automatic', 'manual')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    authorised INTEGER NOT NULL DEFAULT 0 CHECK (authorised BETWEEN 0 AND amount),
    captured INTEGER NOT NULL DEFAULT 0 CHECK (captured BETWEEN 0 AND amount),
    refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND captured),
    currency TEXT NOT NULL,
    failure TEXT,
    doubt TEXT,                              -- why nobody knows, while nobody does
    flag TEXT,                               -- what a person should look at: another amount, a dispute
    ask TEXT,                                -- what the gateway is asked besides, to ask the same again: JSON
    complete_id TEXT NOT NULL,               -- the key of going on after the customer's consent
    capture_id TEXT NOT NULL,                -- the key of taking what is held
    capture_amount INTEGER,                  -- somebody wants so much of it taken
    void_wanted INTEGER NOT NULL DEFAULT 0,  -- somebody wants it given free
    collected_by TEXT,                       -- who took the cash
    version INTEGER NOT NULL DEFAULT 0,      -- whoever changes it has read this one
    attempts INTEGER NOT NULL DEFAULT 0,     -- how often the sweep has asked
    next_at INTEGER,                         -- when it asks next
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (gateway, reference),
    UNIQUE (customer_id, idempotency_key)
) STRICT;
INSERT INTO payments_next (id, order_id, store_id, customer_id, gateway, reference, status, amount, captured, refunded, currency, failure,
    complete_id, capture_id, next_at, idempotency_key, fingerprint, request_id, created_at, updated_at)
SELECT id, order_id, store_id, customer_id, gateway, reference, status, amount,
    CASE WHEN status IN ('completed', 'refunded') THEN amount ELSE 0 END, refunded, currency, failure,
    id, id, NULL, idempotency_key, fingerprint, request_id, created_at, updated_at FROM payments;

CREATE TABLE refunds_next (
    id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payments_next (id),
    attempt_id TEXT NOT NULL UNIQUE,         -- the gateway's key of it: another after a refusal, the same after silence
    attempt_at INTEGER NOT NULL,             -- when that key was made: gateways forget theirs after a day
    reference TEXT UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('initiated', 'pending', 'completed', 'failed')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    reason TEXT NOT NULL,
    cause TEXT NOT NULL UNIQUE,              -- what it is for: a second refund for the same cause is none
    failure TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO refunds_next (id, payment_id, attempt_id, attempt_at, reference, status, amount, reason, cause, next_at, created_at)
SELECT id, payment_id, id, created_at, reference, status, amount, reason, cause,
    CASE WHEN status = 'initiated' AND reference IS NULL THEN created_at END, created_at FROM refunds;

DROP TABLE refunds;
DROP TABLE payments;
ALTER TABLE payments_next RENAME TO payments;
ALTER TABLE refunds_next RENAME TO refunds;
CREATE INDEX payments_by_order ON payments (order_id);
CREATE INDEX payments_by_store ON payments (store_id, id);
CREATE INDEX payments_by_transaction ON payments (gateway, transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX payments_due ON payments (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX refunds_by_payment ON refunds (payment_id);
CREATE INDEX refunds_due ON refunds (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX refunds_failed ON refunds (id) WHERE status = 'failed';

-- What became of a notice: applied, nothing new, or what is wrong with it.
ALTER TABLE webhooks ADD COLUMN kind TEXT;
ALTER TABLE webhooks ADD COLUMN payment_id TEXT;
ALTER TABLE webhooks ADD COLUMN result TEXT;

-- Proved notices about payments that nobody knows yet, as they came; tried again for a day, then thrown away.
CREATE TABLE parked_notices (
    gateway TEXT NOT NULL,
    event_id TEXT NOT NULL,
    headers TEXT NOT NULL,                   -- those that the signature needs: JSON
    body TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    PRIMARY KEY (gateway, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX parked_notices_due ON parked_notices (next_at);
