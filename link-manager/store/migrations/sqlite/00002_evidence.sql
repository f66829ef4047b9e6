-- +goose Up

-- What speaks against a target since its last good answer (link.Evidence), and how long it has been as it is.
ALTER TABLE targets ADD COLUMN steady          INTEGER NOT NULL DEFAULT 0; -- answers in a row that bore the status out
ALTER TABLE targets ADD COLUMN strikes         INTEGER NOT NULL DEFAULT 0; -- days on which it failed
ALTER TABLE targets ADD COLUMN first_strike_at INTEGER;
ALTER TABLE targets ADD COLUMN last_strike_at  INTEGER;
ALTER TABLE targets ADD COLUMN not_found_since INTEGER;
ALTER TABLE targets ADD COLUMN gone_since      INTEGER;
