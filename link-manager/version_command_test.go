package main

import (
	"encoding/json"
	"runtime/debug"
	"strings"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	const revision = "0123456789abcdef0123456789abcdef01234567"
	for name, test := range map[string]struct {
		version, commit string
		build           debug.BuildInfo
		want            string
	}{
		"a release": {"v1.2.3", revision, debug.BuildInfo{GoVersion: "go1.26.8"}, "link-manager v1.2.3 (commit " + revision + ", go1.26.8 "},
		"a working copy": {"", "", debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "false"}}},
			"link-manager devel (commit " + revision + ", go"},
		"a working copy with changes": {"", "", debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "true"}}},
			"link-manager devel (commit " + revision + ", changed since, go"},
		"go install": {"", "", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "link-manager v1.2.3 (commit unknown, go"},
		"nothing":    {"", "", debug.BuildInfo{}, "link-manager devel (commit unknown, go"},
	} {
		t.Run(name, func(t *testing.T) {
			version, commit = test.version, test.commit
			defer func() { version, commit = "", "" }()
			if got := describeBuild(&test.build); !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want %q…", got, test.want)
			}
		})
	}
}

func TestTheBillOfMaterials(t *testing.T) {
	var text strings.Builder
	build := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "example.com/us"}, Deps: []*debug.Module{
		{Path: "example.com/a", Version: "v1.0.0", Sum: "h1:a="},
		{Path: "example.com/b", Version: "v1.0.0", Sum: "h1:b=", Replace: &debug.Module{Path: "example.com/c", Version: "v2.0.0", Sum: "h1:c="}},
	}}
	if err := writeSBOM(&text, build); err != nil {
		t.Fatal(err)
	}
	var document struct {
		BOMFormat  string
		Components []struct{ PURL string }
	}
	if err := json.Unmarshal([]byte(text.String()), &document); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range document.Components {
		got = append(got, c.PURL)
	}
	if want := "pkg:golang/std@go1.26.8 pkg:golang/example.com/a@v1.0.0 pkg:golang/example.com/c@v2.0.0"; strings.Join(got, " ") != want || document.BOMFormat != "CycloneDX" {
		t.Errorf("got %v", got)
	}
}
