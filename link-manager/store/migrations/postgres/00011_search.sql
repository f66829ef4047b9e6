-- +goose Up

-- Whether the newest answer redirected for good (check.Result.MovedTo); links copy it with (status, reason).
ALTER TABLE targets ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;
UPDATE targets
SET moved = 1
WHERE EXISTS (
	SELECT 1
	FROM checks c
	WHERE c.target_id = targets.id AND c.checked_at = targets.last_checked_at AND c.result LIKE '%"moved_to":"%');

ALTER TABLE links ADD COLUMN http_status   BIGINT NOT NULL DEFAULT 0; -- of the newest answer
ALTER TABLE links ADD COLUMN moved         BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN failing_since BIGINT; -- as its owner may see it

UPDATE links
SET search_text   = '',
    http_status   = COALESCE(CAST(CAST(frozen AS JSON) ->> 'last_http_status' AS BIGINT), 0),
    failing_since = CAST(CAST(frozen AS JSON) ->> 'failing_since' AS BIGINT);

ALTER TABLE trash ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;

-- Whoever saves a link writes search_text, the link as a line of words (search_text.go); it is empty until it is written
-- anew. What it is sorted by as a title follows from it: its words, or those of its URL without http and https.
ALTER TABLE links ADD COLUMN sort_title TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (
    substr(CASE
        WHEN strpos(search_text, ' [ ] https ') > 0
        THEN substr(search_text, strpos(search_text, ']') + 8, greatest(strpos(search_text, '{') - strpos(search_text, ']') - 9, 0))
        WHEN strpos(search_text, ' [ ] http ') > 0
        THEN substr(search_text, strpos(search_text, ']') + 7, greatest(strpos(search_text, '{') - strpos(search_text, ']') - 8, 0))
        WHEN strpos(search_text, ' [ ] ') > 0
        THEN substr(search_text, strpos(search_text, ']') + 2, greatest(strpos(search_text, '{') - strpos(search_text, ']') - 3, 0))
        ELSE substr(search_text, strpos(search_text, '[') + 2, greatest(strpos(search_text, ']') - strpos(search_text, '[') - 3, 0))
    END, 1, 100)) STORED;
ALTER TABLE links ADD CONSTRAINT links_search_text CHECK (search_text = '' OR search_text LIKE '=% |');

CREATE INDEX links_unwritten ON links (id) WHERE search_text = '';

-- A list reads the front of one of these, of links_owner_created or links_owner_status_created.
CREATE INDEX links_owner_title ON links (owner, sort_title, id);
CREATE INDEX links_owner_reason_created ON links (owner, reason, created_at, id) WHERE reason <> '' AND reason <> 'ok';
CREATE INDEX links_owner_code_created ON links (owner, http_status, created_at, id) WHERE http_status >= 300;
CREATE INDEX links_owner_failing_created ON links (owner, created_at, id) WHERE failing_since IS NOT NULL;
CREATE INDEX links_owner_moved_created ON links (owner, created_at, id) WHERE moved = 1;
CREATE INDEX links_owner_muted_created ON links (owner, created_at, id) WHERE overrule IN ('muted', 'asked');

-- Which links have a word. Where it stands tells search_text. Without the list of what is to be sorted in later, because
-- every search would read it through.
CREATE INDEX links_words ON links USING gin (array_to_tsvector(string_to_array(search_text, ' '))) WITH (fastupdate = off);

-- What an owner has, for totals that nobody counts. Several rows of an owner, by shard, so that PostgreSQL's writers need
-- not wait for each other; 0 is for the lock of the quota.
CREATE TABLE link_counts (
    owner   TEXT   NOT NULL,
    shard   BIGINT NOT NULL,
    links   BIGINT NOT NULL DEFAULT 0,
    valid   BIGINT NOT NULL DEFAULT 0,
    invalid BIGINT NOT NULL DEFAULT 0,
    pending BIGINT NOT NULL DEFAULT 0,
    failing BIGINT NOT NULL DEFAULT 0,
    moved   BIGINT NOT NULL DEFAULT 0,
    muted   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (owner, shard)
) WITH (fillfactor = 50);

