package connector

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadRetryPolicy(t *testing.T) {
	const second = time.Second
	for name, test := range map[string]struct {
		annotations map[string]string
		want        retryPolicy
		wrong       []string
	}{
		"none":                              {nil, defaultRetryPolicy, nil},
		"all":                               {map[string]string{annotationAttempts: "100", annotationCodes: "429, 503", annotationMinWait: "10s", annotationMaxWait: "60s"}, retryPolicy{100, map[int]bool{429: true, 503: true}, 10 * second, 60 * second}, nil},
		"one attempt":                       {map[string]string{annotationAttempts: "1"}, retryPolicy{1, nil, second, 120 * second}, nil},
		"no attempt":                        {map[string]string{annotationAttempts: "0"}, defaultRetryPolicy, []string{`attempts is "0"; it must be a whole number from 1 to 1000`}},
		"too many attempts":                 {map[string]string{annotationAttempts: "1001"}, defaultRetryPolicy, []string{`from 1 to 1000`}},
		"attempts in words":                 {map[string]string{annotationAttempts: "ten"}, defaultRetryPolicy, []string{`attempts is "ten"`}},
		"a success as a code":               {map[string]string{annotationCodes: "200"}, defaultRetryPolicy, []string{`codes is "200"; it must be status codes from 400 to 599`}},
		"no codes":                          {map[string]string{annotationCodes: ""}, defaultRetryPolicy, []string{`codes is ""`}},
		"a code in words":                   {map[string]string{annotationCodes: "429,5xx"}, defaultRetryPolicy, []string{`codes is "429,5xx"`}},
		"a wait without a unit":             {map[string]string{annotationMinWait: "10"}, defaultRetryPolicy, []string{`min_wait is "10"; it must be a duration from 10ms to 1h0m0s, like 10s`}},
		"a wait that is none":               {map[string]string{annotationMinWait: "0s"}, defaultRetryPolicy, []string{`min_wait is "0s"`}},
		"a wait too long":                   {map[string]string{annotationMaxWait: "25h"}, defaultRetryPolicy, []string{`max_wait is "25h"`}},
		"a shortest wait past the longest":  {map[string]string{annotationMinWait: "5m"}, retryPolicy{10, nil, 5 * time.Minute, 5 * time.Minute}, nil},
		"a longest wait below the shortest": {map[string]string{annotationMaxWait: "100ms"}, retryPolicy{10, nil, second / 10, second / 10}, nil},
		"waits the wrong way round":         {map[string]string{annotationMinWait: "20s", annotationMaxWait: "10s"}, defaultRetryPolicy, []string{`min_wait is "20s"; it must be no longer than com.openfaas.retry.max_wait`}},
		"two mistakes":                      {map[string]string{annotationAttempts: "-1", annotationMaxWait: "x"}, defaultRetryPolicy, []string{`attempts is "-1"`, `max_wait is "x"`}},
		"a value that goes on and on":       {map[string]string{annotationMaxWait: strings.Repeat("é", 1000)}, defaultRetryPolicy, []string{`é…"; it must be`}},
	} {
		t.Run(name, func(t *testing.T) {
			got, wrong := readRetryPolicy(test.annotations)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(retryPolicy{})); diff != "" {
				t.Error(diff)
			}
			if len(wrong) != len(test.wrong) {
				t.Fatalf("it says %q", wrong)
			}
			for i, want := range test.wrong {
				if !strings.Contains(wrong[i], want) || len(wrong[i]) > 250 {
					t.Errorf("it says %q, want %q", wrong[i], want)
				}
			}
		})
	}
}

// Whatever a function's annotations say, its events are tried a bounded number of times with bounded waits.
func FuzzRetryPolicy(f *testing.F) {
	f.Add("10", "429,503", "1s", "2m")
	f.Add("0", "", "-1s", "9999h")
	f.Fuzz(func(t *testing.T, attempts, codes, minWait, maxWait string) {
		p, _ := readRetryPolicy(map[string]string{annotationAttempts: attempts, annotationCodes: codes, annotationMinWait: minWait, annotationMaxWait: maxWait})
		if p.attempts < 1 || p.attempts > maxPolicyAttempts || p.minWait < minPolicyWait || p.maxWait > maxPolicyWait || p.minWait > p.maxWait {
			t.Errorf("%+v", p)
		}
		for n := range 40 {
			if wait := p.wait(n); wait < p.minWait || wait > p.maxWait {
				t.Errorf("%+v waits %v", p, wait)
			}
		}
	})
}
