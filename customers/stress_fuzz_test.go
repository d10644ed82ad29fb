package customers

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// go test runs the seeds and what is in testdata/fuzz; make fuzz looks for more.

// fuzzBodies are bodies of the backend, and of what stands before it.
var fuzzBodies = []struct{ contentType, body string }{
	{"application/json; charset=utf-8", customerJSON},
	{"application/json", customerBody(`{"id":"cus_1","email":"u@example.com","billing_address_id":null,"billing_address":null,"first_name":"Ü","has_account":true,"metadata":{"a":[1,{"b":null}]},"created_at":"2024-01-02T03:04:05.678Z","deleted_at":null,"shipping_addresses":[` + whole[Address](`{"id":"addr_1","first_name":"A","last_name":"B","address_1":"C","city":"D","country_code":"dk","postal_code":"","metadata":null}`) + `],"orders":[{"id":"order_1","status":"new one","items":[{"id":"item_1","unit_price":1e3,"thumbnail":null}]}]}`)},
	{"application/json", pageBody(2, `{"id":"order_1","created_at":"2024-01-02T03:04:05.678Z","total":1050,"status":"completed","items":[`+whole[api.LineItem](`{"id":"i"}`)+`]}`, `{"id":"order_0","created_at":"2023-01-02T03:04:05Z"}`)},
	{"application/json", `{"orders":[{"id":"order_1","created_at":"2024-01-02T03:04:05.678Z","total":1050,"tax_rate":null,"status":"completed","items":[{"id":"i","variant":{"product":{"title":"x"}}}],"region":{"tax_rate":25.5},"shipping_methods":[{"price":0,"tax_lines":[]}],"payments":[{"data":{"x":1}}]},{"id":"order_0","created_at":"2023-01-02T03:04:05Z"}],"count":2,"offset":0,"limit":10}`},
	{"application/json", `{"orders":[],"count":0,"offset":0,"limit":50}`},
	{"application/json", `{"payment_methods":[{"provider_id":"manual","data":{"id":"pm_1"}},{"provider_id":"x","data":null}]}`},
	{"application/json", `{"access_token":"eyJhbGciOiJIUzI1NiJ9.e30.x"}`},
	{"application/json", `{"exists":true}`},
	{"application/json", `{"type":"duplicate_error","code":"invalid_request_error","message":"Key (email)=(a@example.com) already exists."}`},
	{"application/vnd.api+json", `{"type":7,"message":{"a":1}}`},
	{"application/json", `{"customer":{"id":"cus_1","email":3}}`},
	{"application/json", `{"customer":{"id":"cus_1","created_at":"0000-12-31T23:59:59-23:59","metadata":"text"}}`},
	{"application/json", `{"customer":{"id":"cus_1","metadata":{"x":1e308,"y":-0,"z":"\ud800"},"ID":"other"}}`},
	{"application/json", strings.Repeat("[", 11_000)},
	{"text/plain; charset=utf-8", "OK"},
	{"", "Unauthorized"},
	{"", ""},
	{"text/html; charset=utf-8", "<!DOCTYPE html><title>502 Bad Gateway</title>"},
	{"application/json; charset=\"", "null"},
}

// The ways to send the body of a response.
const (
	framingLength     = iota // with its length
	framingChunked           //
	framingUntilClose        // without a length, ended by the connection
	framingCutOff            // the connection ends before the body
	framingLeftover          // more comes than its length
	framingGzip              //
	framingNotGzip           // but it claims to be
	framingSilence           // half of it, then silence
	framingHuge              // a length beyond any memory
	framingBomb              // gzip of many times its size
	framings
)

// wireResponse returns a response as bytes, and whether the connection then stays open in silence.
func wireResponse(status int, contentType string, body []byte, framing byte) (raw []byte, silent bool) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %03d X\r\nSet-Cookie: connect.sid=s%%3Aresponse; Path=/\r\nLocation: /elsewhere\r\nRetry-After: 1\r\n", status)
	if contentType != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", contentType)
	}
	length := len(body)
	switch framing % framings {
	case framingChunked:
		fmt.Fprintf(&b, "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", max(1, length), append(body, "\n"[:max(0, 1-length)]...))
		return b.Bytes(), false
	case framingUntilClose:
		b.WriteString("\r\n")
		b.Write(body)
		return b.Bytes(), false
	case framingCutOff:
		length += 1 + length/2
	case framingLeftover:
		length /= 2
	case framingGzip, framingBomb:
		var z bytes.Buffer
		zw := gzip.NewWriter(&z)
		times := 1
		if framing%framings == framingBomb && length > 0 {
			times = 1 + (256<<10)/length
		}
		for range times {
			_, _ = zw.Write(body)
		}
		_ = zw.Close()
		body, length = z.Bytes(), z.Len()
		b.WriteString("Content-Encoding: gzip\r\n")
	case framingNotGzip:
		b.WriteString("Content-Encoding: gzip\r\n")
	case framingSilence:
		body, silent = body[:length/2], true
		length++
	case framingHuge:
		length = 1 << 50
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", length)
	b.Write(body)
	return b.Bytes(), silent
}

