-- A campaign: what the chain or a franchisee gives, for how long, and how much of it at most.
CREATE TABLE campaigns (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    franchisee_id TEXT,                      -- whose; the chain's where it is nobody's
    status TEXT NOT NULL CHECK (status IN ('draft', 'scheduled', 'active', 'paused', 'ended')),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER CHECK (ends_at > starts_at),
    currency TEXT NOT NULL,
    budget INTEGER CHECK (budget > 0),       -- what all its offers together may take off, in minor units
    spent INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0 AND (budget IS NULL OR spent <= budget)),
    version INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX campaigns_by_status ON campaigns (status, starts_at);
CREATE INDEX campaigns_by_franchisee ON campaigns (franchisee_id, id);

-- An offer of a campaign: a promotion, and how often it is given.
CREATE TABLE offers (
    id TEXT PRIMARY KEY,                     -- the promotion's
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    promotion TEXT NOT NULL CHECK (json_valid(promotion)),
    coupon TEXT,                             -- in capitals
    total_limit INTEGER CHECK (total_limit > 0),
    customer_limit INTEGER CHECK (customer_limit > 0),
    used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0 AND (total_limit IS NULL OR used <= total_limit)),
    withdrawn_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX offers_by_campaign ON offers (campaign_id, id);
CREATE INDEX offers_by_coupon ON offers (coupon) WHERE coupon IS NOT NULL;

-- How often each customer has had an offer of which there are only so many.
CREATE TABLE offer_customers (
    offer_id TEXT NOT NULL REFERENCES offers (id),
    customer_id TEXT NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0),
    PRIMARY KEY (offer_id, customer_id)
) STRICT, WITHOUT ROWID;

-- A share of such offers, held for an order that is being placed, kept by one that is.
CREATE TABLE claims (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL,                     -- the order's idempotency: the store is asked by it what became of the order
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    store_number INTEGER NOT NULL,
    customer_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'kept', 'released')),
    good_until INTEGER NOT NULL,             -- no order is placed with it later
    order_id TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX claims_live ON claims (scope, key) WHERE state <> 'released';
CREATE INDEX claims_held ON claims (good_until) WHERE state = 'held';
CREATE INDEX claims_by_order ON claims (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX claims_by_customer ON claims (customer_id);

CREATE TABLE claim_items (
    claim_id TEXT NOT NULL REFERENCES claims (id),
    offer_id TEXT NOT NULL REFERENCES offers (id),
    campaign_id TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (claim_id, offer_id)
) STRICT, WITHOUT ROWID;

-- What offers took off orders, as the stores tell it.
CREATE TABLE offer_uses (
    order_id TEXT NOT NULL,
    offer_id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    store_number INTEGER NOT NULL,
    customer_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    currency TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (order_id, offer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX offer_uses_by_campaign ON offer_uses (campaign_id, at);

-- Taxes by place.
CREATE TABLE tax_tables (
    place TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body)),
    updated_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a store sells by besides its menu: its place for taxes, its fees.
CREATE TABLE store_terms (
    store_id TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body)),
    updated_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Counts changes of what runs: who has the newest need not read it again.
CREATE TABLE versions (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO versions (name, version) VALUES ('offers', 1);

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
