package pages

import (
	"fmt"
	"html/template"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/store"
)

const settingsPath = "/settings"

// settingsPage is what somebody may set.
type settingsPage struct {
	frame
	Identity account.Identity
	// Sessions are the browsers in which they are signed in; none where nobody signs in.
	Sessions        []sessionRow
	PasswordProblem string

	Tokens       []tokenRow
	TokenDraft   tokenForm
	TokenProblem string
	// Scopes are what a new token may be allowed to do.
	Scopes    []scopeChoice
	Lives     []lifeChoice
	MaxTokens int

	Webhooks       []webhookRow
	WebhookDraft   string
	WebhookProblem string
	MaxWebhooks    int

	// Made is a secret that was made for this answer, and is shown in no other.
	Made *madeSecret
	// Tested is what became of a message to a webhook.
	Tested *webhookTest

	Bookmarklet template.URL
}

// sessionRow is a browser in which somebody is signed in.
type sessionRow struct {
	Browser     string
	Began, Seen when
	// Here says that it is the one that asks.
	Here bool
}

// madeSecret is a secret for the one who made it.
type madeSecret struct{ What, Name, Secret, Use string }

func (p *pages) settingsRoutes(router chi.Router) {
	router.Get(settingsPath, p.needs(account.Read, p.showSettings))
	router.Post(settingsPath+"/tokens", p.needs(account.Write, p.createToken))
	router.Post(settingsPath+"/tokens/{id}/revoke", p.needs(account.Write, p.revokeToken))
	router.Post(settingsPath+"/webhooks", p.needs(account.Write, p.addWebhook))
	router.Post(settingsPath+"/webhooks/{id}/test", p.needs(account.Write, p.testWebhook))
	router.Post(settingsPath+"/webhooks/{id}/enable", p.needs(account.Write, p.enableWebhook))
	router.Post(settingsPath+"/webhooks/{id}/delete", p.needs(account.Write, p.deleteWebhook))
}

// settingsDone are what was done before, by done in the address.
var settingsDone = map[string]string{
	"password": "Your password is changed. Wherever else you were signed in, you are signed out.",
	"revoked":  "The token is revoked. Whatever uses it is refused from now on.",
	"enabled":  "The webhook is told again of what happens from now on.",
	"deleted":  "The webhook is deleted.",
}

// passwordWrong are why a password was not changed, by wrong in the address.
var passwordWrong = map[string]string{
	"current": "That is not the password you have.",
	"password": fmt.Sprintf("The new password cannot be used: it needs %d characters at least, %d bytes at most, and none of them may be a control character.",
		account.MinPassword, account.MaxPassword),
	"often": "A password was tried too often. Come again in a minute.",
	"now":   "The password cannot be changed now. Try again in a moment.",
}

func (p *pages) showSettings(w http.ResponseWriter, r *http.Request, _ string) error {
	page := p.newSettings(r)
	page.Notice = settingsDone[r.URL.Query().Get("done")]
	page.PasswordProblem = passwordWrong[r.URL.Query().Get("wrong")]
	return p.writeSettings(w, r, http.StatusOK, page)
}

func (p *pages) newSettings(r *http.Request) settingsPage {
	identity, _ := p.Asks(r.Context())
	page := settingsPage{
		frame: p.frame(r, "Settings"), Identity: identity, TokenDraft: tokenForm{Scopes: []string{string(account.Read)}, Life: lifeChoices[0].Value},
		Lives: lifeChoices, MaxTokens: account.MaxTokens, MaxWebhooks: store.MaxWebhooks, Bookmarklet: bookmarklet(r),
	}
	page.Here = "settings"
	return page
}

// writeSettings completes the page with what there is.
func (p *pages) writeSettings(w http.ResponseWriter, r *http.Request, status int, page settingsPage) error {
	now := p.Now()
	if page.SignOut {
		sessions, err := p.Accounts.Sessions(r.Context(), page.Identity.User)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			page.Sessions = append(page.Sessions, sessionRow{s.Browser, moment(s.CreatedAt, now), moment(s.SeenAt, now), s.Hash == page.Identity.Session})
		}
	}
	tokens, err := p.Accounts.Store.Tokens(r.Context(), page.Identity.Owner)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, newTokenRow(t, now))
	}
	webhooks, err := p.Store.Webhooks(r.Context(), page.Identity.Owner)
	if err != nil {
		return err
	}
	for _, hook := range webhooks {
		page.Webhooks = append(page.Webhooks, newWebhookRow(hook, now))
	}
	page.Scopes = scopeChoices(page.Identity.Scopes, page.TokenDraft.Scopes)
	p.render(w, r, status, "settings", page)
	return nil
}

// settingsAfter goes back to the page, which then says what was done.
func settingsAfter(w http.ResponseWriter, r *http.Request, done, section string) error {
	http.Redirect(w, r, settingsPath+"?done="+done+"#"+section, http.StatusSeeOther)
	return nil
}
