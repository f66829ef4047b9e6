-- +goose Up

-- A file of links that somebody uploaded, and how far it is imported. A link manager that works on it holds a lease, as on
-- a check.
CREATE TABLE imports (
    id          TEXT    PRIMARY KEY,
    owner       TEXT    NOT NULL,
    name        TEXT    NOT NULL, -- of the file
    format      TEXT    NOT NULL,
    folders     INTEGER NOT NULL, -- 1 if names of folders become tags
    tags        TEXT    NOT NULL, -- a JSON list: tags that every link gets
    state       TEXT    NOT NULL, -- 'receiving', 'waiting', 'running', 'completed', 'failed' or 'cancelled'
    problem     TEXT    NOT NULL DEFAULT '', -- why it failed
    chunks      INTEGER NOT NULL DEFAULT 0, -- how many were received
    bytes       INTEGER NOT NULL DEFAULT 0, -- in all of them
    bytes_read  INTEGER NOT NULL DEFAULT 0,
    position    INTEGER NOT NULL DEFAULT 0, -- items of the file that are dealt with
    added       INTEGER NOT NULL DEFAULT 0,
    merged      INTEGER NOT NULL DEFAULT 0,
    unchanged   INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0,
    holder      TEXT, -- who holds the lease
    lease_until INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    started_at  INTEGER,
    finished_at INTEGER
) STRICT;

CREATE INDEX imports_owner_created ON imports (owner, created_at, id);
CREATE INDEX imports_open ON imports (created_at, id) WHERE state IN ('receiving', 'waiting', 'running');
CREATE INDEX imports_finished ON imports (finished_at) WHERE finished_at IS NOT NULL;

-- The file in pieces, so that any link manager can read it, and none has to hold all of it. They go when it is done.
CREATE TABLE import_chunks (
    import_id TEXT    NOT NULL REFERENCES imports (id),
    number    INTEGER NOT NULL, -- from 0
    content   BLOB    NOT NULL,
    PRIMARY KEY (import_id, number)
) STRICT;

-- What in the file is no link that could be saved.
CREATE TABLE import_problems (
    import_id TEXT    NOT NULL REFERENCES imports (id),
    number    INTEGER NOT NULL, -- from 1
    line      INTEGER NOT NULL,
    skipped   INTEGER NOT NULL, -- 1 if nothing is wrong with it
    title     TEXT    NOT NULL,
    problem   TEXT    NOT NULL,
    PRIMARY KEY (import_id, number)
) STRICT, WITHOUT ROWID;
