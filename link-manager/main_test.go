package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the golden files")

// ran is what one run of the program did.
type ran struct {
	code     int
	out, err string
}

func program(t *testing.T, stdin string, arguments ...string) ran {
	var out, err bytes.Buffer
	code := run(t.Context(), arguments, strings.NewReader(stdin), &out, &err)
	return ran{code, out.String(), err.String()}
}

func TestHelp(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	for name, arguments := range map[string][]string{
		"help":              {"--help"},
		"help_serve":        {"serve", "--help"},
		"help_connector":    {"connector", "--help"},
		"help_check":        {"check", "--help"},
		"help_import":       {"import", "--help"},
		"help_export":       {"export", "--help"},
		"help_backup":       {"backup", "--help"},
		"help_doctor":       {"doctor", "--help"},
		"help_dead":         {"dead", "--help"},
		"help_dead_list":    {"dead", "list", "--help"},
		"help_dead_show":    {"dead", "show", "--help"},
		"help_dead_redrive": {"dead", "redrive", "--help"},
		"help_dead_purge":   {"dead", "purge", "--help"},
		"help_links":        {"links", "--help"},
		"help_links_add":    {"links", "add", "--help"},
		"help_links_list":   {"links", "list", "--help"},
		"help_links_rm":     {"links", "rm", "--help"},
		"help_links_check":  {"links", "check", "--help"},
		"help_token_create": {"token", "create", "--help"},
		"help_user_add":     {"user", "add", "--help"},
	} {
		t.Run(name, func(t *testing.T) {
			r := program(t, "", arguments...)
			if r.code != 0 || r.err != "" {
				t.Errorf("exit code %d, standard error %q", r.code, r.err)
			}
			golden(t, name+".txt", r.out)
		})
	}
}

