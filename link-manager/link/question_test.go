package link_test

import (
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

func TestQuestionOf(t *testing.T) {
	for name, test := range map[string]struct {
		reason  check.Reason
		notes   []check.Note
		movedTo string
		want    link.Question
	}{
		"all is well":                       {check.OK, nil, "", ""},
		"it moved":                          {check.OK, []check.Note{check.MovedPermanently}, "https://New.example:8443/a?b=c", link.MovedTo("new.example")},
		"it is parked":                      {check.OK, []check.Note{check.Parked}, "", link.Parked},
		"it moved to where it is parked":    {check.OK, []check.Note{check.MovedPermanently, check.Parked}, "https://park.example/", link.Parked},
		"it reads like an error page":       {check.OK, []check.Note{check.Soft404Redirect, check.Soft404}, "", link.LooksGone},
		"it leads to the front page":        {check.OKRestricted, []check.Note{check.Soft404Redirect}, "", link.LeadsAway},
		"other notes ask nothing":           {check.OK, []check.Note{check.TLSExpiresSoon, check.BodyError}, "", ""},
		"what is no good answer asks by it": {check.NotFound, []check.Note{check.Soft404}, "https://new.example/", ""},
	} {
		result := check.Result{Notes: test.notes, MovedTo: test.movedTo}
		result.Decide(test.reason)
		if got := link.QuestionOf(result); got != test.want {
			t.Errorf("%s: it asks %q, want %q", name, got, test.want)
		}
	}
	if host, asks := link.MovedTo("new.example").MovedTo(); host != "new.example" || !asks {
		t.Errorf("it moved to %q, %t", host, asks)
	}
	if _, asks := link.Parked.MovedTo(); asks {
		t.Error("what is parked moved")
	}
}
