package live

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// mostValues is how many values of one point are looked at.
const mostValues = 2000

// Values returns the values that responses have where they contradict the document at a point, those that fit it
// included. Numbers are [json.Number].
func (r Result) Values(p finding.Point) []any {
	var all []any
	r.contradictions(p, func(x *Exchange, path []string) bool {
		d := json.NewDecoder(bytes.NewReader(x.ResponseBody))
		d.UseNumber()
		var body any
		if d.Decode(&body) == nil {
			all = append(all, at(body, path)...)
		}
		return len(all) < mostValues
	})
	return all[:min(len(all), mostValues)]
}

// Order returns the names of the object with the property at a place, in the order in which the backend sends them.
func (r Result) Order(p finding.Point) []string {
	var names []string
	r.contradictions(p, func(x *Exchange, path []string) bool {
		names = order(json.NewDecoder(bytes.NewReader(x.ResponseBody)), path)
		return len(names) == 0
	})
	return names
}

// contradictions calls visit with the responses that contradict the document at a point and the paths in them, each
// path once, until it returns false.
func (r Result) contradictions(p finding.Point, visit func(x *Exchange, path []string) bool) {
	for i, result := range r.check.results {
		var paths []string
		for _, f := range result.Findings {
			if point, _ := ofResponse(result.Place, f); point == p && !slices.Contains(paths, f.Path) {
				paths = append(paths, f.Path)
			}
		}
		for _, path := range paths {
			if !visit(&r.check.record.Exchanges[i], strings.FieldsFunc(strings.ReplaceAll(path, "[]", ".[]"), func(c rune) bool { return c == '.' })) {
				return
			}
		}
	}
}

// Exchange returns the first response of an operation with a status; nil for none.
func (r Result) Exchange(place string) *conform.Exchange {
	if seen := r.check.statuses[place]; seen.first != nil {
		return seen.first.Exchange
	}
	return nil
}

// Came reports whether a response of an operation with a status came with a content type.
func (r Result) Came(place, kind string) bool {
	for i, result := range r.check.results {
		x := r.check.record.Exchanges[i]
		got, _, _ := strings.Cut(x.ResponseHeader.Get("Content-Type"), ";")
		if got == kind && result.Operation != "" && finding.Response(result.Place, strconv.Itoa(x.Status)) == place {
			return true
		}
	}
	return false
}

// Credentials returns with which credentials requests of an operation succeeded.
func (r Result) Credentials(operation string) (none, cookie, token bool) {
	for i, result := range r.check.results {
		x := r.check.record.Exchanges[i]
		if result.Place != operation || x.Status/100 > 3 {
			continue
		}
		hasCookie, hasToken := x.RequestHeader.Get("Cookie") != "", x.RequestHeader.Get("Authorization") != ""
		none, cookie, token = none || !hasCookie && !hasToken, cookie || hasCookie && !hasToken, token || hasToken && !hasCookie
	}
	return none, cookie, token
}

// CookieName returns the name of the session cookie that logins set; "" if none was seen.
func (r Result) CookieName() string {
	for _, x := range r.check.record.Exchanges {
		if logsIn(finding.Operation(x.Method, x.URL)) && x.Status == http.StatusOK {
			for _, cookie := range (&http.Response{Header: x.ResponseHeader}).Cookies() {
				return cookie.Name
			}
		}
	}
	return ""
}

// at returns the values at a path: names, and "[]" for elements.
func at(v any, path []string) []any {
	if len(path) == 0 {
		return []any{v}
	}
	var all []any
	switch v := v.(type) {
	case []any:
		if path[0] == "[]" {
			for _, element := range v {
				all = append(all, at(element, path[1:])...)
			}
		}
	case map[string]any:
		if inner, ok := v[path[0]]; ok {
			return at(inner, path[1:])
		}
		if path[0] == "*" {
			for _, inner := range v {
				all = append(all, at(inner, path[1:])...)
			}
		}
	}
	return all
}

// order returns the names of the first object that has the last name of a path.
func order(d *json.Decoder, path []string) []string {
	token, err := d.Token()
	if err != nil {
		return nil
	}
	var names, found []string
	switch token {
	case json.Delim('{'):
		for d.More() {
			token, err := d.Token()
			name, ok := token.(string)
			if err != nil || !ok {
				return nil
			}
			names = append(names, name)
			if len(path) > 1 && path[0] == name && found == nil {
				found = order(d, path[1:])
			} else {
				order(d, nil)
			}
		}
		if len(path) == 1 && slices.Contains(names, path[0]) {
			found = names
		}
		_, _ = d.Token()
	case json.Delim('['):
		for d.More() {
			if len(path) > 1 && path[0] == "[]" && found == nil {
				found = order(d, path[1:])
			} else {
				order(d, nil)
			}
		}
		_, _ = d.Token()
	}
	return found
}
