-- Why a price that moves by itself is another than the list's: quotes say so.
ALTER TABLE moving_prices ADD COLUMN reason TEXT;
