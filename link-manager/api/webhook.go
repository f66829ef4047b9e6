package api

import (
	"context"
	"errors"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/webhook"
)

// Webhooks is what the API asks of the store about webhooks.
type Webhooks interface {
	AddWebhook(ctx context.Context, owner, url, secret string) (store.Webhook, error)
	Webhooks(ctx context.Context, owner string) ([]store.Webhook, error)
	Webhook(ctx context.Context, owner, id string) (store.Webhook, error)
	EnableWebhook(ctx context.Context, owner, id string) error
	DeleteWebhook(ctx context.Context, owner, id string) error
}

// Webhook is where an owner is told of changes of status, and how it fares.
type Webhook struct {
	ID          string     `json:"id" format:"uuid"`
	URL         string     `json:"url"`
	CreatedAt   time.Time  `json:"created_at"`
	DisabledAt  *time.Time `json:"disabled_at" doc:"Since when nothing is sent; null while all is well"`
	WhyDisabled *string    `json:"why_disabled"`
	DeliveredAt *time.Time `json:"delivered_at" doc:"The last success"`
	FailedAt    *time.Time `json:"failed_at" doc:"The last failure since then"`
	Failure     *string    `json:"failure" doc:"What that was, as a sentence"`
	Waiting     int        `json:"waiting" doc:"How many changes it is yet to be told, 1000 at most"`
}

func newWebhook(w store.Webhook) Webhook {
	return Webhook{
		ID: w.ID, URL: w.URL, CreatedAt: w.CreatedAt.UTC(),
		DisabledAt: timeOrNull(w.DisabledAt), WhyDisabled: orNull(w.WhyDisabled),
		DeliveredAt: timeOrNull(w.DeliveredAt), FailedAt: timeOrNull(w.FailedAt), Failure: orNull(w.Failure),
		Waiting: w.Waiting,
	}
}

type webhookID struct {
	ID string `path:"id" doc:"The webhook's id"`
}

type webhookOutput struct{ Body Webhook }

type addWebhookInput struct {
	TextBody
	Body struct {
		URL string `json:"url" doc:"An absolute http or https URL, which takes a POST"`
	}
}

// NewWebhook is a webhook with what to verify its messages with.
type NewWebhook struct {
	Webhook
	Secret string `json:"secret" doc:"Signs each message (standardwebhooks.com); shown only now"`
}

type addWebhookOutput struct {
	Location string `header:"Location"`
	Body     NewWebhook
}

func (a *api) addWebhook(ctx context.Context, input *addWebhookInput) (*addWebhookOutput, error) {
	url, err := webhook.ParseURL(input.Body.URL)
	if err != nil {
		return nil, a.problem(ctx, "add webhook", &link.FieldError{Field: "url", Problem: err.Error()})
	}
	added, err := a.Store.AddWebhook(ctx, a.Owner(ctx), url, webhook.NewSecret())
	if err != nil {
		return nil, a.problem(ctx, "add webhook", err)
	}
	return &addWebhookOutput{Location: "/v1/webhooks/" + added.ID, Body: NewWebhook{newWebhook(added), added.Secret}}, nil
}

type listWebhooksOutput struct {
	Body struct {
		Items []Webhook `json:"items" nullable:"false"`
	}
}

func (a *api) listWebhooks(ctx context.Context, _ *struct{}) (*listWebhooksOutput, error) {
	webhooks, err := a.Store.Webhooks(ctx, a.Owner(ctx))
	if err != nil {
		return nil, a.problem(ctx, "list webhooks", err)
	}
	output := &listWebhooksOutput{}
	output.Body.Items = make([]Webhook, len(webhooks))
	for i, w := range webhooks {
		output.Body.Items[i] = newWebhook(w)
	}
	return output, nil
}

func (a *api) getWebhook(ctx context.Context, input *webhookID) (*webhookOutput, error) {
	found, err := a.Store.Webhook(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "get webhook", err)
	}
	return &webhookOutput{Body: newWebhook(found)}, nil
}

func (a *api) deleteWebhook(ctx context.Context, input *webhookID) (*struct{}, error) {
	if err := a.Store.DeleteWebhook(ctx, a.Owner(ctx), input.ID); err != nil {
		return nil, a.problem(ctx, "delete webhook", err)
	}
	return nil, nil //nolint:nilnil // huma's way to answer without a body
}

func (a *api) enableWebhook(ctx context.Context, input *webhookID) (*webhookOutput, error) {
	if err := a.Store.EnableWebhook(ctx, a.Owner(ctx), input.ID); err != nil {
		return nil, a.problem(ctx, "enable webhook", err)
	}
	return a.getWebhook(ctx, input)
}

type testWebhookOutput struct {
	Body struct {
		Delivered bool    `json:"delivered"`
		Failure   *string `json:"failure" doc:"Why not, as a sentence; null if it was"`
	}
}

// testWebhook sends a message of the type test, which tells of no link and counts neither for the webhook nor against it.
func (a *api) testWebhook(ctx context.Context, input *webhookID) (*testWebhookOutput, error) {
	found, err := a.Store.Webhook(ctx, a.Owner(ctx), input.ID)
	if err != nil {
		return nil, a.problem(ctx, "test webhook", err)
	}
	output := &testWebhookOutput{}
	var failure *webhook.FailureError
	switch err := a.TestWebhook(ctx, found); {
	case errors.As(err, &failure):
		output.Body.Failure = &failure.Problem
	case err != nil:
		return nil, a.problem(ctx, "test webhook", err)
	default:
		output.Body.Delivered = true
	}
	return output, nil
}