// wire is a connection in memory. It waits for a request, sends a response, and ends, or stays open in silence.
type wire struct {
	response []byte
	silent   bool
	asked    chan struct{}
	closed   chan struct{}
	ask      sync.Once
	end      sync.Once
}

func (w *wire) Read(p []byte) (int, error) {
	select {
	case <-w.asked:
	case <-w.closed:
		return 0, net.ErrClosed
	}
	if len(w.response) == 0 {
		if w.silent {
			<-w.closed
		}
		return 0, net.ErrClosed
	}
	n := copy(p, w.response)
	w.response = w.response[n:]
	return n, nil
}

func (w *wire) Write(p []byte) (int, error) {
	w.ask.Do(func() { close(w.asked) })
	return len(p), nil
}

func (w *wire) Close() error {
	w.end.Do(func() { close(w.closed) })
	return nil
}

func (*wire) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (*wire) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (*wire) SetDeadline(time.Time) error      { return nil }
func (*wire) SetReadDeadline(time.Time) error  { return nil }
func (*wire) SetWriteDeadline(time.Time) error { return nil }

// fuzzMaxMemory is far more than any response of these tests should take. A length or a bomb that is believed takes more.
const fuzzMaxMemory = 48 << 20

// exchangeRaw makes a call through the client's own transport, where every connection sends the same response, and checks
// the result. The time is virtual, so a call that never ends is a deadlock that synctest reports.
func exchangeRaw(t *testing.T, which byte, raw []byte, silent bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		row := everyOperation[int(which)%len(everyOperation)]
		dials := 0
		transport := newTransport(idleRepeatable)
		transport.Proxy = nil
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			dials++
			return &wire{response: raw, silent: silent, asked: make(chan struct{}), closed: make(chan struct{})}, nil
		}
		defer transport.CloseIdleConnections()
		var logged bytes.Buffer
		k := mustNew(t, "http://backend.test/shop", WithHTTPClient(&http.Client{Transport: transport}), WithMaxResponseBytes(64<<10),
			WithLogger(slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		c := k.WithSession(sessionOf(plantedCookie))
		var resp Response
		began, allocated := time.Now(), allocatedBytes()
		model, err := row.call(t.Context(), c)
		if got := allocatedBytes() - allocated; got > fuzzMaxMemory {
			t.Errorf("%s allocated %d bytes", row.operation, got)
		}
		// Three attempts of 30 s and two waits of 10 s; the iterator makes a few calls.
		if took := time.Since(began); took > 10*time.Minute {
			t.Errorf("%s took %v", row.operation, took)
		}
		if operations[row.operation].session == login && dials > 1+3 { // the logout of a replaced or superseded login comes on top, repeated
			t.Errorf("%s was sent %d times", row.operation, dials)
		}
		if err == nil {
			wantReencodes(t, row.operation, model)
		} else {
			wantSentinel(t, row.operation, err)
			wantNoSecret(t, raw, err, &resp, c, k, logged.String())
		}
		if h := cookieHeaderOf(c.Session(), c.caller.config.endpoint); strings.ContainsFunc(h, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("the next Cookie header is %q", h)
		}
	})
}

// wantReencodes wants the model to encode to JSON that decodes to the same model.
func wantReencodes(t *testing.T, op Operation, model any) {
	t.Helper()
	if model == nil {
		return
	}
	first, err := json.Marshal(model)
	if err != nil {
		t.Fatalf("%s: the model can't be encoded: %v", op, err)
	}
	back := reflect.New(reflect.TypeOf(model).Elem())
	if err := json.Unmarshal(first, back.Interface()); err != nil {
		t.Fatalf("%s: what the model encodes to can't be decoded: %v\n%s", op, err, first)
	}
	second, err := json.Marshal(back.Interface())
	if err != nil || !bytes.Equal(first, second) {
		t.Fatalf("%s: encoded again, the model is another (%v):\n%s\n%s", op, err, first, second)
	}
}

