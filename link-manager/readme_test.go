package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// readme is what is written for people, in one.
func readme(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for _, path := range []string{"../README.md", "README.md", "e2e/README.md"} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(content)
	}
	return text.String()
}

func TestTheReadmesLeadToEachOther(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^):#]+)\)`)
	for _, folder := range []string{"..", ".", "e2e"} {
		content, err := os.ReadFile(filepath.Join(folder, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		found := links.FindAllStringSubmatch(string(content), -1)
		if folder != "e2e" && len(found) == 0 {
			t.Errorf("%s/README.md leads nowhere", folder)
		}
		for _, link := range found {
			if _, err := os.Stat(filepath.Join(folder, link[1])); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestTheReadmeNamesEveryVariable(t *testing.T) {
	text := readme(t)
	parser, err := kong.New(&commandLine{})
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, command := range parser.Model.Leaves(true) {
		for _, flags := range command.AllFlags(false) {
			for _, f := range flags {
				for _, variable := range f.Envs {
					named++
					if !strings.Contains(text, "`"+variable+"`") {
						t.Errorf("the README does not name %s", variable)
					}
				}
			}
		}
	}
	if named < 15 {
		t.Errorf("found only %d variables", named)
	}
}

func TestTheFilesTheReadmeNamesAreThere(t *testing.T) {
	paths := regexp.MustCompile("`((?:link-manager|link-checker|template|charts|\\.ci)/[a-z_./-]+)`").FindAllStringSubmatch(readme(t), -1)
	if len(paths) < 10 {
		t.Errorf("found only %d paths", len(paths))
	}
	for _, path := range paths {
		if _, err := os.Stat(filepath.Join("..", path[1])); err != nil {
			t.Error(err)
		}
	}
}

func TestTheReadmeNamesEveryFolder(t *testing.T) {
	text := readme(t)
	for _, parent := range []string{"../link-checker", "."} {
		entries, err := os.ReadDir(parent)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if entry.IsDir() && entry.Name() != "testdata" && !strings.Contains(text, "\n  "+entry.Name()+"/ ") {
				t.Errorf("the README does not say what %s/%s is", parent, entry.Name())
			}
		}
	}
}
