-- Fraud rules: what they said of each payment that they are about, and what a person of the store decided.
ALTER TABLE payments ADD COLUMN review TEXT CHECK (review IN ('open', 'approved', 'rejected'));
ALTER TABLE payments ADD COLUMN step_up INTEGER NOT NULL DEFAULT 0;   -- whoever pays is to be asked by their bank

-- Whose hands the cash came into: the rider's, until they hand it over, or the store's drawer. None: it was booked as a gateway's before.
ALTER TABLE payments ADD COLUMN collected_as TEXT CHECK (collected_as IN ('rider', 'store'));

-- Sets of rules, as admins set them; the highest version counts. Without one, those of the code do.
CREATE TABLE risk_rules (
    version INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL
) STRICT;

CREATE TABLE risk_assessments (
    payment_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    gateway TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('allow', 'step_up', 'review')),
    findings TEXT NOT NULL,                  -- every rule that was about it, and why it fired or not: JSON
    rules_version INTEGER NOT NULL,          -- 0: those of the code
    at INTEGER NOT NULL,
    review TEXT CHECK (review IN ('open', 'approved', 'rejected')),
    note TEXT,
    reviewed_by TEXT,
    reviewed_at INTEGER,
    CHECK ((verdict = 'review') = (review IS NOT NULL)),
    CHECK ((COALESCE(review, 'open') = 'open') = (reviewed_at IS NULL AND reviewed_by IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX risk_assessments_by_store ON risk_assessments (store_id, payment_id);

-- How often the same was seen: what it was is a keyed hash, and kept for thirty days.
CREATE TABLE risk_signals (
    signal TEXT NOT NULL,
    hash TEXT NOT NULL,
    at INTEGER NOT NULL,
    payment_id TEXT NOT NULL,
    PRIMARY KEY (signal, hash, at, payment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX risk_signals_by_age ON risk_signals (at);
