package pages

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
)

// tokenRow is a token in the list.
type tokenRow struct {
	ID, Name, Scopes string
	MadeBy           string
	Made, Used       when
	Ends             when
	// Over says that its time is.
	Over bool
}

// tokenForm is what is asked for in a token.
type tokenForm struct {
	Name   string
	Scopes []string
	// Life is how many days it lasts; empty for ever.
	Life string
}

// scopeChoice is something that a token may be allowed to do.
type scopeChoice struct {
	Value, Words string
	Chosen       bool
}

// lifeChoice is how long a token may last.
type lifeChoice struct{ Value, Name string }

var lifeChoices = []lifeChoice{{"90", "90 days"}, {"30", "30 days"}, {"365", "a year"}, {"", "for ever"}}

var scopeWords = map[account.Scope]string{
	account.Read:  "look at your links",
	account.Write: "save, change and delete them, and your settings",
	account.Check: "have links checked now",
	account.Admin: "manage users and dead letters",
}

// scopeChoices are what a token of somebody with these scopes may do.
func scopeChoices(all account.Scopes, chosen []string) (choices []scopeChoice) {
	for _, s := range all {
		choices = append(choices, scopeChoice{string(s), scopeWords[s], slices.Contains(chosen, string(s))})
	}
	return choices
}

// scopesInWords is what a token may do: read, write and check.
func scopesInWords(scopes account.Scopes) string {
	names := strings.Fields(scopes.String())
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

func newTokenRow(t account.Token, now time.Time) tokenRow {
	return tokenRow{
		ID: t.ID, Name: t.Name, Scopes: scopesInWords(t.Scopes), MadeBy: t.MadeBy, Made: moment(t.CreatedAt, now), Used: moment(t.LastUsedAt, now),
		Ends: moment(t.ExpiresAt, now), Over: !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt),
	}
}

// createToken shows a new token in its answer, and nowhere again.
func (p *pages) createToken(w http.ResponseWriter, r *http.Request, _ string) error {
	name, err := formValue(r, "name")
	if err != nil {
		return err
	}
	page := p.newSettings(r)
	page.TokenDraft = tokenForm{Name: name, Life: r.PostForm.Get("life")}
	for _, s := range account.AllScopes() {
		if r.PostForm.Has("scope_" + string(s)) {
			page.TokenDraft.Scopes = append(page.TokenDraft.Scopes, string(s))
		}
	}
	token, secret, err := p.makeToken(r, page.Identity, page.TokenDraft)
	var field *link.FieldError
	switch {
	case errors.As(err, &field):
		page.TokenProblem = "This token cannot be made: " + field.Error() + "."
		return p.writeSettings(w, r, http.StatusUnprocessableEntity, page)
	case errors.Is(err, account.ErrTooMany):
		page.TokenProblem = fmt.Sprintf("You have %d tokens, which is the most allowed. Revoke one that you do not need.", account.MaxTokens)
		return p.writeSettings(w, r, http.StatusConflict, page)
	case err != nil:
		return err
	}
	page.TokenDraft = p.newSettings(r).TokenDraft
	page.Made = &madeSecret{"token", token.Name, secret.Reveal(), "Programs send it as Authorization: Bearer, and extensions and apps ask for it."}
	return p.writeSettings(w, r, http.StatusOK, page)
}

func (p *pages) makeToken(r *http.Request, by account.Identity, form tokenForm) (account.Token, account.Secret, error) {
	draft := account.TokenDraft{Name: form.Name, Scopes: form.Scopes}
	if form.Life != "" {
		days, err := strconv.Atoi(form.Life)
		if err != nil || days < 1 || days > 3650 {
			return account.Token{}, account.Secret{}, &link.FieldError{Field: "life", Problem: "it must be 1 to 3650 days"}
		}
		draft.ExpiresAt = p.Now().Add(time.Duration(days) * 24 * time.Hour)
	}
	return p.Accounts.CreateToken(r.Context(), by, draft)
}

func (p *pages) revokeToken(w http.ResponseWriter, r *http.Request, owner string) error {
	if err := p.Accounts.RevokeToken(r.Context(), owner, chi.URLParam(r, "id")); err != nil {
		return err
	}
	return settingsAfter(w, r, "revoked", "tokens")
}
