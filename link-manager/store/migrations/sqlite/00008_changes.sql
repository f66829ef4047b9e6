-- +goose Up

-- What happened to an owner's links, in the order in which it was committed. Triggers write it, so that no path can forget to.
CREATE TABLE changes (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    owner           TEXT    NOT NULL,
    link_id         TEXT    NOT NULL,
    kind            TEXT    NOT NULL, -- 'added', 'edited', 'checked' or 'deleted'
    previous_status TEXT    NOT NULL DEFAULT '', -- with 'checked', where the status became another one
    at              INTEGER NOT NULL -- by the database's clock
);

CREATE INDEX changes_owner ON changes (owner, seq);
CREATE INDEX changes_oldest ON changes (at);

-- Where an owner wants to be told of changes of status.
CREATE TABLE webhooks (
    id            TEXT    PRIMARY KEY,
    owner         TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    secret        TEXT    NOT NULL, -- to sign with, so it cannot be hashed
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER, -- since when nothing is sent; NULL while all is well
    why_disabled  TEXT    NOT NULL DEFAULT '',
    delivered_at  INTEGER, -- the last success
    resume_at     INTEGER NOT NULL DEFAULT 0, -- when the next change may be sent
    failures      INTEGER NOT NULL DEFAULT 0, -- in a row
    failing_since INTEGER, -- the first of them
    failed_at     INTEGER, -- the last failure since then
    failure       TEXT    NOT NULL DEFAULT ''
);

CREATE INDEX webhooks_owner ON webhooks (owner, created_at);
CREATE INDEX webhooks_resume ON webhooks (resume_at) WHERE disabled_at IS NULL;

-- The outbox: one row for each change of status that a webhook has yet to be told.
CREATE TABLE deliveries (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id      TEXT    NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    link_id         TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    previous_status TEXT    NOT NULL,
    at              INTEGER NOT NULL,
    attempt         INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX deliveries_webhook ON deliveries (webhook_id, attempt, id);

-- +goose StatementBegin
CREATE TRIGGER links_added AFTER INSERT ON links
BEGIN
    INSERT INTO changes (owner, link_id, kind, at) VALUES (NEW.owner, NEW.id, 'added', CAST(unixepoch('subsec') * 1000000 AS INTEGER));
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER links_deleted AFTER DELETE ON links
BEGIN
    INSERT INTO changes (owner, link_id, kind, at) VALUES (OLD.owner, OLD.id, 'deleted', CAST(unixepoch('subsec') * 1000000 AS INTEGER));
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER links_edited AFTER UPDATE OF updated_at ON links
WHEN OLD.updated_at <> NEW.updated_at
BEGIN
    INSERT INTO changes (owner, link_id, kind, at) VALUES (NEW.owner, NEW.id, 'edited', CAST(unixepoch('subsec') * 1000000 AS INTEGER));
END;
-- +goose StatementEnd

-- A link that is settled for the first time changes too, whatever is found: its owner has waited for it.
-- +goose StatementBegin
CREATE TRIGGER links_checked AFTER UPDATE OF status, reason, target_version ON links
WHEN OLD.updated_at = NEW.updated_at AND (OLD.status <> NEW.status OR OLD.reason <> NEW.reason OR OLD.target_version = 0 AND NEW.target_version > 0)
BEGIN
    INSERT INTO changes (owner, link_id, kind, previous_status, at)
    VALUES (NEW.owner, NEW.id, 'checked', CASE WHEN OLD.status <> NEW.status THEN OLD.status ELSE '' END, CAST(unixepoch('subsec') * 1000000 AS INTEGER));
    INSERT INTO deliveries (webhook_id, link_id, status, reason, previous_status, at)
    SELECT id, NEW.id, NEW.status, NEW.reason, OLD.status, CAST(unixepoch('subsec') * 1000000 AS INTEGER)
    FROM webhooks
    WHERE owner = NEW.owner AND disabled_at IS NULL AND OLD.status <> NEW.status;
END;
-- +goose StatementEnd
