package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/store"
)

// Searches is what the API asks of the store about saved searches.
type Searches interface {
	AddSearch(ctx context.Context, owner, name, query string) (store.Search, error)
	Search(ctx context.Context, owner, id string) (store.Search, error)
	Searches(ctx context.Context, owner string) ([]store.Search, error)
	ChangeSearch(ctx context.Context, owner, id string, name, query *string) (store.Search, error)
	DeleteSearch(ctx context.Context, owner, id string) error
}

// Search is a saved search in the API: a query with a name.
type Search struct {
	ID        string    `json:"id" format:"uuid" doc:"UUIDv7"`
	Name      string    `json:"name"`
	Query     string    `json:"query" doc:"To be sent as q to /v1/links"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

type searchID struct {
	ID string `path:"id" doc:"The search's id"`
}

type searchOutput struct{ Body Search }

func newSearch(s store.Search) Search {
	return Search{ID: s.ID, Name: s.Name, Query: s.Query, CreatedAt: s.CreatedAt.UTC(), UpdatedAt: s.UpdatedAt.UTC()}
}

func (a *api) searchRoutes(v1 huma.API) {
	route(v1, http.MethodPost, "/v1/searches", scopeWrite, "add-search", "Give a search a name", http.StatusCreated, a.addSearch, alsoAnswers(http.StatusConflict), a.idempotent())
	route(v1, http.MethodGet, "/v1/searches", scopeRead, "list-searches", "List all saved searches, oldest first", http.StatusOK, a.listSearches)
	route(v1, http.MethodGet, "/v1/searches/{id}", scopeRead, "get-search", "One of them", http.StatusOK, a.getSearch)
	route(v1, http.MethodPatch, "/v1/searches/{id}", scopeWrite, "change-search", "Change its name or query", http.StatusOK, a.changeSearch, alsoAnswers(http.StatusConflict))
	route(v1, http.MethodDelete, "/v1/searches/{id}", scopeWrite, "delete-search", "Delete it", http.StatusNoContent, a.deleteSearch)
}

type listSearchesOutput struct {
	Body struct {
		Items []Search `json:"items" nullable:"false"`
		// A list like every other, although all there are fit on one page.
		NextCursor *string `json:"next_cursor" doc:"Always null: all are on one page"`
	}
}

func (a *api) listSearches(ctx context.Context, _ *struct{}) (*listSearchesOutput, error) {
	searches, err := a.Store.Searches(ctx, a.Owner(ctx))
	if err != nil {
		return nil, a.problem(ctx, "list searches", err)
	}
	output := &listSearchesOutput{}
	output.Body.Items = make([]Search, len(searches))
	for i, s := range searches {
		output.Body.Items[i] = newSearch(s)
	}
	return output, nil
}

func (a *api) getSearch(ctx context.Context, input *searchID) (*searchOutput, error) {
	s, err := a.Store.Search(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "get search", err)
	}
	return &searchOutput{newSearch(s)}, nil
}

func (a *api) deleteSearch(ctx context.Context, input *searchID) (*struct{}, error) {
	if err := a.Store.DeleteSearch(ctx, a.Owner(ctx), input.ID); err != nil {
		return nil, a.problem(ctx, "delete search", err)
	}
	return nil, nil
}
