-- +goose Up

-- What happened to an owner's links. Triggers write it, so that no path can forget to. Identities are given out before their
-- transactions are committed, in another order perhaps: a reader who has seen 7 could never see 6. So a change has its number,
-- by which it is read, only afterwards (Store.NumberChanges).
CREATE TABLE changes (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq             BIGINT UNIQUE,
    owner           TEXT   NOT NULL,
    link_id         UUID   NOT NULL,
    kind            TEXT   NOT NULL, -- 'added', 'edited', 'checked' or 'deleted'
    previous_status TEXT   NOT NULL DEFAULT '', -- with 'checked', where the status became another one
    at              BIGINT NOT NULL -- by the database's clock
);

CREATE INDEX changes_owner ON changes (owner, seq);
CREATE INDEX changes_unnumbered ON changes (id) WHERE seq IS NULL;
CREATE INDEX changes_oldest ON changes (at);

-- One row: the last number given out.
CREATE TABLE change_counter (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    last BIGINT NOT NULL
);

INSERT INTO change_counter (id, last) VALUES (1, 0);

-- Where an owner wants to be told of changes of status.
CREATE TABLE webhooks (
    id            UUID   PRIMARY KEY,
    owner         TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    secret        TEXT   NOT NULL, -- to sign with, so it cannot be hashed
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT, -- since when nothing is sent; NULL while all is well
    why_disabled  TEXT   NOT NULL DEFAULT '',
    delivered_at  BIGINT, -- the last success
    resume_at     BIGINT NOT NULL DEFAULT 0, -- when the next change may be sent
    failures      BIGINT NOT NULL DEFAULT 0, -- in a row
    failing_since BIGINT, -- the first of them
    failed_at     BIGINT, -- the last failure since then
    failure       TEXT   NOT NULL DEFAULT ''
);

CREATE INDEX webhooks_owner ON webhooks (owner, created_at);
CREATE INDEX webhooks_resume ON webhooks (resume_at) WHERE disabled_at IS NULL;

-- The outbox: one row for each change of status that a webhook has yet to be told.
CREATE TABLE deliveries (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id      UUID   NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    link_id         UUID   NOT NULL,
    status          TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    previous_status TEXT   NOT NULL,
    at              BIGINT NOT NULL,
    attempt         BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX deliveries_webhook ON deliveries (webhook_id, attempt, id);

-- +goose StatementBegin
CREATE FUNCTION log_link_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    clock BIGINT := CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT);
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changes (owner, link_id, kind, at) VALUES (OLD.owner, OLD.id, 'deleted', clock);
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO changes (owner, link_id, kind, at) VALUES (NEW.owner, NEW.id, 'added', clock);
        RETURN NULL;
    END IF;
    IF OLD.updated_at <> NEW.updated_at THEN
        INSERT INTO changes (owner, link_id, kind, at) VALUES (NEW.owner, NEW.id, 'edited', clock);
        RETURN NULL;
    END IF;
    INSERT INTO changes (owner, link_id, kind, previous_status, at)
    VALUES (NEW.owner, NEW.id, 'checked', CASE WHEN OLD.status <> NEW.status THEN OLD.status ELSE '' END, clock);
    INSERT INTO deliveries (webhook_id, link_id, status, reason, previous_status, at)
    SELECT id, NEW.id, NEW.status, NEW.reason, OLD.status, clock
    FROM webhooks
    WHERE owner = NEW.owner AND disabled_at IS NULL AND OLD.status <> NEW.status;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER links_added AFTER INSERT ON links FOR EACH ROW EXECUTE FUNCTION log_link_change();
CREATE TRIGGER links_deleted AFTER DELETE ON links FOR EACH ROW EXECUTE FUNCTION log_link_change();

-- A link that is settled for the first time changes too, whatever is found: its owner has waited for it.
CREATE TRIGGER links_changed AFTER UPDATE OF status, reason, target_version, updated_at ON links FOR EACH ROW
WHEN (OLD.updated_at <> NEW.updated_at OR OLD.status <> NEW.status OR OLD.reason <> NEW.reason OR OLD.target_version = 0 AND NEW.target_version > 0)
EXECUTE FUNCTION log_link_change();
