// Package webhook tells owners' own servers of changes of status, as Standard Webhooks (standardwebhooks.com) has it: signed,
// at least once, with the same webhook-id at each attempt.
package webhook

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

// secretPrefix is how the specification has secrets begin, so that they are recognised where they should not be.
const secretPrefix = "whsec_"

// NewSecret returns a secret to sign with: 32 random bytes, as text.
func NewSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// Types of messages.
const (
	TypeStatusChanged = "link.status_changed"
	TypeTest          = "test"
)

// message is the body.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it happened
	Data      data      `json:"data"`
}

// data is what happened. Url and title are the link's as they are now, and empty if it is gone.
type data struct {
	LinkID         string `json:"link_id"`
	URL            string `json:"url"`
	Title          string `json:"title"`
	Status         string `json:"status"`
	PreviousStatus string `json:"previous_status"`
	Reason         string `json:"reason"`
	Explanation    string `json:"explanation"`
}

// request is what is sent at now for a delivery.
func request(d store.Delivery, kind string, now time.Time) (*http.Request, error) {
	m := message{Type: kind, Timestamp: d.At.UTC(), Data: data{
		LinkID: d.LinkID, Status: string(d.Status), PreviousStatus: string(d.PreviousStatus),
		Reason: string(d.Reason), Explanation: d.Reason.Explanation(),
	}}
	if d.Link != nil {
		m.Data.URL, m.Data.Title = d.Link.URL, d.Link.Title
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(m); err != nil {
		return nil, err
	}
	id := fmt.Sprintf("msg_%s_%d", strings.ReplaceAll(d.Webhook.ID, "-", ""), d.Number)
	if kind == TypeTest {
		id = fmt.Sprintf("msg_%s_test_%d", strings.ReplaceAll(d.Webhook.ID, "-", ""), now.UnixNano())
	}
	r, err := http.NewRequest(http.MethodPost, d.Webhook.URL, &body) //nolint:noctx // the sender gives it one
	if err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	signature, err := sign(d.Webhook.Secret, id, timestamp, body.Bytes())
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", timestamp)
	r.Header.Set("Webhook-Signature", signature)
	return r, nil
}

// sign is the signature of version 1: HMAC-SHA256 of id, timestamp in seconds and body, with dots between.
func sign(secret, id, timestamp string, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil {
		return "", fmt.Errorf("read the webhook's secret: %w", err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}
