-- +goose Up

-- Only the newest checks of a target are kept; what the older ones said is counted here, by the day, in UTC.
CREATE TABLE check_days (
    target_id   INTEGER NOT NULL REFERENCES targets (id),
    day         INTEGER NOT NULL, -- days since the epoch
    valid       INTEGER NOT NULL, -- answers of this status
    invalid     INTEGER NOT NULL,
    pending     INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL, -- of all together
    slowest_ms  INTEGER NOT NULL,
    PRIMARY KEY (target_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX check_days_oldest ON check_days (day, target_id);

-- How many checks are kept, so that nobody has to count them.
ALTER TABLE targets ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
UPDATE targets SET kept = (SELECT count(*) FROM checks WHERE checks.target_id = targets.id);

-- Since when no link leads here; a target that is alone for long goes.
ALTER TABLE targets ADD COLUMN orphaned_at INTEGER;
UPDATE targets SET orphaned_at = unixepoch() * 1000000 WHERE owners = 0;
CREATE INDEX targets_orphaned ON targets (orphaned_at) WHERE orphaned_at IS NOT NULL;
