package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// ways are those in which a body, a path or a header may write an email.
var ways = map[string]func(text string) string{
	"plain":             func(text string) string { return text },
	"JSON of Go":        inJSON,
	"JSON of Node":      func(text string) string { q := quoted(text); return q[1 : len(q)-1] },
	"JSON, all escaped": func(text string) string { return escapedBy(text, `\u%04x`) },
	"JSON, in capitals": func(text string) string { return escapedBy(text, `\u%04X`) },
	"JSON of PHP":       func(text string) string { return strings.ReplaceAll(inJSON(text), "/", `\/`) },
	"path":              url.PathEscape,
	"query":             url.QueryEscape,
	"percent, all":      func(text string) string { return escapedBy(text, "%%%02x") },
	"percent, capitals": func(text string) string { return escapedBy(text, "%%%02X") },
	"HTML":              html.EscapeString,
	"HTML, numbers":     func(text string) string { return escapedBy(text, "&#%d;") },
	"HTML, hexadecimal": func(text string) string { return escapedBy(text, "&#x%x;") },
	"capitals":          strings.ToUpper,
	"some capitals":     func(text string) string { return strings.ToUpper(text[:5]) + text[5:] },
}

// escapedBy escapes each character that is no letter or digit of ASCII.
func escapedBy(text, format string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c < '0' || c > 'z' || c > '9' && c < 'A' || c > 'Z' && c < 'a' {
			fmt.Fprintf(&b, format, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// containers are what an email may be in.
var containers = map[string]struct{ kind, text string }{
	"property":       {"application/json", `{"customer":{"email":"%s","id":"cus_1"}}`},
	"name":           {"application/json", `{"customer":{"%s":{"a":1}}}`},
	"message":        {"application/json", `{"message":"Customer with email: %s was not found"}`},
	"list":           {"application/json", `["a", "%s"]`},
	"JSON in JSON":   {"application/json", `{"metadata":"{\"email\":\"%s\"}"}`},
	"mislabeled":     {"text/plain", `{"email":"%s"}`},
	"a mark before":  {"application/json", "\ufeff" + `{"email":"%s"}`},
	"damaged JSON":   {"application/json", `{"email":"%s","a`},
	"form":           {"application/x-www-form-urlencoded", `a=1&email=%s&b=2`},
	"page":           {"text/html", `<p title="%s">hello</p>`},
	"page's program": {"text/html", `<script>var me = {"email":"%s"}</script>`},
	"text":           {"text/plain", `hello %s!`},
}

func archived(t *testing.T, s *secrets, x *conform.Exchange) (file string, read *Record) {
	t.Helper()
	if x.RequestHeader == nil {
		x.RequestHeader = http.Header{}
	}
	record := &Record{secrets: s, Backend: "http://shop.test", Exchanges: []Exchange{{Exchange: x, Step: "test"}}}
	var b bytes.Buffer
	if err := record.WriteHAR(&b); err != nil {
		t.Fatal(err)
	}
	read, err := ReadHAR(bytes.NewReader(b.Bytes()), nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), read
}

// TestNothingOfAnEmailIsRecorded checks each way to write an email in everything that it may be in, known to the run or
// not: no part of it stays, and JSON stays JSON.
func TestNothingOfAnEmailIsRecorded(t *testing.T) {
	t.Parallel()
	const special = "!#$%&'*+-/=?^_`{|}~."
	source := rand.New(rand.NewPCG(1, 2))
	for round := range 20 {
		at := source.IntN(len(special))
		email := "qqxyz" + special[at:at+1] + "lady" + special[source.IntN(len(special)-1):][:1] + "zz@qqshop.example.test"
		if round%5 == 0 {
			email = "qqxyz&lady@qqshop.example.test"
		}
		for how, way := range ways {
			for in, container := range containers {
				if in == "form" && strings.ContainsAny(way(email), "&+") {
					continue // it ends there
				}
				if strings.Contains(how, "JSON") == (strings.Contains(container.text, "=%s") || in == "text" || in == "page") {
					continue // it is not written so there
				}
				body := fmt.Sprintf(container.text, strings.ReplaceAll(way(email), `\`, map[bool]string{true: `\\`, false: `\`}[in == "JSON in JSON"]))
				for _, known := range []bool{true, false} {
					s := &secrets{}
					if known {
						s.add("LOGIN_EMAIL", email)
					}
					x := &conform.Exchange{
						Method: http.MethodPost, URL: "/store/auth/" + url.PathEscape(email) + "?limit=1&q=" + url.QueryEscape(email), RequestBody: []byte(body), ResponseBody: []byte(body), Status: 200,
						RequestHeader: http.Header{"Content-Type": {container.kind}}, ResponseHeader: http.Header{"Content-Type": {container.kind}, "Location": {"https://x.test/?q=" + way(email)}},
					}
					file, read := archived(t, s, x)
					for _, part := range []string{"qqxyz", "lady", "qqshop"} {
						if i := strings.Index(strings.ToLower(file), part); i >= 0 {
							t.Fatalf("%s, %s, known %t: of %q the file has …%s", how, in, known, body, file[max(0, i-80):min(len(file), i+40)])
						}
					}
					got := read.Exchanges[0]
					if json.Valid([]byte(body)) && !json.Valid(got.ResponseBody) {
						t.Errorf("%s, %s: %s became %s", how, in, body, got.ResponseBody)
					}
					if !strings.Contains(got.URL, "limit=1") || !strings.HasPrefix(got.URL, "/store/auth/email-") {
						t.Errorf("the URL became %s", got.URL)
					}
				}
			}
		}
	}
}

// TestOtherSecretsOfARecord checks passwords, tokens and cookies.
func TestOtherSecretsOfARecord(t *testing.T) {
	t.Parallel()
	s := &secrets{}
	s.add("LOGIN_PASSWORD", `qq"<&>\word`)
	s.add("COOKIE_VALUE", "qqcookie")
	for _, body := range []string{
		`{"password":"qq\"<&>\\word","a":"qq\"<&>\\word"}`, `{"password":"qq\"\u003c\u0026\u003E\\word"}`, `{"PASSWORD" : "qqunknown", "b": ["qqcookie"]}`,
		`{"old_password":"\u0071\u0071unknown"}`, `{"access_token":"qqopaque"}`, `{"x":"eyJhbGciOi.qqbody.qqsign"}`, `{"metadata":"{\"password\":\"qqnested\"}"}`,
	} {
		file, read := archived(t, s, &conform.Exchange{
			Method: http.MethodPost, URL: "/store/auth?password=qqquery", RequestBody: []byte(body), Status: 200, ResponseBody: []byte(body),
			RequestHeader:  http.Header{"Content-Type": {"application/json"}, "X-Auth-Token": {"qqheader"}, "Authorization": {"Bearer qqbearer"}, "Cookie": {"a=qqa; b=qqb"}},
			ResponseHeader: http.Header{"Set-Cookie": {"connect.sid=qqplain", "b=qqother; Path=/"}},
		})
		if i := strings.Index(file, "qq"); i >= 0 {
			t.Errorf("%s: the file has %s", body, file[max(0, i-60):min(len(file), i+30)])
		}
		if !json.Valid(read.Exchanges[0].ResponseBody) {
			t.Errorf("%s became %s", body, read.Exchanges[0].ResponseBody)
		}
	}
}

// FuzzRedaction checks that JSON stays JSON of the same shape, and that what has no secret stays as it is.
func FuzzRedaction(f *testing.F) {
	f.Add(`{"a":"b@example.com","c":[1,"\u0026",{"password":"secret"}]}`)
	f.Add(`"\/@example.com"`)
	f.Add(`["\"@x.yz"]`)
	f.Fuzz(func(t *testing.T, body string) {
		got := eachOf([]byte(body), "application/json", newRedaction(nil).value)
		var before, after any
		if json.Unmarshal([]byte(body), &before) != nil {
			return
		}
		if err := json.Unmarshal([]byte(got), &after); err != nil {
			t.Fatalf("%q became %q: %v", body, got, err)
		}
		if !strings.ContainsAny(body, `@%&\:`) && got != body {
			t.Fatalf("%q became %q", body, got)
		}
		if again := eachOf([]byte(got), "application/json", newRedaction(nil).value); !json.Valid([]byte(again)) {
			t.Fatalf("%q became %q", got, again)
		}
	})
}

// TestNamesThatAreEmails checks that a property whose name is an email does not name it in a finding.
func TestNamesThatAreEmails(t *testing.T) {
	t.Parallel()
	record := &Record{Exchanges: []Exchange{{Step: "read", Exchange: &conform.Exchange{
		Method: http.MethodGet, URL: mePath, Status: 200, RequestHeader: http.Header{"Cookie": {"sid=1"}}, ResponseHeader: http.Header{"Content-Type": {"application/json"}},
		ResponseBody: []byte(`{"customer":{"id":"1","email":"a","qqxyz&lady@qqshop.test":1,"QQXYZ@other.test":"qqxyz@third.test"}}`),
	}}}}
	named := false
	for _, o := range Check(record, load(t, small)).Observations {
		if strings.Contains(strings.ToLower(fmt.Sprintf("%+v", o)), "qq") {
			t.Errorf("found %+v", o)
		}
		named = named || o.Aspect == finding.Presence && strings.HasSuffix(o.Place, ".EMAIL")
	}
	if !named {
		t.Errorf("the property is no finding: %+v", Check(record, load(t, small)).Observations)
	}
}
