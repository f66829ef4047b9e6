-- +goose Up

-- A file of links that somebody uploaded, and how far it is imported. A link manager that works on it holds a lease, as on
-- a check.
CREATE TABLE imports (
    id          UUID    PRIMARY KEY,
    owner       TEXT    NOT NULL,
    name        TEXT    NOT NULL, -- of the file
    format      TEXT    NOT NULL,
    folders     BIGINT  NOT NULL, -- 1 if names of folders become tags
    tags        TEXT    NOT NULL, -- a JSON list: tags that every link gets
    state       TEXT    NOT NULL, -- 'receiving', 'waiting', 'running', 'completed', 'failed' or 'cancelled'
    problem     TEXT    NOT NULL DEFAULT '', -- why it failed
    chunks      BIGINT  NOT NULL DEFAULT 0, -- how many were received
    bytes       BIGINT  NOT NULL DEFAULT 0, -- in all of them
    bytes_read  BIGINT  NOT NULL DEFAULT 0,
    position    BIGINT  NOT NULL DEFAULT 0, -- items of the file that are dealt with
    added       BIGINT  NOT NULL DEFAULT 0,
    merged      BIGINT  NOT NULL DEFAULT 0,
    unchanged   BIGINT  NOT NULL DEFAULT 0,
    skipped     BIGINT  NOT NULL DEFAULT 0,
    failed      BIGINT  NOT NULL DEFAULT 0,
    holder      TEXT, -- who holds the lease
    lease_until BIGINT,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    started_at  BIGINT,
    finished_at BIGINT
);

CREATE INDEX imports_owner_created ON imports (owner, created_at, id);
CREATE INDEX imports_open ON imports (created_at, id) WHERE state IN ('receiving', 'waiting', 'running');
CREATE INDEX imports_finished ON imports (finished_at) WHERE finished_at IS NOT NULL;

-- The file in pieces, so that any link manager can read it, and none has to hold all of it. They go when it is done.
CREATE TABLE import_chunks (
    import_id UUID    NOT NULL REFERENCES imports (id),
    number    BIGINT  NOT NULL, -- from 0
    content   BYTEA   NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- What in the file is no link that could be saved.
CREATE TABLE import_problems (
    import_id UUID    NOT NULL REFERENCES imports (id),
    number    BIGINT  NOT NULL, -- from 1
    line      BIGINT  NOT NULL,
    skipped   BIGINT  NOT NULL, -- 1 if nothing is wrong with it
    title     TEXT    NOT NULL,
    problem   TEXT    NOT NULL,
    PRIMARY KEY (import_id, number)
);
