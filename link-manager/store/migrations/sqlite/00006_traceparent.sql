-- +goose Up

-- The trace of the person who waits for the next answer (W3C Trace Context), from saving to its check; NULL if nobody does.
ALTER TABLE targets ADD COLUMN traceparent TEXT;
