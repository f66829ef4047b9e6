package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

const webhooksPath = "/v1/webhooks"

func webhookPath(id string) string { return webhooksPath + "/" + url.PathEscape(id) }

// Webhook is a server of yours that is told of changes of status, and how it fares.
type Webhook struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	CreatedAt time.Time `json:"created_at"`
	// DisabledAt is since when nothing is sent, WhyDisabled why; both are nil while all is well.
	DisabledAt  *time.Time `json:"disabled_at"`
	WhyDisabled *string    `json:"why_disabled"`
	// DeliveredAt is the last success; FailedAt is the last failure since then, and Failure what that was.
	DeliveredAt *time.Time `json:"delivered_at"`
	FailedAt    *time.Time `json:"failed_at"`
	Failure     *string    `json:"failure"`
	// Waiting is how many changes it is yet to be told, 1000 at most.
	Waiting int `json:"waiting"`
}

// NewWebhook is a webhook with what its messages are verified with.
type NewWebhook struct {
	Webhook
	// Secret signs each message (standardwebhooks.com). It is not shown again.
	Secret string `json:"secret"`
}

// AddWebhook has a server be told, which takes a POST at an absolute http or https URL. It is never tried again, because the
// secret of an answer that is lost is lost too: see ListWebhooks, and delete what you cannot use.
func (c *Client) AddWebhook(ctx context.Context, server string) (NewWebhook, error) {
	var added NewWebhook
	_, err := c.post(ctx, request{path: webhooksPath}, map[string]string{"url": server}, &added)
	return added, err
}

// ListWebhooks returns who is told, oldest first.
func (c *Client) ListWebhooks(ctx context.Context) ([]Webhook, error) {
	return all[Webhook](ctx, c, webhooksPath, nil)
}

// GetWebhook returns one of them.
func (c *Client) GetWebhook(ctx context.Context, id string) (Webhook, error) {
	var w Webhook
	return w, c.get(ctx, webhookPath(id), nil, &w)
}

// DeleteWebhook has it told nothing more.
func (c *Client) DeleteWebhook(ctx context.Context, id string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: webhookPath(id)}, nil)
	return err
}

// WebhookTest is what became of a message that was sent to try a webhook.
type WebhookTest struct {
	Delivered bool `json:"delivered"`
	// Failure says why not; nil if it was.
	Failure *string `json:"failure"`
}

// TestWebhook sends it a message now.
func (c *Client) TestWebhook(ctx context.Context, id string) (WebhookTest, error) {
	var did WebhookTest
	_, err := c.post(ctx, request{path: webhookPath(id) + "/test"}, nil, &did)
	return did, err
}

// EnableWebhook has it told again, after it was disabled.
func (c *Client) EnableWebhook(ctx context.Context, id string) (Webhook, error) {
	var w Webhook
	_, err := c.post(ctx, request{path: webhookPath(id) + "/enable"}, nil, &w)
	return w, err
}
