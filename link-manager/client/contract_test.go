package client_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/client"
)

// withoutMethod are the operations of the document that no method asks for, and why.
var withoutMethod = map[string]string{
	"list-tokens":     "who makes programs' tokens is a person: link-manager token, or the API by hand",
	"create-token":    "the same",
	"revoke-token":    "the same",
	"change-password": "it is for somebody who signs in",
	"list-users":      "who manages users is a person: link-manager user, or the API by hand",
	"add-user":        "the same",
	"change-user":     "the same",
}

// methods ask for one operation each, of a Linkwell that has a link. They fail if they are not answered as they should.
var methods = map[string]func(ctx context.Context, r *rig, l client.Link) error{
	"add-link": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.AddLink(ctx, client.Draft{URL: "https://example.net/another"})
		return err
	},
	"get-link": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.GetLink(ctx, l.ID)
		return err
	},
	"list-links": func(ctx context.Context, r *rig, _ client.Link) error {
		return first(r.ListLinks(ctx, client.Filter{}))
	},
	"lookup-link": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.LookupLink(ctx, l.URL, true)
		return err
	},
	"change-link": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.ChangeLink(ctx, l.ID, client.Change{Title: new("Another")})
		return err
	},
	"delete-link": func(ctx context.Context, r *rig, l client.Link) error {
		return r.DeleteLink(ctx, l.ID, client.Deletion{})
	},
	"check-link": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.CheckLink(ctx, l.ID)
		return err
	},
	"list-checks": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.ListChecks(ctx, l.ID, 0)
		return err
	},
	"list-days": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.ListDays(ctx, l.ID)
		return err
	},
	"list-trash": func(ctx context.Context, r *rig, _ client.Link) error {
		return first(r.ListTrash(ctx))
	},
	"purge-link": func(ctx context.Context, r *rig, l client.Link) error {
		if err := r.DeleteLink(ctx, l.ID, client.Deletion{}); err != nil {
			return err
		}
		return r.PurgeLink(ctx, l.ID)
	},
	"restore-link": func(ctx context.Context, r *rig, l client.Link) error {
		if err := r.DeleteLink(ctx, l.ID, client.Deletion{}); err != nil {
			return err
		}
		_, err := r.RestoreLink(ctx, l.ID)
		return err
	},
	"bulk": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.Bulk(ctx, []client.Operation{{Op: client.OpCheck, ID: l.ID}})
		return err
	},
	"list-tags": func(ctx context.Context, r *rig, _ client.Link) error { return first(r.ListTags(ctx, "")) },
	"rename-tag": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.RenameTag(ctx, l.Tags[0], "renamed")
		return err
	},
	"delete-tag": func(ctx context.Context, r *rig, l client.Link) error { return r.DeleteTag(ctx, l.Tags[0]) },
	"merge-tags": func(ctx context.Context, r *rig, l client.Link) error {
		_, err := r.MergeTags(ctx, l.Tags, "another")
		return err
	},
	"list-hosts": func(ctx context.Context, r *rig, _ client.Link) error { return first(r.ListHosts(ctx)) },
	"list-dead-letters": func(ctx context.Context, r *rig, _ client.Link) error {
		return first(r.ListDeadLetters(ctx, client.DeadLetterFilter{}))
	},
	"get-dead-letter": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.GetDeadLetter(ctx, 1)
		return err
	},
	"redrive-dead-letter": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.RedriveDeadLetter(ctx, 1)
		return err
	},
	"purge-dead-letter": func(ctx context.Context, r *rig, _ client.Link) error { return r.PurgeDeadLetter(ctx, 1) },
	"add-webhook": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.AddWebhook(ctx, "https://example.net/hook")
		return err
	},
	"list-webhooks": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.ListWebhooks(ctx)
		return err
	},
	"get-webhook": withWebhook(func(ctx context.Context, r *rig, id string) error {
		_, err := r.GetWebhook(ctx, id)
		return err
	}),
	"delete-webhook": withWebhook(func(ctx context.Context, r *rig, id string) error { return r.DeleteWebhook(ctx, id) }),
	"test-webhook": withWebhook(func(ctx context.Context, r *rig, id string) error {
		_, err := r.TestWebhook(ctx, id)
		return err
	}),
	"enable-webhook": withWebhook(func(ctx context.Context, r *rig, id string) error {
		_, err := r.EnableWebhook(ctx, id)
		return err
	}),
	"stream-events": func(ctx context.Context, r *rig, _ client.Link) error { return first(r.StreamEvents(ctx, "")) },
	"import-links": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.ImportLinks(ctx, strings.NewReader("https://example.org/\n"), client.Upload{Name: "a.txt", Format: "list", FolderTags: true, Tags: []string{"new"}})
		return err
	},
	"list-imports": func(ctx context.Context, r *rig, _ client.Link) error { return first(r.ListImports(ctx)) },
	"get-import": withImport(func(ctx context.Context, r *rig, id string) error {
		_, err := r.GetImport(ctx, id)
		return err
	}),
	"list-import-problems": withImport(func(ctx context.Context, r *rig, id string) error { return first(r.ListImportProblems(ctx, id)) }),
	"cancel-import": withImport(func(ctx context.Context, r *rig, id string) error {
		_, err := r.CancelImport(ctx, id)
		return err
	}),
	"delete-import": withImport(func(ctx context.Context, r *rig, id string) error { return r.DeleteImport(ctx, id) }),
	"export-links": func(ctx context.Context, r *rig, l client.Link) error {
		var file strings.Builder
		err := r.ExportLinks(ctx, "csv", &file)
		if err == nil && !strings.Contains(file.String(), l.URL) {
			err = errors.New("the file is " + file.String())
		}
		return err
	},
	"get-stats": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.GetStats(ctx)
		return err
	},
	"add-search": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.AddSearch(ctx, "go", "#go")
		return err
	},
	"list-searches": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.ListSearches(ctx)
		return err
	},
	"get-search": withSearch(func(ctx context.Context, r *rig, id string) error {
		_, err := r.GetSearch(ctx, id)
		return err
	}),
	"change-search": withSearch(func(ctx context.Context, r *rig, id string) error {
		_, err := r.ChangeSearch(ctx, id, client.SearchChange{Query: new("#web")})
		return err
	}),
	"delete-search": withSearch(func(ctx context.Context, r *rig, id string) error { return r.DeleteSearch(ctx, id) }),
	"get-me": func(ctx context.Context, r *rig, _ client.Link) error {
		_, err := r.GetMe(ctx)
		return err
	},
}

