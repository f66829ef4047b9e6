package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/api"
)

func TestAnOwnerCanOverruleWhatWasFound(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/a"}`)
	r.answer(check.NotFound, 404)
	r.do("GET", "/v1/links/"+l.ID, "").is(http.StatusOK, &l)
	text := func(s string) *string { return &s }
	found := l
	for _, step := range []struct {
		patch  string
		status string
		want   func(*api.Link)
	}{
		{`{"overrule":"fine"}`, "valid", func(l *api.Link) {
			l.Overrule, l.Status, l.Reason = text("fine"), check.Valid, text("overruled")
			l.Explanation, l.Hint = "You said that this link is fine.", ""
		}},
		{`{"title":""}`, "valid", nil},
		{`{"overrule":"muted"}`, "invalid", func(l *api.Link) {
			*l = found
			l.Overrule, l.NextCheckAt = text("muted"), nil
		}},
		{`{"overrule":null}`, "invalid", func(l *api.Link) {
			now := r.clock
			*l = found
			l.NextCheckAt = &now // until it is settled again, like a new link
		}},
		{`{"overrule":null}`, "invalid", nil},
	} {
		r.clock = r.clock.Add(time.Minute)
		if step.want != nil {
			step.want(&l)
			l.UpdatedAt = r.clock
		}
		var got api.Link
		r.do("PATCH", "/v1/links/"+l.ID, step.patch).is(http.StatusOK, &got)
		if diff := cmp.Diff(l, got); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", step.patch, diff)
		}
		if listed := r.list("?status=" + step.status).Items; len(listed) != 1 || !cmp.Equal(listed[0], got) {
			t.Errorf("after %s the list of %s links is %+v", step.patch, step.status, listed)
		}
	}
}

func TestNothingElseCanBeSaidOfALink(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/a"}`)
	for _, value := range []string{`"valid"`, `"asked"`, `"FINE"`, `true`, `["fine"]`} {
		r.do("PATCH", "/v1/links/"+l.ID, `{"overrule":`+value+`}`).problem(http.StatusUnprocessableEntity, "body.overrule")
	}
	r.do("POST", "/v1/links", `{"url":"https://example.com/b","overrule":"fine"}`).problem(http.StatusUnprocessableEntity, "body.overrule")
}
