package api

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Trash is what the API asks of the store about deleted links.
type Trash interface {
	Trash(ctx context.Context, owner, id string, expect store.Expect) error
	Trashed(ctx context.Context, owner string, after store.Position, limit int) ([]store.Trashed, error)
	Restore(ctx context.Context, owner, id string) (link.Link, error)
	PurgeTrash(ctx context.Context, owner, id string) error
}

// TrashedLink is a link in the trash.
type TrashedLink struct {
	ID          string    `json:"id" format:"uuid" doc:"The link's id, now and when it comes back"`
	URL         string    `json:"url" doc:"As it was typed"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Tags        []string  `json:"tags"`
	Overrule    *string   `json:"overrule" enum:"fine,muted"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	TrashedAt   time.Time `json:"trashed_at" doc:"When it was deleted"`
	GoneAt      time.Time `json:"gone_at" doc:"Until when it can be restored"`
}

func newTrashedLink(l store.Trashed) TrashedLink {
	return TrashedLink{
		ID:          l.ID,
		URL:         l.URL,
		Title:       l.Title,
		Description: l.Description,
		Tags:        l.Tags,
		Overrule:    orNull(string(l.Overrule)),
		CreatedAt:   l.CreatedAt.UTC(),
		UpdatedAt:   l.UpdatedAt.UTC(),
		TrashedAt:   l.TrashedAt.UTC(),
		GoneAt:      l.TrashedAt.Add(store.TrashKept).UTC(),
	}
}

// restoreLink brings a link back as it was; 409 shows the one with the same target that was saved meanwhile.
func (a *api) restoreLink(ctx context.Context, input *linkID) (*linkOutput, error) {
	restored, err := a.Store.Restore(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "restore link", err)
	}
	a.Wake()
	return newLinkOutput(restored), nil
}

// purgeLink removes a link from the trash for good.
func (a *api) purgeLink(ctx context.Context, input *linkID) (*struct{}, error) {
	if err := a.Store.PurgeTrash(ctx, a.Owner(ctx), input.ID); err != nil {
		return nil, a.problem(ctx, "purge link", err)
	}
	return nil, nil
}
