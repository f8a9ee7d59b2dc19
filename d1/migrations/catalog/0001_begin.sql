-- A menu that several stores may share; the document is what it was imported as, checked.
CREATE TABLE menus (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    currency TEXT NOT NULL,
    version INTEGER NOT NULL,
    modifier_groups TEXT NOT NULL CHECK (json_valid(modifier_groups))
) STRICT;

CREATE TABLE products (
    id TEXT PRIMARY KEY,
    menu_id TEXT NOT NULL REFERENCES menus (id),
    slug TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    description TEXT NOT NULL,
    age_restricted INTEGER NOT NULL CHECK (age_restricted IN (0, 1)),
    variants TEXT NOT NULL CHECK (json_valid(variants)),
    UNIQUE (menu_id, slug)
) STRICT;

CREATE TABLE store_menus (store_id TEXT PRIMARY KEY, menu_id TEXT NOT NULL REFERENCES menus (id)) STRICT, WITHOUT ROWID;

-- Trigrams find what is misspelt in the middle; kept by the same batch that writes products.
CREATE VIRTUAL TABLE product_search USING fts5 (product_id UNINDEXED, name, category, description, tokenize = 'trigram');
