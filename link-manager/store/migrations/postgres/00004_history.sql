-- +goose Up

-- Only the newest checks of a target are kept; what the older ones said is counted here, by the day, in UTC.
CREATE TABLE check_days (
    target_id   BIGINT NOT NULL REFERENCES targets (id),
    day         BIGINT NOT NULL, -- days since the epoch
    valid       BIGINT NOT NULL, -- answers of this status
    invalid     BIGINT NOT NULL,
    pending     BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL, -- of all together
    slowest_ms  BIGINT NOT NULL,
    PRIMARY KEY (target_id, day)
);

CREATE INDEX check_days_oldest ON check_days (day, target_id);

-- How many checks are kept, so that nobody has to count them.
ALTER TABLE targets ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;
UPDATE targets SET kept = (SELECT count(*) FROM checks WHERE checks.target_id = targets.id);

-- Since when no link leads here; a target that is alone for long goes.
ALTER TABLE targets ADD COLUMN orphaned_at BIGINT;
UPDATE targets SET orphaned_at = CAST(extract(epoch FROM now()) * 1000000 AS BIGINT) WHERE owners = 0;
CREATE INDEX targets_orphaned ON targets (orphaned_at) WHERE orphaned_at IS NOT NULL;

-- What a link's owner says about it: 'fine', 'muted', or 'asked' for a muted link that asked for one check all the same.
ALTER TABLE links ADD COLUMN overrule TEXT NOT NULL DEFAULT '';
-- The reason that was contested by saying 'fine'.
ALTER TABLE links ADD COLUMN contested TEXT NOT NULL DEFAULT '';
-- What was found between these two is not the owner's to see; while muted the second is NULL.
ALTER TABLE links ADD COLUMN muted_at   BIGINT;
ALTER TABLE links ADD COLUMN unmuted_at BIGINT;
-- What a muted link shows, and afterwards until it is settled again, as JSON.
ALTER TABLE links ADD COLUMN frozen TEXT;

-- From now on targets.owners counts the links that want checks, and this those among them that want only one.
ALTER TABLE targets ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
