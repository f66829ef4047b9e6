package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The image and a release hold the same program only if both are built alike.
func TestTheImageIsBuiltAsReleasesAre(t *testing.T) {
	var builds []string
	for _, path := range []string{"Dockerfile", "../.ci/release"} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`go build (.*) -o `).FindAllStringSubmatch(string(content), -1)
		if len(found) != 1 {
			t.Fatalf("%s builds %d times", path, len(found))
		}
		flags := strings.NewReplacer("${VERSION}", "$version", "${COMMIT}", "$commit").Replace(found[0][1])
		if !strings.Contains(string(content), "CGO_ENABLED=0") {
			t.Errorf("%s builds with cgo", path)
		}
		builds = append(builds, flags)
	}
	if builds[0] != builds[1] {
		t.Errorf("the image is built with %s, a release with %s", builds[0], builds[1])
	}
}
