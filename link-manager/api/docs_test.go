package api_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheDocsShowEveryOperationAndNeedNothingFromElsewhere(t *testing.T) {
	a := newRig(t).do("GET", "/docs", "").is(http.StatusOK, nil)
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	page := string(a.body)
	for path, item := range c.document.Paths.Map() {
		for method := range item.Operations() {
			if !strings.Contains(page, "<code>"+method+" "+path+"</code>") {
				t.Errorf("%s %s is not shown", method, path)
			}
		}
	}
	for _, elsewhere := range []string{"<script", "src=", "http://", "https://", "@import", "url("} {
		if strings.Contains(page, elsewhere) {
			t.Errorf("the page has %s in it", elsewhere)
		}
	}
	if got := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none';") || strings.Contains(got, "script") {
		t.Errorf("its policy is %q", got)
	}
}
