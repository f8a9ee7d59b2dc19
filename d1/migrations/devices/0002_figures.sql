-- What happened by kind, store and day (UTC): for metrics and the view of all devices.
CREATE TABLE kind_days (
    store_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,                              -- days since 1970
    events INTEGER NOT NULL DEFAULT 0,
    troubles INTEGER NOT NULL DEFAULT 0,
    absences INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, kind, day)
) STRICT, WITHOUT ROWID;
-- Boards that are there are looked after once a minute.
CREATE INDEX devices_online_by_kind ON devices (kind, store_id) WHERE online = 1 AND status = 'active';
