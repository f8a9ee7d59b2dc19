-- How a product is taxed: the classes are those of a store's place (pricing).
ALTER TABLE products ADD COLUMN tax_class TEXT NOT NULL DEFAULT 'standard';
