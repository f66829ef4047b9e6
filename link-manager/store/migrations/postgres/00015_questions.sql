-- +goose Up

-- What the newest answer asks of a link's owner although it is a good one (link.QuestionOf): 'moved ' and the host it moved
-- to, or a note that it may not be what was saved. Links copy it with (status, reason).
ALTER TABLE targets ADD COLUMN question TEXT NOT NULL DEFAULT '';
ALTER TABLE links   ADD COLUMN question TEXT NOT NULL DEFAULT '';

-- What an owner is asked to decide, one row for each link there is a question about. Triggers write it, so that no path can
-- forget to; a question that is another one by now, or none, takes with it that the owner wanted to leave it at that. Who
-- writes a row has locked its link's target.
CREATE TABLE questions (
    link_id  UUID   PRIMARY KEY REFERENCES links (id) ON DELETE CASCADE,
    owner    TEXT   NOT NULL,
    question TEXT   COLLATE "C" NOT NULL, -- 'failing', 'invalid', or links.question
    host     TEXT   COLLATE "C" NOT NULL,
    kept_at  BIGINT -- when the owner said to leave it as it is
);

CREATE INDEX questions_open ON questions (owner, question, host, link_id) WHERE kept_at IS NULL;
CREATE INDEX questions_kept ON questions (owner, kept_at) WHERE kept_at IS NOT NULL;
CREATE INDEX questions_host ON questions (owner, host);

-- The hosts that fail as a whole or are left alone are few, and asked for by themselves.
CREATE INDEX hosts_held ON hosts (host) WHERE held_until IS NOT NULL;
CREATE INDEX hosts_paused ON hosts (host) WHERE paused_until IS NOT NULL;

-- Where the newest answer led to is told by the next one.
UPDATE targets SET question = 'moved ' WHERE moved = 1;
UPDATE links SET question = 'moved ' WHERE moved = 1;

INSERT INTO questions (link_id, owner, question, host)
SELECT l.id, l.owner, CASE WHEN l.status = 'invalid' THEN 'invalid' WHEN l.failing_since IS NOT NULL THEN 'failing' ELSE l.question END, t.host
FROM links l
JOIN targets t ON t.id = l.target_id
WHERE l.overrule = '' AND (l.status = 'invalid' OR l.failing_since IS NOT NULL OR l.question <> '');

-- +goose StatementBegin
CREATE FUNCTION question_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	asks TEXT := CASE
		WHEN NEW.overrule <> '' THEN ''
		WHEN NEW.status = 'invalid' THEN 'invalid'
		WHEN NEW.failing_since IS NOT NULL THEN 'failing'
		ELSE NEW.question END;
BEGIN
	DELETE FROM questions WHERE link_id = NEW.id AND question <> asks;
	INSERT INTO questions (link_id, owner, question, host)
	SELECT NEW.id, NEW.owner, asks, host FROM targets WHERE id = NEW.target_id AND asks <> ''
	ON CONFLICT (link_id) DO NOTHING;
	RETURN NULL;
END
$$;
-- +goose StatementEnd

-- A link that comes back from the trash brings its status.
CREATE TRIGGER links_asked AFTER INSERT ON links FOR EACH ROW WHEN (NEW.status = 'invalid') EXECUTE FUNCTION question_link();
CREATE TRIGGER links_questioned AFTER UPDATE OF status, failing_since, overrule, question ON links FOR EACH ROW
WHEN (OLD.status <> NEW.status OR (OLD.failing_since IS NULL) <> (NEW.failing_since IS NULL) OR OLD.overrule <> NEW.overrule OR OLD.question <> NEW.question)
EXECUTE FUNCTION question_link();

-- What link_counts was before the first change of each day, in UTC, on which it changed: so a day ended as the next one that
-- has a row begins, and the last as link_counts is now. It costs one row a day, and not one for each change.
CREATE TABLE total_days (
    owner   TEXT   NOT NULL,
    shard   BIGINT NOT NULL,
    day     BIGINT NOT NULL, -- days since the epoch, by the database's clock
    links   BIGINT NOT NULL,
    valid   BIGINT NOT NULL,
    invalid BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    failing BIGINT NOT NULL,
    moved   BIGINT NOT NULL,
    PRIMARY KEY (owner, shard, day)
);

CREATE INDEX total_days_oldest ON total_days (day);

INSERT INTO total_days (owner, shard, day, links, valid, invalid, pending, failing, moved)
SELECT owner, shard, CAST(floor(extract(epoch FROM clock_timestamp()) / 86400) AS BIGINT), links, valid, invalid, pending, failing, moved
FROM link_counts;

-- Whoever changes a row of link_counts has it locked, and so the row of its day.
-- +goose StatementBegin
CREATE FUNCTION count_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO total_days (owner, shard, day, links, valid, invalid, pending, failing, moved)
		VALUES (NEW.owner, NEW.shard, CAST(floor(extract(epoch FROM clock_timestamp()) / 86400) AS BIGINT), 0, 0, 0, 0, 0, 0)
		ON CONFLICT (owner, shard, day) DO NOTHING;
	ELSE
		INSERT INTO total_days (owner, shard, day, links, valid, invalid, pending, failing, moved)
		VALUES (OLD.owner, OLD.shard, CAST(floor(extract(epoch FROM clock_timestamp()) / 86400) AS BIGINT),
		        OLD.links, OLD.valid, OLD.invalid, OLD.pending, OLD.failing, OLD.moved)
		ON CONFLICT (owner, shard, day) DO NOTHING;
	END IF;
	RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER counts_begun AFTER INSERT ON link_counts FOR EACH ROW EXECUTE FUNCTION count_day();
CREATE TRIGGER counts_changed AFTER UPDATE ON link_counts FOR EACH ROW
WHEN (OLD.links <> NEW.links OR OLD.valid <> NEW.valid OR OLD.invalid <> NEW.invalid OR OLD.pending <> NEW.pending
   OR OLD.failing <> NEW.failing OR OLD.moved <> NEW.moved)
EXECUTE FUNCTION count_day();