func TestWrongUsage(t *testing.T) {
	folder := t.TempDir()
	opened, err := store.Open(t.Context(), store.Config{Path: filepath.Join(folder, "linkwell.db")})
	if err == nil {
		err = opened.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		arguments []string
		says      string
	}{
		"no url":                         {[]string{"check"}, "there is nothing to check"},
		"a list that is not there":       {[]string{"check", "--file=no-such-list"}, "--file: "},
		"an unknown command":             {[]string{"frobnicate"}, "frobnicate"},
		"an unknown flag":                {[]string{"serve", "--colour"}, "--colour"},
		"accounts that are not there":    {[]string{"serve", "--auth=ldap"}, "--auth"},
		"a duration without a unit":      {[]string{"check", "--check-timeout=10", "https://example.com"}, "check-timeout"},
		"a timeout nobody waits for":     {[]string{"check", "--check-timeout=1h", "https://example.com"}, "CHECK_TIMEOUT is 1h0m0s"},
		"a network that is only a host":  {[]string{"check", "--check-allow=localhost", "https://example.com"}, "CHECK_ALLOW"},
		"a format of logging of our own": {[]string{"--log-format=xml", "check", "https://example.com"}, `LOG_FORMAT is "xml"; it must be text or json`},
		"a level of logging of our own":  {[]string{"--log-level=chatty", "check", "https://example.com"}, "log-level"},
		"nothing to import":              {[]string{"import"}, "file"},
		"a file that is not there":       {[]string{"import", "testdata/none.html"}, "no such file"},
		"a backup to nowhere":            {[]string{"backup"}, "file"},
		"a backup of PostgreSQL":         {[]string{"backup", "b.db", "--database-url=postgres://127.0.0.1/linkwell"}, "pg_dump"},
		"a backup of nothing":            {[]string{"backup", "b.db", "--data-dir=" + t.TempDir()}, "there is no database in"},
		"a backup to a directory":        {[]string{"backup", t.TempDir(), "--data-dir=" + folder}, "is no regular file"},
		"a backup onto the database":     {[]string{"backup", filepath.Join(folder, "linkwell.db"), "--data-dir=" + folder}, "is in the folder of the database"},
		"a backup to no folder":          {[]string{"backup", "no-such-folder/b.db", "--data-dir=" + folder}, "cannot be written"},
		"a list that is a directory":     {[]string{"check", "--file=testdata"}, "is a directory"},
		"an empty list":                  {[]string{"check", "--file=" + os.DevNull}, "there is nothing to check"},
		"a format that is none":          {[]string{"export", "--format=opml"}, "--format"},
		"no dead letter named":           {[]string{"dead", "show"}, "id"},
		"a dead letter with a name":      {[]string{"dead", "show", "first"}, "id"},
		"no dead letter chosen":          {[]string{"dead", "purge"}, "--all"},
		"named and chosen":               {[]string{"dead", "redrive", "7", "--all"}, "not both"},
		"an age that is to come":         {[]string{"dead", "list", "--older-than=-1h"}, "--older-than is -1h0m0s"},
		"an age without a unit":          {[]string{"dead", "purge", "--older-than=7"}, "older-than"},
		"a server that is none":          {[]string{"dead", "list", "--server=ftp://example.com"}, "--server is"},
		"a server with a path":           {[]string{"dead", "purge", "--all", "--server=http://127.0.0.1/v1"}, "--server is"},
		"no link named":                  {[]string{"links", "rm"}, "link"},
		"a title for several":            {[]string{"links", "add", "--title=x", "https://a.example", "https://b.example"}, "--title and --description are for one URL"},
		"a status of our own":            {[]string{"links", "list", "--status=fine"}, "--status"},
		"fewer links than none":          {[]string{"links", "list", "--limit=-1"}, "--limit is -1"},
		"a wait that is over":            {[]string{"links", "check", "--wait", "--timeout=0s", "https://a.example"}, "--timeout is 0s"},
		"less than no patience":          {[]string{"links", "list", "--patience=-1s"}, "--patience is -1s"},
		"a token that is not there":      {[]string{"links", "list", "--token-file=no-such-file"}, "TOKEN_FILE: "},
		"a scope that is none":           {[]string{"token", "create", "x", "--scopes=all", "--data-dir=" + t.TempDir()}, "scopes: \"all\" is no scope"},
		"a token that ends in the past":  {[]string{"token", "create", "x", "--expires-in=-1h"}, "--expires-in is -1h0m0s"},
		"a password that is not there":   {[]string{"user", "add", "ann"}, "no password on standard input"},
		"a file of a token without one":  {[]string{"dead", "list", "--token-file=main.go"}, "TOKEN_FILE: what is in"},
		"an environment that is no good": {[]string{"check", "https://example.com"}, "CHECK_TIMEOUT"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "an environment") {
				t.Setenv("CHECK_TIMEOUT", "1ms")
			}
			r := program(t, "", test.arguments...)
			if r.code != 2 || r.out != "" || !strings.Contains(r.err, test.says) || strings.Count(r.err, "\n") != 1 {
				t.Errorf("exit code %d, out %q, error %q; want 2 and one line that says %q", r.code, r.out, r.err, test.says)
			}
		})
	}
}

func TestWhatCannotStartExitsWithOneSentence(t *testing.T) {
	r := program(t, "", "serve", "--listen=0.0.0.0:0")
	if r.code != 1 || r.out != "" || strings.Count(r.err, "\n") != 1 || !strings.HasPrefix(r.err, "link-manager: LISTEN is ") {
		t.Errorf("exit code %d, out %q, error %q", r.code, r.out, r.err)
	}
}

