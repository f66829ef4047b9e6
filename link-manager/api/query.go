package api

import (
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// strictQuery finds what huma would overlook: a query that cannot be read, and a parameter that is empty or given twice, but
// for the lists, which may be repeated, and for q, which may be empty.
func strictQuery(location url.URL, lists []string) []error {
	query, err := url.ParseQuery(location.RawQuery)
	if err != nil {
		return []error{&huma.ErrorDetail{Location: "query", Message: "the query cannot be read; escape % as %25 and ; as %3B"}}
	}
	var errs []error
	for pair := range strings.SplitSeq(location.RawQuery, "&") {
		if pair != "" && !strings.Contains(pair, "=") {
			errs = append(errs, &huma.ErrorDetail{Location: "query." + pair, Message: "has no value; write " + pair + "=…"})
		}
	}
	for name, values := range query {
		switch {
		case len(values) > 1 && !slices.Contains(lists, name):
			errs = append(errs, &huma.ErrorDetail{Location: "query." + name, Message: "is given more than once"})
		case slices.Contains(values, "") && name != "q":
			errs = append(errs, &huma.ErrorDetail{Location: "query." + name, Message: "is empty; leave it out"})
		}
	}
	return errs
}
