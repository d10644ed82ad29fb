package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Answer is what a side said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	json   any  // the body, if isJSON; numbers as they were written
	isJSON bool // by content type, and by what is in it
}

func newAnswer(resp *http.Response, body []byte) *Answer {
	a := &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		a.json, a.isJSON = parse(body)
		sortRows(a.json)
	}
	return a
}

// parse reads a JSON text.
func parse(text []byte) (v any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil, false
	}
	_, err := d.Token()
	return v, err == io.EOF
}

// sortRows brings the lists of rows behind a customer or an order into the order in which they were made: the database
// gives them in any. What is on top, the list of orders and that of payment methods, stays as it is.
func sortRows(v any) {
	top, _ := v.(map[string]any)
	for _, value := range top {
		if list, ok := value.([]any); ok {
			for _, element := range list {
				sortBehind(element)
			}
		} else {
			sortBehind(value)
		}
	}
}

func sortBehind(v any) {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			sortBehind(element)
		}
		if !slices.ContainsFunc(v, func(element any) bool { _, row := element.(map[string]any); return !row }) {
			slices.SortStableFunc(v, compareRows)
		}
	case map[string]any:
		for name, value := range v {
			if name != "metadata" && name != "data" { // no rows, but JSON of somebody's
				sortBehind(value)
			}
		}
	}
}

// compareRows puts rows in the order of their times, then of their ids; those that have none, as their texts are.
func compareRows(a, b any) int {
	if c := cmp.Or(cmp.Compare(property(a, "created_at"), property(b, "created_at")), cmp.Compare(property(a, "id"), property(b, "id"))); c != 0 {
		return c
	}
	return cmp.Compare(printed(a), printed(b))
}

// property returns a string of an object, or "".
func property(v any, name string) string {
	object, _ := v.(map[string]any)
	text, _ := object[name].(string)
	return text
}

// String is for a person.
func (a *Answer) String() string {
	if a == nil {
		return "no answer"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d", a.Status)
	for _, name := range sortedKeys(a.Header) {
		if !hopByHop[name] {
			fmt.Fprintf(&b, "\n    %s: %s", name, strings.Join(a.Header[name], "\n    "+name+": "))
		}
	}
	const most = 2000
	fmt.Fprintf(&b, "\n    %.*s", most, a.Body)
	if over := len(a.Body) - most; over > 0 {
		fmt.Fprintf(&b, "… and %d bytes", over)
	}
	return b.String()
}
