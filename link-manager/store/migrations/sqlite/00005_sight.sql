-- +goose Up

-- Why nobody who works on this database trusts what they see: one row for each cause, kept until what was judged
-- meanwhile is looked at again.
CREATE TABLE blindness (
    cause TEXT    PRIMARY KEY,
    why   TEXT    NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL -- when it ends unless somebody notices it again
) STRICT;
