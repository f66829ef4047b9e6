package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// scope is what somebody must be allowed to do to use a route.
type scope string

const (
	// scopeRead is for what changes nothing.
	scopeRead scope = "read"
	// scopeWrite is for what changes an owner's own things.
	scopeWrite scope = "write"
	// scopeCheck is for asking that a link is checked now.
	scopeCheck scope = "check"
	// scopeAdmin is for who may use Linkwell, and for what belongs to nobody, like dead letters.
	scopeAdmin scope = "admin"
)

// scopeKey is where an operation's metadata hold its scope.
const scopeKey = "scope"

// route is one line of the API: method and path, who may use it, what it is called, and the status it answers when all is
// well.
func route[I, O any](v1 huma.API, method, path string, needs scope, id, summary string, status int, handle func(context.Context, *I) (*O, error)) {
	huma.Register(v1, huma.Operation{
		OperationID:                  id,
		Method:                       method,
		Path:                         path,
		Summary:                      summary,
		DefaultStatus:                status,
		MaxBodyBytes:                 maxBodyBytes,
		RejectUnknownQueryParameters: true,
		Metadata:                     map[string]any{scopeKey: needs},
	}, handle)
}

func (a *api) linkRoutes(v1 huma.API) {
	route(v1, http.MethodPost, "/v1/links", scopeWrite, "add-link", "Save a link; it is checked in the background", http.StatusCreated, a.addLink)
	route(v1, http.MethodGet, "/v1/links", scopeRead, "list-links", "List and search links, newest first", http.StatusOK, a.listLinks)
	route(v1, http.MethodGet, "/v1/links/{id}", scopeRead, "get-link", "One link and what is known about it", http.StatusOK, a.getLink)
	route(v1, http.MethodPatch, "/v1/links/{id}", scopeWrite, "change-link", "Change a link; a new url is checked anew", http.StatusOK, a.changeLink)
	route(v1, http.MethodDelete, "/v1/links/{id}", scopeWrite, "delete-link", "Delete a link", http.StatusNoContent, a.deleteLink)
	route(v1, http.MethodPost, "/v1/links/{id}/check", scopeCheck, "check-link", "Check a link now", http.StatusAccepted, a.checkLink)
	route(v1, http.MethodGet, "/v1/links/{id}/checks", scopeRead, "list-checks", "The newest answers for a link, newest first", http.StatusOK, a.listChecks)
	route(v1, http.MethodGet, "/v1/links/{id}/days", scopeRead, "list-days", "What the checks of each day said, newest first", http.StatusOK, a.listDays)
}

func (a *api) deadLetterRoutes(v1 huma.API) {
	route(v1, http.MethodGet, "/v1/dead-letters", scopeAdmin, "list-dead-letters", "List events that a function could not handle, oldest first", http.StatusOK, a.listDeadLetters)
	route(v1, http.MethodGet, "/v1/dead-letters/{id}", scopeAdmin, "get-dead-letter", "One of them, with the event's headers and body", http.StatusOK, a.getDeadLetter)
	route(v1, http.MethodPost, "/v1/dead-letters/{id}/redrive", scopeAdmin, "redrive-dead-letter", "Have its event handled again", http.StatusOK, a.redriveDeadLetter)
	route(v1, http.MethodDelete, "/v1/dead-letters/{id}", scopeAdmin, "purge-dead-letter", "Delete it", http.StatusNoContent, a.purgeDeadLetter)
}

func (a *api) importRoutes(v1 huma.API) {
	route(v1, http.MethodPost, importsPath, scopeWrite, "import-links", "Upload a file of bookmarks; its links are saved in the background", http.StatusAccepted, a.importLinks)
	describeUpload(v1)
	route(v1, http.MethodGet, importsPath, scopeRead, "list-imports", "List imports, newest first", http.StatusOK, a.listImports)
	route(v1, http.MethodGet, importsPath+"/{id}", scopeRead, "get-import", "One import, and how far it is", http.StatusOK, a.getImport)
	route(v1, http.MethodGet, importsPath+"/{id}/problems", scopeRead, "list-import-problems", "What in its file is no link that could be saved", http.StatusOK, a.listImportProblems)
	route(v1, http.MethodPost, importsPath+"/{id}/cancel", scopeWrite, "cancel-import", "Stop an import; what it saved stays", http.StatusOK, a.cancelImport)
	route(v1, http.MethodDelete, importsPath+"/{id}", scopeWrite, "delete-import", "Forget an import; what it saved stays", http.StatusNoContent, a.deleteImport)
	route(v1, http.MethodGet, "/v1/exports", scopeRead, "export-links", "All links as a file", http.StatusOK, a.exportLinks)
}
