package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// small is the document of smallBackend.
const small = `
openapi: 3.0.3
info: { title: t, version: "1" }
paths:
  /store/customers:
    post:
      operationId: Register
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Register' } } }
      responses:
        '200':
          description: made
          headers: { Set-Cookie: { schema: { type: string } } }
          content: { application/json: { schema: { $ref: '#/components/schemas/Envelope' } } }
        '400': { description: bad, content: { application/json: { schema: { $ref: '#/components/schemas/Error' } }, text/html: {} } }
        '413': { description: large, content: { application/json: { schema: { $ref: '#/components/schemas/Error' } } } }
        '422': { description: twice, content: { application/json: { schema: { $ref: '#/components/schemas/Error' } } } }
  /store/customers/me:
    get:
      operationId: Me
      security: [{ cookie: [] }]
      responses:
        '200': { description: me, content: { application/json: { schema: { $ref: '#/components/schemas/Envelope' } } } }
        '401': { description: who, x-no-content-type: true }
  /store/customers/me/addresses:
    post:
      operationId: AddAddress
      security: [{ cookie: [] }]
      requestBody: { content: { application/json: { schema: { type: object } }, application/x-www-form-urlencoded: {} } }
      responses:
        '200': { description: me, content: { application/json: { schema: { $ref: '#/components/schemas/Envelope' } } } }
        '400': { description: bad, content: { application/json: { schema: { $ref: '#/components/schemas/Error' } } } }
        '401': { description: who, x-no-content-type: true }
  /store/customers/me/orders:
    get:
      operationId: Orders
      security: [{ cookie: [] }]
      parameters:
        - { name: status, in: query, style: form, explode: false, schema: { type: array, items: { type: string, enum: [open, closed] } } }
        - { name: limit, in: query, schema: { type: integer } }
      responses:
        '200': { description: orders, content: { application/json: { schema: { type: object, properties: { orders: { type: array, items: { type: object } } } } } } }
        '400': { description: bad, content: { application/json: { schema: { $ref: '#/components/schemas/Error' } } } }
        '401': { description: who, x-no-content-type: true }
components:
  securitySchemes: { cookie: { type: apiKey, in: cookie, name: sid } }
  schemas:
    Register:
      type: object
      additionalProperties: false
      required: [email, password]
      properties:
        email: { type: string }
        password: { type: string }
        first_name: { type: string }
        last_name: { type: string, nullable: true }
        phone: { type: string, nullable: true }
    Envelope:
      type: object
      required: [customer]
      properties: { customer: { $ref: '#/components/schemas/Customer' } }
    Customer:
      type: object
      required: [id, email]
      properties:
        id: { type: string }
        email: { type: string }
        born: { type: string }
        shipping_addresses: { type: array, items: { type: object, properties: { id: { type: string } } } }
    Error: { type: object, required: [message], properties: { message: { type: string }, type: { type: string } } }
`