func TestCheckReadsAFile(t *testing.T) {
	w := httptest.NewServer(http.NotFoundHandler())
	defer w.Close()
	t.Setenv("CHECK_ALLOW", "127.0.0.0/8")
	list := filepath.Join(t.TempDir(), "links.txt")
	if err := os.WriteFile(list, []byte("\ufeff"+w.URL+"/second\n\n  "+w.URL+"/third\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := program(t, "", "check", "--json", "--file", list, w.URL+"/first")
	if found := regexp.MustCompile(`"url":"http[^"]+/(first|second|third)"`).FindAllString(r.out, -1); r.code != 1 || strings.Count(r.out, "\n") != 3 || len(found) < 3 {
		t.Errorf("exit code %d, error %q: %s", r.code, r.err, r.out)
	}
}

func TestCheckPrintsInTheOrderGiven(t *testing.T) {
	// The first answer comes last.
	var others sync.WaitGroup
	others.Add(3)
	w := httptest.NewServer(http.HandlerFunc(func(res http.ResponseWriter, req *http.Request) {
		switch {
		case req.Method == http.MethodGet && req.URL.Path == "/first":
			others.Wait()
		case req.Method == http.MethodGet:
			defer others.Done()
		}
		res.Header().Set("Content-Type", "text/html")
		if req.URL.Path == "/missing" {
			res.WriteHeader(http.StatusNotFound)
		}
	}))
	defer w.Close()
	t.Setenv("CHECK_ALLOW", "127.0.0.0/8")

	r := program(t, w.URL+"/second\n\n  "+w.URL+"/missing  \n", "check", w.URL+"/first", "-", w.URL+"/last", "mailto:someone@example.com")
	if r.code != 1 || r.err != "" {
		t.Errorf("exit code %d, error %q", r.code, r.err)
	}
	golden(t, "check.txt", blurred(r.out, w.URL))

	others.Add(1)
	r = program(t, "", "check", "--json", w.URL+"/./last?a=<b>&c")
	var result check.Result
	if err := json.Unmarshal([]byte(r.out), &result); err != nil || r.code != 0 {
		t.Fatalf("exit code %d, %s: %v", r.code, r.out, err)
	}
	if result.URL != w.URL+"/./last?a=<b>&c" || result.Status != check.Valid || result.HTTPStatus != 200 || result.CheckedAt.IsZero() {
		t.Errorf("result is %+v", result)
	}
	if !strings.Contains(r.out, "<b>&c") {
		t.Errorf("the URL is escaped: %s", r.out)
	}
}

func TestCheckOfManyURLs(t *testing.T) {
	var mutex sync.Mutex
	now, most := 0, 0
	w := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mutex.Lock()
		now++
		most = max(most, now)
		mutex.Unlock()
		mutex.Lock()
		defer mutex.Unlock()
		now--
	}))
	defer w.Close()
	t.Setenv("CHECK_ALLOW", "127.0.0.0/8")
	var list strings.Builder
	for i := range 200 {
		fmt.Fprintf(&list, "%s/%d\n", w.URL, i)
	}
	r := program(t, list.String(), "check", "-")
	lines := regexp.MustCompile(`(?m)^\S.*$`).FindAllString(r.out, -1)
	if r.code != 0 || len(lines) != 200 {
		t.Fatalf("exit code %d, %d lines, error %q", r.code, len(lines), r.err)
	}
	for i, line := range lines {
		if !strings.HasSuffix(line, fmt.Sprintf(" %s/%d", w.URL, i)) {
			t.Fatalf("line %d is %s", i, line)
		}
	}
	if most > checksAtOnce {
		t.Errorf("%d URLs were checked at a time", most)
	}
}

func TestCheckEndsWhenItIsTold(t *testing.T) {
	stdin, never := io.Pipe()
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"check", "-"}, stdin, io.Discard, io.Discard) }()
	interrupt()
	if got := <-code; got != interrupted {
		t.Errorf("exit code %d", got)
	}
	_ = never.Close()
}

var milliseconds = regexp.MustCompile(`\b\d+ ms\b`)

// blurred is text without what changes from run to run.
func blurred(text, server string) string {
	return milliseconds.ReplaceAllString(strings.ReplaceAll(text, server, "http://server"), "N ms")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (write it with -update):\n%s", name, diff)
	}
}
