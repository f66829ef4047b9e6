-- +goose Up

-- What is known of a host, a name or address without port, and when it may be asked (manners.Host). A host that is not
-- here is one that nothing is known of.
CREATE TABLE hosts (
    host            TEXT   PRIMARY KEY,
    free_at         BIGINT, -- when the next check may be claimed
    hurried_end     BIGINT, -- where the lines end of those that wait for their turn
    routine_end     BIGINT,
    paused_until    BIGINT, -- until when it asked to be left alone
    held_until      BIGINT, -- until when its known targets are left alone, because it fails as a whole
    trouble         TEXT   NOT NULL DEFAULT '',
    failed_targets  TEXT   NOT NULL DEFAULT '[]', -- JSON
    probes          BIGINT NOT NULL DEFAULT 0,
    asking          BIGINT NOT NULL DEFAULT 0, -- 1 while one target is asked for all
    strikes         BIGINT NOT NULL DEFAULT 0,
    first_strike_at BIGINT,
    last_strike_at  BIGINT
);

-- Who put the target into its lane: between owners, turns are taken. in_line is 1 while due_at is its place in its host's line.
ALTER TABLE targets ADD COLUMN queued_by TEXT   NOT NULL DEFAULT '';
ALTER TABLE targets ADD COLUMN in_line   BIGINT NOT NULL DEFAULT 0;

UPDATE targets SET queued_by = COALESCE((SELECT min(owner) FROM links WHERE target_id = targets.id), '');

CREATE INDEX targets_queued_by ON targets (lane, queued_by, due_at) WHERE check_id IS NULL AND owners > 0;
CREATE INDEX targets_host_outstanding ON targets (host) WHERE check_id IS NOT NULL;
