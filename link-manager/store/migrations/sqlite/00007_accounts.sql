-- +goose Up

-- Who may sign in. The id owns links; nothing else of a user does, because everything else can change or come again.
CREATE TABLE users (
    id           TEXT    PRIMARY KEY, -- UUIDv7
    name         TEXT    NOT NULL, -- for people to read
    admin        INTEGER NOT NULL DEFAULT 0, -- 1 for who may manage users
    login        TEXT    UNIQUE, -- NULL for who signs in elsewhere
    password     TEXT, -- argon2id with its parameters (PHC string)
    issuer       TEXT, -- OpenID Connect: these two together are who it is
    subject      TEXT,
    created_at   INTEGER NOT NULL,
    signed_in_at INTEGER,
    disabled_at  INTEGER,
    UNIQUE (issuer, subject)
) STRICT;

-- What programs show instead of a password.
CREATE TABLE tokens (
    id           TEXT    PRIMARY KEY, -- the part of the token that is no secret
    owner        TEXT    NOT NULL, -- users.id, or 'local'
    made_by      TEXT    REFERENCES tokens (id) ON DELETE CASCADE, -- the token it was made with, and ends with
    name         TEXT    NOT NULL,
    hash         BLOB    NOT NULL, -- SHA-256 of the part that is a secret
    scopes       TEXT    NOT NULL, -- with spaces between them
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER
) STRICT;

CREATE INDEX tokens_owner ON tokens (owner, created_at, id);
CREATE INDEX tokens_made_by ON tokens (made_by) WHERE made_by IS NOT NULL;

-- Who is signed in, in which browser.
CREATE TABLE sessions (
    hash       BLOB    PRIMARY KEY, -- SHA-256 of what is in the cookie
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_seen ON sessions (seen_at);