func wantSentinel(t *testing.T, op Operation, err error) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		t.Fatalf("%s: the error is a %T: %v", op, err, err)
	case errors.Is(err, ErrSessionExpired), errors.Is(err, ErrSessionSuperseded), errors.Is(err, ErrNoSession):
		t.Errorf("%s: no response makes this error: %v", op, err)
	case !slices.ContainsFunc(sentinels, func(sentinel error) bool { return errors.Is(err, sentinel) }):
		t.Errorf("%s: no sentinel: %v", op, err)
	case e.Operation != op:
		t.Errorf("%s: the error names %q", op, e.Operation)
	case len(e.Body()) > maxErrorBody:
		t.Errorf("%s: the error keeps %d bytes", op, len(e.Body()))
	case len(e.Header()["Set-Cookie"]) > 0:
		t.Errorf("%s: the error shows cookies", op)
	}
}

// wantNoSecret wants the secrets of the request in nothing that a program might print.
func wantNoSecret(t *testing.T, response []byte, err error, printed ...any) {
	t.Helper()
	asJSON, _ := json.Marshal(err) //nolint:errchkjson // an *Error is a struct of plain fields
	text := fmt.Sprintf("%v %+v %#v %q %s %+v", err, err, err, err, asJSON, printed)
	for _, secret := range []string{plantedEmail, url.PathEscape(plantedEmail), plantedPassword, plantedToken, plantedCookie} {
		if strings.Contains(text, secret) && !bytes.Contains(response, []byte(secret)) {
			t.Errorf("%q is printed: %s", secret, text)
		}
	}
}

// quiet drops what net/http logs about bytes after a response.
func quiet(tb testing.TB) {
	tb.Helper()
	log.SetOutput(io.Discard)
	tb.Cleanup(func() { log.SetOutput(os.Stderr) })
}

func allocatedBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

var fuzzStatuses = []uint16{101, 199, 201, 204, 206, 301, 304, 307, 400, 401, 404, 409, 413, 422, 429, 500, 502, 503, 599, 999}

// Fuzzing does best with few seeds; this test combines more.
func TestEveryOperationOnEveryResponse(t *testing.T) {
	quiet(t)
	for which := range everyOperation {
		for i, b := range fuzzBodies {
			for framing := (which + i) % 3; framing < framings; framing += 3 {
				raw, silent := wireResponse(200, b.contentType, []byte(b.body), byte(framing))
				exchangeRaw(t, byte(which), raw, silent)
			}
		}
		for i, status := range fuzzStatuses {
			for j := range 2 {
				b := fuzzBodies[(which+i+7*j)%len(fuzzBodies)]
				raw, silent := wireResponse(int(status), b.contentType, []byte(b.body), byte(i+j))
				exchangeRaw(t, byte(which), raw, silent)
			}
		}
	}
}

// FuzzResponse sends any status, content type and body, in any framing.
func FuzzResponse(f *testing.F) {
	quiet(f)
	for i, b := range fuzzBodies {
		f.Add(byte(i), uint16(200), b.contentType, []byte(b.body), byte(i%2))
		f.Add(byte(i+3), fuzzStatuses[i%len(fuzzStatuses)], b.contentType, []byte(b.body), byte(i))
	}
	for which := range everyOperation {
		b := fuzzBodies[1+which%3]
		f.Add(byte(which), uint16(200), b.contentType, []byte(b.body), byte(which))
	}
	f.Fuzz(func(t *testing.T, which byte, status uint16, contentType string, body []byte, framing byte) {
		raw, silent := wireResponse(int(status%1000), contentType, body, framing)
		exchangeRaw(t, which, raw, silent)
	})
}

// FuzzWire sends any bytes instead of a response.
func FuzzWire(f *testing.F) {
	quiet(f)
	for i, raw := range []string{
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 53\r\n\r\n" + customerJSON,
		"HTTP/1.0 401 X\r\n\r\nUnauthorized",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
		strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20),
		"HTTP/1.1 200 OK\r\nSet-Cookie: connect.sid=a\x00b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":",
		"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\n\r\n",
		"HTTP/1.1 307 X\r\nLocation: https://example.com/a%2fb?c#d\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 429 X\r\nRetry-After: 99999999999999999999\r\nContent-Length: 0\r\n\r\n",
		"HTTP/2.0 200 OK\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "", "\r\n", "HTTP/1.1 200",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\nno colon here\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 304 X\r\nETag: W/\"1\"\r\nTrailer: X\r\n\r\n",
	} {
		f.Add(byte(i), []byte(raw), i%2 == 0)
		f.Add(byte(i+7), []byte(raw), i%2 != 0)
	}
	f.Fuzz(func(t *testing.T, which byte, raw []byte, silent bool) { exchangeRaw(t, which, raw, silent) })
}

