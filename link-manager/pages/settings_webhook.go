package pages

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/webhook"
)

// webhookRow is a webhook in the list, and how it fares.
type webhookRow struct {
	ID, URL string
	Mark    mark
	// Why is what its last failure was, as a sentence.
	Why       string
	Delivered when
	Failed    when
	Waiting   int
	// Disabled says that it is told nothing any more.
	Disabled bool
}

// webhookTest is what became of a message: Failure is a sentence, and empty if it was taken.
type webhookTest struct{ URL, Failure string }

func newWebhookRow(hook store.Webhook, now time.Time) webhookRow {
	v := webhookRow{
		ID: hook.ID, URL: hook.URL, Mark: mark{markChecking.Name, "told nothing yet"}, Why: hook.Failure, Delivered: moment(hook.DeliveredAt, now),
		Failed: moment(hook.FailedAt, now), Waiting: hook.Waiting, Disabled: !hook.DisabledAt.IsZero(),
	}
	switch {
	case v.Disabled:
		v.Mark, v.Why = mark{markInvalid.Name, "disabled"}, hook.WhyDisabled
	case !hook.FailedAt.IsZero():
		v.Mark = mark{markFailing.Name, "failing"}
	case !hook.DeliveredAt.IsZero():
		v.Mark = mark{markValid.Name, "works"}
	}
	return v
}

// addWebhook shows the secret of a new webhook in its answer, and nowhere again.
func (p *pages) addWebhook(w http.ResponseWriter, r *http.Request, owner string) error {
	typed, err := formValue(r, "url")
	if err != nil {
		return err
	}
	page := p.newSettings(r)
	page.WebhookDraft = typed
	target, err := webhook.ParseURL(typed)
	if err != nil {
		page.WebhookProblem = "Nothing can be sent there: " + err.Error() + "."
		return p.writeSettings(w, r, http.StatusUnprocessableEntity, page)
	}
	added, err := p.Store.AddWebhook(r.Context(), owner, target, webhook.NewSecret())
	switch {
	case errors.Is(err, store.ErrTooManyWebhooks):
		page.WebhookProblem = "This one cannot be added: " + store.ErrTooManyWebhooks.Error() + "."
		return p.writeSettings(w, r, http.StatusConflict, page)
	case err != nil:
		return err
	}
	page.WebhookDraft = ""
	page.Made = &madeSecret{"webhook", added.URL, added.Secret, "Your server verifies with it that messages are from this Linkwell, as Standard Webhooks has it."}
	return p.writeSettings(w, r, http.StatusOK, page)
}

// testWebhook sends a message now, which counts neither for the webhook nor against it, and shows what became of it.
func (p *pages) testWebhook(w http.ResponseWriter, r *http.Request, owner string) error {
	found, err := p.Store.Webhook(r.Context(), owner, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	page := p.newSettings(r)
	page.Tested = &webhookTest{URL: found.URL}
	var failure *webhook.FailureError
	if err := p.TestWebhook(r.Context(), found); errors.As(err, &failure) {
		page.Tested.Failure = failure.Problem
	} else if err != nil {
		return err
	}
	return p.writeSettings(w, r, http.StatusOK, page)
}

func (p *pages) enableWebhook(w http.ResponseWriter, r *http.Request, owner string) error {
	if err := p.Store.EnableWebhook(r.Context(), owner, chi.URLParam(r, "id")); err != nil {
		return err
	}
	return settingsAfter(w, r, "enabled", "webhooks")
}

func (p *pages) deleteWebhook(w http.ResponseWriter, r *http.Request, owner string) error {
	if err := p.Store.DeleteWebhook(r.Context(), owner, chi.URLParam(r, "id")); err != nil {
		return err
	}
	return settingsAfter(w, r, "deleted", "webhooks")
}
