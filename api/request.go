package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/oapi-codegen/runtime"
)

// newRequest makes a request to a route of the backend whose URL is server. The generated builders end with it.
func newRequest(method, server, route, query string, body io.Reader, contentType string) (*http.Request, error) {
	if strings.ContainsAny(server, "?#") {
		return nil, errors.New("api: the server's URL has a query or a fragment")
	}
	target := strings.TrimSuffix(server, "/") + route
	if query != "" {
		target += "?" + query
	}
	req, err := http.NewRequest(method, target, body) //nolint:noctx // the caller sets it
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

// pathSegment escapes a parameter of a path. One that would lead to another route is an error, also where a proxy undoes
// the escaping of its slashes.
func pathSegment(name, value string) (string, error) {
	parts := strings.FieldsFunc(value, func(r rune) bool { return r == '/' || r == '\\' })
	if value == "" || slices.Contains(parts, ".") || slices.Contains(parts, "..") {
		return "", fmt.Errorf("api: %s is empty, or a path to another route", name)
	}
	return url.PathEscape(value), nil
}

// queryParams are the parameters of a query, as they are sent.
type queryParams struct {
	strings.Builder

	err error
}

// add adds a parameter in one of OpenAPI's styles. An object without properties adds nothing.
func (q *queryParams) add(style string, explode bool, name string, value any, kind string) {
	param, err := runtime.StyleParamWithOptions(style, explode, name, value, runtime.StyleParamOptions{ParamLocation: runtime.ParamLocationQuery, Type: kind})
	if q.err == nil {
		q.err = err
	}
	if param == "" {
		return
	}
	if q.Len() > 0 {
		q.WriteByte('&')
	}
	q.WriteString(param)
}
