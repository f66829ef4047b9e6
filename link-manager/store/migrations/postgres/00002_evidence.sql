-- +goose Up

-- What speaks against a target since its last good answer (link.Evidence), and how long it has been as it is.
ALTER TABLE targets ADD COLUMN steady          BIGINT NOT NULL DEFAULT 0; -- answers in a row that bore the status out
ALTER TABLE targets ADD COLUMN strikes         BIGINT NOT NULL DEFAULT 0; -- days on which it failed
ALTER TABLE targets ADD COLUMN first_strike_at BIGINT;
ALTER TABLE targets ADD COLUMN last_strike_at  BIGINT;
ALTER TABLE targets ADD COLUMN not_found_since BIGINT;
ALTER TABLE targets ADD COLUMN gone_since      BIGINT;
