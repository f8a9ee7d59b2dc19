CREATE TABLE franchisees (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL) STRICT;

CREATE TABLE stores (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 16777215),   -- names its Durable Object
    reference TEXT UNIQUE,                   -- its number at an earlier owner or system, where it was imported from
    franchisee_id TEXT NOT NULL REFERENCES franchisees (id),
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,                   -- ISO 3166-1 alpha-2
    latitude REAL NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude REAL NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    time_zone TEXT NOT NULL,                 -- IANA
    currency TEXT NOT NULL,                  -- ISO 4217
    tax_name TEXT NOT NULL,
    tax_rate_bp INTEGER NOT NULL CHECK (tax_rate_bp BETWEEN 0 AND 10000),
    tax_inclusive INTEGER NOT NULL CHECK (tax_inclusive IN (0, 1)),
    hours TEXT NOT NULL CHECK (json_valid(hours)),
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX stores_by_position ON stores (latitude, longitude);
