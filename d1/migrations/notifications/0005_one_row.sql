-- What somebody was told, one row each: an order tells its customer a handful of times, and every index would be paid for each time. `id` is that of
-- the event, so that it is told once; `cause` is there only for what is told once however many events say it. Letters are `deliveries`.
CREATE TABLE notifications_5 (
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    cause TEXT,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO notifications_5 (user_id, id, title, body, created_at, read_at)
    SELECT user_id, id, title, body, created_at, read_at FROM notifications WHERE channel = 'in_app';
DROP TABLE notifications;
ALTER TABLE notifications_5 RENAME TO notifications;
CREATE UNIQUE INDEX notifications_once ON notifications (user_id, cause) WHERE cause IS NOT NULL;
