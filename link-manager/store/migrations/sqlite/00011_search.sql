-- +goose Up

-- Whether the newest answer redirected for good (check.Result.MovedTo); links copy it with (status, reason).
ALTER TABLE targets ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
UPDATE targets
SET moved = 1
WHERE EXISTS (
	SELECT 1
	FROM checks c
	WHERE c.target_id = targets.id AND c.checked_at = targets.last_checked_at AND c.result LIKE '%"moved_to":"%');

ALTER TABLE trash ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;

UPDATE links SET search_text = '';

-- Whoever saves a link writes search_text, the link as a line of words (search_text.go); it is empty until it is written
-- anew. What it is sorted by as a title follows from it: its words, or those of its URL without http and https.
ALTER TABLE links ADD COLUMN sort_title TEXT NOT NULL CHECK (search_text = '' OR search_text GLOB '=* |') GENERATED ALWAYS AS (
    substr(CASE
        WHEN instr(search_text, ' [ ] https ') > 0
        THEN substr(search_text, instr(search_text, ']') + 8, max(instr(search_text, '{') - instr(search_text, ']') - 9, 0))
        WHEN instr(search_text, ' [ ] http ') > 0
        THEN substr(search_text, instr(search_text, ']') + 7, max(instr(search_text, '{') - instr(search_text, ']') - 8, 0))
        WHEN instr(search_text, ' [ ] ') > 0
        THEN substr(search_text, instr(search_text, ']') + 2, max(instr(search_text, '{') - instr(search_text, ']') - 3, 0))
        ELSE substr(search_text, instr(search_text, '[') + 2, max(instr(search_text, ']') - instr(search_text, '[') - 3, 0))
    END, 1, 100)) VIRTUAL;
ALTER TABLE links ADD COLUMN http_status   INTEGER NOT NULL DEFAULT 0; -- of the newest answer
ALTER TABLE links ADD COLUMN moved         INTEGER NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN failing_since INTEGER; -- as its owner may see it
ALTER TABLE links ADD COLUMN number        INTEGER; -- by which link_words knows it; its rowid would be another after VACUUM

UPDATE links
SET http_status   = COALESCE(frozen ->> 'last_http_status', 0),
    failing_since = frozen ->> 'failing_since',
    number        = rowid;

CREATE INDEX links_number ON links (number, created_at, id); -- what the full-text index finds is sorted without reading more
CREATE INDEX links_unwritten ON links (id) WHERE search_text = '';

-- A list reads the front of one of these, of links_owner_created or links_owner_status_created.
CREATE INDEX links_owner_title ON links (owner, sort_title, id);
CREATE INDEX links_owner_reason_created ON links (owner, reason, created_at, id) WHERE reason <> '' AND reason <> 'ok';
CREATE INDEX links_owner_code_created ON links (owner, http_status, created_at, id) WHERE http_status >= 300;
CREATE INDEX links_owner_failing_created ON links (owner, created_at, id) WHERE failing_since IS NOT NULL;
CREATE INDEX links_owner_moved_created ON links (owner, created_at, id) WHERE moved = 1;
CREATE INDEX links_owner_muted_created ON links (owner, created_at, id) WHERE overrule IN ('muted', 'asked');

