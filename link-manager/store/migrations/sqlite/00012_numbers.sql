-- +goose Up

-- Small numbers for what programs made for other link managers know by a number. They are given out when something is first
-- shown to such a program, count by owner, so that they tell nothing of others, and are never given out again.
CREATE TABLE numbers (
    owner    TEXT    NOT NULL,
    kind     TEXT    NOT NULL, -- 'link' or 'tag'
    number   INTEGER NOT NULL,
    name     TEXT    NOT NULL, -- the link's id, or the tag
    given_at INTEGER NOT NULL,
    PRIMARY KEY (owner, kind, number),
    UNIQUE (owner, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE last_numbers (
    owner  TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (owner, kind)
) STRICT, WITHOUT ROWID;
