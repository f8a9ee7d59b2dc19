-- The sums of an item follow its batches by themselves: one statement less for whatever moves stock, and no sum is made anew.
CREATE TRIGGER batches_come_in AFTER INSERT ON batches BEGIN
    UPDATE items SET on_hand = on_hand + NEW.on_hand, reserved = reserved + NEW.reserved, value = value + NEW.value WHERE sku = NEW.sku;
END;
CREATE TRIGGER batches_change AFTER UPDATE OF on_hand, reserved, value ON batches BEGIN
    UPDATE items SET on_hand = on_hand + NEW.on_hand - OLD.on_hand, reserved = reserved + NEW.reserved - OLD.reserved,
                     value = value + NEW.value - OLD.value WHERE sku = NEW.sku;
END;

-- Numbers of events are counted by the store: a second table that counts them is written with each of them.
CREATE TABLE outbox_6 (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO outbox_6 (seq, type, body) SELECT seq, type, body FROM outbox ORDER BY seq;
DROP TABLE outbox;
ALTER TABLE outbox_6 RENAME TO outbox;