-- Which links have a word. Where it stands tells search_text. Everything beyond ASCII is part of a word, as it was folded.
CREATE VIRTUAL TABLE link_words USING fts5(words, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '=@#~'");

-- What an owner has, for totals that nobody counts. Several rows of an owner, by shard, so that PostgreSQL's writers need
-- not wait for each other; 0 is for the lock of the quota.
CREATE TABLE link_counts (
    owner   TEXT    NOT NULL,
    shard   INTEGER NOT NULL,
    links   INTEGER NOT NULL DEFAULT 0,
    valid   INTEGER NOT NULL DEFAULT 0,
    invalid INTEGER NOT NULL DEFAULT 0,
    pending INTEGER NOT NULL DEFAULT 0,
    failing INTEGER NOT NULL DEFAULT 0,
    moved   INTEGER NOT NULL DEFAULT 0,
    muted   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (owner, shard)
) STRICT, WITHOUT ROWID;

INSERT INTO link_counts (owner, shard, links, valid, invalid, pending, failing, moved, muted)
SELECT owner, 1, count(*), sum(status = 'valid'), sum(status = 'invalid'), sum(status = 'pending'),
       sum(failing_since IS NOT NULL), sum(moved), sum(overrule IN ('muted', 'asked'))
FROM links
GROUP BY owner;

-- All of these are kept here, so that nothing which writes links can forget them; and a link that nobody could find is refused.
-- +goose StatementBegin
CREATE TRIGGER links_found AFTER INSERT ON links BEGIN
	SELECT RAISE(ABORT, 'a link must have its search text') WHERE NEW.search_text = '';
	UPDATE links SET number = 1 + COALESCE((SELECT max(number) FROM links), 0) WHERE rowid = NEW.rowid;
	INSERT INTO link_words (rowid, words) VALUES ((SELECT max(number) FROM links), NEW.search_text);
	INSERT INTO link_counts (owner, shard, links, valid, invalid, pending, failing, moved, muted)
	VALUES (NEW.owner, 1, 1, NEW.status = 'valid', NEW.status = 'invalid', NEW.status = 'pending', NEW.failing_since IS NOT NULL, NEW.moved,
	        NEW.overrule IN ('muted', 'asked'))
	ON CONFLICT (owner, shard) DO UPDATE
	SET links = links + 1, valid = valid + excluded.valid, invalid = invalid + excluded.invalid, pending = pending + excluded.pending,
	    failing = failing + excluded.failing, moved = moved + excluded.moved, muted = muted + excluded.muted;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER links_lost AFTER DELETE ON links BEGIN
	DELETE FROM link_words WHERE rowid = OLD.number;
	UPDATE link_counts
	SET links = links - 1,
	    valid = valid - (OLD.status = 'valid'), invalid = invalid - (OLD.status = 'invalid'), pending = pending - (OLD.status = 'pending'),
	    failing = failing - (OLD.failing_since IS NOT NULL), moved = moved - OLD.moved, muted = muted - (OLD.overrule IN ('muted', 'asked'))
	WHERE owner = OLD.owner AND shard = 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER links_reworded AFTER UPDATE OF search_text ON links WHEN OLD.search_text <> NEW.search_text BEGIN
	DELETE FROM link_words WHERE rowid = OLD.number;
	INSERT INTO link_words (rowid, words) VALUES (NEW.number, NEW.search_text);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER links_restated AFTER UPDATE OF status, failing_since, moved, overrule ON links
WHEN OLD.status <> NEW.status OR (OLD.failing_since IS NULL) <> (NEW.failing_since IS NULL) OR OLD.moved <> NEW.moved OR OLD.overrule <> NEW.overrule
BEGIN
	UPDATE link_counts
	SET valid   = valid + (NEW.status = 'valid') - (OLD.status = 'valid'),
	    invalid = invalid + (NEW.status = 'invalid') - (OLD.status = 'invalid'),
	    pending = pending + (NEW.status = 'pending') - (OLD.status = 'pending'),
	    failing = failing + (NEW.failing_since IS NOT NULL) - (OLD.failing_since IS NOT NULL),
	    moved   = moved + NEW.moved - OLD.moved,
	    muted   = muted + (NEW.overrule IN ('muted', 'asked')) - (OLD.overrule IN ('muted', 'asked'))
	WHERE owner = NEW.owner AND shard = 1;
END;
-- +goose StatementEnd

-- Have every link copy what it could not copy before.
UPDATE targets SET version = version + 1 WHERE version > 0;
INSERT INTO settle_queue (target_id, queued_at) SELECT id, 0 FROM targets WHERE version > 0 ON CONFLICT DO NOTHING;

-- Searches that their owner gave a name.
CREATE TABLE searches (
    id         TEXT    PRIMARY KEY,
    owner      TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    query      TEXT    NOT NULL, -- as typed
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (owner, name)
) STRICT;