// FuzzSetCookie sets any cookies, one a line. What a session keeps of them can be sent back.
func FuzzSetCookie(f *testing.F) {
	for i, lines := range []string{
		"connect.sid=s%3Aid.sig%2B%2F; Path=/; Expires=Tue, 02 Jan 2035 03:04:05 GMT; HttpOnly; Secure; SameSite=None",
		"connect.sid=a\nconnect.sid=b; Path=/shop/store\nconnect.sid=; Max-Age=0",
		"lb=1; Domain=.backend.test; Path=/shop\nlb=\"q, r\"; Max-Age=99999999999999999999\nother= x ; Secure\nlb=2; Max-Age=-1",
		"a=" + strings.Repeat("x", maxOtherCookieBytes-1) + "\nb=1\na=2\na==\n=a\nb",
		strings.Repeat("c=1\nd=2\n", 40) + "1=1\n2=2\n3=3\n4=4\n5=5\n6=6\n7=7\n8=8\n9=9",
		"connect.sid=\"\"; Max-Age=00\nconnect.sid=x; Expires=Mon, 01-Jan-0001 00:00:00 GMT; Domain=evil.test",
		"connect.sid=a\x00b\r\nX: y; Path=/\nconnect.sid=a\\b\nconnect.sid=ü; Path=\nconnect.sid=a\"b",
	} {
		f.Add(lines, "Tue, 02 Jan 2024 03:04:05 GMT", byte(i))
		f.Add(lines, "", byte(i+16))
	}
	f.Fuzz(func(t *testing.T, lines, date string, kind byte) {
		c := mustNew(t, "http://www.backend.test/shop/").caller
		e := c.config.endpoint
		e.https, e.tlsTerminated = kind&1 == 0, kind&2 == 0
		op := []Operation{OperationAuthenticate, OperationRetrieveCustomer, OperationDeleteSession, OperationEmailExists}[kind>>2&3]
		s := &Session{}
		c.session = s
		if kind&16 == 0 {
			s.state.cookie, s.others = &cookie{value: "first"}, &[]otherCookie{{"lb", cookie{value: "0"}}}
		}
		h := http.Header{"Set-Cookie": strings.Split(lines, "\n"), "Date": {date}, "Content-Type": {"application/json"}}
		for _, status := range []int{200, 401, 200} {
			snap, _, err := s.begin(op, e, false)
			if err != nil {
				continue
			}
			r := &response{op: op, status: status, header: h}
			_ = c.settle(t.Context(), &call{op: op}, &snap, r, r.check(e))
			wantSendable(t, s, e)
		}
		back, err := DecodeSession(s.Encode())
		if err != nil {
			t.Fatalf("the session can't be restored: %v", err)
		}
		if back.Encode() != s.Encode() {
			t.Error("restored, the session is another")
		}
	})
}

// wantSendable wants a session to be within its limits, and its Cookie header to be read as its cookies.
func wantSendable(t *testing.T, s *Session, e *endpoint) {
	t.Helper()
	type pair struct{ name, value string }
	var want []pair
	if s.state.cookie != nil {
		want = append(want, pair{e.cookieName, s.state.cookie.value})
	}
	if s.others != nil {
		size := 0
		for _, o := range *s.others {
			size += len(o.name) + len(o.value)
			if o.name != e.cookieName && !o.expired() && (!o.secure || e.maySendSecure()) {
				want = append(want, pair{o.name, o.value})
			}
		}
		if len(*s.others) > maxOtherCookies || size > maxOtherCookieBytes {
			t.Errorf("the session keeps %d other cookies of %d bytes", len(*s.others), size)
		}
	}
	header := cookieHeaderOf(s, e)
	if len(want) == 0 {
		if header != "" {
			t.Errorf("the header is %q", header)
		}
		return
	}
	cookies, err := http.ParseCookie(header)
	if err != nil {
		t.Fatalf("the header %q: %v", header, err)
	}
	var got []pair
	for _, c := range cookies {
		got = append(got, pair{c.Name, cookieValue(c)})
	}
	if !slices.Equal(got, want) {
		t.Errorf("the header %q is read as %q and not as %q", header, got, want)
	}
}

