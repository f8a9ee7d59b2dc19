-- The books by the rules of crates/ledger: docs/ledger.md. A transaction is written with its lines as one row; triggers take the
-- lines apart and move the balances, so that none of the three can be without the others.

-- Closed periods, one after the other, for ever.
CREATE TABLE ledger_periods (
    name TEXT PRIMARY KEY,
    from_at INTEGER NOT NULL,
    until INTEGER NOT NULL UNIQUE CHECK (until > from_at),
    closed_at INTEGER NOT NULL,
    closed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_transactions (
    id TEXT PRIMARY KEY,                     -- `<event>/<key>`: the same event is posted once
    kind TEXT NOT NULL,
    currency TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    booked_at INTEGER NOT NULL CHECK (booked_at >= occurred_at),
    order_id TEXT,
    note TEXT,
    lines TEXT NOT NULL CHECK (json_array_length(lines) > 0)
) STRICT;
CREATE INDEX ledger_transactions_by_order ON ledger_transactions (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE ledger_lines (
    transaction_id TEXT NOT NULL REFERENCES ledger_transactions (id),
    number INTEGER NOT NULL,
    debit TEXT NOT NULL CHECK (instr(debit, ':') > 1),
    credit TEXT NOT NULL CHECK (instr(credit, ':') > 1),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
    currency TEXT NOT NULL,
    booked_at INTEGER NOT NULL,
    order_id TEXT,
    PRIMARY KEY (transaction_id, number),
    CHECK (debit <> credit)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_lines_by_debit ON ledger_lines (debit, currency, booked_at);
CREATE INDEX ledger_lines_by_credit ON ledger_lines (credit, currency, booked_at);
CREATE INDEX ledger_lines_by_order ON ledger_lines (order_id) WHERE order_id IS NOT NULL;

-- Debits less credits. The chart says which accounts may not fall below zero, on their natural side.
CREATE TABLE ledger_balances (
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    balance INTEGER NOT NULL CHECK (balance BETWEEN -9007199254740991 AND 9007199254740991),
    PRIMARY KEY (account, currency),
    CHECK (balance >= 0 OR substr(account, 1, instr(account, ':') - 1) NOT IN ('disputed', 'rider-cash', 'store-cash', 'authorised')),
    CHECK (balance <= 0 OR substr(account, 1, instr(account, ':') - 1) NOT IN ('authorised-for', 'customer-balance', 'points'))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_period_is_closed BEFORE INSERT ON ledger_transactions
WHEN new.booked_at < (SELECT MAX(until) FROM ledger_periods)
BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;

CREATE TRIGGER ledger_transaction_is_taken_apart AFTER INSERT ON ledger_transactions BEGIN
    INSERT INTO ledger_lines (transaction_id, number, debit, credit, amount, currency, booked_at, order_id)
    SELECT new.id, key, value ->> 'debit', value ->> 'credit', value ->> 'amount', new.currency, new.booked_at, new.order_id
    FROM json_each(new.lines);
    -- First a row for what has none: a CHECK looks at the row that an upsert would insert, not at the sum.
    INSERT INTO ledger_balances (account, currency, balance)
    SELECT account, new.currency, 0 FROM (
        SELECT debit AS account FROM ledger_lines WHERE transaction_id = new.id
        UNION SELECT credit FROM ledger_lines WHERE transaction_id = new.id) AS moved
    WHERE NOT EXISTS (SELECT 1 FROM ledger_balances b WHERE b.account = moved.account AND b.currency = new.currency);
    UPDATE ledger_balances SET balance = balance + moved.amount
    FROM (SELECT account, SUM(amount) AS amount FROM (
              SELECT debit AS account, amount FROM ledger_lines WHERE transaction_id = new.id
              UNION ALL SELECT credit, -amount FROM ledger_lines WHERE transaction_id = new.id)
          GROUP BY account) AS moved
    WHERE ledger_balances.account = moved.account AND ledger_balances.currency = new.currency;
END;

CREATE TRIGGER ledger_transactions_are_final_update BEFORE UPDATE ON ledger_transactions BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER ledger_transactions_are_final_delete BEFORE DELETE ON ledger_transactions BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER ledger_lines_are_final_update BEFORE UPDATE ON ledger_lines BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER ledger_lines_are_final_delete BEFORE DELETE ON ledger_lines BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER ledger_balances_are_final_delete BEFORE DELETE ON ledger_balances BEGIN SELECT RAISE(ABORT, 'a balance is only moved'); END;
CREATE TRIGGER ledger_periods_are_final_update BEFORE UPDATE ON ledger_periods BEGIN SELECT RAISE(ABORT, 'a closed period stays closed'); END;
CREATE TRIGGER ledger_periods_are_final_delete BEFORE DELETE ON ledger_periods BEGIN SELECT RAISE(ABORT, 'a closed period stays closed'); END;

-- Which version of a completed order the books have: an older word changes nothing.
CREATE TABLE ledger_orders (
    order_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    store_id TEXT NOT NULL,
    total INTEGER NOT NULL,
    currency TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What was sold and taken back, as agreements look at it. `statement` is the royalty statement that counted it.
CREATE TABLE ledger_sold (
    id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    store_id TEXT NOT NULL,
    booked_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,                  -- '' for none
    tender TEXT NOT NULL,                    -- '' for none
    currency TEXT NOT NULL,
    list INTEGER NOT NULL,
    net INTEGER NOT NULL,
    statement TEXT
) STRICT;
CREATE INDEX ledger_sold_by_order ON ledger_sold (order_id);
CREATE INDEX ledger_sold_open ON ledger_sold (store_id, booked_at) WHERE statement IS NULL;

-- Invoices, and credit notes where an order came to less later. Numbers are without gaps for each legal entity and kind.
CREATE TABLE ledger_invoices (
    entity TEXT NOT NULL,                    -- the franchisee
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    number INTEGER NOT NULL CHECK (number > 0),
    order_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    store_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    total INTEGER NOT NULL,
    body TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    PRIMARY KEY (entity, kind, number),
    UNIQUE (order_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ledger_invoices_are_final_update BEFORE UPDATE ON ledger_invoices BEGIN SELECT RAISE(ABORT, 'an invoice is only corrected by a credit note'); END;
CREATE TRIGGER ledger_invoices_are_final_delete BEFORE DELETE ON ledger_invoices BEGIN SELECT RAISE(ABORT, 'an invoice is only corrected by a credit note'); END;

-- What the books must know of stores. Asked of stores, and again after a day.
CREATE TABLE ledger_stores (
    store_id TEXT PRIMARY KEY,
    franchisee_id TEXT NOT NULL,
    country TEXT NOT NULL,
    tax_name TEXT NOT NULL,
    checked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_stores_by_franchisee ON ledger_stores (franchisee_id);

-- Terms of payment of franchisees; the highest version counts.
CREATE TABLE ledger_agreements (
    franchisee_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    set_by TEXT NOT NULL,
    PRIMARY KEY (franchisee_id, version)
) STRICT, WITHOUT ROWID;

-- Royalty statements, as they were computed and posted.
CREATE TABLE ledger_royalties (
    franchisee_id TEXT NOT NULL,
    period TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    body TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    posted_by TEXT NOT NULL,
    PRIMARY KEY (franchisee_id, period),
    UNIQUE (franchisee_id, from_at)
) STRICT, WITHOUT ROWID;

-- What does not agree with a gateway's report, and what was decided about it.
CREATE TABLE ledger_exceptions (
    id TEXT PRIMARY KEY,
    gateway TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved')),
    found_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    resolution TEXT,
    note TEXT,
    resolved_by TEXT,
    resolved_at INTEGER,
    CHECK ((status = 'resolved') = (resolution IS NOT NULL AND resolved_by IS NOT NULL AND resolved_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_exceptions_by_status ON ledger_exceptions (status, found_at);

-- What was in the books before: captures were sales at once then, and are deposits until their order is completed now. A script of
-- before that still runs writes its row into the old table, and the trigger carries it over.
CREATE TRIGGER ledger_is_carried_over AFTER INSERT ON ledger BEGIN
    INSERT INTO ledger_transactions (id, kind, currency, occurred_at, booked_at, order_id, lines)
    SELECT kind || '/' || new.id, kind, new.currency, new.at,
        MAX(new.at, (SELECT COALESCE(MAX(until), 0) FROM ledger_periods)), new.order_id,
        json_array(json_object('debit', replace(new.debit, 'sales:', 'deposits:'),
            'credit', replace(new.credit, 'sales:', 'deposits:'), 'amount', new.amount))
    FROM (SELECT CASE WHEN new.debit LIKE 'gateway:%' THEN 'payment_captured' ELSE 'payment_refunded' END AS kind)
    WHERE NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = kind || '/' || new.id);
END;
INSERT INTO ledger_transactions (id, kind, currency, occurred_at, booked_at, order_id, lines)
SELECT kind || '/' || id, kind, currency, at, at, order_id,
    json_array(json_object('debit', replace(debit, 'sales:', 'deposits:'), 'credit', replace(credit, 'sales:', 'deposits:'), 'amount', amount))
FROM (SELECT *, CASE WHEN debit LIKE 'gateway:%' THEN 'payment_captured' ELSE 'payment_refunded' END AS kind FROM ledger)
ORDER BY at, id;
