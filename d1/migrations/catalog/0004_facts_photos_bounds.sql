-- What is in a product: a JSON list of allergens; NULL where nobody has said. Nutrition stands with each variant.
ALTER TABLE products ADD COLUMN allergens TEXT CHECK (json_valid(allergens));
-- The hash of its photo, which lies in R2.
ALTER TABLE products ADD COLUMN photo TEXT;

-- How far a store may go from the menu's prices, in per cent; NULL for as far as it likes.
ALTER TABLE menus ADD COLUMN below_percent INTEGER CHECK (below_percent BETWEEN 0 AND 100);
ALTER TABLE menus ADD COLUMN above_percent INTEGER CHECK (above_percent BETWEEN 0 AND 1000);

-- No part of what the store offers, where what is merely not available is sold out.
ALTER TABLE menu_overrides ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));
