package api

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/store"
)

type changeLinkInput struct {
	TextBody
	IfMatch
	ID   string `path:"id" doc:"The link's id"`
	Body struct {
		URL         member[string]   `json:"url,omitempty" doc:"A new one is checked anew"`
		Title       member[string]   `json:"title,omitempty" doc:"null clears it"`
		Description member[string]   `json:"description,omitempty" doc:"null clears it"`
		Tags        member[[]string] `json:"tags,omitempty" doc:"Replaces all tags; null clears them"`
		AddTags     []string         `json:"add_tags,omitempty" doc:"Tags it gets beside those it has"`
		RemoveTags  []string         `json:"remove_tags,omitempty" doc:"Tags it has no longer; one that is in add_tags too stays"`
		Overrule    member[string]   `json:"overrule,omitempty" doc:"fine shows the link as valid, muted has it not checked; null lifts either, and so does a new url"`
	} `contentType:"application/merge-patch+json"`
}

// changeLink is a JSON Merge Patch (RFC 7396): what is not mentioned stays, null clears.
func (a *api) changeLink(ctx context.Context, input *changeLinkInput) (*linkOutput, error) {
	expect, err := input.expect()
	if err != nil {
		return nil, err
	}
	changed, err := a.Store.Update(ctx, a.Owner(ctx), input.ID, store.Patch{
		URL:         input.Body.URL.value(),
		Title:       input.Body.Title.value(),
		Description: input.Body.Description.value(),
		Tags:        input.Body.Tags.value(),
		AddTags:     input.Body.AddTags,
		RemoveTags:  input.Body.RemoveTags,
		Overrule:    input.Body.Overrule.value(),
		Expect:      expect,
	})
	if err != nil {
		return nil, a.problem(ctx, "change link", err)
	}
	a.Wake()
	return newLinkOutput(changed), nil
}

// member is one member of a merge patch: absent, null, or a value.
type member[T any] struct {
	given bool
	to    T
}

// UnmarshalJSON is only called for a member that is there; null leaves the zero value.
func (m *member[T]) UnmarshalJSON(b []byte) error {
	m.given = true
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	return json.Unmarshal(b, &m.to)
}

// value is what the member is to be changed to; nil leaves it as it is.
func (m member[T]) value() *T {
	if !m.given {
		return nil
	}
	return &m.to
}

// Schema is T's, or null.
func (m member[T]) Schema(r huma.Registry) *huma.Schema {
	schema := *r.Schema(reflect.TypeFor[T](), true, "")
	schema.Nullable = true
	return &schema
}
