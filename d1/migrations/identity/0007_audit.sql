-- Who changed what of whose rights, when and why. Written in the transaction of the change, never changed after.
CREATE TABLE audit_log (
    seq INTEGER PRIMARY KEY,                 -- counted without gaps
    at INTEGER NOT NULL,
    actor_id TEXT NOT NULL,
    actor TEXT NOT NULL,                     -- the role they acted in
    action TEXT NOT NULL,
    object TEXT NOT NULL,                    -- user, key or invitation, by id: no names, no addresses
    reason TEXT,
    before TEXT,
    after TEXT,
    request_id TEXT NOT NULL,
    hash TEXT NOT NULL                       -- SHA-256 of the hash before and all of this, in hex
) STRICT;
CREATE INDEX audit_by_object ON audit_log (object, seq);
CREATE INDEX audit_by_actor ON audit_log (actor_id, seq);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