// FuzzSessionText decodes any text. It is refused, or makes a session that can be sent and encoded again. Half of the inputs
// get a checksum as Encode makes it, because hardly any would have one.
func FuzzSessionText(f *testing.F) {
	f.Add("", false)
	f.Add(sessionPrefix, false)
	f.Add((&Session{}).Encode(), false)
	f.Add(sessionOf("s%3Aid.sig").Encode(), false)
	f.Add("customers-session-2.e30", false)
	for _, payload := range []string{
		`{}`, `null`, `[]`, `{"v":"a","e":1,"s":true,"x":true,"b":true,"o":[{"n":"lb","v":"1","e":9223372036854775807,"s":true}]}`,
		`{"v":"a;b"}`, `{"v":"a\r\nX: y"}`, `{"v":"a\"b"}`, `{"v":" a "}`, `{"v":"ü"}`, `{"v":"\"a, b\""}`, `{"V":"a","v":"b"}`,
		`{"o":[{"n":"","v":""}]}`, `{"o":[{"n":"a=b","v":"c"}]}`, `{"o":[{},{}]}`, `{"v":"a","e":-1}`, `{"o":[{"n":"connect.sid","v":"x"},{"n":"a","v":""}]}`,
		`{"o":[{"n":"a","v":"` + strings.Repeat("x", maxOtherCookieBytes) + `"}]}`,
	} {
		f.Add(payload, true)
	}
	e := mustNew(f, "https://backend.test/").caller.config.endpoint
	f.Fuzz(func(t *testing.T, text string, wrap bool) {
		if wrap {
			text = sealed(text)
		}
		s, err := DecodeSession(text)
		if err != nil {
			if refused := wantError(t, err, ErrInvalidInput); refused.Field != "text" || len(text) > 32 && strings.Contains(err.Error(), text) {
				t.Errorf("the error is %v", err)
			}
			return
		}
		wantSendable(t, s, e)
		again := s.Encode()
		back, err := DecodeSession(again)
		if err != nil {
			t.Fatalf("encoded again, it is refused: %v", err)
		}
		if !sameState(s.state, back.state) || !reflect.DeepEqual(back.others, s.others) || back.Encode() != again {
			t.Error("encoded again, the session is another")
		}
		_, _, _ = s.LoggedIn(), s.Expires(), fmt.Sprintf("%+v", s)
	})
}

// arrivals records the last request to a server.
type arrivals struct {
	mu     sync.Mutex
	count  int
	header http.Header
	route  string
	value  string
}

func (a *arrivals) take() (count int, header http.Header, route, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	count, header, route, value = a.count, a.header, a.route, a.value
	a.count, a.header, a.route, a.value = 0, nil, "", ""
	return count, header, route, value
}

// note returns the handler of a route, which records the request and the {value} in its path.
func (a *arrivals) note(route string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.count++
		a.header, a.route, a.value = r.Header.Clone(), route, r.PathValue("value")
		a.mu.Unlock()
		switch {
		case strings.HasSuffix(route, "/password-token"):
			w.WriteHeader(http.StatusNoContent)
		case strings.HasPrefix(route, "GET /store/auth/"):
			respondJSON(w, 200, `{"exists":true}`)
		default:
			respondJSON(w, 200, customerJSON)
		}
	}
}

// fuzzRoutes are the backend's routes, where a misled request would arrive.
var fuzzRoutes = []string{
	"POST /store/customers", "GET /store/customers/me", "POST /store/customers/me", "GET /store/customers/me/orders",
	"GET /store/customers/me/payment-methods", "POST /store/customers/me/addresses", "POST /store/customers/me/addresses/{value}",
	"DELETE /store/customers/me/addresses/{value}", "POST /store/customers/password-token", "POST /store/customers/password-reset",
	"GET /store/auth", "POST /store/auth", "DELETE /store/auth", "POST /store/auth/token", "GET /store/auth/{value}", "/",
}

func serveRoutes(f *testing.F, prefix string) (*httptest.Server, *arrivals) {
	f.Helper()
	a := &arrivals{}
	mux := http.NewServeMux()
	for _, route := range fuzzRoutes {
		method, path, _ := strings.Cut(route, " ")
		if route == "/" {
			mux.Handle("/", a.note("none"))
			continue
		}
		mux.Handle(method+" "+prefix+path, a.note(route))
	}
	srv := httptest.NewServer(mux)
	f.Cleanup(srv.Close)
	return srv, a
}

