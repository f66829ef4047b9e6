package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/ladder"
)

func TestReadTimeouts(t *testing.T) {
	const second = time.Second
	for _, c := range []struct {
		name        string
		environment map[string]string
		want        timeouts
	}{
		{"alone", nil, timeouts{60 * second, 60 * second, 0}},
		{"as in the image", map[string]string{"exec_timeout": "15s", "read_timeout": "16s", "write_timeout": "16s", "healthcheck_interval": "5s"}, timeouts{16 * second, 16 * second, 21 * second}},
		{"reading apart from writing", map[string]string{"read_timeout": "20s", "write_timeout": "2m"}, timeouts{20 * second, 120 * second, 240 * second}},
		{"no interval is write_timeout, as in the watchdog", map[string]string{"write_timeout": "20s"}, timeouts{60 * second, 20 * second, 40 * second}},
		{"an interval alone", map[string]string{"healthcheck_interval": "5s"}, timeouts{60 * second, 60 * second, 65 * second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readTimeouts(func(name string) string { return c.environment[name] })
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestATimeoutThatCannotBeIsNamed(t *testing.T) {
	got, err := readTimeouts(func(string) string { return "soon" })
	if err == nil || !strings.Contains(err.Error(), `read_timeout is "soon"`) {
		t.Errorf("%v, %v", got, err)
	}
}

// An image that is run without any environment must not cut off what the function's own default allows.
func TestTheImageHasTheLadderOfTheDefaultCheck(t *testing.T) {
	rungs, err := ladder.Of(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, match := range regexp.MustCompile(`(\w+)="(\d+s)"`).FindAllStringSubmatch(string(text), -1) {
		got[match[1]] = match[2]
	}
	want := map[string]string{
		"exec_timeout":         rungs.Exec.String(),
		"read_timeout":         rungs.Write.String(),
		"write_timeout":        rungs.Write.String(),
		"healthcheck_interval": "5s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
