-- What there is of an item is the sum of its batches: added up when it is asked for, as what is read costs a thousandth of what is written.
DROP TRIGGER batches_come_in;
DROP TRIGGER batches_change;
ALTER TABLE items DROP COLUMN reserved;
ALTER TABLE items DROP COLUMN on_hand;
ALTER TABLE items DROP COLUMN value;
ALTER TABLE items DROP COLUMN quarantined;

-- Batches of which something is left. The index is of a column that changes when the last of a batch goes, or the first comes back: an index of
-- `on_hand` itself would be written with each sale.
ALTER TABLE batches ADD COLUMN stocked INTEGER NOT NULL DEFAULT 1 CHECK (stocked IN (0, 1));
UPDATE batches SET stocked = 0 WHERE on_hand = 0;
DROP INDEX batches_with_stock;
CREATE INDEX batches_with_stock ON batches (sku, expires_at, id) WHERE stocked = 1;
CREATE TRIGGER batches_come_in AFTER INSERT ON batches WHEN NEW.on_hand = 0 BEGIN
    UPDATE batches SET stocked = 0 WHERE id = NEW.id;
END;
CREATE TRIGGER batches_change AFTER UPDATE OF on_hand ON batches WHEN NEW.stocked <> (NEW.on_hand > 0) BEGIN
    UPDATE batches SET stocked = NEW.on_hand > 0 WHERE id = NEW.id;
END;

CREATE VIEW levels AS SELECT sku, name, unit, low_stock_threshold, cover_days,
    COALESCE((SELECT SUM(b.on_hand) FROM batches b WHERE b.sku = items.sku AND b.stocked = 1), 0) AS on_hand,
    COALESCE((SELECT SUM(b.reserved) FROM batches b WHERE b.sku = items.sku AND b.stocked = 1), 0) AS reserved,
    COALESCE((SELECT SUM(b.on_hand - b.reserved) FROM batches b WHERE b.sku = items.sku AND b.stocked = 1 AND b.suspect > 0), 0) AS quarantined,
    COALESCE((SELECT SUM(b.value) FROM batches b WHERE b.sku = items.sku AND b.stocked = 1), 0) AS value
    FROM items;
