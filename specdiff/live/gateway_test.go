package live

import (
	"maps"
	"net/http"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// TestForeign checks which responses are taken for the backend's own.
func TestForeign(t *testing.T) {
	const (
		jsonType = "application/json; charset=utf-8"
		page     = "text/html; charset=utf-8"
		express  = "<!DOCTYPE html>\n<html><title>Error</title><body><pre>SyntaxError</pre></body></html>"
		nginx    = "<html><body><center><h1>Bad Gateway</h1></center><hr><center>nginx</center></body></html>"
		failure  = `{"code":"unknown_error","type":"unknown_error","message":"An unknown error occurred."}`
	)
	for name, test := range map[string]struct {
		status     int
		kind, body string
		more       http.Header
		foreign    bool
	}{
		"success":                          {status: 200, kind: jsonType, body: `{"customer":{}}`},
		"logout":                           {status: 200, kind: "text/plain", body: "OK"},
		"no content":                       {status: 204},
		"not modified":                     {status: 304},
		"login guard":                      {status: 401, body: "Unauthorized"},
		"login guard before 1.17":          {status: 401, body: "Unauthorized", more: http.Header{"Www-Authenticate": {`Bearer realm="Users"`}}},
		"wrong credentials":                {status: 401, kind: "text/plain; charset=utf-8", body: "Unauthorized"},
		"unknown email at a reset":         {status: 401, kind: jsonType, body: `{"type":"unauthorized","message":"Invalid or expired password reset token"}`},
		"bad JSON":                         {status: 400, kind: page, body: express},
		"too large":                        {status: 413, kind: page, body: express},
		"bad input":                        {status: 400, kind: jsonType, body: `{"type":"invalid_data","message":"no"}`},
		"bad input by a plugin":            {status: 400, kind: jsonType, body: `{"message":"no"}`},
		"duplicate":                        {status: 422, kind: jsonType, body: failure},
		"failure":                          {status: 500, kind: jsonType, body: failure},
		"not found":                        {status: 404, kind: jsonType, body: failure},
		"JSON that is called a page":       {status: 200, kind: page, body: `{"customer":{}}`},
		"basic authentication":             {status: 401, kind: page, body: "<h1>401</h1>", more: http.Header{"Www-Authenticate": {`Basic realm="staging"`}}, foreign: true},
		"basic with the guard's word":      {status: 401, body: "Unauthorized", more: http.Header{"Www-Authenticate": {"Basic"}}, foreign: true},
		"two challenges":                   {status: 401, body: "Unauthorized", more: http.Header{"Www-Authenticate": {guardBefore117, "Basic"}}, foreign: true},
		"an API gateway's 401":             {status: 401, kind: jsonType, body: `{"message":"No API key found in request"}`, foreign: true},
		"a 401 of a server in Go":          {status: 401, kind: "text/plain; charset=utf-8", body: "Unauthorized\n", foreign: true},
		"a login page":                     {status: 401, kind: page, body: "<form>", foreign: true},
		"a firewall":                       {status: 403, kind: page, body: "<h1>Forbidden</h1>", foreign: true},
		"an API gateway's 403":             {status: 403, kind: jsonType, body: `{"message":"Missing Authentication Token"}`, foreign: true},
		"rate limit":                       {status: 429, kind: jsonType, body: failure, foreign: true},
		"a proxy's 502":                    {status: 502, kind: page, body: nginx, foreign: true},
		"a proxy's 503 in words":           {status: 503, kind: "text/plain", body: "no healthy upstream", foreign: true},
		"a proxy's 504 without a body":     {status: 504, foreign: true},
		"a CDN's 525":                      {status: 525, kind: page, body: nginx, foreign: true},
		"an API gateway's 500":             {status: 500, kind: jsonType, body: `{"message":"Internal server error"}`, foreign: true},
		"a captive portal":                 {status: 511, kind: page, body: "<html>", foreign: true},
		"a captive portal's redirect":      {status: 302, more: http.Header{"Location": {"http://portal.example.com"}}, foreign: true},
		"a challenge as 200":               {status: 200, kind: page, body: " <!doctype html><title>Just a moment</title>", foreign: true},
		"a firewall's 406":                 {status: 406, kind: page, body: nginx, foreign: true},
		"a proxy's 413":                    {status: 413, kind: page, body: nginx, foreign: true},
		"a page whose type is not written": {status: 200, body: "<html>", foreign: true},
	} {
		x := &conform.Exchange{Status: test.status, ResponseHeader: http.Header{}, ResponseBody: []byte(test.body)}
		maps.Copy(x.ResponseHeader, test.more)
		if test.kind != "" {
			x.ResponseHeader.Set("Content-Type", test.kind)
		}
		if got := foreign(x); (got != "") != test.foreign {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestA401ThatIsNotTheBackends checks what a 401 is called: a gateway's asks for credentials by a header or a page.
func TestA401ThatIsNotTheBackends(t *testing.T) {
	for _, c := range []struct{ asks, kind, body, want string }{
		{"Basic", "text/plain", "Unauthorized", "401, a gateway that wants credentials of its own"},
		{"", "text/html", "<form>", "401, a gateway that wants credentials of its own"},
		{"", "text/plain", "Nicht angemeldet", "401, with a text that is not Medusa's"},
		{"", "application/json", `{"message":"no"}`, "401, with a text that is not Medusa's"},
	} {
		x := &conform.Exchange{Status: 401, ResponseHeader: http.Header{"Content-Type": {c.kind}}, ResponseBody: []byte(c.body)}
		if c.asks != "" {
			x.ResponseHeader.Set("WWW-Authenticate", c.asks)
		}
		if got := foreign(x); got != c.want {
			t.Errorf("%q is %q, want %q", c.body, got, c.want)
		}
	}
}
