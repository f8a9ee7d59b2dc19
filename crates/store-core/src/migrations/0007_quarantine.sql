-- Batches that may be spoilt: how many quarantines each is in. A batch that was thrown away stays in that one, so that what comes back to it is
-- not sold either. What of a batch is issued and held together only falls while it is suspect: nothing of it is sold anew.
ALTER TABLE batches ADD COLUMN suspect INTEGER NOT NULL DEFAULT 0 CHECK (suspect >= 0);
ALTER TABLE batches ADD COLUMN condemned INTEGER NOT NULL DEFAULT 0 CHECK (condemned IN (0, 1));
ALTER TABLE batches ADD COLUMN suspect_limit INTEGER CHECK (suspect = 0 OR issued + reserved <= suspect_limit);
ALTER TABLE items ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0 CHECK (quarantined >= 0);

DROP TRIGGER batches_change;
CREATE TRIGGER batches_change AFTER UPDATE OF on_hand, reserved, value, suspect ON batches BEGIN
    UPDATE items SET on_hand = on_hand + NEW.on_hand - OLD.on_hand, reserved = reserved + NEW.reserved - OLD.reserved,
                     value = value + NEW.value - OLD.value,
                     quarantined = quarantined + (NEW.suspect > 0) * (NEW.on_hand - NEW.reserved) - (OLD.suspect > 0) * (OLD.on_hand - OLD.reserved)
    WHERE sku = NEW.sku;
END;

-- A document each, as the API shows it.
CREATE TABLE quarantines (id TEXT PRIMARY KEY, open INTEGER NOT NULL CHECK (open IN (0, 1)), document TEXT NOT NULL CHECK (json_valid(document))) STRICT, WITHOUT ROWID;
