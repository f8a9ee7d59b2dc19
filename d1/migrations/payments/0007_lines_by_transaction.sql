-- The lines of an order are those of its transactions, which have an index: one more would be paid for with every line.
DROP INDEX ledger_lines_by_order;
