package api

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// option says what is special about a route.
type option func(*huma.Operation)

// alsoAnswers describes problems that only this route has, by their HTTP statuses.
func alsoAnswers(statuses ...int) option {
	return func(o *huma.Operation) { o.Errors = append(o.Errors, statuses...) }
}

// notModified describes the 304 of a route that knows If-None-Match.
func notModified(o *huma.Operation) {
	if o.Responses == nil {
		o.Responses = map[string]*huma.Response{}
	}
	o.Responses["304"] = &huma.Response{Description: "You have the newest one"}
}

// bodyUpTo lets a route have a larger body than the others.
func bodyUpTo(bytes int64) option {
	return func(o *huma.Operation) { o.MaxBodyBytes = bytes }
}

// errorsOf are the statuses of the problems that any route with this path and input can answer.
func errorsOf[I any](path string) []int {
	statuses := []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusMisdirectedRequest,
		http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
	}
	if strings.Contains(path, "{") {
		statuses = append(statuses, http.StatusNotFound)
	}
	if _, body := reflect.TypeFor[I]().FieldByName("Body"); body {
		statuses = append(statuses, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	return statuses
}

// strict refuses a query that huma would overlook: one that cannot be read, and a parameter that is empty or given twice,
// but for lists, which are repeated, and for q, which a form without any word in it leaves empty.
func strict[I any]() func(huma.Context, func(huma.Context)) {
	lists := listParameters(reflect.TypeFor[I]())
	return func(ctx huma.Context, next func(huma.Context)) {
		if errs := strictQuery(ctx.URL(), lists); len(errs) > 0 {
			refuse(ctx, newProblem(http.StatusBadRequest, "", errs...))
			return
		}
		next(ctx)
	}
}

// listParameters are the names of the query parameters of an input that may be repeated.
func listParameters(input reflect.Type) (names []string) {
	for _, field := range reflect.VisibleFields(input) {
		if name, given := field.Tag.Lookup("query"); given && field.Type.Kind() == reflect.Slice {
			name, _, _ = strings.Cut(name, ",")
			names = append(names, name)
		}
	}
	return slices.Clip(names)
}

// describeJSON tells that a merge patch may be called plain JSON too.
func describeJSON(document *huma.OpenAPI, path string) {
	const mergePatch = "application/merge-patch+json"
	patch := document.Paths[path].Patch
	if patch != nil && patch.RequestBody != nil && patch.RequestBody.Content[mergePatch] != nil {
		patch.RequestBody.Content["application/json"] = patch.RequestBody.Content[mergePatch]
	}
}
