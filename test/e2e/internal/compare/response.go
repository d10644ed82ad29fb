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

// Response is the response of one side.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	json   any  // the decoded body if isJSON, with numbers as they were written
	isJSON bool // by content type, and because the body decodes
}

func newResponse(resp *http.Response, body []byte) *Response {
	r := &Response{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		r.json, r.isJSON = parse(body)
		sortRows(r.json)
	}
	return r
}

// parse decodes a JSON text.
func parse(text []byte) (v any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil, false
	}
	_, err := d.Token()
	return v, err == io.EOF
}

// sortRows sorts the lists of rows behind a customer or an order by the time at which they were made, as the database
// returns them in any order. The lists at the top, of orders and of payment methods, stay as they are.
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
			if name != "metadata" && name != "data" { // opaque JSON, which has no rows
				sortBehind(value)
			}
		}
	}
}

// compareRows compares rows by their times, then by their ids, then by their texts.
func compareRows(a, b any) int {
	if c := cmp.Or(cmp.Compare(property(a, "created_at"), property(b, "created_at")), cmp.Compare(property(a, "id"), property(b, "id"))); c != 0 {
		return c
	}
	return cmp.Compare(printed(a), printed(b))
}

// property returns a string property of an object, or "".
func property(v any, name string) string {
	object, _ := v.(map[string]any)
	text, _ := object[name].(string)
	return text
}

// String returns the start of the response.
func (r *Response) String() string {
	if r == nil {
		return "no response"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d", r.Status)
	for _, name := range sortedKeys(r.Header) {
		if !hopByHop[name] {
			fmt.Fprintf(&b, "\n    %s: %s", name, strings.Join(r.Header[name], "\n    "+name+": "))
		}
	}
	const most = 2000
	fmt.Fprintf(&b, "\n    %.*s", most, r.Body)
	if over := len(r.Body) - most; over > 0 {
		fmt.Fprintf(&b, "… and %d bytes", over)
	}
	return b.String()
}