// first takes one of a list.
func first[T any](list func(func(T, error) bool)) error {
	var failed error
	list(func(_ T, err error) bool {
		failed = err
		return false
	})
	return failed
}

func withWebhook(ask func(ctx context.Context, r *rig, id string) error) func(context.Context, *rig, client.Link) error {
	return func(ctx context.Context, r *rig, _ client.Link) error {
		hook, err := r.AddWebhook(ctx, "https://example.net/hook")
		if err != nil {
			return err
		}
		return ask(ctx, r, hook.ID)
	}
}

func withImport(ask func(ctx context.Context, r *rig, id string) error) func(context.Context, *rig, client.Link) error {
	return func(ctx context.Context, r *rig, _ client.Link) error {
		i, err := r.ImportLinks(ctx, strings.NewReader("https://example.org/\n"), client.Upload{Format: "list"})
		if err != nil {
			return err
		}
		if err := ask(ctx, r, i.ID); err != nil {
			return err
		}
		// A few are allowed that are not finished, and nobody works on these.
		if err := r.DeleteImport(ctx, i.ID); client.KindOf(err) != client.NotFound {
			return err
		}
		return nil
	}
}

func withSearch(ask func(ctx context.Context, r *rig, id string) error) func(context.Context, *rig, client.Link) error {
	return func(ctx context.Context, r *rig, l client.Link) error {
		s, err := r.AddSearch(ctx, l.ID, "#go")
		if err != nil {
			return err
		}
		return ask(ctx, r, s.ID)
	}
}

