package probetest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// urlBehaviours are URLs that say all by themselves, and such that must arrive to the letter.
var urlBehaviours = slices.Concat(
	everyURL(66, check.BadURL, "http://gigi:canary@example.com/", "https://gigi@example.com/"),
	everyURL(67, check.BadURL, "http://example.com:0/", "http://example.com:70000/", "http://", "http:///x", "http://ex ample.com/", "http://1.2.3.4.5/", "http://256.1.1.1/"),
	everyURL(68, check.BlockedAddress,
		"http://[::]/", "http://[::ffff:10.0.0.1]/", "http://[::ffff:a00:1]/", "http://[64:ff9b::a00:1]/", "http://[2002:a00:1::]/", "http://[fd00:ec2::254]/", "http://[fe80::1%25lo]/",
		"http://10.1/", "http://167772161/", "http://0x0a.1/", "http://012.0.0.1/", "http://0xa000001/", "http://10.0.0.1./", "http://100.64.0.1/", "http://169.254.169.254/", "http://168.63.129.16/",
		"http://①⓪.⓪.⓪.①/", "http://１０。0。0。1/",
	),
	asked(everyURL(68, check.BlockedAddress, "http://localhost.localdomain/", "http://db.internal/", "http://kubernetes.default.svc/", "http://printer.local/", "http://wiki/")),
	[]Behaviour{
		{Case: 67, Name: "percent sign that starts no escape", Want: finds(check.OK, 200), url: letters("/perc/%zz/100%?q=50%", "/perc/%zz/100%?q=50%")},
		{Case: 67, Name: "percent sign that starts no escape, after two slants", Want: finds(check.OK, 200), url: letters("//a%2Fb/%zz", "//a%2Fb/%25zz")},
		{Case: 70, Name: "path in UTF-8", Want: finds(check.OK, 200), url: letters("/caf\u00e9", "/caf%C3%A9")},
		{Case: 70, Name: "path with what may not stand there", Want: finds(check.OK, 200), url: letters("/a|b%2Fc d", "/a%7Cb%2Fc%20d")},
		{Case: 70, Name: "path with what may stand there", Want: finds(check.OK, 200), url: letters("/[x];(y)!*'~@:,=$&+z", "/[x];(y)!*'~@:,=$&+z")},
		{Case: 70, Name: "path and query with + and %20", Want: finds(check.OK, 200), url: letters("/a+b%20c?d+e%20f", "/a+b%20c?d+e%20f")},
		{Case: 70, Name: "path with an escaped escape", Want: finds(check.OK, 200), url: letters("/%2526", "/%2526")},
	},
	everyURL(75, check.UnsupportedScheme, "mailto:gigi@example.com", "tel:+1234", "data:text/html,<p>", "javascript:alert(1)", "ftp://example.com/", "slack://open"),
)

// everyURL is a behaviour of one case for each of urls, all of which mean the same.
func everyURL(number int, reason check.Reason, urls ...string) []Behaviour {
	var behaviours []Behaviour
	for _, url := range urls {
		behaviours = append(behaviours, Behaviour{Case: number, Name: url, Want: finds(reason, 0), url: typed(url)})
	}
	return behaviours
}

// asked are behaviours whose names may be looked up.
func asked(behaviours []Behaviour) []Behaviour {
	for i := range behaviours {
		behaviours[i].NeedsNames = true
	}
	return behaviours
}

// letters is a path that must arrive as uri, to the letter.
func letters(path, uri string) func(*Web) string {
	return func(w *Web) string {
		return "http://" + w.raw(func(conn net.Conn) {
			reader := textproto.NewReader(bufio.NewReader(conn)) // net/http refuses some of what browsers send
			line, err := reader.ReadLine()
			if err != nil {
				return
			}
			if _, err := reader.ReadMIMEHeader(); err != nil {
				return
			}
			method, rest, _ := strings.Cut(line, " ")
			switch asked, _, _ := strings.Cut(rest, " "); {
			case asked != uri:
				_, _ = io.WriteString(conn, answer("404 Not Found", "not what was asked", "Content-Type: text/html"))
			case method == http.MethodHead:
				_, _ = io.WriteString(conn, answer("200 OK", ""))
			default:
				_, _ = io.WriteString(conn, answer("200 OK", "page"))
			}
		}) + path
	}
}
