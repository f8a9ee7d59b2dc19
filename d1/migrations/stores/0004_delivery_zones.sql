-- Where a store delivers, for what: a polygon or a circle around the store. Amounts are in the store's currency.
CREATE TABLE delivery_zones (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES stores (id),
    name TEXT NOT NULL,
    polygon TEXT NOT NULL CHECK (json_valid(polygon)),       -- [] for a circle
    radius_m INTEGER CHECK (radius_m BETWEEN 1 AND 100000),
    fee INTEGER NOT NULL CHECK (fee >= 0),
    minimum_order INTEGER CHECK (minimum_order > 0),
    priority INTEGER NOT NULL DEFAULT 0,
    changed_at INTEGER NOT NULL,
    UNIQUE (store_id, name),
    CHECK ((polygon = '[]') = (radius_m IS NOT NULL))
) STRICT;