// FuzzHeader sends any header. It is refused by name, or arrives to the byte at a real server.
func FuzzHeader(f *testing.F) {
	for _, h := range [][2]string{
		{"X-Request-Id", "r1"}, {"accept-language", "da, en;q=0.5"}, {"Cookie", "a=b"}, {"idempotency-key", "1"}, {"Expect", "100-continue"},
		{"Expect", "something"}, {"User-Agent", ""}, {"X", "a\tb"}, {"X", "a\r\nY: z"}, {"X", " a"}, {"X", "a\xc2\xa0"}, {"X", "ü\xff\x80"}, {"X", "\x7f"},
		{"X Y", "1"}, {"X:", "1"}, {"", "1"}, {"Ü", "1"}, {"Authorization", "Bearer x"}, {"Range", "bytes=0-1"}, {"Pragma", "no-cache"},
		{"content-LENGTH", "0"}, {"Trailers", "X"}, {"Upgrade-Insecure-Requests", "1"}, {"X-Forwarded-Proto", "http"}, {"Http2-Settings", "x"},
		{"~!#$%&'*+-.^_`|", "1"}, {"If-None-Match", `W/"1"`}, {"Proxy-Authorization", "Basic x"}, {"Content-Type", "text/plain"}, {"Date", "x"},
		{"Accept", ""}, {"X", "\x85\xa0"},
	} {
		f.Add(h[0], h[1])
	}
	srv, seen := serveRoutes(f, "")
	session := sessionOf("v1")
	plain := mustNew(f, srv.URL, WithMaxRetries(0)).WithSession(session)
	f.Fuzz(func(t *testing.T, name, value string) {
		c, err := New(srv.URL, WithHeader(name, value), WithMaxRetries(0), WithHTTPClient(plain.caller.config.transport.http))
		_, callErr := plain.Retrieve(t.Context(), WithHeader(name, value))
		if err != nil {
			for _, err := range []error{err, callErr} {
				if e := wantError(t, err, ErrInvalidInput); e.Field != "WithHeader" {
					t.Errorf("the error names %q", e.Field)
				}
				if len(value) > 12 && strings.Contains(err.Error(), value) {
					t.Errorf("the error repeats the value: %v", err)
				}
			}
			if n, _, _, _ := seen.take(); n != 0 {
				t.Error("refused, and sent all the same")
			}
			return
		}
		key := http.CanonicalHeaderKey(name)
		arrived := func(err error, where, key, value string) {
			t.Helper()
			wantOK(t, err)
			n, header, _, _ := seen.take()
			if got := header[key]; n != 1 || !slices.Equal(got, []string{value}) && (key != "User-Agent" || value != "" || got != nil) {
				t.Errorf("%s: of %d requests the last had %s: %q, want %q", where, n, key, got, value)
			}
		}
		arrived(callErr, "a GET with the call's header", key, value)
		arrived(plain.GeneratePasswordToken(t.Context(), testEmail, WithHeader(name, value)), "a POST with the call's header", key, value)
		_, err = c.WithSession(session).Retrieve(t.Context())
		arrived(err, "a GET with the client's header", key, value)

		agent := mustNew(t, srv.URL, WithUserAgent(value), WithMaxRetries(0), WithHTTPClient(plain.caller.config.transport.http))
		arrived(agent.GeneratePasswordToken(t.Context(), testEmail), "the user agent", "User-Agent", value)
		if value != "" && !isBearer(value) {
			token := mustNew(t, srv.URL, WithBearerToken(value), WithMaxRetries(0), WithHTTPClient(plain.caller.config.transport.http))
			arrived(retrieve(t.Context(), token), "the token", "Authorization", "Bearer "+value)
		}
	})
}

// FuzzPathParameter sends any id and email. It is refused by name, or arrives at its route, to the byte.
func FuzzPathParameter(f *testing.F) {
	for _, value := range []string{
		"addr_01H", "user@example.com", "", ".", "..", "...", "a/b", `a\b`, "%2e%2e", "%2F", "a%", "?x@y", "#@", ";a@b", "a b@c", "../@", "..%2f@", "@",
		"a@b/../token", "token@", "ü@ü.dk", "Ü@x", "USER@Example.com", "\n@", "a\x00@", "\xff@", "+@+", "a:b@c", "//@", ":@:", "@.", "Å", "İ@x", "a@b&c=d,e$",
	} {
		f.Add(value)
	}
	srv, seen := serveRoutes(f, "")
	inShop, seenInShop := serveRoutes(f, "/a%2Fshop")
	session, shopSession := sessionOf("v1"), sessionOf("v1")
	c := mustNew(f, srv.URL, WithMaxRetries(0)).WithSession(session)
	shop := mustNew(f, inShop.URL+"/a%2Fshop/", WithMaxRetries(0)).WithSession(shopSession)
	f.Fuzz(func(t *testing.T, value string) {
		for _, at := range []struct {
			c    *Client
			seen *arrivals
		}{{c, seen}, {shop, seenInShop}} {
			wantRoute := func(err error, field, route, want string) {
				t.Helper()
				n, _, got, arrived := at.seen.take()
				if err != nil {
					if e := wantError(t, err, ErrInvalidInput); e.Field != field || e.StatusCode != 0 || n != 0 {
						t.Errorf("%q is refused, after %d requests: %v", value, n, err)
					}
					if len(value) > 12 && strings.Contains(err.Error(), value) {
						t.Errorf("the error repeats the value: %v", err)
					}
					return
				}
				if n != 1 || got != route || arrived != want {
					t.Errorf("%q: %d requests, the last to %s with %q", value, n, got, arrived)
				}
			}
			_, err := at.c.Addresses.Update(t.Context(), value, UpdateAddressRequest{})
			wantRoute(err, "ID", "POST /store/customers/me/addresses/{value}", value)
			_, err = at.c.Addresses.Delete(t.Context(), value)
			wantRoute(err, "ID", "DELETE /store/customers/me/addresses/{value}", value)
			_, err = at.c.Auth.Exists(t.Context(), value)
			wantRoute(err, "Email", "GET /store/auth/{value}", strings.ToLower(strings.TrimSpace(value)))
		}
	})
}

