package compare

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// sample is a backend with ids, times and cookies of its own.
type sample struct {
	customer, oldest, newest, session, token string
	created, updated                         string
	backwards                                bool // the addresses come the other way round
}

func newSample(backwards bool) *sample {
	now := time.Now().UTC()
	return &sample{
		customer: newID("cus_", now), oldest: newID("addr_", now), newest: newID("addr_", now.Add(time.Millisecond)),
		session: "s%3A" + random(24) + "." + random(32), token: newToken(map[string]any{"customer_id": newID("cus_", now), "iat": now.Unix(), "exp": now.Unix() + 60}),
		created: now.Format(timeForm), updated: now.Add(time.Second).Format(timeForm), backwards: backwards,
	}
}

func (s *sample) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Origin")
	h.Set("Set-Cookie", "connect.sid="+s.session+"; Path=/; Expires="+time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)+"; HttpOnly")
	if r.URL.Path == "/page" {
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<pre>no customer "+s.customer+"</pre>")
		return
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	if r.URL.Path == "/list" {
		_, _ = io.WriteString(w, `{"orders":[{"id":"a","data":[{"id":"x"},{"id":"y"}]},{"id":"b"}]}`)
		return
	}
	addresses := []any{
		map[string]any{"id": s.oldest, "city": "Aarhus", "created_at": s.created},
		map[string]any{"id": s.newest, "city": "Odense", "created_at": s.updated},
	}
	if s.backwards {
		slices.Reverse(addresses)
	}
	customer := map[string]any{
		"id": s.customer, "email": "ada@example.com", "phone": nil, "created_at": s.created, "updated_at": s.updated,
		"seeded_at": "2024-01-01T00:00:00.000Z", "region_id": "reg_01H00000000000000000000000",
		"shipping_addresses": addresses, "orders": []any{1, 2.5, "x"}, "note": "of " + s.customer, "token": s.token,
	}
	text, err := json.Marshal(map[string]any{"customer": customer})
	if err != nil {
		panic(err)
	}
	h.Set("Etag", weakETag(text))
	_, _ = w.Write(text)
}

func newID(prefix string, at time.Time) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	id := make([]byte, ulidLength)
	ms := at.UnixMilli()
	for i := 9; i >= 0; i-- {
		id[i] = alphabet[ms&31]
		ms >>= 5
	}
	for i := range id[10:] {
		id[10+i] = alphabet[random(1)[0]&31]
	}
	return prefix + string(id)
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return strings.NewReplacer("-", "A", "_", "B").Replace(base64.RawURLEncoding.EncodeToString(b))
}

func newToken(claims map[string]any) string {
	text, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString(text) + "." + random(33)[:43]
}

// distortable is a response of the sample that a test may distort. n counts the responses of the conversation.
type distortable struct {
	s      *sample
	n      int
	status int
	header http.Header
	body   string
}

// change changes the customer in a JSON body.
func (a *distortable) change(f func(customer map[string]any)) {
	if !strings.HasPrefix(a.body, `{"customer"`) {
		return
	}
	var v map[string]map[string]any
	d := json.NewDecoder(strings.NewReader(a.body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	f(v["customer"])
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	a.body = string(text)
}

func list(object map[string]any, name string) []any {
	elements, _ := object[name].([]any)
	return elements
}

func (a *distortable) cookie(old, replacement string) {
	a.header.Set("Set-Cookie", strings.Replace(a.header.Get("Set-Cookie"), old, replacement, 1))
}

// distorted serves s with every response distorted.
func distorted(s *sample, distort func(*distortable)) http.Handler {
	n := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		n++
		a := &distortable{s: s, n: n, status: rec.Code, header: rec.Header(), body: rec.Body.String()}
		if distort != nil {
			distort(a)
		}
		if tag := rec.Header().Get("Etag"); tag == weakETag(rec.Body.Bytes()) && tag != "" {
			a.header.Set("Etag", weakETag([]byte(a.body))) // so that the tag does not give a distorted body away
		}
		maps.Copy(w.Header(), a.header)
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	})
}

