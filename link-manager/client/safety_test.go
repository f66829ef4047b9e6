package client_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/client"
)

// A server that has moved, or was taken over, gets the token to nobody else.
func TestTheTokenGoesNowhereElse(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, target := range []string{elsewhere.URL + "/v1/links/x?a=b", "/v1/elsewhere"} {
			s := newScript(t, 0, http.RedirectHandler(target, status).ServeHTTP)
			_, err := s.GetLink(t.Context(), "x")
			var answer *client.AnswerError
			if !errors.As(err, &answer) || answer.Status != status || strings.Contains(err.Error(), "a=b") || !strings.Contains(err.Error(), "name it as the server") {
				t.Errorf("%d to %s: err is %v", status, target, err)
			}
			if asked, _ := s.requests(); len(asked) != 1 {
				t.Errorf("%d to %s: asked %v", status, target, asked)
			}
			if _, err = s.AddLink(t.Context(), client.Draft{URL: "u"}); !errors.As(err, &answer) {
				t.Errorf("%d to %s: err is %v", status, target, err)
			}
			if err := first(s.StreamEvents(t.Context(), "")); !errors.As(err, &answer) {
				t.Errorf("%d to %s: err is %v", status, target, err)
			}
		}
	}
	if asked > 0 {
		t.Errorf("somebody else was asked %d times", asked)
	}
}

func TestTheTokenIsSentAndNeverShown(t *testing.T) {
	shown := ""
	s := newScript(t, -1, func(w http.ResponseWriter, r *http.Request) {
		shown = r.Header.Get("Authorization")
		problem(401, "unauthorized", "")(w, r)
	})
	_, err := s.GetMe(t.Context())
	if shown != "Bearer "+secret || client.KindOf(err) != client.Unauthorized {
		t.Errorf("shown was %q, err is %v", shown, err)
	}
	s.server.Close()
	_, gone := s.GetMe(t.Context())
	_, bad := client.New(client.Config{Server: "http://localhost", Token: secret + "\n"})
	_, unreadable := client.New(client.Config{Server: "http://user:" + secret + "@%zz", Token: secret})
	_, withPassword := client.New(client.Config{Server: "http://user:" + secret + "@localhost", Token: secret})
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("made", "client", s.Client, "config", client.Config{Token: secret})
	for _, text := range []string{
		fmt.Sprint(err, gone, bad, unreadable, withPassword), fmt.Sprintf("%+v %#v", gone, gone), logged.String(),
		fmt.Sprintf("%v %+v %#v %s", s.Client, s.Client, s.Client, s.Client), fmt.Sprintf("%v %#v", client.Config{Token: secret}, client.Config{Token: secret}),
	} {
		if strings.Contains(text, secret[10:]) {
			t.Errorf("the token is shown: %s", text)
		}
	}
	for name, err := range map[string]error{"gone": gone, "bad": bad, "unreadable": unreadable, "with password": withPassword} {
		if err == nil {
			t.Errorf("%s is no error", name)
		}
	}
}

func TestServersThatAreNone(t *testing.T) {
	for _, server := range []string{"", "localhost:8090", "ftp://localhost", "http://", "http://:80", "http://localhost/v1", "http://localhost?a", "http://localhost#a", "%zz"} {
		if _, err := client.New(client.Config{Server: server}); err == nil || !strings.Contains(err.Error(), "must be like https://links.example.com") {
			t.Errorf("%q: %v", server, err)
		}
	}
	c := newClient(t, client.Config{Server: "http://localhost:8090/"})
	if c.Server() != "http://localhost:8090" {
		t.Errorf("server is %s", c.Server())
	}
}

func TestAnAnswerIsNotReadWithoutEnd(t *testing.T) {
	chunk := []byte(strings.Repeat(" ", 1<<16))
	endless := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			for {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}
	}
	for status, says := range map[int]string{200: "is longer than", 500: "is 500"} {
		s := newScript(t, -1, endless(status))
		s.SetMaxAnswer(1 << 20)
		_, err := s.GetLink(t.Context(), "x")
		var answer *client.AnswerError
		if !errors.As(err, &answer) || !strings.Contains(err.Error(), says) {
			t.Errorf("%d: err is %v", status, err)
		}
	}
}

func TestAListThatDoesNotGoOnEnds(t *testing.T) {
	s := newScript(t, -1, ok(`{"items":[{"id":"a"}],"next_cursor":"x"}`))
	links, errs := 0, 0
	for _, err := range s.ListLinks(t.Context(), client.Filter{}) {
		if err != nil {
			errs++
			continue
		}
		links++
	}
	if links != 2 || errs != 1 {
		t.Errorf("%d links, %d errors", links, errs)
	}
}
