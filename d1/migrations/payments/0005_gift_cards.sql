-- Gift cards: what a card holds is in the ledger, on `customer-balance:<card>`, until whoever has its code makes it their own.
CREATE TABLE gift_cards (
    id TEXT PRIMARY KEY,
    code_hash TEXT NOT NULL UNIQUE,          -- SHA-256 of the code: the code itself is told once and kept nowhere
    code_end TEXT NOT NULL,                  -- its last four letters, to find a card by what is in the hand
    store_id TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 100000000),
    currency TEXT NOT NULL,
    paid_with TEXT NOT NULL,                 -- `cash`, or who runs the terminal
    sold_by TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    sold_at INTEGER NOT NULL,
    redeemed_by TEXT,
    redeemed_at INTEGER,
    voided_by TEXT,
    voided_at INTEGER,
    CHECK ((redeemed_by IS NULL) = (redeemed_at IS NULL) AND (voided_by IS NULL) = (voided_at IS NULL)),
    CHECK (redeemed_at IS NULL OR voided_at IS NULL),
    UNIQUE (sold_by, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX gift_cards_by_store ON gift_cards (store_id, id);