-- Kept here, so that nothing which writes links can forget them. A row of an owner is locked after every target, and rows
-- of several owners in the order of their names.
-- +goose StatementBegin
CREATE FUNCTION count_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO link_counts AS c
		SELECT owner, 1 + pg_backend_pid() % 16, count(*),
		       count(*) FILTER (WHERE status = 'valid'), count(*) FILTER (WHERE status = 'invalid'), count(*) FILTER (WHERE status = 'pending'),
		       count(failing_since), sum(moved), count(*) FILTER (WHERE overrule IN ('muted', 'asked'))
		FROM new_links
		GROUP BY owner
		ORDER BY owner
		ON CONFLICT (owner, shard) DO UPDATE
		SET links = c.links + excluded.links, valid = c.valid + excluded.valid, invalid = c.invalid + excluded.invalid,
		    pending = c.pending + excluded.pending, failing = c.failing + excluded.failing, moved = c.moved + excluded.moved,
		    muted = c.muted + excluded.muted;
	ELSIF TG_OP = 'DELETE' THEN
		INSERT INTO link_counts AS c
		SELECT owner, 1 + pg_backend_pid() % 16, -count(*),
		       -count(*) FILTER (WHERE status = 'valid'), -count(*) FILTER (WHERE status = 'invalid'), -count(*) FILTER (WHERE status = 'pending'),
		       -count(failing_since), -sum(moved), -count(*) FILTER (WHERE overrule IN ('muted', 'asked'))
		FROM old_links
		GROUP BY owner
		ORDER BY owner
		ON CONFLICT (owner, shard) DO UPDATE
		SET links = c.links + excluded.links, valid = c.valid + excluded.valid, invalid = c.invalid + excluded.invalid,
		    pending = c.pending + excluded.pending, failing = c.failing + excluded.failing, moved = c.moved + excluded.moved,
		    muted = c.muted + excluded.muted;
	ELSE
		INSERT INTO link_counts AS c
		SELECT owner, 1 + pg_backend_pid() % 16, 0,
		       sum(n * CAST(status = 'valid' AS INT)), sum(n * CAST(status = 'invalid' AS INT)), sum(n * CAST(status = 'pending' AS INT)),
		       sum(n * CAST(failing_since IS NOT NULL AS INT)), sum(n * moved), sum(n * CAST(overrule IN ('muted', 'asked') AS INT))
		FROM (
			SELECT 1 AS n, owner, status, failing_since, moved, overrule FROM new_links
			UNION ALL
			SELECT -1, owner, status, failing_since, moved, overrule FROM old_links) changed
		GROUP BY owner
		HAVING sum(n * CAST(status = 'valid' AS INT)) <> 0 OR sum(n * CAST(status = 'invalid' AS INT)) <> 0
		    OR sum(n * CAST(status = 'pending' AS INT)) <> 0 OR sum(n * CAST(failing_since IS NOT NULL AS INT)) <> 0
		    OR sum(n * moved) <> 0 OR sum(n * CAST(overrule IN ('muted', 'asked') AS INT)) <> 0
		ORDER BY owner
		ON CONFLICT (owner, shard) DO UPDATE
		SET valid = c.valid + excluded.valid, invalid = c.invalid + excluded.invalid,
		    pending = c.pending + excluded.pending, failing = c.failing + excluded.failing, moved = c.moved + excluded.moved,
		    muted = c.muted + excluded.muted;
	END IF;
	RETURN NULL;
END
$$;
-- +goose StatementEnd

-- A link that nobody could find is refused.
-- +goose StatementBegin
CREATE FUNCTION refuse_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE 'a link must have its search text' USING ERRCODE = 'check_violation';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER links_refused BEFORE INSERT ON links FOR EACH ROW WHEN (NEW.search_text = '') EXECUTE FUNCTION refuse_link();
CREATE TRIGGER links_found AFTER INSERT ON links REFERENCING NEW TABLE AS new_links FOR EACH STATEMENT EXECUTE FUNCTION count_links();
CREATE TRIGGER links_lost AFTER DELETE ON links REFERENCING OLD TABLE AS old_links FOR EACH STATEMENT EXECUTE FUNCTION count_links();
CREATE TRIGGER links_restated AFTER UPDATE ON links REFERENCING OLD TABLE AS old_links NEW TABLE AS new_links FOR EACH STATEMENT EXECUTE FUNCTION count_links();

INSERT INTO link_counts (owner, shard, links, valid, invalid, pending, failing, moved, muted)
SELECT owner, 1, count(*),
       count(*) FILTER (WHERE status = 'valid'), count(*) FILTER (WHERE status = 'invalid'), count(*) FILTER (WHERE status = 'pending'),
       count(failing_since), sum(moved), count(*) FILTER (WHERE overrule IN ('muted', 'asked'))
FROM links
GROUP BY owner;

-- Have every link copy what it could not copy before.
UPDATE targets SET version = version + 1 WHERE version > 0;
INSERT INTO settle_queue (target_id, queued_at) SELECT id, 0 FROM targets WHERE version > 0 ON CONFLICT DO NOTHING;

-- Searches that their owner gave a name.
CREATE TABLE searches (
    id         UUID   PRIMARY KEY,
    owner      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    query      TEXT   NOT NULL, -- as typed
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (owner, name)
);
