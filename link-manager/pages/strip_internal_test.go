package pages

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
)

func TestAStripHasADashForEachCheckAndSaysItInWords(t *testing.T) {
	many := make([]check.Status, stripShown+5)
	for i := range many {
		many[i] = check.Valid
	}
	for name, test := range map[string]struct {
		answers []check.Status
		want    strip
	}{
		"none":             {nil, strip{Words: "No checks yet."}},
		"one":              {many[:1], strip{"One check: valid.", []stripLine{{"valid", "M116 6h4"}}}},
		"more than fit in": {many, strip{"The last 30 checks: 30 valid.", []stripLine{{"valid", "M0 6h120"}}}},
		"the newest is at the right": {
			[]check.Status{check.Invalid, check.Invalid, check.Pending, check.Valid, check.Invalid},
			strip{"The last 5 checks: 1 valid, 3 invalid, 1 undecided.", []stripLine{
				{"valid", "M104 6h4"}, {"invalid", "M112 6h8M100 6h4"}, {"unknown", "M108 6h4"},
			}},
		},
	} {
		if diff := cmp.Diff(test.want, newStrip(test.answers)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
