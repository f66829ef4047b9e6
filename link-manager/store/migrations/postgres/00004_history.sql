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