func load(t *testing.T, text string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// smallBackend is what small describes, except for what the tests look for: first_name may be null, `status` is
// repeated rather than joined, a negative limit fails, and a response has a property `extra`.
func smallBackend(t *testing.T) *httptest.Server {
	t.Helper()
	known := map[string]bool{"email": true, "password": true, "first_name": true, "last_name": true, "phone": true}
	const customer = `{"customer":{"id":"1","email":"e@example.com","born":"2020-01-02T03:04:05.678Z","extra":1,"shipping_addresses":[{"id":"a"}]}}`
	response := func(w http.ResponseWriter, status int, text string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
	registered := map[string]bool{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /store/customers", func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var body object
		problem := json.Unmarshal(text, &body) != nil || body == nil
		email, _ := body["email"].(string)
		password, _ := body["password"].(string)
		for name, value := range body {
			_, isText := value.(string)
			mayBeNull := value == nil && name != "email" && name != "password"
			if !known[name] || !isText && !mayBeNull {
				problem = true
			}
		}
		switch {
		case len(text) > 100_000:
			response(w, 413, `{"message":"large"}`)
		case err != nil || problem || email == "" || password == "":
			response(w, 400, `{"message":"bad"}`)
		case registered[email]:
			response(w, 422, `{"message":"twice"}`)
		default:
			registered[email] = true
			w.Header().Set("Set-Cookie", fmt.Sprintf("sid=session-of-%d; Path=/; HttpOnly; Expires=%s", len(registered), time.Now().Add(10*time.Hour).UTC().Format(http.TimeFormat)))
			response(w, 200, customer)
		}
	})
	guarded := func(pattern string, handle http.HandlerFunc) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Cookie("sid"); err != nil {
				w.Header()["Content-Type"] = nil
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w, "Unauthorized")
				return
			}
			handle(w, r)
		})
	}
	guarded("GET /store/customers/me", func(w http.ResponseWriter, _ *http.Request) { response(w, 200, customer) })
	guarded("POST /store/customers/me/addresses", func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var body object
		if err != nil || len(text) > 0 && (json.Unmarshal(text, &body) != nil || body == nil) {
			response(w, 400, `{"message":"bad"}`)
			return
		}
		response(w, 200, customer)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<p>no such route")
	})
	guarded("GET /store/customers/me/orders", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		bad := false
		for name, values := range q {
			for _, v := range values {
				bad = bad || name != "limit" && (name != "status" || v != "open" && v != "closed")
			}
		}
		switch {
		case strings.HasPrefix(q.Get("limit"), "-"):
			response(w, 500, `{"type":"unknown_error","message":"database"}`)
		case bad || notNumber(q.Get("limit")):
			response(w, 400, `{"message":"bad"}`)
		default:
			response(w, 200, `{"orders":[]}`)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func notNumber(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return text != "" && err != nil
}

func observations(result Result, relation finding.Relation) map[string]finding.Observation {
	all := map[string]finding.Observation{}
	for _, o := range result.Observations {
		if o.Relation == relation {
			all[o.ID()] = o
		}
	}
	return all
}

func TestBackendContradictsADocument(t *testing.T) {
	server, doc := smallBackend(t), load(t, small)
	record, err := Run(t.Context(), Config{Backend: server.URL, Documents: []*openapi3.T{doc}})
	if err != nil {
		t.Fatal(err)
	}
	result := Check(record, doc)
	contradicts := observations(result, finding.Contradicts)
	for id, live := range map[string]string{
		"Customer.extra#presence":                           "integer",
		"Customer.born#format":                              "date-time",
		"Register.first_name#nullable":                      "accepted: null",
		"Register.email#bounds":                             "refused: empty",
		"GET /store/customers/me/orders query status#style": "400; accepted: repeated",
		"GET /store/customers/me/orders query limit#bounds": "fails: negative",
		"GET /store/customers/me/orders 500#status":         "500",
		"POST /store/customers/me/addresses body#required":  "",
	} {
		o, ok := contradicts[id]
		if live == "" {
			if ok {
				t.Errorf("%s is no contradiction, found %+v", id, o)
			}
			continue
		}
		if !strings.Contains(o.Live, live) {
			t.Errorf("%s: live is %q, want %q", id, o.Live, live)
		}
	}
	if o := observations(result, finding.Fault)["GET /store/customers/me/orders query limit#refusal"]; !strings.Contains(o.Live, "500: negative") || !strings.Contains(o.Curl, "limit=-1") {
		t.Errorf("the fault of a negative limit is %+v", o)
	}
	supports := observations(result, finding.Supports)
	for _, id := range []string{"Register#open", "Register.email#required", "Register.last_name#nullable", "POST /store/customers 200#cookie", "POST /store/customers 422#status"} {
		if _, ok := supports[id]; !ok {
			t.Errorf("nothing supports %s", id)
		}
	}
	for _, o := range result.Observations {
		for _, x := range []string{o.Curl, o.Example, o.Live} {
			if strings.Contains(x, "session-of-") || strings.Contains(x, "@example.com") && !strings.Contains(x, "e@example.com") {
				t.Errorf("%s shows a secret: %s", o.ID(), x)
			}
		}
	}
}

// TestDocumentThatIsRight checks that nothing contradicts a document that describes the backend.
func TestDocumentThatIsRight(t *testing.T) {
	right := small
	for _, change := range [][2]string{
		{"email: { type: string }\n        born: { type: string }", "email: { type: string }\n        extra: { type: integer }\n        born: { type: string, format: date-time }"},
		{"email: { type: string }\n        password: { type: string }\n        first_name: { type: string }", "email: { type: string, minLength: 1 }\n        password: { type: string, minLength: 1 }\n        first_name: { type: string, nullable: true }"},
		{"style: form, explode: false,", "style: form, explode: true,"},
		{"name: limit, in: query, schema: { type: integer }", "name: limit, in: query, schema: { type: integer, minimum: 0 }"},
		{"        '200': { description: orders,", "        '500': { description: no, content: { application/json: { schema: { $ref: '#/components/schemas/Error' } } } }\n        '200': { description: orders,"},
	} {
		if !strings.Contains(right, change[0]) {
			t.Fatalf("there is no %q", change[0])
		}
		right = strings.Replace(right, change[0], change[1], 1)
	}
	doc := load(t, right)
	record, err := Run(t.Context(), Config{Backend: smallBackend(t).URL + "/", Documents: []*openapi3.T{doc}})
	if err != nil {
		t.Fatal(err)
	}
	for id, o := range observations(Check(record, doc), finding.Contradicts) {
		if !strings.Contains(o.Live, "accepted: empty") && id != "Register.email#format" { // what a lenient backend takes besides
			t.Errorf("%s: document %q, live %q, %s", id, o.Document, o.Live, o.Example)
		}
	}
}

func TestCurlRepeatsARequest(t *testing.T) {
	r := &Record{secrets: &secrets{}}
	r.secrets.add("EMAIL", "a'b@example.com")
	r.secrets.add("EMAIL", "other@example.com")
	r.secrets.add("PASSWORD", "pa$$word")
	r.secrets.add("COOKIE", "sid=s%3Aabc")
	for _, test := range []struct {
		x    *conform.Exchange
		want string
	}{
		{&conform.Exchange{Method: "GET", URL: "/a?b[gt]=1&c=$d"}, `curl -isS --globoff "${BACKEND}/a?b[gt]=1&c=\$d"`},
		{&conform.Exchange{Method: "GET", URL: "/store/auth/A'B@EXAMPLE.COM"}, `curl -isS --globoff "${BACKEND}/store/auth/${EMAIL}"`},
		{&conform.Exchange{Method: "DELETE", URL: "/a", RequestHeader: http.Header{"Cookie": {"sid=s%3Aabc"}}}, `curl -isS --globoff -X DELETE -H 'Cookie: '"${COOKIE}"'' "${BACKEND}/a"`},
		{&conform.Exchange{Method: "POST", URL: "/a", RequestBody: []byte(`{"e":"other@example.com","f":"a'b@example.com","p":"pa$$word","q":"it's"}`)},
			`curl -isS --globoff -X POST --data-raw '{"e":"'"${EMAIL}"'","f":"'"${EMAIL2}"'","p":"'"${PASSWORD}"'","q":"it'\''s"}' "${BACKEND}/a"`},
		{&conform.Exchange{Method: "POST", URL: "/a", RequestBody: []byte(tooLarge)}, `curl -isS --globoff -X POST --data-raw "$(printf '%0110000d' 0)" "${BACKEND}/a"`},
	} {
		if got := r.Curl(Exchange{Exchange: test.x}); got != test.want {
			t.Errorf("%s %s:\n%s, want\n%s", test.x.Method, test.x.URL, got, test.want)
		}
	}
}

func TestRunsAreAlike(t *testing.T) {
	doc := load(t, small)
	var runs [2][]string
	for i := range runs {
		record, err := Run(t.Context(), Config{Backend: smallBackend(t).URL, Documents: []*openapi3.T{doc}})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range record.Exchanges {
			runs[i] = append(runs[i], record.Curl(x))
		}
	}
	if len(runs[0]) != len(runs[1]) {
		t.Fatalf("%d requests, then %d", len(runs[0]), len(runs[1]))
	}
	for i := range runs[0] {
		if runs[0][i] != runs[1][i] {
			t.Errorf("request %d:\n%s\n%s", i, runs[0][i], runs[1][i])
		}
	}
}

func TestHostileBackends(t *testing.T) {
	t.Parallel()
	drip := func(w http.ResponseWriter, r *http.Request, pause time.Duration) {
		for {
			if _, err := io.WriteString(w, " "); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(pause):
			}
		}
	}
	for _, test := range []struct {
		name   string
		handle http.HandlerFunc
		want   string
	}{
		{"an endless body", func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, "larger than 1048576 bytes"},
		{"a slow drip", func(w http.ResponseWriter, r *http.Request) { drip(w, r, 10*time.Millisecond) }, "no complete response in time"},
		{"silence", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no complete response in time"},
		{"a redirect to itself", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "redirects"},
		{"a connection that breaks", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		{"a body that breaks", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
			panic(http.ErrAbortHandler)
		}, "EOF"},
		{"endless headers", func(w http.ResponseWriter, _ *http.Request) {
			for i := range 5000 {
				w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("x", 100))
			}
		}, "header"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				test.handle(w, r)
			}))
			defer server.Close()
			started, patience := time.Now(), 10*time.Second
			if strings.Contains(test.want, "in time") {
				patience = 200 * time.Millisecond
			}
			record, err := Run(t.Context(), Config{
				Backend: server.URL, Documents: []*openapi3.T{load(t, small)}, MaxResponse: 1 << 20, Patience: patience,
			})
			if !errors.Is(err, ErrUnreachable) || record != nil {
				t.Fatalf("%v, %v", record, err)
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "@") || strings.Contains(err.Error(), "%40") {
				t.Errorf("the error is: %v", err)
			}
			if took := time.Since(started); took > 20*time.Second || requests.Load() > 4 {
				t.Errorf("it took %s and %d requests", took, requests.Load())
			}
		})
	}
}