// FuzzRetryAfter reads any header. The wait is neither negative nor longer than the cap.
func FuzzRetryAfter(f *testing.F) {
	for i, value := range []string{
		"", "0", "1", "-1", "+1", "1.5", "3600", "99999999999999999999", "0x10", "1_000", " 1", "Tue, 02 Jan 2024 03:04:05 GMT",
		"Tuesday, 02-Jan-24 03:04:05 GMT", "Tue Jan  2 03:04:05 2024", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "soon",
	} {
		f.Add(value, int64(1704164640+i), i)
	}
	f.Fuzz(func(t *testing.T, value string, unix int64, n int) {
		if d := retryAfter(value, time.Unix(unix, 0)); d < 0 || d > maxStatedRetryAfter*time.Second {
			t.Errorf("retryAfter(%q) = %v", value, d)
		}
		h := http.Header{"Retry-After": {value}}
		if d, ok := backoff(1+n&0xffff, &response{header: h}); d < firstBackoff/2 || ok && d > maxRetryAfter {
			t.Errorf("after attempt %d and %q the wait is %v", n, value, d)
		}
	})
}

// FuzzBaseURL takes any base URL. It is refused, or every request goes under it.
func FuzzBaseURL(f *testing.F) {
	for _, raw := range []string{
		"http://backend.test", "https://Backend.Test:443/", "http://[::1]:9000/a/b", "http://backend.test/a%2Fb/", "http://backend.test//a//", "",
		"http://backend.test/%2e%2e/", "http://backend.test/../x", "http://user:planted@backend.test", "http://backend.test?q", "http://backend.test/#f", "ftp://x",
		"http:backend.test", "//backend.test", "http://", "http://:80", "http://backend.test:", "http://backend.test:0", "http://backend.test:99999", "http://[fe80::1%25eth0]/",
		"http://b\u00fccher.test/\u00fc", "http://%ff/", "http://a b/", "http://a/b c", "HTTP://A", "http://a/;b", "http://a/%zz", "http://a/./", "http://a/b:c", "http://1.2.3.4.5", "http://a\\b",
		"http://a,b", "http://a'b", "http://a\"b", "http://%C3%BC.test/", "http://a/%00", "http://a/\x7f", "http://_a", "http://a..b", "http://-", "http://xn--a", "http://a?", "http://a#",
	} {
		f.Add(raw, "addr_1")
	}
	f.Fuzz(func(t *testing.T, raw, id string) {
		var got []*http.Request
		rt := roundTrip(func(r *http.Request) (*http.Response, error) {
			got = append(got, r)
			rec := httptest.NewRecorder()
			respondJSON(rec, 200, customerJSON)
			return rec.Result(), nil
		})
		c, err := New(raw, WithHTTPClient(&http.Client{Transport: rt}))
		if err != nil {
			if e := wantError(t, err, ErrInvalidInput); e.Field != "baseURL" || e.Operation != "New" || len(raw) > 24 && strings.Contains(err.Error(), raw) {
				t.Errorf("the error is %v", err)
			}
			return
		}
		base, err := url.Parse(raw)
		wantOK(t, err)
		c = c.WithSession(sessionOf("v1"))
		wantOK(t, retrieve(t.Context(), c))
		wantUnder(t, c, base, got[0], "store/customers/me")
		if _, err := c.Addresses.Delete(t.Context(), id); err == nil {
			wantUnder(t, c, base, got[1], "store/customers/me/addresses/"+url.PathEscape(id))
		}
	})
}

func wantUnder(t *testing.T, c *Client, base *url.URL, r *http.Request, route string) {
	t.Helper()
	u := r.URL
	if !strings.EqualFold(u.Scheme, base.Scheme) || u.Host != strings.TrimSuffix(base.Host, ":") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		t.Errorf("the base %s: asked %s", base, u)
	}
	prefix, ok := strings.CutSuffix(u.EscapedPath(), route)
	if !ok || prefix != c.caller.config.endpoint.basePath || !strings.HasPrefix(prefix, "/") || !strings.HasSuffix(prefix, "/") {
		t.Errorf("the base %s: asked for the path %q, base path %q", base, u.EscapedPath(), c.caller.config.endpoint.basePath)
	}
	// The request line is the same.
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		t.Errorf("the base %q can't be asked: %v", base, err)
		return
	}
	arrived, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Errorf("the base %q: the server reads: %v", base, err)
		return
	}
	if arrived.RequestURI != u.EscapedPath() || arrived.Host == "" {
		t.Errorf("the base %q: the server reads %q of %q", base, arrived.RequestURI, arrived.Host)
	}
}

