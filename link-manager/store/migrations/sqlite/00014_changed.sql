-- +goose Up

-- Programs ask every few minutes when anything changed last, and for what changed since.
CREATE INDEX links_owner_updated ON links (owner, updated_at, id);
