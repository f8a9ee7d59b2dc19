-- A customer's own invoices, by order: the newest first.
CREATE INDEX ledger_invoices_by_customer ON ledger_invoices (customer_id, order_id);