// record is a test that may fail.
type record struct{ failures []string }

func (r *record) Helper() {}
func (r *record) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *record) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func newComparison(one, two *httptest.Server, exceptions []Exception) *Comparison {
	token := func(_ context.Context, email string) (string, error) { return "token of " + email, nil }
	return New(Side{"one", one.URL, token}, Side{"two", two.URL, token}, exceptions)
}

// converse has the conversation that shows all: a customer, the same again, a page.
func converse(t *testing.T, b http.Handler) []string {
	t.Helper()
	one, two := httptest.NewServer(distorted(newSample(false), nil)), httptest.NewServer(b)
	defer one.Close()
	defer two.Close()
	c := newComparison(one, two, nil)
	failed := new(record)
	v := c.Conversation(t.Context(), failed, "test")
	for _, path := range []string{"/me", "/me", "/page", "/list", "/me"} {
		v.Send(Request{As: "ada", Method: "GET", Path: path})
	}
	if n := c.Exchanges("test"); n != 5 {
		t.Errorf("%d exchanges were counted, want 5: %q", n, failed.failures)
	}
	return failed.failures
}

func TestEqual(t *testing.T) {
	for name, distort := range map[string]func(*distortable){
		"ids, times, cookies, tags and tokens of its own": nil,
		"another date":                  func(a *distortable) { a.header.Set("Date", time.Now().UTC().Format(http.TimeFormat)) },
		"another end of the keep-alive": func(a *distortable) { a.header.Set("Keep-Alive", "timeout=9") },
		"a lifetime of a second less": func(a *distortable) {
			a.cookie("Expires", "Expires="+time.Now().Add(time.Hour-time.Second).UTC().Format(http.TimeFormat)+"; Was")
			cutWas(a)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, backwards := range []bool{false, true} {
				if failures := converse(t, distorted(newSample(backwards), distort)); len(failures) > 0 {
					t.Errorf("addresses backwards %t: %s", backwards, failures[0])
				}
			}
		})
	}
}

// cutWas takes out the attribute of that name.
func cutWas(a *distortable) {
	before, after, _ := strings.Cut(a.header.Get("Set-Cookie"), "; Was")
	_, after, _ = strings.Cut(after, ";")
	a.header.Set("Set-Cookie", before+";"+after)
}

