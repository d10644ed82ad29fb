package customerstest_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

func compressed(t *testing.T, w io.WriteCloser, b *bytes.Buffer, text string) string {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	return compressed(t, gzip.NewWriter(&b), &b, text)
}

func deflated(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	return compressed(t, zlib.NewWriter(&b), &b, text)
}

func inUTF16(order binary.ByteOrder, text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, 0, 0)
		order.PutUint16(b[len(b)-2:], unit)
	}
	return string(b)
}

// What reaches an operation, and what becomes a page before that. The operation says zz if it saw the body.
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
		{"UTF-16, its order said", "application/json; charset=UTF-16BE", "", inUTF16(binary.BigEndian, zz), 400, seen},
		{"UTF-16, in the other order", "application/json; charset=utf-16le", "", inUTF16(binary.BigEndian, zz), 400, "SyntaxError"},
		{"UTF-16, its order guessed", "application/json; charset=utf-16", "", inUTF16(binary.BigEndian, zz), 400, seen},
		{"UTF-16, as it is mostly", "application/json; charset=utf-16", "", inUTF16(binary.LittleEndian, zz), 400, seen},
		{"UTF-16, marked", "application/json; charset=utf-16", "", inUTF16(binary.BigEndian, "\uFEFF"+zz), 400, seen},
		{"another charset", "application/json; charset=latin1", "", zz, 415, `unsupported charset &quot;LATIN1&quot;`},
		{"null", "application/json", "", "null", 400, "SyntaxError"},
		{"a number", "application/json", "", "1", 400, "SyntaxError"},
		{"a text", "application/json", "", `"x"`, 400, "SyntaxError"},
		{"a list", "application/json", "", `[{"zz":1}]`, 400, "an unknown value was passed to the validate function"},
		{"cut off", "application/json", "", `{"zz":`, 400, "SyntaxError"},
		{"a comma too many", "application/json", "", `{"zz":1,}`, 400, "SyntaxError"},
		{"more behind it", "application/json", "", `{} x`, 400, "SyntaxError"},
		{"blanks", "application/json", "", "  ", 400, "SyntaxError"},
		{"blanks around it", "application/json", "", " \r\n\t" + zz + "\n", 400, seen},
		{"gzip", "application/json", "gzip", gzipped(t, zz), 400, seen},
		{"deflate", "application/json", "Deflate", deflated(t, zz), 400, seen},
		{"identity", "application/json", "identity", zz, 400, seen},
		{"gzip that is none", "application/json", "gzip", "xxxx", 400, "Error: incorrect header check"},
		{"gzip cut off", "application/json", "gzip", gzipped(t, filled(1000))[:40], 400, "Error: unexpected end of file"},
		{"brotli", "application/json", "br", zz, 415, `unsupported content encoding &quot;br&quot;`},
		{"100 KB", "application/json", "", filled(102400), 400, seen},
		{"a byte more", "application/json", "", filled(102401), 413, "request entity too large"},
		{"much more", "application/json", "", filled(1 << 20), 413, "request entity too large"},
		{"100 KB inflated", "application/json", "gzip", gzipped(t, filled(102400)), 400, seen},
		{"a byte more inflated", "application/json", "gzip", gzipped(t, filled(102401)), 413, "request entity too large"},
		{"too large and not JSON", "text/plain", "", filled(200000), 400, not},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBrowser(t, srv.URL)
			b.header["Content-Type"] = nil
			if test.contentType != "" {
				b.header.Set("Content-Type", test.contentType)
			}
			if test.encoding != "" {
				b.header.Set("Content-Encoding", test.encoding)
			}
			a := b.send(http.MethodPost, "/store/customers/password-token", test.body)
			if a.status != test.status || !strings.Contains(a.body, test.want) {
				t.Errorf("%d %s\nwant %d %s", a.status, a.body, test.status, test.want)
			}
		})
	}
}

// A client that is still sending would otherwise see a reset instead of the answer.
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

// Letters survive the way in and out as in JavaScript.
func TestLettersInBodies(t *testing.T) {
	srv := customerstest.NewServer(t)
	b, _ := loggedIn(t, srv)
	for sent, want := range map[string]string{
		`"É\u00e9\/\u0041"`:       `"Éé/A"`,
		`"\ud83d\ude00"`:          `"😀"`,
		`"<>&\u2028\u2029\u007f"`: "\"<>&\u2028\u2029\u007f\"",
		`"\u0001\b\f\n\r\t\"\\"`:  `"\u0001\b\f\n\r\t\"\\"`,
		"\"\xff\xfe\"":            "\"\uFFFD\uFFFD\"",
		`"\ud800"`:                "", // half of a pair
		`"\udc00\ud800"`:          "",
		`"a\u0000"`:               "",
	} {
		a := b.send(http.MethodPost, me, `{"first_name":`+sent+`}`)
		if want == "" {
			if a.status != http.StatusInternalServerError {
				t.Errorf("%s: %d", sent, a.status)
			}
		} else if !strings.Contains(a.body, `"first_name":`+want+`,`) {
			t.Errorf("%s: %s", sent, a.body)
		}
	}
}
