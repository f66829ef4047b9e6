package probetest

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/linkwell/linkwell/link-checker/check"
)

// statusBehaviours answer with a status code, always.
var statusBehaviours = slices.Concat(
	everyStatus(22, check.OK, 200, 201, 202, 203, 204, 205, 206, 226),
	[]Behaviour{
		{Case: 23, Name: "103 five times, then 200", Want: finds(check.OK, 200), url: at(func(w http.ResponseWriter, _ *http.Request) {
			for range 5 {
				w.Header().Set("Link", "</style.css>; rel=preload")
				w.WriteHeader(http.StatusEarlyHints)
			}
			Page(w, http.StatusOK, "A page")
		})},
		{Case: 24, Name: "101 unasked for", Want: finds(check.BadHTTP, 101), url: scripted(Dialogue(func(*http.Request) string {
			return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: something\r\n\r\n"
		}))},
	},
	everyStatus(25, check.OK, 300, 304),
	everyStatus(26, check.OKRestricted, 401, 407),
	everyStatus(27, check.OKRestricted, 402),
	everyStatus(27, check.Forbidden, 403),
	everyStatus(30, check.NotFound, 404),
	everyStatus(31, check.Gone, 410),
	everyStatus(35, check.ClientError, 400, 406, 418, 421, 431),
	everyStatus(36, check.RateLimited, 408, 425, 429),
	everyStatus(41, check.OKRestricted, 451),
	everyStatus(42, check.ServerError, 500, 502, 504, 507),
	everyStatus(43, check.ServerError, 503),
	everyStatus(44, check.OriginDown, 520, 521, 522, 523, 524, 525, 526, 527, 530),
	everyStatus(45, check.BadHTTP, 600),
	[]Behaviour{
		{Case: 45, Name: "status 099", Want: finds(check.BadHTTP, 99), url: scripted(Answer("HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n"))},
		{Case: 45, Name: "status abc", Want: finds(check.BadHTTP, 0), url: scripted(Answer("HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"))},
	},
)

// everyStatus is a behaviour of one case for each of statuses, all of which mean the same.
func everyStatus(number int, reason check.Reason, statuses ...int) []Behaviour {
	var behaviours []Behaviour
	for _, status := range statuses {
		behaviours = append(behaviours, Behaviour{Case: number, Name: fmt.Sprint("status ", status), Want: finds(reason, status), url: at(respond(status))})
	}
	return behaviours
}
