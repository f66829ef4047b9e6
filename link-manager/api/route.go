package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/account"
)

// scope is what somebody must be allowed to do to use a route.
type scope = account.Scope

// The scopes, as the routes below name them.
const (
	scopeRead  = account.Read
	scopeWrite = account.Write
	scopeCheck = account.Check
	scopeAdmin = account.Admin
)

// scopeKey is where an operation's metadata hold its scope.
const scopeKey = "scope"

// route is one line of the API: method and path, who may use it, what it is called, and the status it answers when all is
// well. What can go wrong with any is described for it; options add what is special about it.
func route[I, O any](v1 huma.API, method, path string, needs scope, id, summary string, status int, handle func(context.Context, *I) (*O, error), options ...option) {
	operation := operation[I](method, path, needs, id, summary, status)
	for _, change := range options {
		change(&operation)
	}
	huma.Register(v1, operation, handle)
	describeJSON(v1.OpenAPI(), path)
}

func operation[I any](method, path string, needs scope, id, summary string, status int) huma.Operation {
	return huma.Operation{
		OperationID:                  id,
		Method:                       method,
		Path:                         path,
		Summary:                      summary,
		DefaultStatus:                status,
		MaxBodyBytes:                 maxBodyBytes,
		RejectUnknownQueryParameters: true,
		Errors:                       errorsOf[I](path),
		Metadata:                     map[string]any{scopeKey: needs},
		Security:                     security(needs),
		Middlewares:                  huma.Middlewares{strict[I]()},
	}
}

func (a *api) linkRoutes(v1 huma.API) {
	route(v1, http.MethodPost, "/v1/links", scopeWrite, "add-link", "Save a link; it is checked in the background", http.StatusCreated, a.addLink, alsoAnswers(http.StatusConflict), a.idempotent())
	route(v1, http.MethodGet, "/v1/links", scopeRead, "list-links", "List and search links, newest first", http.StatusOK, a.listLinks)
	route(v1, http.MethodGet, "/v1/links/lookup", scopeRead, "lookup-link", "Whether a URL is saved, in any spelling", http.StatusOK, a.lookupLink)
	route(v1, http.MethodGet, "/v1/links/{id}", scopeRead, "get-link", "One link and what is known about it", http.StatusOK, a.getLink, notModified)
	route(v1, http.MethodPatch, "/v1/links/{id}", scopeWrite, "change-link", "Change a link; a new url is checked anew", http.StatusOK, a.changeLink, alsoAnswers(http.StatusConflict, http.StatusPreconditionFailed))
	route(v1, http.MethodDelete, "/v1/links/{id}", scopeWrite, "delete-link", "Move a link to the trash", http.StatusNoContent, a.deleteLink, alsoAnswers(http.StatusPreconditionFailed))
	route(v1, http.MethodPost, "/v1/links/{id}/check", scopeCheck, "check-link", "Check a link now", http.StatusAccepted, a.checkLink, a.idempotent())
	route(v1, http.MethodGet, "/v1/links/{id}/checks", scopeRead, "list-checks", "The newest answers for a link, newest first", http.StatusOK, a.listChecks)
	route(v1, http.MethodGet, "/v1/links/{id}/days", scopeRead, "list-days", "What the checks of each day said, newest first", http.StatusOK, a.listDays)
}

func (a *api) trashRoutes(v1 huma.API) {
	route(v1, http.MethodGet, "/v1/trash", scopeRead, "list-trash", "List deleted links, the last one first", http.StatusOK, a.listTrash)
	route(v1, http.MethodDelete, "/v1/trash/{id}", scopeWrite, "purge-link", "Remove a deleted link for good", http.StatusNoContent, a.purgeLink)
	route(v1, http.MethodPost, "/v1/links/{id}/restore", scopeWrite, "restore-link", "Bring a deleted link back as it was", http.StatusOK, a.restoreLink, a.idempotent())
}

func (a *api) tagRoutes(v1 huma.API) {
	route(v1, http.MethodPost, "/v1/bulk", scopeWrite, "bulk", "Do up to 1,000 things, each by itself", http.StatusOK, a.bulk, bodyUpTo(maxBulkBytes), a.idempotent())
	route(v1, http.MethodGet, "/v1/tags", scopeRead, "list-tags", "List tags with their counts, by name", http.StatusOK, a.listTags)
	route(v1, http.MethodPatch, "/v1/tags/{tag}", scopeWrite, "rename-tag", "Rename a tag on all links", http.StatusOK, a.renameTag, alsoAnswers(http.StatusConflict))
	route(v1, http.MethodDelete, "/v1/tags/{tag}", scopeWrite, "delete-tag", "Take a tag from all links", http.StatusNoContent, a.deleteTag)
	route(v1, http.MethodPost, "/v1/tags/merge", scopeWrite, "merge-tags", "Make several tags one", http.StatusOK, a.mergeTags, a.idempotent())
	route(v1, http.MethodGet, "/v1/hosts", scopeRead, "list-hosts", "List the hosts of the links, by name", http.StatusOK, a.listHosts)
}