func TestBackendThatDoesNotListen(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Run(t.Context(), Config{Backend: "http://" + address, Documents: []*openapi3.T{load(t, small)}})
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}

func TestBackendURL(t *testing.T) {
	for _, bad := range []string{"", "localhost:9000", "ftp://x", "http://", "http://user:secret@x", "http://x?a=b", "http://x#f", "http://%zz"} {
		_, err := Run(t.Context(), Config{Backend: bad, Documents: []*openapi3.T{load(t, small)}})
		if err == nil || errors.Is(err, ErrUnreachable) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := Run(t.Context(), Config{Backend: "http://localhost"}); err == nil {
		t.Error("a run without a document began")
	}
}

// TestNumberOfRequestsIsBounded checks that a document with very many parameters does not make a run endless, and that
// its customers are logged out.
func TestNumberOfRequestsIsBounded(t *testing.T) {
	backend := smallBackend(t).Config.Handler
	var logouts atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete && r.URL.Path == authPath && r.Header.Get("Cookie") != "" {
			logouts.Add(1)
		}
		backend.ServeHTTP(w, r)
	}))
	defer server.Close()
	_, err := Run(t.Context(), Config{Backend: server.URL, Documents: []*openapi3.T{load(t, small)}, MaxExchanges: 20})
	if err == nil || !strings.Contains(err.Error(), "number of requests") {
		t.Error(err)
	}
	if n := logouts.Load(); n != 2 {
		t.Errorf("%d of 2 customers were logged out", n)
	}
}

