package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/webhook"
)

func TestAWebhookIsAddedSeenAndDeleted(t *testing.T) {
	r := newRig(t)
	var added api.NewWebhook
	answer := r.do("POST", "/v1/webhooks", `{"url":"https://example.net/hook"}`).is(http.StatusCreated, &added)
	if location := answer.header.Get("Location"); location != "/v1/webhooks/"+added.ID || !strings.HasPrefix(added.Secret, "whsec_") {
		t.Errorf("it is %+v at %s", added, location)
	}
	var got api.Webhook
	r.do("GET", "/v1/webhooks/"+added.ID, "").is(http.StatusOK, &got)
	if got != added.Webhook {
		t.Errorf("it is %+v, want %+v", got, added.Webhook)
	}
	if list := r.do("GET", "/v1/webhooks", ""); list.status != http.StatusOK || strings.Contains(string(list.body), added.Secret) || !strings.Contains(string(list.body), added.ID) {
		t.Errorf("the list is %s", list.body)
	}
	r.do("POST", "/v1/webhooks/"+added.ID+"/enable", "").is(http.StatusOK, nil)
	r.do("DELETE", "/v1/webhooks/"+added.ID, "").is(http.StatusNoContent, nil)
	for _, target := range []string{"GET ", "DELETE ", "POST test", "POST enable"} {
		method, action, _ := strings.Cut(target, " ")
		r.do(method, strings.TrimSuffix("/v1/webhooks/"+added.ID+"/"+action, "/"), "").problem(http.StatusNotFound, "there is no such webhook")
	}
}

func TestAWebhookThatCannotBeIsRefused(t *testing.T) {
	r := newRig(t)
	r.do("POST", "/v1/webhooks", `{"url":"ftp://example.net/"}`).problem(http.StatusUnprocessableEntity, "body.url")
	for i := range store.MaxWebhooks {
		r.do("POST", "/v1/webhooks", fmt.Sprintf(`{"url":"https://example.net/%d"}`, i)).is(http.StatusCreated, nil)
	}
	r.do("POST", "/v1/webhooks", `{"url":"https://example.net/"}`).problem(http.StatusConflict, "10 webhooks")
}

func TestAWebhookCanBeTried(t *testing.T) {
	var failure error
	r := newRig(t, func(c *api.Config) { c.TestWebhook = func(context.Context, store.Webhook) error { return failure } })
	var added api.NewWebhook
	r.do("POST", "/v1/webhooks", `{"url":"https://example.net/hook"}`).is(http.StatusCreated, &added)
	var got struct {
		Delivered bool    `json:"delivered"`
		Failure   *string `json:"failure"`
	}
	if r.do("POST", "/v1/webhooks/"+added.ID+"/test", "").is(http.StatusOK, &got); !got.Delivered || got.Failure != nil {
		t.Errorf("it is %+v", got)
	}
	failure = &webhook.FailureError{Problem: "it answered 500"}
	if r.do("POST", "/v1/webhooks/"+added.ID+"/test", "").is(http.StatusOK, &got); got.Delivered || *got.Failure != "it answered 500" {
		t.Errorf("it is %+v", got)
	}
}
