-- Who works in a store: the stores of each user, from the other side, so that a store's people are found by an index.
CREATE TABLE staff_assignments (
    store_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    since INTEGER NOT NULL,
    PRIMARY KEY (store_id, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO staff_assignments (store_id, user_id, since)
SELECT DISTINCT json_each.value, users.id, users.created_at FROM users, json_each(users.stores);