// TestRequestsThatAreNotEmulatedShowNothing checks that a 501 of the in-memory backend is no finding.
func TestRequestsThatAreNotEmulatedShowNothing(t *testing.T) {
	backend := smallBackend(t).Config.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			http.Error(w, "not emulated: a query", http.StatusNotImplemented)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	defer server.Close()
	doc := load(t, small)
	record, err := Run(t.Context(), Config{Backend: server.URL, Documents: []*openapi3.T{doc}})
	if err != nil {
		t.Fatal(err)
	}
	for id := range observations(Check(record, doc), finding.Contradicts) {
		if strings.Contains(id, "query") || strings.Contains(id, "501") {
			t.Errorf("found %s", id)
		}
	}
	if !slices.ContainsFunc(record.Notes, func(note string) bool { return strings.Contains(note, "does not emulate") }) {
		t.Errorf("the notes are %q", record.Notes)
	}
}

func TestResponsesAreBoundedTogether(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"exists":true}`+strings.Repeat(" ", 1<<16))
	}))
	defer server.Close()
	_, err := Run(t.Context(), Config{Backend: server.URL, Documents: []*openapi3.T{load(t, small)}, MaxRecord: 1 << 18})
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "more than 262144 bytes") {
		t.Error(err)
	}
}

// TestDeepResponsesAreKeptAsTheyAre checks a response that is so deep that its places would take the square of its
// size.
func TestDeepResponsesAreKeptAsTheyAre(t *testing.T) {
	deep := strings.Repeat(`{"a_long_name":`, 5000) + "1" + strings.Repeat("}", 5000)
	c := newCompactor()
	got := c.body(&conform.Exchange{ResponseHeader: http.Header{"Content-Type": {"application/json"}}, ResponseBody: []byte(deep)})
	if string(got) != deep {
		t.Error("it was changed")
	}
	for key := range c.seen {
		if len(key) > 2*longestPath {
			t.Fatalf("a place of %d bytes was kept", len(key))
		}
	}
}

func TestInterruptedRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Run(ctx, Config{Backend: smallBackend(t).URL, Documents: []*openapi3.T{load(t, small)}})
	if !errors.Is(err, ErrInterrupted) || !strings.Contains(err.Error(), "no customer was registered") {
		t.Error(err)
	}
	backend, registered := smallBackend(t), 0
	ctx, cancel = context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		backend.Config.Handler.ServeHTTP(w, r)
		if r.URL.Path == customersPath {
			if registered++; registered == 2 {
				cancel()
			}
		}
	}))
	defer server.Close()
	_, err = Run(ctx, Config{Backend: server.URL, Documents: []*openapi3.T{load(t, small)}})
	if !errors.Is(err, ErrInterrupted) || errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "emails stay registered") {
		t.Error(err)
	}
}
