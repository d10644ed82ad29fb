package medusa_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

// A body reaches the operation, whose message then has zz, or is a page before that.
func TestBodies(t *testing.T) {
	srv := customerstest.NewServer(t)
	const (
		seen = `"property zz should not exist, email must be an email"`
		not  = `"email must be an email"`
		zz   = `{"zz":1}`
	)
	filled := func(n int) string { return `{"zz":"` + strings.Repeat("y", n-len(`{"zz":""}`)) + `"}` }
	tests := []struct {
		name, contentType, encoding, body string
		status                            int
		want                              string
	}{
		{"JSON", "application/json", "", zz, 400, seen},
		{"capitals and a charset", "APPLICATION/JSON; charset=UTF-8", "", zz, 400, seen},
		{"quoted charset", `application/json; charset="utf-8"`, "", zz, 400, seen},
		{"byte order mark", "application/json", "", "\uFEFF" + zz, 400, seen},
		{"no content type", "", "", zz, 400, not},
		{"a form", "application/x-www-form-urlencoded", "", "zz=1", 400, not},
		{"text", "text/plain", "", zz, 400, not},
		{"JSON of another kind", "application/ld+json", "", zz, 400, not},
		{"a broken parameter", "application/json; x", "", zz, 400, not},
		{"an empty parameter", "application/json;", "", zz, 400, not},
		{"empty", "application/json", "", "", 400, not},
		{"another charset", "application/json; charset=utf-16", "", zz, 501, "not emulated: JSON in the charset utf-16"},
		{"gzip", "application/json", "gzip", zz, 501, "not emulated: a compressed body"},
		{"not UTF-8", "application/json", "", "\"\xff\"", 501, "not emulated: JSON that is not UTF-8"},
		{"half of a pair", "application/json", "", `{"zz":"\ud83d"}`, 501, "not emulated: half of a surrogate pair"},
		{"an inherited name", "application/json", "", `{"zz":{"__proto__":1}}`, 501, "not emulated: a property with the inherited name __proto__"},
		{"null", "application/json", "", "null", 400, "SyntaxError"},
		{"a number", "application/json", "", "1", 400, "SyntaxError"},
		{"a text", "application/json", "", `"x"`, 400, "SyntaxError"},
		{"a list", "application/json", "", `[{"zz":1}]`, 400, "an unknown value was passed to the validate function"},
		{"cut off", "application/json", "", `{"zz":`, 400, "SyntaxError"},
		{"a comma too many", "application/json", "", `{"zz":1,}`, 400, "SyntaxError"},
		{"more behind it", "application/json", "", `{} x`, 400, "SyntaxError"},
		{"blanks", "application/json", "", "  ", 400, "SyntaxError"},
		{"blanks around it", "application/json", "", " \r\n\t" + zz + "\n", 400, seen},
		{"identity", "application/json", "identity", zz, 400, seen},
		{"100 KB", "application/json", "", filled(102400), 400, seen},
		{"a byte more", "application/json", "", filled(102401), 413, "request entity too large"},
		{"much more", "application/json", "", filled(1 << 20), 413, "request entity too large"},
		{"too large and not JSON", "text/plain", "", filled(200000), 400, not},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := browser.New(t, srv.URL)
			b.Header["Content-Type"] = nil
			if test.contentType != "" {
				b.Header.Set("Content-Type", test.contentType)
			}
			if test.encoding != "" {
				b.Header.Set("Content-Encoding", test.encoding)
			}
			a := b.Send(http.MethodPost, "/store/customers/password-token", test.body)
			if a.Status != test.status || !strings.Contains(a.Body, test.want) {
				t.Errorf("%d %s\nwant %d %s", a.Status, a.Body, test.status, test.want)
			}
		})
	}
}

// A client that is still sending would otherwise get a reset instead of the response.
func TestTooLargeBodyIsReadToItsEnd(t *testing.T) {
	body := strings.NewReader(strings.Repeat("x", 1<<20))
	w := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/store/auth", body)
	request.Header.Set("Content-Type", "application/json")
	customerstest.New().ServeHTTP(w, request)
	if w.Code != http.StatusRequestEntityTooLarge || body.Len() > 0 {
		t.Errorf("%d, %d bytes unread", w.Code, body.Len())
	}
}

// Letters are stored and sent as JavaScript does.
func TestLettersInBodies(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := browser.LoggedIn(t, srv)
	for sent, want := range map[string]string{
		`"É\u00e9\/\u0041"`:       `"Éé/A"`,
		`"\ud83d\ude00"`:          `"😀"`,
		`"<>&\u2028\u2029\u007f"`: "\"<>&\u2028\u2029\u007f\"",
		`"\u0001\b\f\n\r\t\"\\"`:  `"\u0001\b\f\n\r\t\"\\"`,
		`"a\u0000"`:               "",
	} {
		a := b.Send(http.MethodPost, me, `{"first_name":`+sent+`}`)
		if want == "" {
			if a.Status != http.StatusInternalServerError {
				t.Errorf("%s: %d", sent, a.Status)
			}
		} else if !strings.Contains(a.Body, `"first_name":`+want+`,`) {
			t.Errorf("%s: %s", sent, a.Body)
		}
	}
}
