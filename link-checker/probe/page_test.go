package probe

import (
	"strings"
	"testing"
)

func TestAPageSaysItsTitleAndHeading(t *testing.T) {
	for name, c := range map[string]struct{ contentType, body, title, heading string }{
		"plain":                         {"text/html", "<title>A</title><h1>B</h1>", "a", "b"},
		"white space and upper case":    {"text/html", "<TITLE>\n A\t Page </TITLE><H1 class=x> B \n</H1>", "a page", "b"},
		"references":                    {"text/html", "<title>A &amp; B&hellip;</title>", "a & b…", ""},
		"elements in the heading":       {"text/html", "<h1><a href=/>A</a><br>B</h1>", "", "a b"},
		"only the first of each":        {"text/html", "<title>A</title><title>B</title><h1>C</h1><h1>D</h1>", "a", "c"},
		"cut off in the title":          {"text/html", "<title>A pa", "a pa", ""},
		"cut off in a tag":              {"text/html", "<title>A</title><h", "a", ""},
		"no end tag":                    {"text/html", "<h1>A<p>B", "", "a b"},
		"a script that writes titles":   {"text/html", "<script>'<title>A</title>'</script><title>B</title>", "b", ""},
		"a comment":                     {"text/html", "<!-- <title>A</title> --><title>B</title>", "b", ""},
		"UTF-8":                         {"text/html; charset=utf-8", "<title>Größe</title>", "größe", ""},
		"Latin-1 by header":             {"text/html; charset=ISO-8859-1", "<title>Gr\xf6\xdfe</title>", "größe", ""},
		"windows-1251 by meta":          {"text/html", "<meta charset=windows-1251><title>\xcd\xe5\xf2</title>", "нет", ""},
		"a character set nobody knows":  {"text/html; charset=klingon", "<title>A</title>", "a", ""},
		"XHTML":                         {"application/xhtml+xml", "<?xml version='1.0'?><html><title>A</title>", "a", ""},
		"no type, looks like HTML":      {"", "\n<!DOCTYPE html><title>A</title>", "a", ""},
		"no type, looks like something": {"", "<title>A</title>", "", ""},
		"a broken type":                 {"text/html; =", "<title>A</title>", "a", ""},
		"another type":                  {"text/plain", "<html><title>A</title>", "", ""},
		"nothing":                       {"text/html", "", "", ""},
		"a long title":                  {"text/html", "<title>" + strings.Repeat("a", 100_000), strings.Repeat("a", maxLine), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if p, _ := readPage(c.contentType, []byte(c.body)); p.title != c.title || p.heading != c.heading {
				t.Errorf("title %q, heading %q; want %q, %q", p.title, p.heading, c.title, c.heading)
			}
		})
	}
}

func htmlPage(source string) page {
	p, _ := readPage("text/html", []byte(source))
	return p
}

func TestWhichTitlesReadLikeNotFound(t *testing.T) {
	for title, want := range map[string]bool{
		"404": true, "404 Not Found": true, "Page not found": true, "Page Not Found | Example": true, "Example - Page not found": true, "Oops! Page not found.": true,
		"Error 404 (Not Found)!!1": true, "Seite nicht gefunden – Beispiel": true, "Страница не найдена": true, "ページが見つかりません": true, "404: This page could not be found": true,
		"":                              false,
		"HTTP 404 - Wikipedia":          false,
		"How to fix 404 errors":         false,
		"The page was not found guilty": false,
		"Errors and how to make them":   false,
		"404 Media":                     false,
		"What has been removed":         false,
	} {
		if got := htmlPage("<title>" + title + "</title>").readsLikeNotFound(); got != want {
			t.Errorf("%q: %t", title, got)
		}
	}
	if !htmlPage("<title>Example</title><h1>Page not found</h1>").readsLikeNotFound() {
		t.Error("the heading is not read")
	}
}

func TestWhichRedirectsLeadToWhatIsNotThere(t *testing.T) {
	for _, c := range []struct {
		start, final string
		want         bool
	}{
		{"http://a.example/2019/article", "http://a.example/", true},
		{"http://a.example/2019/article", "https://www.a.example/", true},
		{"http://a.example/2019/article", "http://a.example/index.html", true},
		{"http://a.example/?p=123", "http://a.example/", true},
		{"http://a.example/article", "http://a.example/?utm_source=redirect", true},
		{"http://a.example/article", "http://a.example/404", true},
		{"http://a.example/article", "http://a.example/errors/404.html", true},
		{"http://a.example/article", "http://b.example/not-found", true},
		{"http://a.example/article", "http://a.example/Page_Not_Found.aspx", true},
		{"http://a.co.uk/article", "http://b.co.uk/", false},
		{"http://short.example/x7", "http://a.example/", false},
		{"http://a.example/", "http://a.example/", false},
		{"http://a.example/index.php", "http://a.example/", false},
		{"http://a.example/home", "http://a.example/", false},
		{"http://a.example/?utm_source=x", "http://a.example/", false},
		{"http://a.example/article", "http://a.example/article/", false},
		{"http://a.example/article", "http://a.example/?p=7", false},
		{"http://a.example/docs/404", "http://a.example/docs/status/404", false},
		{"http://a.example/14045", "http://a.example/404", true},
		{"http://a.example/article", "http://a.example/404-ways-to-cook-rice", false},
	} {
		if got := soft404Redirect(mustParse(t, c.start), mustParse(t, c.final)); got != c.want {
			t.Errorf("%s to %s: %t", c.start, c.final, got)
		}
	}
}

