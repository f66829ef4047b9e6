package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
)

func (r *rig) bulk(query, body string) api.Bulk {
	r.t.Helper()
	var did api.Bulk
	r.do("POST", "/v1/bulk"+query, body).is(http.StatusOK, &did)
	return did
}

func statuses(b api.Bulk) (all []int) {
	for _, r := range b.Results {
		all = append(all, r.Status)
	}
	return all
}

func TestEachOperationStandsByItself(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/1","tags":["a"]}`)
	other := r.add(`{"url":"https://example.com/2"}`)
	did := r.bulk("", `{"operations":[
		{"op":"add","url":"https://example.com/3","title":"T","tags":["x"]},
		{"op":"add","url":"https://example.com/1"},
		{"op":"add","url":"nonsense"},
		{"op":"change","id":"`+l.ID+`","title":"New"},
		{"op":"tag","id":"`+l.ID+`","add_tags":["b"],"remove_tags":["a"]},
		{"op":"tag","id":"`+l.ID+`","title":"no"},
		{"op":"check","id":"`+l.ID+`"},
		{"op":"delete","id":"`+other.ID+`"},
		{"op":"delete","id":"`+other.ID+`"},
		{"op":"add","url":"https://example.com/2"},
		{"op":"delete"}
	]}`)
	if diff := cmp.Diff([]int{201, 409, 422, 200, 200, 422, 202, 204, 404, 201, 422}, statuses(did)); diff != "" {
		t.Error(diff)
	}
	if did.Done != 6 || did.Failed != 5 || did.Results[1].Problem.Existing.ID != l.ID {
		t.Errorf("did %+v", did)
	}
	var got api.Link
	r.do("GET", "/v1/links/"+l.ID, "").is(http.StatusOK, &got)
	if got.Title != "New" || !cmp.Equal(got.Tags, []string{"b"}) {
		t.Errorf("link is %+v", got)
	}
	if all := r.list("").Items; len(all) != 3 {
		t.Errorf("links are %v", urls(all))
	}
}

func TestAnActionIsTakenOnWhatTheQueryLists(t *testing.T) {
	r := newRig(t)
	for i := range 30 {
		r.add(fmt.Sprintf(`{"url":"https://example.com/%d","tags":["%s"]}`, i, []string{"even", "odd"}[i%2]))
	}
	dry := r.bulk("?tag=odd", `{"action":{"op":"delete"},"dry_run":true}`)
	if dry.Matched != 15 || dry.Done != 0 || len(dry.Results) != 15 || dry.Results[0].Link.URL != "https://example.com/29" || dry.More {
		t.Errorf("dry run: %+v", dry)
	}
	if left := r.list("?tag=odd&limit=200").Items; len(left) != 15 {
		t.Errorf("the dry run left %d", len(left))
	}
	if did := r.bulk("?tag=odd", `{"action":{"op":"tag","add_tags":["strange"]}}`); did.Matched != 15 || did.Done != 15 {
		t.Errorf("tagged: %+v", did)
	}
	if did := r.bulk("?tag=strange", `{"action":{"op":"delete"}}`); did.Done != 15 {
		t.Errorf("deleted: %+v", did)
	}
	if left := r.list("?limit=200").Items; len(left) != 15 {
		t.Errorf("left: %d", len(left))
	}
	r.do("POST", "/v1/bulk", `{"action":{"op":"delete"}}`).problem(http.StatusUnprocessableEntity, "body.all")
	if did := r.bulk("", `{"action":{"op":"check"},"all":true}`); did.Done != 15 {
		t.Errorf("checked: %+v", did)
	}
}

func TestABulkRequestThatMakesNoSenseDoesNothing(t *testing.T) {
	r := newRig(t)
	r.add(`{"url":"https://example.com/1"}`)
	add := `{"op":"add","url":"https://example.com/2"}`
	for body, says := range map[string]string{
		`{}`:                                      "either operations or an action",
		`{"operations":[]}`:                       "body.operations",
		`{"operations":[{"op":"burn"}]}`:          "body.operations[0].op",
		`{"operations":[` + add + `,{}]}`:         "body.operations[1]",
		`{"operations":[` + add + `],"all":true}`: "body.operations",
		`{"operations":[` + strings.Repeat(add+",", 1000) + add + `]}`: "body.operations",
		`{"operations":[` + add + `],"action":{"op":"check"}}`:         "either",
	} {
		r.do("POST", "/v1/bulk", body).problem(http.StatusUnprocessableEntity, says)
	}
	r.do("POST", "/v1/bulk?colour=red", `{"action":{"op":"delete"},"all":true}`).problem(http.StatusBadRequest, "query.colour")
	r.do("POST", "/v1/bulk", `{"operations":[{"op":"add","url":"`+strings.Repeat("a", 4<<20)+`"}]}`).problem(http.StatusRequestEntityTooLarge, "")
	if all := r.list("").Items; len(all) != 1 {
		t.Errorf("links are %v", urls(all))
	}
}

func TestABulkRequestNeedsTheScopesOfWhatItDoes(t *testing.T) {
	w := newWorld(t)
	operation := fmt.Sprintf(`{"operations":[{"op":"check","id":%q}]}`, w.link.ID)
	for name, test := range map[string]struct {
		scopes []account.Scope
		body   string
		status int
		failed int
	}{
		"an action shows what it found":    {[]account.Scope{account.Write}, `{"action":{"op":"tag","add_tags":["x"]},"all":true}`, http.StatusForbidden, 0},
		"so does a dry run":                {[]account.Scope{account.Write}, `{"action":{"op":"tag","add_tags":["x"]},"all":true,"dry_run":true}`, http.StatusForbidden, 0},
		"an action that checks":            {[]account.Scope{account.Write, account.Read}, `{"action":{"op":"check"},"all":true}`, http.StatusForbidden, 0},
		"an operation that checks":         {[]account.Scope{account.Write, account.Read}, operation, http.StatusOK, 1},
		"an action with all that it needs": {[]account.Scope{account.Write, account.Read, account.Check}, `{"action":{"op":"check"},"all":true}`, http.StatusOK, 0},
		"an operation with what it needs":  {[]account.Scope{account.Write, account.Check}, operation, http.StatusOK, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var did api.Bulk
			answer := w.as(w.token(w.ann, test.scopes...), "POST", "/v1/bulk", test.body)
			if answer.status != test.status {
				t.Fatalf("answered %d %s, want %d", answer.status, answer.body, test.status)
			}
			if answer.status != http.StatusOK {
				if bytes.Contains(answer.body, []byte(marker)) {
					t.Errorf("it tells what is there: %s", answer.body)
				}
				return
			}
			decode(t, answer.body, &did)
			if did.Failed != test.failed {
				t.Errorf("did %+v", did)
			}
		})
	}
}