// Each of these is a small difference, and has to be found.
func TestDifferent(t *testing.T) {
	now := time.Now().UTC()
	for name, distort := range map[string]func(*distortable){
		"status":                    func(a *distortable) { a.status++ },
		"status of the page":        func(a *distortable) { a.status = max(a.status, 204) &^ 4 },
		"no content type":           func(a *distortable) { a.header["Content-Type"] = nil },
		"another content type":      func(a *distortable) { a.header.Set("Content-Type", "application/json") },
		"a header more":             func(a *distortable) { a.header.Set("Cache-Control", "no-store") },
		"a header less":             func(a *distortable) { a.header.Del("Vary") },
		"a header twice":            func(a *distortable) { a.header.Add("Vary", "Accept") },
		"a header's value":          func(a *distortable) { a.header.Set("Vary", "Accept") },
		"no tag":                    func(a *distortable) { a.header.Del("Etag") },
		"a strong tag":              func(a *distortable) { a.header.Set("Etag", strings.TrimPrefix(a.header.Get("Etag"), "W/")) },
		"a tag of another length":   func(a *distortable) { a.header.Set("Etag", strings.Replace(a.header.Get("Etag"), `"`, `"1`, 1)) },
		"a tag of another body":     func(a *distortable) { a.header.Set("Etag", weakETag([]byte(a.body+" "))) },
		"no cookie":                 func(a *distortable) { a.header.Del("Set-Cookie") },
		"two cookies":               func(a *distortable) { a.header.Add("Set-Cookie", "a=b") },
		"the cookie's name":         func(a *distortable) { a.cookie("connect.sid", "sid") },
		"the cookie's path":         func(a *distortable) { a.cookie("Path=/", "Path=/store") },
		"a cookie without HttpOnly": func(a *distortable) { a.cookie("; HttpOnly", "") },
		"a secure cookie":           func(a *distortable) { a.header.Set("Set-Cookie", a.header.Get("Set-Cookie")+"; Secure") },
		"the attributes' order":     func(a *distortable) { a.cookie("; HttpOnly", ""); a.cookie("; Path", "; HttpOnly; Path") },
		"a lifetime": func(a *distortable) {
			a.cookie("Expires", "Expires="+now.Add(61*time.Minute).Format(http.TimeFormat)+"; Was")
			cutWas(a)
		},
		"a Max-Age":                   func(a *distortable) { a.cookie("Expires", "Max-Age=3600; Was"); cutWas(a) },
		"a cookie that is not signed": func(a *distortable) { a.cookie(a.s.session, "s%3A"+random(24)) },
		"a session each time":         func(a *distortable) { a.cookie(a.s.session, "s%3A"+random(24)+"."+random(32)) },
		"a property renamed": func(a *distortable) {
			a.change(func(c map[string]any) { c["mail"] = c["email"]; delete(c, "email") })
		},
		"a property less": func(a *distortable) { a.change(func(c map[string]any) { delete(c, "phone") }) },
		"a property more": func(a *distortable) { a.change(func(c map[string]any) { c["password_hash"] = nil }) },
		"null":            func(a *distortable) { a.change(func(c map[string]any) { c["email"] = nil }) },
		"not null":        func(a *distortable) { a.change(func(c map[string]any) { c["phone"] = "" }) },
		"a type":          func(a *distortable) { a.change(func(c map[string]any) { c["orders"] = map[string]any{} }) },
		"a text":          func(a *distortable) { a.change(func(c map[string]any) { c["email"] = "Ada@example.com" }) },
		"a text around an id": func(a *distortable) {
			a.change(func(c map[string]any) { c["note"] = strings.Replace(property(c, "note"), "of", "with", 1) })
		},
		"a number":                    func(a *distortable) { a.change(func(c map[string]any) { list(c, "orders")[0] = 3 }) },
		"a number's form":             func(a *distortable) { a.body = strings.Replace(a.body, "2.5", "2.50", 1) },
		"a number as text":            func(a *distortable) { a.body = strings.Replace(a.body, "2.5", `"2.5"`, 1) },
		"the order of a list":         func(a *distortable) { a.change(func(c map[string]any) { slices.Reverse(list(c, "orders")) }) },
		"the order of the orders":     func(a *distortable) { a.body = strings.NewReplacer(`"a"`, `"b"`, `"b"`, `"a"`).Replace(a.body) },
		"the order of an opaque list": func(a *distortable) { a.body = strings.NewReplacer(`"x"}`, `"y"}`, `"y"}`, `"x"}`).Replace(a.body) },
		"an element less":             func(a *distortable) { a.change(func(c map[string]any) { c["orders"] = list(c, "orders")[:2] }) },
		"an element twice": func(a *distortable) {
			a.change(func(c map[string]any) { c["orders"] = append(list(c, "orders"), "x") })
		},
		"an address less": func(a *distortable) {
			a.change(func(c map[string]any) { c["shipping_addresses"] = list(c, "shipping_addresses")[:1] })
		},
		"an address's city": func(a *distortable) { a.body = strings.Replace(a.body, "Aarhus", "Ribe", 1) },
		"addresses that changed their cities": func(a *distortable) {
			a.body = strings.NewReplacer("Aarhus", "Odense", "Odense", "Aarhus").Replace(a.body)
		},
		"white space":           func(a *distortable) { a.body += " " },
		"an escape":             func(a *distortable) { a.body = strings.Replace(a.body, "@", `\u0040`, 1) },
		"an id of another kind": func(a *distortable) { a.body = strings.ReplaceAll(a.body, "cus_", "user_") },
		"no id":                 func(a *distortable) { a.body = strings.ReplaceAll(a.body, a.s.customer, "cus_1") },
		"an id from before": func(a *distortable) {
			a.body = strings.ReplaceAll(a.body, a.s.customer, newID("cus_", now.Add(-time.Hour)))
		},
		"another id later":    func(a *distortable) { a.body = strings.ReplaceAll(a.body, a.s.customer, newID("cus_", now)) },
		"one id for two":      func(a *distortable) { a.body = strings.ReplaceAll(a.body, a.s.newest, a.s.oldest) },
		"two ids for one":     func(a *distortable) { a.body = strings.Replace(a.body, a.s.customer, newID("cus_", now), 1) },
		"another seeded id":   func(a *distortable) { a.body = strings.Replace(a.body, "reg_01H", "reg_01J", 1) },
		"a time's form":       func(a *distortable) { a.body = strings.ReplaceAll(a.body, ".000Z", "Z") },
		"another seeded time": func(a *distortable) { a.body = strings.Replace(a.body, "2024-01-01", "2024-01-02", 1) },
		"a time from before":  func(a *distortable) { a.body = strings.ReplaceAll(a.body, a.s.updated, "2025-01-01T00:00:00.000Z") },
		"a time that changed": func(a *distortable) {
			a.body = strings.ReplaceAll(a.body, a.s.updated, now.Add(time.Duration(a.n)*time.Minute).Format(timeForm))
		},
		"one time for two": func(a *distortable) { a.body = strings.ReplaceAll(a.body, a.s.updated, a.s.created) },
		"two times for one": func(a *distortable) {
			a.body = strings.Replace(a.body, a.s.created, now.Add(time.Minute).Format(timeForm), 1)
		},
		"times in another order": func(a *distortable) {
			a.body = strings.ReplaceAll(a.body, a.s.updated, now.Add(-500*time.Millisecond).Format(timeForm))
		},
		"a token's claim": func(a *distortable) {
			a.body = strings.ReplaceAll(a.body, a.s.token, newToken(map[string]any{"customer_id": "cus_1", "iat": now.Unix(), "exp": now.Unix() + 60}))
		},
		"a token's lifetime": func(a *distortable) {
			a.body = strings.ReplaceAll(a.body, a.s.token, newToken(map[string]any{"customer_id": newID("cus_", now), "iat": now.Unix(), "exp": now.Unix() + 61}))
		},
		"a token without a time": func(a *distortable) {
			a.body = strings.ReplaceAll(a.body, a.s.token, newToken(map[string]any{"customer_id": newID("cus_", now), "exp": now.Unix() + 60}))
		},
		"no token":      func(a *distortable) { a.body = strings.ReplaceAll(a.body, a.s.token, "x") },
		"a page's text": func(a *distortable) { a.body = strings.Replace(a.body, "no customer", "No customer", 1) },
		"an id in a page": func(a *distortable) {
			a.body = strings.Replace(a.body, "<pre>no customer "+a.s.customer, "<pre>no customer "+newID("cus_", now), 1)
		},
		"no page":           func(a *distortable) { a.body = strings.Replace(a.body, "<pre>", "", 1) },
		"JSON that is none": func(a *distortable) { a.body = strings.Replace(a.body, "{", "", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			if len(converse(t, distorted(newSample(false), distort))) == 0 {
				t.Error("was not found")
			}
		})
	}
}

