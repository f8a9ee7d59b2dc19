-- Which item a barcode is on: a GTIN of 14 digits, shorter ones with zeros before them. A number is on one item of a store.
CREATE TABLE barcodes (
    gtin TEXT PRIMARY KEY CHECK (length(gtin) = 14),
    sku TEXT NOT NULL REFERENCES items (sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX barcodes_by_sku ON barcodes (sku);