// FuzzBrowser takes any cookies of a browser and of the backend. At most one well-formed line goes to the browser, and only
// with a cookie that the backend set.
func FuzzBrowser(f *testing.F) {
	for i, cookie := range []string{
		"connect.sid=s%3Aid.sig", "a=b; connect.sid=1; connect.sid=2", "connect.sid=\"q r\"", "connect.sid=", "connect.sid=a b,c", "connect.sid= x",
		"connect.sid=a\r\nX: y", "connect.sid=ü", "connect.sid=x; Path=/evil; Domain=evil.test", "", ";;=;connect.sid", "connect.sid=1",
	} {
		for kind, set := range []string{
			"connect.sid=1", "connect.sid=new; Path=/; Max-Age=60", "connect.sid=\"x y\"; Domain=backend.test", "connect.sid=; Max-Age=0",
			"connect.sid=a, b=c; HttpOnly", "lb=1", "connect.sid= x; Expires=Tue, 02 Jan 2035 03:04:05 GMT", "connect.sid=a\r\nX: y",
		} {
			f.Add(cookie, []string{"shop.test", "localhost:80", "[::1]:8080", "evil.test:localhost"}[i%4], []string{"", "https", "HTTPS", "x"}[kind%4], set, byte(kind+i))
		}
	}
	f.Fuzz(func(t *testing.T, cookie, host, proto, set string, kind byte) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://shop.test/", nil)
		r.Host, r.Header = host, http.Header{"Cookie": {cookie}, "X-Forwarded-Proto": {proto}}
		var browsers []*http.Cookie
		if sent, err := http.ParseCookie(cookie); err == nil {
			browsers = sent
		}
		status := 200
		if kind&4 != 0 {
			status = 401
		}
		backend := func(w http.ResponseWriter, r *http.Request) {
			if h, ok := r.Header["Cookie"]; ok {
				got, err := http.ParseCookie(strings.Join(h, "; "))
				// A logout of what the browser sent besides has the cookies that the response before it set, too.
				got = slices.DeleteFunc(got, func(c *http.Cookie) bool {
					return c.Name != DefaultSessionCookieName && strings.Contains(set, c.Name+"=")
				})
				if err != nil || len(got) != 1 || got[0].Name != DefaultSessionCookieName || !strings.Contains(cookie, got[0].Value) ||
					len(browsers) > 0 && !slices.ContainsFunc(browsers, func(c *http.Cookie) bool {
						return c.Name == DefaultSessionCookieName && cookieValue(c) == cookieValue(got[0])
					}) {
					t.Errorf("of the browser's %q the backend gets %q", cookie, h)
				}
			}
			w.Header()["Set-Cookie"] = []string{set}
			respondJSON(w, status, customerJSON)
		}
		shop := mustNew(t, "https://backend.test", inMemory(backend), WithoutSession(), WithMaxRetries(0))
		s := SessionFromRequest(r, BrowserCookie{})
		if s.LoggedIn() {
			t.Error("a session from a browser is logged in at once")
		}
		c := shop.WithSession(s)
		_, _ = everyOperation[int(kind>>3)%len(everyOperation)].call(t.Context(), c)
		rec := httptest.NewRecorder()
		s.Relay(rec)
		wantSafeLine(t, s, rec.Header(), cookie, set)
	})
}

func wantSafeLine(t *testing.T, s *Session, h http.Header, cookie, set string) {
	t.Helper()
	lines := h["Set-Cookie"]
	if len(lines) == 0 {
		if v := valueOf(s); v != "" && v != s.browser.value {
			t.Errorf("the browser does not get %q", v)
		}
		return
	}
	if len(lines) > 1 || strings.ContainsFunc(lines[0], func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Fatalf("the browser gets %q", lines)
	}
	got, err := http.ParseSetCookie(lines[0])
	if err != nil {
		t.Fatalf("the browser gets %q: %v", lines[0], err)
	}
	switch {
	case got.Name != DefaultSessionCookieName, got.Path != "/", got.Domain != "", !got.HttpOnly, got.SameSite != http.SameSiteLaxMode,
		!got.Secure, len(got.Unparsed) > 0, cookieValue(got) != valueOf(s):
		t.Errorf("the browser gets %q for the session %q", lines[0], valueOf(s))
	case got.Value != "" && !strings.Contains(set, got.Value):
		t.Errorf("the browser gets %q, which the backend did not set by %q", lines[0], set)
	case got.Value == "" && got.MaxAge >= 0:
		t.Errorf("the browser is to delete a cookie by %q", lines[0])
	case got.Value == "" && cookie == "":
		t.Errorf("the browser is to delete what it does not have by %q", lines[0])
	}
}