// A response that does not come is a difference, too.
func TestNoResponse(t *testing.T) {
	silent := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	one, two := httptest.NewServer(newSample(false)), httptest.NewServer(silent)
	defer one.Close()
	defer two.Close()
	c := newComparison(one, two, nil)
	failed := new(record)
	c.Conversation(t.Context(), failed, "test").Send(Request{Method: "GET", Path: "/me"})
	if len(failed.failures) != 1 || c.Exchanges("test") != 0 {
		t.Errorf("%q, %d exchanges", failed.failures, c.Exchanges("test"))
	}
}

func TestReferences(t *testing.T) {
	var got []string
	record1 := func(s *sample) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				panic(err)
			}
			if r.Method == http.MethodPost {
				got = append(got, r.URL.Path+" "+r.Header.Get("Cookie")+" "+r.Header.Get("X-Tag")+" "+string(body))
			}
			s.ServeHTTP(w, r)
		})
	}
	a, b := newSample(false), newSample(true)
	one, two := httptest.NewServer(record1(a)), httptest.NewServer(distorted(b, nil))
	defer one.Close()
	defer two.Close()
	c := newComparison(one, two, nil)
	v := c.Conversation(t.Context(), t, "test")
	v.Keep("word", func(side int) (string, error) { return fmt.Sprint("side ", side), nil })
	v.Send(Request{As: "ada", Method: "GET", Path: "/me", Save: "me"})
	v.Send(Request{
		As: "ada", Method: "POST", Path: "/${me/customer/shipping_addresses/0/id}", Header: http.Header{"X-Tag": {"${me@Vary} ${me;cookie}"}},
		Body: "${word} ${reset:word} ${nothing?} ${word?} ${addr_#1} ${addr_#2} ${order_#0} ${me/customer/orders/1}",
	})
	want := "/" + a.oldest + " connect.sid=" + a.session + " Origin connect.sid=" + a.session +
		" side 0 token of side 0 none side 0 " + a.newest + " " + a.oldest + " order_" + strings.Repeat("0", ulidLength) + " 2.5"
	if len(got) != 1 || got[0] != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	failed := new(record)
	for _, ref := range []string{"${nothing}", "${me/customer/nothing}", "${me/customer/orders/9}", "${you/customer}"} {
		c.Conversation(t.Context(), failed, "test").Send(Request{Method: "GET", Path: ref})
	}
	if len(failed.failures) != 4 {
		t.Errorf("%d of 4 references to nothing failed", len(failed.failures))
	}
}

