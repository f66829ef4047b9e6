package probe

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestCookiesAreBounded(t *testing.T) {
	at, err := url.Parse("https://example.com/")
	if err != nil {
		t.Fatal(err)
	}
	answer := func(n, size int, names string) *http.Response {
		header := http.Header{}
		for i := range n {
			header.Add("Set-Cookie", fmt.Sprintf("%s%d=%s", names, i, strings.Repeat("v", size)))
		}
		return &http.Response{Header: header, Request: &http.Request{URL: at}}
	}
	c := new(cookies)
	c.keep(answer(1, maxCookieBytes, "large"))
	if len(c.set) != 0 {
		t.Error("a cookie larger than browsers keep is kept")
	}
	for hop := range 40 {
		c.keep(answer(2900, 300, fmt.Sprint("hop", hop, "_")))
	}
	kept := 0
	for name, value := range c.set {
		kept += len(name) + len(value)
	}
	if kept == 0 || c.bytes > maxCookiesBytes || kept > 2*maxCookiesBytes {
		t.Errorf("%d bytes of cookies are kept, counted as %d", kept, c.bytes)
	}
}
