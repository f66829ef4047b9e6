-- +goose Up

-- Whether the newest answer redirected for good (check.Result.MovedTo); links copy it with (status, reason).
ALTER TABLE targets ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
UPDATE targets
SET moved = 1
WHERE EXISTS (
	SELECT 1
	FROM checks c
	WHERE c.target_id = targets.id AND c.checked_at = targets.last_checked_at AND c.result LIKE '%"moved_to":"%');

-- Links get a number that stays, by which link_words knows them. A table cannot be given one afterwards, and dropping the
-- old one would take the tags along.
CREATE TABLE kept_tags AS SELECT link_id, owner, tag FROM link_tags;
DROP TABLE link_tags;

CREATE TABLE numbered_links (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT    NOT NULL UNIQUE,
    owner          TEXT    NOT NULL,
    target_id      INTEGER NOT NULL REFERENCES targets (id),
    url            TEXT    NOT NULL, -- as typed
    title          TEXT    NOT NULL,
    description    TEXT    NOT NULL,
    search_text    TEXT    NOT NULL, -- the link as a line of words (search_text.go); empty until it is written anew
    sort_title     TEXT    NOT NULL DEFAULT '', -- what it is sorted by as a title
    status         TEXT    NOT NULL, -- the target's, copied for listing
    reason         TEXT    NOT NULL,
    http_status    INTEGER NOT NULL DEFAULT 0, -- of the newest answer
    moved          INTEGER NOT NULL DEFAULT 0,
    failing_since  INTEGER, -- as its owner may see it
    target_version INTEGER NOT NULL, -- the target's version when they were copied; 0 = not settled yet
    linked_at      INTEGER NOT NULL, -- since when it leads to this target: its owner sees nothing older
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    overrule       TEXT    NOT NULL DEFAULT '',
    contested      TEXT    NOT NULL DEFAULT '',
    muted_at       INTEGER,
    unmuted_at     INTEGER,
    frozen         TEXT,
    UNIQUE (owner, target_id)
) STRICT;

INSERT INTO numbered_links (id, owner, target_id, url, title, description, search_text, status, reason, http_status, failing_since,
                            target_version, linked_at, created_at, updated_at, overrule, contested, muted_at, unmuted_at, frozen)
SELECT id, owner, target_id, url, title, description, '', status, reason,
       COALESCE(frozen ->> 'last_http_status', 0), frozen ->> 'failing_since',
       target_version, linked_at, created_at, updated_at, overrule, contested, muted_at, unmuted_at, frozen
FROM links
ORDER BY created_at, id;

DROP TABLE links;
ALTER TABLE numbered_links RENAME TO links;

CREATE TABLE link_tags (
    link_id TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    owner   TEXT NOT NULL,
    tag     TEXT NOT NULL,
    PRIMARY KEY (link_id, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO link_tags (link_id, owner, tag) SELECT link_id, owner, tag FROM kept_tags;
DROP TABLE kept_tags;
CREATE INDEX link_tags_owner_tag ON link_tags (owner, tag, link_id);

CREATE INDEX links_target ON links (target_id, target_version);
CREATE INDEX links_unwritten ON links (id) WHERE search_text = '';

-- A list reads the front of one of these.
CREATE INDEX links_owner_created ON links (owner, created_at, id);
CREATE INDEX links_owner_title ON links (owner, sort_title, id);
CREATE INDEX links_owner_status_created ON links (owner, status, created_at, id);
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

-- Both are kept here, so that nothing which writes links can forget them.
-- +goose StatementBegin
CREATE TRIGGER links_inserted AFTER INSERT ON links BEGIN
	INSERT INTO link_words (rowid, words) VALUES (new.seq, new.search_text);
	INSERT INTO link_counts (owner, shard) VALUES (new.owner, 1) ON CONFLICT (owner, shard) DO NOTHING;
	UPDATE link_counts
	SET links = links + 1,
	    valid = valid + (new.status = 'valid'), invalid = invalid + (new.status = 'invalid'), pending = pending + (new.status = 'pending'),
	    failing = failing + (new.failing_since IS NOT NULL), moved = moved + new.moved, muted = muted + (new.overrule IN ('muted', 'asked'))
	WHERE owner = new.owner AND shard = 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER links_deleted AFTER DELETE ON links BEGIN
	DELETE FROM link_words WHERE rowid = old.seq;
	UPDATE link_counts
	SET links = links - 1,
	    valid = valid - (old.status = 'valid'), invalid = invalid - (old.status = 'invalid'), pending = pending - (old.status = 'pending'),
	    failing = failing - (old.failing_since IS NOT NULL), moved = moved - old.moved, muted = muted - (old.overrule IN ('muted', 'asked'))
	WHERE owner = old.owner AND shard = 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER links_rewritten AFTER UPDATE OF search_text ON links WHEN old.search_text <> new.search_text BEGIN
	DELETE FROM link_words WHERE rowid = old.seq;
	INSERT INTO link_words (rowid, words) VALUES (new.seq, new.search_text);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER links_restated AFTER UPDATE OF status, failing_since, moved, overrule ON links BEGIN
	UPDATE link_counts
	SET valid   = valid + (new.status = 'valid') - (old.status = 'valid'),
	    invalid = invalid + (new.status = 'invalid') - (old.status = 'invalid'),
	    pending = pending + (new.status = 'pending') - (old.status = 'pending'),
	    failing = failing + (new.failing_since IS NOT NULL) - (old.failing_since IS NOT NULL),
	    moved   = moved + new.moved - old.moved,
	    muted   = muted + (new.overrule IN ('muted', 'asked')) - (old.overrule IN ('muted', 'asked'))
	WHERE owner = new.owner AND shard = 1;
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
