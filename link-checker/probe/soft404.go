package probe

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// notFoundPhrases are what error pages call themselves, whole. A title that only contains one is an article about it.
var notFoundPhrases = []string{
	"404", "error 404", "404 error", "404 not found", "404 page not found", "404 file not found", "not found", "page not found", "page not found 404",
	"page not found (404)", "file not found", "error 404 page not found", "error 404 (not found)!!1", "oops! page not found", "oops, page not found",
	"sorry, page not found", "we couldn't find that page", "this page could not be found", "this page can't be found", "the page cannot be found",
	"the page you requested cannot be found", "the page you requested was not found", "page cannot be found", "page does not exist",
	"this page does not exist", "this page doesn't exist", "page doesn't exist", "this page isn't available", "page no longer available",
	"this page is no longer available", "nothing found", "content not found", "article not found", "product not found",
	"seite nicht gefunden", "seite wurde nicht gefunden", "die seite wurde nicht gefunden", "seite existiert nicht", // German
	"page introuvable", "page non trouvée", "cette page n'existe pas", "cette page est introuvable", // French
	"página no encontrada", "pagina no encontrada", "no se encontró la página", "esta página no existe", // Spanish
	"página não encontrada", "esta página não existe", // Portuguese
	"pagina non trovata", "la pagina non esiste", // Italian
	"pagina niet gevonden", "deze pagina bestaat niet", // Dutch
	"sidan hittades inte", "sidan kunde inte hittas", "siden blev ikke fundet", "siden ble ikke funnet", "sivua ei löydy", "sivua ei löytynyt",
	"nie znaleziono strony", "strona nie istnieje", "strona nie została znaleziona", "stránka nenalezena", "stránka nebyla nalezena",
	"az oldal nem található", "pagina nu a fost găsită", "sayfa bulunamadı", "η σελίδα δεν βρέθηκε",
	"страница не найдена", "такой страницы не существует", "сторінку не знайдено",
	"ページが見つかりません", "お探しのページは見つかりませんでした", "页面不存在", "页面未找到", "找不到页面", "您访问的页面不存在", "找不到網頁", "페이지를 찾을 수 없습니다",
}

// readsLikeNotFound reports whether the page calls itself an error page.
func (p page) readsLikeNotFound() bool {
	for _, line := range []string{p.title, p.heading} {
		if slices.ContainsFunc(append(parts(line), strings.Trim(line, " .!…")), func(part string) bool { return slices.Contains(notFoundPhrases, part) }) {
			return true
		}
	}
	return false
}

// isAboutNotFound reports whether an address promises a page about 404s, such as an encyclopedia's.
func isAboutNotFound(at *url.URL) bool {
	return number404.MatchString(at.Path) || namesNotFound(at.Path)
}

var number404 = regexp.MustCompile(`(^|\D)404(\D|$)`)

// soft404Redirect reports whether the redirects led from a deep address to its own site's front page, or to an address
// that says in so many words that nothing was found. A front page that was asked for is no surprise, and neither is
// another site's: that is what short links are for.
func soft404Redirect(start, final *url.URL) bool {
	if isFrontPage(start) {
		return false
	}
	if namesNotFound(final.Path) && !isAboutNotFound(start) {
		return true
	}
	return isFrontPage(final) && sameSite(start.Hostname(), final.Hostname())
}

// isFrontPage reports whether at is a site's root, by whatever name.
func isFrontPage(at *url.URL) bool {
	path := strings.ToLower(strings.Trim(at.Path, "/"))
	switch stem, extension, _ := strings.Cut(path, "."); {
	case path == "", path == "home":
		// A query can make a page of the root: /?p=123.
		return at.RawQuery == "" || !strings.Contains(at.RawQuery, "=") || strings.HasPrefix(at.RawQuery, "utm_")
	case stem == "index", stem == "default":
		return at.RawQuery == "" && !strings.Contains(extension, "/")
	}
	return false
}

// namesNotFound reports whether a segment of path is the name of an error page.
func namesNotFound(path string) bool {
	for segment := range strings.SplitSeq(strings.ToLower(path), "/") {
		stem, _, _ := strings.Cut(segment, ".")
		switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(stem) {
		case "404", "error404", "404error", "notfound", "pagenotfound", "404notfound", "filenotfound":
			return true
		}
	}
	return false
}

// sameSite reports whether two hosts belong to one registrable domain.
func sameSite(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	siteA, errA := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a))
	siteB, errB := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b))
	return errA == nil && errB == nil && siteA == siteB
}
