package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources calls do for every Go file of ours.
func sources(t *testing.T, do func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		do(filepath.ToSlash(path), string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Each of the predecessor's 34 defects has a test with its number in its name, as a function or as a row of the store's suite.
func TestEveryDefectHasATest(t *testing.T) {
	const defects = 34
	named := regexp.MustCompile(`(?m)^func TestD(\d\d)[A-Z]|^\t"D(\d\d) `)
	tested := map[string]string{}
	sources(t, func(path, text string) {
		if !strings.HasSuffix(path, "_test.go") && !strings.Contains(path, "/storetest/") {
			return
		}
		for _, match := range named.FindAllStringSubmatch(text, -1) {
			tested[match[1]+match[2]] = path
		}
	})
	for number := 1; number <= defects; number++ {
		if _, ok := tested[fmt.Sprintf("%02d", number)]; !ok {
			t.Errorf("D%02d has no test", number)
		}
	}
}

func TestD33NoTestAsksTheInternet(t *testing.T) {
	asks := regexp.MustCompile(`(http\.(Get|Head|Post)|Dial(Timeout|Context)?|LookupHost)\([^)\n]*"(https?://)?([a-z0-9-]+\.)+(com|org|net|io|dev)\b`)
	sources(t, func(path, text string) {
		if strings.HasSuffix(path, "_test.go") {
			for _, found := range asks.FindAllString(text, -1) {
				t.Errorf("%s asks the internet: %s", path, found)
			}
		}
	})
}

func TestD34NothingDeprecatedOfNATSAndNoTextOfOthersAsAFormat(t *testing.T) {
	encoded := "Encoded" + "Conn"
	format := regexp.MustCompile(`\b(fmt\.(Sprintf|Errorf)|log\.Printf|\.Errorf|\.Logf|\.Fatalf)\([a-z][A-Za-z.]*\)`)
	sources(t, func(path, text string) {
		if strings.Contains(text, encoded) {
			t.Errorf("%s uses nats.%s", path, encoded)
		}
		for _, found := range format.FindAllString(text, -1) {
			t.Errorf("%s takes a text for a format: %s", path, found)
		}
	})
}
