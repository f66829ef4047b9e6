-- +goose Up

-- How many checks of a host are out is counted for every claim. With the lease in it, this index is preferred to
-- targets_host, by which all of the host's targets would be read.
DROP INDEX targets_host_outstanding;
CREATE INDEX targets_host_outstanding ON targets (host, lease_until) WHERE check_id IS NOT NULL;