func TestExceptions(t *testing.T) {
	one := httptest.NewServer(newSample(false))
	two := httptest.NewServer(distorted(newSample(false), func(a *distortable) { a.header.Set("Vary", "Accept") }))
	defer one.Close()
	defer two.Close()
	vary := func(name string, at string) Exception {
		return Exception{Name: name, Covers: func(_ *Exchange, d Difference) bool { return d.At == at }}
	}
	c := newComparison(one, two, []Exception{vary("vary", "header Vary"), vary("status", "status")})
	v := c.Conversation(t.Context(), t, "test")
	v.Send(Request{Method: "GET", Path: "/me"})
	v.Send(Request{Method: "GET", Path: "/me"})
	if unused := c.Unused(); !slices.Equal(unused, []string{"status"}) {
		t.Errorf("unused are %v", unused)
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil || !strings.Contains(b.String(), "exception vary, 2 times") || !strings.Contains(b.String(), "2 test exchanges") {
		t.Errorf("%v: %s", err, b.String())
	}
}

func TestEquate(t *testing.T) {
	before := time.Now().Add(-time.Hour)
	old, now := newSample(false), newSample(true)
	old.customer, old.oldest, old.newest = newID("cus_", before), newID("addr_", before), newID("addr_", before)
	old.created, old.updated, old.token, now.token = before.UTC().Format(timeForm), before.UTC().Add(time.Second).Format(timeForm), "x", "x"
	one, two := httptest.NewServer(old), httptest.NewServer(now)
	defer one.Close()
	defer two.Close()
	bodies := [2][]byte{}
	for i, s := range []*sample{old, now} {
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/me", nil))
		bodies[i] = rec.Body.Bytes()
	}
	c := newComparison(one, two, nil)
	failed := new(record)
	c.Conversation(t.Context(), failed, "test").Send(Request{Method: "GET", Path: "/me"})
	if len(failed.failures) == 0 {
		t.Error("what is older than the conversation was taken for equal")
	}
	if err := c.Equate(bodies[0], bytes.Replace(bodies[1], []byte("Aarhus"), []byte("Ribe"), 1)); err == nil {
		t.Error("unlike things were equated")
	}
	if err := c.Equate(bodies[0], bodies[1]); err != nil {
		t.Fatal(err)
	}
	c.Conversation(t.Context(), t, "test").Send(Request{Method: "GET", Path: "/me"})
}
