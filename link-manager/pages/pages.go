// Package pages is Linkwell as people see it in a browser: pages made on the server, which work without scripts and turn by
// themselves with one. They ask the store like the API does, and carry the owner in every question.
package pages

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Store is what the pages ask of the store. A foreign id is as unknown as no id at all.
type Store interface {
	Add(ctx context.Context, owner string, draft link.Draft) (link.Link, error)
	Get(ctx context.Context, owner, id string) (link.Link, error)
	List(ctx context.Context, owner string, filter store.Filter) ([]link.Link, error)
	Update(ctx context.Context, owner, id string, patch store.Patch) (link.Link, error)
	CheckNow(ctx context.Context, owner, id string) (link.Link, error)
	Checks(ctx context.Context, owner, id string, limit int) ([]store.Check, error)
	Latest(ctx context.Context, owner string, ids []string, limit int) (map[string][]check.Status, error)
	Days(ctx context.Context, owner, id string) ([]store.Day, error)
	Trash(ctx context.Context, owner, id string, expect store.Expect) error
	Trashcan
	Stats(ctx context.Context, owner string) (store.Stats, error)
	AddSearch(ctx context.Context, owner, name, query string) (store.Search, error)
	Search(ctx context.Context, owner, id string) (store.Search, error)
	Searches(ctx context.Context, owner string) ([]store.Search, error)
	Questions
	Health
	Lookup(ctx context.Context, owner, url string) (link.Link, error)
	api.Imports
	api.Webhooks
	ChangeSearch(ctx context.Context, owner, id string, name, query *string) (store.Search, error)
	DeleteSearch(ctx context.Context, owner, id string) error
}

// Config is what the pages are made from.
type Config struct {
	Store Store
	// Asks tells who makes a request; false means that nobody is known to.
	Asks func(context.Context) (account.Identity, bool)
	// Passwords and Provider say how people sign in, where they do.
	Passwords, Provider bool
	// Parts are what Linkwell stands on, as GET /readyz tells.
	Parts []api.Part
	// DeadLetters counts them; nil where nobody can.
	DeadLetters DeadLetters
	// StillMay reports whether who makes a request would be let in again with a scope.
	StillMay func(context.Context, account.Scope) bool
	// Accounts makes and revokes tokens, and knows where somebody is signed in.
	Accounts *account.Accounts
	// Wake tells the dispatcher that somebody waits for a check.
	Wake func()
	// WakeImporter tells that there is a file to import.
	WakeImporter func()
	// TestWebhook sends a message of webhook.TypeTest now. It fails with a *webhook.FailureError if that is not taken.
	TestWebhook func(ctx context.Context, w store.Webhook) error
	// Stopping is closed when streams are to end, because the process does; nil means they end with their connections.
	Stopping <-chan struct{}
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger
}

// pages answers the requests of browsers.
type pages struct {
	Config
	streams live.Streams
}

// Routes adds the pages to a router, behind which it is known who asks, and answers for it what has no route.
func Routes(router chi.Router, c Config) {
	p := &pages{Config: c}
	p.noPageRoutes(router)
	router = router.With(compressed)
	router.Get(assetsPath+"{hash}/{name}", serveAsset)
	router.With(headed, p.signedIn).Post(importPath, p.needs(account.Write, p.importFile))
	router.Group(func(router chi.Router) {
		router.Use(secured)
		router.Get("/sign-in", p.signInPage)
		router.Group(func(router chi.Router) {
			router.Use(p.signedIn)
			router.Get("/", p.needs(account.Read, p.listLinks))
			router.Get("/chips", p.needs(account.Read, p.showChips))
			router.Get("/decide", p.needs(account.Read, p.showDecide))
			router.Get("/decide/waiting", p.needs(account.Read, p.showWaiting))
			router.Post("/decide", p.needs(account.Write, p.decide))
			router.Post("/decide/undo", p.needs(account.Write, p.undoDecision))
			router.Get("/health", p.needs(account.Read, p.showHealth))
			router.Post("/links", p.needs(account.Write, p.addLink))
			router.Get("/help", p.needs(account.Read, p.showHelp))
			router.Get("/searches", p.needs(account.Read, p.listSearches))
			router.Post("/searches", p.needs(account.Write, p.saveSearch))
			router.Post("/searches/{id}", p.needs(account.Write, p.renameSearch))
			router.Post("/searches/{id}/delete", p.needs(account.Write, p.deleteSearch))
			router.Get("/bulk", p.needs(account.Read, p.askBulk))
			router.Post("/bulk", p.needs(account.Write, p.actInBulk))
			router.Get("/links/{id}", p.needs(account.Read, p.showLink))
			router.Get("/links/{id}/row", p.needs(account.Read, p.showRow))
			router.Post("/links/{id}", p.needs(account.Write, p.editLink))
			router.Post("/links/{id}/check", p.needs(account.Check, p.checkLink))
			router.Post("/links/{id}/overrule", p.needs(account.Write, p.overruleLink))
			router.Post("/links/{id}/delete", p.needs(account.Write, p.deleteLink))
			router.Post("/links/{id}/restore", p.needs(account.Write, p.restoreLink))
			router.Post("/links/{id}/join", p.needs(account.Write, p.joinLink))
			router.Get(savePath, p.needs(account.Read, p.askToSave))
			router.Post(savePath, p.needs(account.Write, p.saveLink))
			p.trashRoutes(router)
			p.importRoutes(router)
			p.settingsRoutes(router)
		})
	})
}