func TestWhichPagesReadLikeParked(t *testing.T) {
	for body, want := range map[string]bool{
		"<title>example.com is for sale</title>":                      true,
		"<title>The domain example.com may be for sale</title>":       true,
		"<title>Example</title><h1>This domain is for sale!</h1>":     true,
		"<title>example.com - Buy this domain</title>":                true,
		"<html data-adblockkey='MFww'><body>":                         true,
		"<iframe src='//sedoparking.com/frmpark/example.com'>":        true,
		"<title>House for sale</title>":                               false,
		"<title>The house on example.com is for sale</title>":         false,
		"<title>What is a parked domain?</title>":                     false,
		"<title>Domain parking - Wikipedia</title>":                   false,
		"<html data-adblockkey=x>" + strings.Repeat(" ", 32<<10):      false,
		"<p>Sedo, Bodis and ParkingCrew are domain parking companies": false,
	} {
		if got := htmlPage(body).readsLikeParked(); got != want {
			t.Errorf("%.60q: %t", body, got)
		}
	}
}

func TestWhichRedirectsLeadToParking(t *testing.T) {
	for hosts, want := range map[[2]string]bool{
		{"a.example", "www.hugedomains.com"}:   true,
		{"a.example", "sedo.com."}:             true,
		{"www.sedo.com", "sedo.com"}:           false,
		{"a.example", "notsedo.com"}:           false,
		{"a.example", "sedo.com.evil.example"}: false,
	} {
		if got := leadsToParking(hosts[0], hosts[1]); got != want {
			t.Errorf("%v: %t", hosts, got)
		}
	}
}

func TestWhichPagesTestForBrowsers(t *testing.T) {
	const cloudflare = "<script>window._cf_chl_opt={}</script>"
	for name, c := range map[string]struct {
		status int
		body   string
		want   bool
	}{
		"Cloudflare's":                     {200, "<title>Just a moment...</title>" + cloudflare, true},
		"Cloudflare's, 503, title alone":   {503, "<title>Just a moment...</title>", true},
		"Cloudflare's, 403, mark alone":    {403, "<title>example.com</title>" + cloudflare, true},
		"Cloudflare's older one":           {403, "<title>Attention Required! | Cloudflare</title>", true},
		"by the host's name":               {503, "<title>Checking your browser before accessing example.com</title>", true},
		"Anubis":                           {200, "<title>Making sure you&#39;re not a bot!</title><script id=\"anubis_challenge\">", true},
		"Imperva's, bare":                  {200, "<html><body><iframe src='/_Incapsula_Resource?SWUDNSAI=31'></iframe></body></html>", true},
		"AWS's, bare":                      {202, "<html><head><title></title><script>window.gokuProps = {}</script>", true},
		"DataDome's":                       {403, "<title>example.com</title><script src='https://ct.captcha-delivery.com/c.js'>", true},
		"a title alone":                    {200, "<title>Human verification</title><p>An essay", false},
		"a mark alone, in an article":      {200, "<title>Bot walls</title><code>window._cf_chl_opt</code>", false},
		"a mark alone, in a long page":     {200, cloudflare + strings.Repeat("<p>text", 1000), false},
		"a shop behind AWS WAF":            {200, "<title>Shop</title><script>window.awsWafCookieDomainList=['example.com']</script>", false},
		"a shop that allows DataDome":      {200, "<title>Shop</title><meta http-equiv=Content-Security-Policy content='frame-src https://geo.captcha-delivery.com/'>", false},
		"a form about another challenge":   {200, "<title>30 days</title><form id=\"challenge-form\">", false},
		"Cloudflare's script, everywhere":  {403, "<title>No</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>", false},
		"a longer title":                   {503, "<title>Just a moment... in time</title>", false},
		"a mark in more than is looked at": {403, "<title>No</title>" + strings.Repeat(" ", 32<<10) + cloudflare, false},
	} {
		if got := htmlPage(c.body).challenges(c.status); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add("text/html; charset=utf-16", []byte("<title>A</title><h1>B"))
	f.Add("", []byte("<!doctype html><svg><title>"))
	f.Add("text/html;charset=gb18030", []byte("<meta charset=\xff><title>\x81\x30"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		p, _ := readPage(contentType, body)
		if len(p.title) > 4*maxLine || len(p.heading) > 4*maxLine {
			t.Errorf("title of %d, heading of %d bytes", len(p.title), len(p.heading))
		}
		p.readsLikeNotFound()
		p.readsLikeParked()
		p.challenges(200)
	})
}
