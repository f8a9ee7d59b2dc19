-- Methods that customers keep at Stripe. A card's number is never here: a token, and what its owner knows it by.

-- Who of ours is whom at Stripe. Who was erased keeps a row without anything in it, so that nobody makes them anew.
CREATE TABLE payment_customers (
    customer_id TEXT PRIMARY KEY,
    reference TEXT UNIQUE,                   -- Stripe's `cus_...`, until it has forgotten them
    erased_at INTEGER,
    forget_at INTEGER                        -- when Stripe is asked to forget them, or asked again
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_customers_to_forget ON payment_customers (forget_at) WHERE forget_at IS NOT NULL;

CREATE TABLE payment_methods (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    reference TEXT NOT NULL UNIQUE,          -- Stripe's `pm_...`: told to nobody
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL CHECK (length(last4) <= 4),
    expires_year INTEGER NOT NULL,
    expires_month INTEGER NOT NULL CHECK (expires_month BETWEEN 1 AND 12),
    created_at INTEGER NOT NULL,
    forget_at INTEGER                        -- its owner removed it: when Stripe is asked to forget it, or asked again
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_methods_by_customer ON payment_methods (customer_id);
CREATE INDEX payment_methods_to_forget ON payment_methods (forget_at) WHERE forget_at IS NOT NULL;
