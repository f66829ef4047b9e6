package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func readme(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
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
