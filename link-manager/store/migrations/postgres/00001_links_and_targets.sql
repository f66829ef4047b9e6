-- Times are microseconds since the epoch, in UTC; NULL means none.

-- +goose Up

-- A target is one distinct URL, checked once however many links lead to it. Its row is the truth and the outbox.
CREATE TABLE targets (
    id               BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url              TEXT    NOT NULL, -- link.Key, and the URL that is checked
    url_hash         BYTEA   NOT NULL UNIQUE, -- SHA-256 of url, because a btree entry ends at 2,704 bytes and a URL may not
    key_version      BIGINT  NOT NULL,
    host             TEXT    NOT NULL,

    status           TEXT    NOT NULL,
    reason           TEXT    NOT NULL DEFAULT '',
    last_status      TEXT    NOT NULL DEFAULT '',
    last_reason      TEXT    NOT NULL DEFAULT '',
    last_http_status BIGINT  NOT NULL DEFAULT 0,
    last_checked_at  BIGINT,
    failing_since    BIGINT,
    undecided        BIGINT  NOT NULL DEFAULT 0, -- answers in a row that decided nothing

    lane             TEXT    NOT NULL, -- 'added' or 'due'
    due_at           BIGINT  NOT NULL, -- when to check next; kept while a check is out
    check_id         TEXT, -- the outstanding check; NULL while none is out
    attempt          BIGINT  NOT NULL DEFAULT 0, -- claims since the last applied result
    lease_until      BIGINT,

    version          BIGINT  NOT NULL DEFAULT 0, -- of (status, reason), which links copy; 0 = never checked
    owners           BIGINT  NOT NULL, -- links that lead here; at 0 the target is not checked
    created_at       BIGINT  NOT NULL
);

-- Every check updates its target twice: tidy up after a fiftieth of the rows, not after a fifth, so that the indexes stay short.
ALTER TABLE targets SET (autovacuum_vacuum_scale_factor = 0.02);

-- Claiming reads the front of these two and stays flat however many targets rest.
CREATE INDEX targets_due ON targets (lane, due_at) WHERE check_id IS NULL AND owners > 0;
CREATE INDEX targets_outstanding ON targets (lane, lease_until) WHERE check_id IS NOT NULL;
CREATE UNIQUE INDEX targets_check_id ON targets (check_id) WHERE check_id IS NOT NULL;

-- A link is what one person saved.
CREATE TABLE links (
    id             UUID    PRIMARY KEY,
    owner          TEXT    NOT NULL,
    target_id      BIGINT  NOT NULL REFERENCES targets (id),
    url            TEXT    NOT NULL, -- as typed
    title          TEXT    NOT NULL,
    description    TEXT    NOT NULL,
    search_text    TEXT    NOT NULL, -- lower-cased in Go, so that both databases find the same
    status         TEXT    NOT NULL, -- the target's, copied for listing
    reason         TEXT    NOT NULL,
    target_version BIGINT  NOT NULL, -- the target's version when they were copied; 0 = not settled yet
    linked_at      BIGINT  NOT NULL, -- since when it leads to this target: its owner sees nothing older
    created_at     BIGINT  NOT NULL,
    updated_at     BIGINT  NOT NULL,
    UNIQUE (owner, target_id)
);

CREATE INDEX links_owner_created ON links (owner, created_at, id);
CREATE INDEX links_owner_status_created ON links (owner, status, created_at, id);
CREATE INDEX links_target ON links (target_id, target_version);

CREATE TABLE link_tags (
    link_id UUID NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    owner   TEXT NOT NULL,
    tag     TEXT NOT NULL,
    PRIMARY KEY (link_id, tag)
);

CREATE INDEX link_tags_owner_tag ON link_tags (owner, tag, link_id);

-- The history: one row for each applied result. The primary key is why none is applied twice.
CREATE TABLE checks (
    check_id    TEXT    PRIMARY KEY,
    target_id   BIGINT  NOT NULL REFERENCES targets (id),
    lane        TEXT    NOT NULL,
    attempt     BIGINT  NOT NULL,
    status      TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    http_status BIGINT  NOT NULL,
    checked_at  BIGINT  NOT NULL, -- when it was applied, as in targets.last_checked_at
    result      TEXT    NOT NULL -- the whole check.Result as JSON; text, because jsonb refuses \u0000
);

CREATE INDEX checks_target ON checks (target_id, checked_at, check_id);
CREATE INDEX checks_lane ON checks (lane, checked_at);

-- Targets whose links have yet to copy (status, reason).
CREATE TABLE settle_queue (
    target_id BIGINT PRIMARY KEY REFERENCES targets (id),
    queued_at BIGINT NOT NULL
);

CREATE INDEX settle_queue_order ON settle_queue (queued_at, target_id);

-- One row, written to find out whether the database can be written.
CREATE TABLE write_probe (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    written_at BIGINT NOT NULL
);
