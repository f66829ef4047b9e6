package api

import "context"

type addSearchInput struct {
	TextBody
	Body struct {
		Name  string `json:"name"`
		Query string `json:"query" doc:"In the language of q of /v1/links"`
	}
}

type addSearchOutput struct {
	Location string `header:"Location"`
	Body     Search
}

// addSearch saves a query; one that could not be searched by is refused.
func (a *api) addSearch(ctx context.Context, input *addSearchInput) (*addSearchOutput, error) {
	s, err := a.Store.AddSearch(ctx, a.Owner(ctx), input.Body.Name, input.Body.Query)
	if err != nil {
		return nil, a.problem(ctx, "add search", err)
	}
	return &addSearchOutput{Location: "/v1/searches/" + s.ID, Body: newSearch(s)}, nil
}

type changeSearchInput struct {
	TextBody
	ID   string `path:"id" doc:"The search's id"`
	Body struct {
		Name  *string `json:"name,omitempty"`
		Query *string `json:"query,omitempty" doc:"In the language of q of /v1/links"`
	} `contentType:"application/merge-patch+json"`
}

// changeSearch is a JSON Merge Patch (RFC 7396): what is not mentioned stays.
func (a *api) changeSearch(ctx context.Context, input *changeSearchInput) (*searchOutput, error) {
	s, err := a.Store.ChangeSearch(ctx, a.Owner(ctx), input.ID, input.Body.Name, input.Body.Query)
	if err != nil {
		return nil, a.problem(ctx, "change search", err)
	}
	return &searchOutput{newSearch(s)}, nil
}
