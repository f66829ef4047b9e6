package pages

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/search"
)

func TestAQueryIsTakenApartWhereItGoesWrong(t *testing.T) {
	for query, want := range map[string]wrongQuery{
		"is:invalid (": {Before: "is:invalid ", Here: "(", At: 11},
		"is:odd go":    {Here: "is:odd", After: " go"},
		"go )x":        {Before: "go ", Here: ")", After: "x", At: 3},
		"😀é is:odd":    {Before: "😀é ", Here: "is:odd", At: 4},
		"a or":         {Before: "a ", Here: "or", At: 2},
		`go "open`:     {Before: "go ", Here: `"open`, At: 3},
	} {
		_, err := search.Parse(query)
		var wrong *search.Error
		if !errors.As(err, &wrong) {
			t.Fatalf("%q: %v", query, err)
		}
		got := newWrongQuery(query, wrong)
		if want.Problem = wrong.Problem; got.Problem == "" {
			t.Errorf("%q: no problem is told", query)
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	}
	long := newWrongQuery("é", &search.Error{Offset: 999, Text: "x", Problem: "too long"})
	if long.Before != "é" || long.Here+long.After != "" {
		t.Errorf("beyond the end: %+v", long)
	}
}
