package redact

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const secret = "s3cr3t"

func TestTarget(t *testing.T) {
	for target, want := range map[string]string{
		"/store/customers/me":                             "/store/customers/me",
		"/store/auth":                                     "/store/auth",
		"/store/auth/token":                               "/store/auth/token",
		"/store/auth/s3cr3t@example.com":                  "/store/auth/[redacted]",
		"/store/auth/s3cr3t":                              "/store/auth/[redacted]",
		"/Store//AUTH/s3cr3t/s3cr3t":                      "/Store//AUTH/[redacted]/[redacted]",
		"/elsewhere/s3cr3t%40example.com":                 "/elsewhere/[redacted]",
		"/elsewhere/s3cr3t%2540example.com":               "/elsewhere/[redacted]",
		"/elsewhere/s3cr3t%252540example.com%":            "/elsewhere/[redacted]",
		"/store/customers/me/addresses/addr_1":            "/store/customers/me/addresses/addr_1",
		"/x?limit=3&fields=id":                            "/x?limit=3&fields=id",
		"/x?email=s3cr3t&%65mail=s3cr3t&e%256Dail=s3cr3t": "/x?email=[redacted]&%65mail=[redacted]&e%256Dail=[redacted]",
		"/x?q=s3cr3t%2540example.com":                     "/x?q=[redacted]",
		"/x?s3cr3t@example.com&b":                         "/x?[redacted]&b",
		"/x?next=/reset%3Ftoken%3Ds3cr3t":                 "/x?next=[redacted]",
	} {
		path, query, _ := strings.Cut(target, "?")
		if got := Target(path, query); got != want {
			t.Errorf("%s is %s, want %s", target, got, want)
		}
	}
}

func TestHeader(t *testing.T) {
	h := http.Header{
		"Cookie": {"connect.sid=" + secret}, "Authorization": {"Bearer " + secret}, "Proxy-Authorization": {secret}, "X-Medusa-Access-Token": {secret},
		"From": {secret + "@example.com"}, "Referer": {"https://shop.example.com/reset?token=" + secret}, "Accept": {"text/html;q=0.9"},
		"X-Publishable-Api-Key": {"pk_1"}, "Content-Type": {"application/json; charset=utf-8"},
	}
	text, err := json.Marshal(Header(h))
	if err != nil || strings.Contains(string(text), secret) {
		t.Errorf("%s, %v", text, err)
	}
	for _, shown := range []string{"text/html;q=0.9", "pk_1", "charset=utf-8"} {
		if !strings.Contains(string(text), shown) {
			t.Errorf("%s is not in %s", shown, text)
		}
	}
	if h.Get("Cookie") != "connect.sid="+secret {
		t.Error("the header itself has changed")
	}
}

func TestBody(t *testing.T) {
	for body, want := range map[string]string{
		`{"first_name":"Ada","n":1,"b":null}`:                       `{"first_name":"Ada","n":1,"b":null}`,
		`{"email":"s3cr3t","password":"s3cr3t","Token":["s3cr3t"]}`: `{"email":"[redacted]","password":"[redacted]","Token":"[redacted]"}`,
		`["s3cr3t",{"first_name":"Ada"}]`:                           `["[redacted]",{"first_name":"Ada"}]`,
		`{"a":["s3cr3t",[["s3cr3t"]]],"b":{"c":"Ada"}}`:             `{"a":["[redacted]",[["[redacted]"]]],"b":{"c":"Ada"}}`,
		`"s3cr3t"`: `"[redacted]"`,
		`12345678`: `"[redacted]"`,
		`{"a":"{\"pin\":\"s3cr3t\"}","b":"[\"s3cr3t\"]","c":"\"s3cr3t\""}`: `{"a":"[redacted]","b":"[redacted]","c":"[redacted]"}`,
		`{"a":"pin=s3cr3t&b=c"}`:                  `{"a":"[redacted]"}`,
		`{"a":"s3cr3t%2540example.com"}`:          `{"a":"[redacted]"}`,
		`{"s3cr3t@example.com":1,"pin=s3cr3t":2}`: `{"[redacted]":"[redacted]"}`,
		`email=s3cr3t&password=s3cr3t`:            `[28 bytes]`,
		`{"password":"s3cr3t"`:                    `[20 bytes]`,
		``:                                        `[0 bytes]`,
	} {
		if got := Body([]byte(body)); got != want {
			t.Errorf("%s is %s, want %s", body, got, want)
		}
	}
}
