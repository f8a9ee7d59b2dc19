-- What somebody proves who they are with, beside the password.
CREATE TABLE factors (
    user_id TEXT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('totp', 'mail', 'sms')),
    secret TEXT NOT NULL,                    -- sealed: the TOTP secret, or the telephone number; empty for mail
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,                    -- when a first code was right; before that it is good for nothing
    last_step INTEGER NOT NULL DEFAULT 0,    -- TOTP: the step of the last code, so that none is good twice
    PRIMARY KEY (user_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id),
    hash TEXT NOT NULL,                      -- HMAC under the deployment's key, in hex
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Guesses at codes and passwords of somebody who is half way in.
CREATE TABLE guesses (
    user_id TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