func document(t *testing.T) *openapi3.T {
	t.Helper()
	recorder := httptest.NewRecorder()
	api.New(api.Config{}).ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", nil))
	d, err := openapi3.NewLoader().LoadFromData(recorder.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Each operation of the document is asked for by the method of its name, or there is a reason why not.
func TestEveryOperationHasAMethodOfItsName(t *testing.T) {
	r := newRig(t)
	left := map[string]bool{}
	for id := range methods {
		left[id] = true
	}
	for id := range withoutMethod {
		left[id] = true
	}
	for path, item := range document(t).Paths.Map() {
		for method, operation := range item.Operations() {
			id := operation.OperationID
			delete(left, id)
			ask, asked := methods[id]
			_, excused := withoutMethod[id]
			if asked == excused {
				t.Errorf("%s (%s %s): have it asked for in methods, or say in withoutMethod why nobody does", id, method, path)
			}
			if !asked {
				continue
			}
			t.Run(id, func(t *testing.T) {
				if _, there := reflect.TypeFor[*client.Client]().MethodByName(exported(id)); !there {
					t.Errorf("there is no method %s", exported(id))
				}
				r.t = t
				l := r.add("https://example.com/"+id, id)
				for len(r.answered) > 0 {
					<-r.answered
				}
				if err := ask(t.Context(), r, l); err != nil {
					t.Fatal(err)
				}
				for {
					select {
					case a := <-r.answered:
						if a.request == method+" "+path {
							if a.status < 200 || a.status > 299 {
								t.Errorf("%s was answered %d", a.request, a.status)
							}
							return
						}
					case <-time.After(30 * time.Second):
						t.Fatalf("%s %s was not asked for", method, path)
					}
				}
			})
		}
	}
	for id := range left {
		t.Errorf("%s is no operation of the document", id)
	}
}

// exported is the name of an operation as Go has it: list-links is ListLinks.
func exported(id string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}

// What is sent and answered has the members of the document, and null is where it says so.
func TestTypesAreThoseOfTheDocument(t *testing.T) {
	schemas := document(t).Components.Schemas
	for name, v := range map[string]any{
		"Link": client.Link{}, "LastCheck": client.LastCheck{}, "Check": client.Check{}, "Day": client.Day{}, "Lookup": client.Lookup{},
		"TrashedLink": client.TrashedLink{}, "Tag": client.Tag{}, "Retagged": client.Retagged{}, "Host": client.Host{},
		"Operation": client.Operation{}, "OperationResult": client.OperationResult{}, "Bulk": client.Bulk{}, "Action": client.Action{},
		"Me": client.Me{}, "Token": client.Token{}, "DeadLetter": client.DeadLetter{}, "OpenedDeadLetter": client.OpenedDeadLetter{},
		"Webhook": client.Webhook{}, "NewWebhook": client.NewWebhook{}, "Import": client.Import{}, "ImportProblem": client.ImportProblem{}, "Stats": client.Stats{}, "Search": client.Search{}, "LinkEvent": client.Event{}, "Problem": client.Problem{},
		"AddLinkInputBody": client.Draft{}, "ChangeLinkInputBody": client.Change{},
	} {
		schema := schemas[name]
		if schema == nil {
			t.Errorf("the document has no %s", name)
			continue
		}
		want := map[string]bool{}
		for property, p := range schema.Value.Properties {
			want[property] = nullable(p.Value)
		}
		got := map[string]bool{}
		sent := strings.HasSuffix(name, "Body") || name == "Operation"
		members(reflect.TypeOf(v), func(member string, field reflect.StructField) {
			got[member] = canBeNull(field)
			if sent || strings.Contains(field.Tag.Get("json"), "omitempty") {
				got[member] = want[member] // what is left out need not be null
			}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, which members it has and which may be null:\n%s", name, diff)
		}
	}
}

func nullable(s *openapi3.Schema) bool {
	if s.Type != nil && slices.Contains(*s.Type, "null") {
		return true
	}
	return slices.ContainsFunc(s.AnyOf, func(one *openapi3.SchemaRef) bool { return one.Value.Type != nil && one.Value.Type.Is("null") })
}

func canBeNull(f reflect.StructField) bool {
	return f.Type.Kind() == reflect.Pointer || f.Type == reflect.TypeFor[client.Overrule]() || f.Type == reflect.TypeFor[[]byte]()
}

// members are the members of a type's JSON.
func members(t reflect.Type, visit func(string, reflect.StructField)) {
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			visit(name, field)
		}
	}
}

// Who uses the client gets neither a database nor a broker along with it.
func TestTheClientNeedsNothingOfTheServer(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "github.com/linkwell/linkwell/link-checker/check github.com/linkwell/linkwell/link-manager/client"
	if got := strings.Join(strings.Fields(string(out)), " "); got != want {
		t.Errorf("it needs %s", got)
	}
}
