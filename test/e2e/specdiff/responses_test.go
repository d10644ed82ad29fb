package specdiff

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/live"
)

// everyResponse returns changes of what surrounds the body at one response of each operation and status, in ways
// that rotate, and of values all over the bodies, at places that rotate. Each has to be found, wherever.
func everyResponse(record *live.Record) []tamper {
	var all []tamper
	places := map[string]tamper{} // by the place in the body
	seen := map[string]bool{}
	for _, x := range record.Exchanges {
		path, _, _ := strings.Cut(x.URL, "?")
		request := x.Method + " " + path
		at := fmt.Sprint(request, " ", x.Status)
		if x.Probe != nil || !strings.HasPrefix(path, "/store/") || x.Status >= http.StatusInternalServerError {
			continue
		}
		if !seen[at] && !strings.Contains(path, "%40") && !strings.Contains(path, "@") && !strings.Contains(path, "addr_") {
			seen[at] = true
			some := around(request, x.Status, len(x.ResponseBody) > 0, strings.Contains(x.ResponseHeader.Get("Content-Type"), "json"))
			all = append(all, some[len(seen)%len(some)], some[(len(seen)+2)%len(some)])
		}
		var body any
		if x.Status == http.StatusOK && x.Method == http.MethodGet && json.Unmarshal(x.ResponseBody, &body) == nil {
			collect(places, request, nil, body)
		}
	}
	const every, kinds = 60, 4
	for i, place := range slices.Sorted(maps.Keys(places)) {
		if x := places[place]; i%every == 0 {
			kind := []string{"another type", "renamed", "a list around it", "in upper case"}[i/every%kinds]
			names := strings.Split(place, ".")
			name := names[len(names)-1]
			change := []func(*rawResponse) bool{
				x.change, renameJSON(place, name+"_"), editJSON(place, func(o node, name string) bool {
					o[name] = []any{[]any{o[name]}}
					return true
				}, nil), renameJSON(place, strings.ToUpper(name)),
			}[i/every%kinds]
			all = append(all, tamper{name: "everywhere: " + kind + ": " + place, request: x.request, status: http.StatusOK, change: change, want: anything})
		}
	}
	return all
}

// around returns changes of what surrounds the body of a response.
func around(request string, status int, hasBody, isJSON bool) []tamper {
	var all []tamper
	add := func(kind string, change func(*rawResponse) bool) {
		all = append(all, tamper{name: "around: " + kind, request: request, status: status, change: change, want: anything})
	}
	add("a status that is not declared", newStatus(418))
	add("another content type", newHeader("Content-Type", "application/xml"))
	add("a cookie of another name", newHeader("Set-Cookie", "sid=1; Path=/; HttpOnly"))
	if hasBody {
		add("no body", newBody(""))
	}
	if isJSON {
		add("a body that is cut off", func(a *rawResponse) bool {
			a.body = a.body[:len(a.body)/2]
			return true
		})
	}
	if !hasBody && status != http.StatusNotModified {
		add("a body", func(a *rawResponse) bool { return newBody("{}")(a) && newHeader("Content-Type", "application/json")(a) })
	}
	return all
}

// collect adds a place for each property in a body that is no JSON of the shop's own, with a change of its type.
func collect(places map[string]tamper, request string, path []string, v any) {
	switch v := v.(type) {
	case node:
		for name, inner := range v {
			if slices.Contains([]string{"metadata", "data", "context", "value", "object"}, name) || inner == nil {
				continue
			}
			at := append(slices.Clone(path), name)
			place := strings.Join(at, ".")
			var other any = []any{node{}}
			if _, isList := inner.([]any); isList {
				other = "text"
			}
			if _, known := places[place]; !known {
				places[place] = tamper{request: request, change: setJSON(place, other)}
			}
			collect(places, request, at, inner)
		}
	case []any:
		for _, element := range v {
			collect(places, request, append(slices.Clone(path), "*"), element)
		}
	}
}
