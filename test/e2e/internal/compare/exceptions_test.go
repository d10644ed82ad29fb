package compare

import (
	"net/http"
	"strings"
	"testing"
)

// Each exception covers its difference, and no similar one.
func TestExceptionsAreNarrow(t *testing.T) {
	page := func(status int, text string) *Response {
		return &Response{Status: status, Body: []byte("<body>\n<pre>" + text + "</pre>\n</body>")}
	}
	order := func(rate string) *Response {
		v, ok := parse([]byte(`{"orders":[{"tax_rate":` + rate + `}]}`))
		if !ok {
			t.Fatal("no JSON")
		}
		return &Response{Status: http.StatusOK, json: v, isJSON: true}
	}
	const trace = "<br> &nbsp; &nbsp;at f (/a/b.js:1:2)<br> &nbsp; &nbsp;at g (/a/c.js:3:4)"
	body, length, status := Difference{At: "body"}, Difference{At: "header Content-Length"}, Difference{At: "status"}
	total := Difference{At: "body/orders/0/items/1/original_total"}
	for _, test := range []struct {
		name, path string
		a, b       *Response
		d          Difference
		want       string // the exception, or ""
	}{
		{"a stack", "", page(413, "PayloadTooLargeError: x"+trace), page(413, "PayloadTooLargeError: x"), body, "stack"},
		{"its length", "", page(413, "PayloadTooLargeError: x"+trace), page(413, "PayloadTooLargeError: x"), length, "stack"},
		{"another status of a stack", "", page(413, "x"+trace), page(400, "x"), status, ""},
		{"another text before a stack", "", page(413, "x"+trace), page(413, "y"+trace), body, ""},
		{"a syntax error", "", page(400, "SyntaxError: x"+trace), page(400, "SyntaxError: y"), body, "syntax"},
		{"no syntax error", "", page(400, "SyntaxError: x"), page(400, "TypeError: x"), body, ""},
		{"a syntax error of another status", "", page(500, "SyntaxError: x"), page(500, "SyntaxError: y"), body, ""},
		{"a total of a line that is taxed twice", "/store/customers/me/orders?fields=total", order("25"), order("25"), total, "taxed twice"},
		{"a total of a line that is taxed once", "/store/customers/me/orders?fields=total", order("null"), order("null"), total, ""},
		{"no total named", "/store/customers/me/orders?fields=id", order("25"), order("25"), total, ""},
		{"another number", "/store/customers/me/orders?fields=total", order("25"), order("25"), Difference{At: "body/orders/0/items/1/quantity"}, ""},
		{"a length without such a total", "/store/customers/me/orders?fields=total", order("25"), order("25"), length, ""},
		{"a length with what is no OPTIONS", "/store/auth", &Response{Status: 204}, &Response{Status: 204}, Difference{At: "header Content-Length", A: "0"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := &Exchange{Request: Request{Method: "GET", Path: test.path}, A: test.a, B: test.b, Differences: []Difference{test.d}}
			var covered []string
			for _, e := range Exceptions {
				if e.Covers(x, test.d) {
					covered = append(covered, e.Name)
				}
			}
			if got := strings.Join(covered, ", "); got != test.want {
				t.Errorf("is covered by %q, want %q", got, test.want)
			}
		})
	}
}
