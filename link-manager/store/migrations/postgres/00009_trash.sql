-- +goose Up

-- How often its owner changed a link: what an ETag stands for. A check does not count.
ALTER TABLE links ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- Links that were deleted, kept for a while to be brought back. They are no links: whatever asks for links need not know
-- of them, and their targets count them out.
CREATE TABLE trash (
    id          UUID    PRIMARY KEY,
    owner       TEXT    NOT NULL,
    target_url  TEXT    NOT NULL, -- the target may be forgotten by the time the link comes back
    url         TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    description TEXT    NOT NULL,
    tags        TEXT    NOT NULL, -- with commas
    status      TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    overrule    TEXT    NOT NULL,
    contested   TEXT    NOT NULL,
    frozen      TEXT, -- what it showed
    revision    BIGINT  NOT NULL,
    linked_at   BIGINT  NOT NULL,
    muted_at    BIGINT,
    unmuted_at  BIGINT,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    trashed_at  BIGINT  NOT NULL
);

CREATE INDEX trash_owner_trashed ON trash (owner, trashed_at, id);
CREATE INDEX trash_oldest ON trash (trashed_at);

-- Answers to requests that may come twice (Idempotency-Key).
CREATE TABLE idempotency_keys (
    owner       TEXT    NOT NULL,
    key_hash    BYTEA   NOT NULL, -- SHA-256
    request     BYTEA   NOT NULL, -- SHA-256 of what was asked
    attempt     UUID    NOT NULL, -- who is at it, or was
    status      BIGINT  NOT NULL, -- of the answer; 0 while there is none
    header      TEXT    NOT NULL, -- JSON
    body        BYTEA   NOT NULL,
    busy_until  BIGINT  NOT NULL, -- when somebody who is at it counts as dead
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (owner, key_hash)
);

CREATE INDEX idempotency_keys_oldest ON idempotency_keys (created_at);

-- Similar links are looked for among those to one host.
CREATE INDEX targets_host ON targets (host);