func (a *api) deadLetterRoutes(v1 huma.API) {
	route(v1, http.MethodGet, "/v1/dead-letters", scopeAdmin, "list-dead-letters", "List events that a function could not handle, oldest first", http.StatusOK, a.listDeadLetters)
	route(v1, http.MethodGet, "/v1/dead-letters/{id}", scopeAdmin, "get-dead-letter", "One of them, with the event's headers and body", http.StatusOK, a.getDeadLetter)
	route(v1, http.MethodPost, "/v1/dead-letters/{id}/redrive", scopeAdmin, "redrive-dead-letter", "Have its event handled again", http.StatusOK, a.redriveDeadLetter, alsoAnswers(http.StatusConflict))
	route(v1, http.MethodDelete, "/v1/dead-letters/{id}", scopeAdmin, "purge-dead-letter", "Delete it", http.StatusNoContent, a.purgeDeadLetter)
}

func (a *api) webhookRoutes(v1 huma.API) {
	route(v1, http.MethodPost, "/v1/webhooks", scopeWrite, "add-webhook", "Be told of changes of status", http.StatusCreated, a.addWebhook, alsoAnswers(http.StatusConflict))
	route(v1, http.MethodGet, "/v1/webhooks", scopeRead, "list-webhooks", "Who is told, oldest first", http.StatusOK, a.listWebhooks)
	route(v1, http.MethodGet, "/v1/webhooks/{id}", scopeRead, "get-webhook", "One of them, and how it fares", http.StatusOK, a.getWebhook)
	route(v1, http.MethodDelete, "/v1/webhooks/{id}", scopeWrite, "delete-webhook", "Tell it nothing more", http.StatusNoContent, a.deleteWebhook)
	route(v1, http.MethodPost, "/v1/webhooks/{id}/test", scopeWrite, "test-webhook", "Send it a message now, and see what becomes of it", http.StatusOK, a.testWebhook)
	route(v1, http.MethodPost, "/v1/webhooks/{id}/enable", scopeWrite, "enable-webhook", "Tell it again, after it was disabled", http.StatusOK, a.enableWebhook)
}

func (a *api) accountRoutes(v1 huma.API) {
	route(v1, http.MethodGet, "/v1/me", scopeRead, "get-me", "Who you are, and what you may do", http.StatusOK, a.getMe)
	route(v1, http.MethodPost, "/v1/me/password", scopeWrite, "change-password", "Change your password; all your sessions end", http.StatusNoContent, a.changePassword, alsoAnswers(http.StatusConflict))
	route(v1, http.MethodGet, "/v1/tokens", scopeRead, "list-tokens", "List your tokens, newest first", http.StatusOK, a.listTokens)
	route(v1, http.MethodPost, "/v1/tokens", scopeWrite, "create-token", "Make a token; it is shown this once", http.StatusCreated, a.createToken, alsoAnswers(http.StatusConflict))
	route(v1, http.MethodDelete, "/v1/tokens/{id}", scopeWrite, "revoke-token", "Revoke a token, and those made with it, at once", http.StatusNoContent, a.revokeToken)
	route(v1, http.MethodGet, "/v1/users", scopeAdmin, "list-users", "List users, the oldest first", http.StatusOK, a.listUsers)
	route(v1, http.MethodPost, "/v1/users", scopeAdmin, "add-user", "Add a user with a password", http.StatusCreated, a.addUser, alsoAnswers(http.StatusConflict))
	route(v1, http.MethodPatch, "/v1/users/{id}", scopeAdmin, "change-user", "Disable a user, make them an admin, or set their password", http.StatusOK, a.changeUser, alsoAnswers(http.StatusConflict))
}

func (a *api) importRoutes(v1 huma.API) {
	route(v1, http.MethodPost, importsPath, scopeWrite, "import-links", "Upload a file of bookmarks; its links are saved in the background", http.StatusAccepted, a.importLinks, alsoAnswers(http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity))
	describeUpload(v1)
	route(v1, http.MethodGet, importsPath, scopeRead, "list-imports", "List imports, newest first", http.StatusOK, a.listImports)
	route(v1, http.MethodGet, importsPath+"/{id}", scopeRead, "get-import", "One import, and how far it is", http.StatusOK, a.getImport)
	route(v1, http.MethodGet, importsPath+"/{id}/problems", scopeRead, "list-import-problems", "What in its file is no link that could be saved", http.StatusOK, a.listImportProblems)
	route(v1, http.MethodPost, importsPath+"/{id}/cancel", scopeWrite, "cancel-import", "Stop an import; what it saved stays", http.StatusOK, a.cancelImport, alsoAnswers(http.StatusConflict))
	route(v1, http.MethodDelete, importsPath+"/{id}", scopeWrite, "delete-import", "Forget an import; what it saved stays", http.StatusNoContent, a.deleteImport)
	route(v1, http.MethodGet, "/v1/exports", scopeRead, "export-links", "All links as a file", http.StatusOK, a.exportLinks)
}
