-- +goose Up

-- Which act deleted a link together with others, so that taking it back brings back what it deleted and nothing else: an id
-- made for the act. Empty for a link that was deleted by itself.
ALTER TABLE trash ADD COLUMN act TEXT NOT NULL DEFAULT '';
CREATE INDEX trash_act ON trash (owner, act, id) WHERE act <> '';

-- What somebody signed in with, so that they can tell their sessions apart: the family of browser and system, and no more
-- of what a browser says of itself. Empty where it says nothing that we know.
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';

-- A link that fails is one that may die; an invalid one is dead, and listed as that.
DROP INDEX links_owner_failing_created;
CREATE INDEX links_owner_failing_created ON links (owner, created_at, id) WHERE failing_since IS NOT NULL AND status <> 'invalid';

-- The newest answer from before the link led to its target, or from while it was muted, by which it was settled all the same:
-- it is told as the link's own, of the moment when it was settled. Empty if it was settled by an answer of its own.
ALTER TABLE links ADD COLUMN told_check TEXT NOT NULL DEFAULT '';
ALTER TABLE trash ADD COLUMN told_check TEXT NOT NULL DEFAULT '';
