package customers

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// hostileCases is how many requests TestDoSendsNothingElsewhereAndKeepsSecrets makes.
const hostileCases = 10_000

// doHarness is a shop below /shop/ and, on another port, a server that nothing may be sent to.
type doHarness struct {
	t          *testing.T
	shop, evil *httptest.Server
	received   atomic.Int64
	closed     atomic.Int64 // bodies of requests
	opened     atomic.Int64
}

func newDoHarness(t *testing.T) *doHarness {
	t.Helper()
	h := &doHarness{t: t}
	h.evil = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent elsewhere: %s %s", r.Host, r.RequestURI) }))
	t.Cleanup(h.evil.Close)
	h.shop = httptest.NewUnstartedServer(http.HandlerFunc(h.respond))
	h.shop.Config.ErrorLog = discard()
	h.shop.Start()
	t.Cleanup(h.shop.Close)
	return h
}

// respond checks what arrives, and misbehaves as the request's X-Case says.
func (h *doHarness) respond(w http.ResponseWriter, r *http.Request) {
	h.received.Add(1)
	place, _, _ := strings.Cut(r.RequestURI, "?")
	for range 4 { // as a proxy may decode it
		if clean := path.Clean(strings.ReplaceAll(place, `\`, "/")); clean != "/shop" && !strings.HasPrefix(clean, "/shop/") || strings.HasPrefix(place, "//") {
			h.t.Errorf("%q is not below /shop/", r.RequestURI)
		}
		decoded, err := url.PathUnescape(place)
		if err != nil {
			break
		}
		place = decoded
	}
	if cookies := r.Header.Values("Cookie"); len(cookies) > 1 || len(cookies) == 1 && cookies[0] != "connect.sid=v1" {
		h.t.Errorf("cookies %q", cookies)
	}
	if got := r.Header.Values("Authorization"); fmt.Sprint(got) != "[Basic gateway]" || r.Host != strings.TrimPrefix(h.shop.URL, "http://") {
		h.t.Errorf("authorization %q, host %s", got, r.Host)
	}
	if kind := r.Header.Get("X-Case"); kind != "early" {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	h.misbehave(w, r)
}

func (h *doHarness) misbehave(w http.ResponseWriter, r *http.Request) {
	text := bytes.Repeat([]byte("0123456789"), 1000)
	w.Header().Add("Set-Cookie", "connect.sid=anonymous; Path=/")
	w.Header().Add("Set-Cookie", "connect.sid=; Path=/other; Max-Age=0")
	switch r.Header.Get("X-Case") {
	case "redirect":
		w.Header().Set("Location", h.evil.URL+"/shop/store/carts")
		w.Header().Set("Refresh", "0; url="+h.evil.URL)
		w.WriteHeader([]int{301, 302, 303, 307, 308}[len(r.URL.Path)%5])
	case "gateway":
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "<html>who are you?</html>")
	case "half":
		w.Header().Set("Content-Length", strconv.Itoa(2*len(text)))
		_, _ = w.Write(text)
	case "half gzip":
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, _ = z.Write(text)
		_ = z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped.Bytes()[:zipped.Len()/2])
	case "abort":
		_, _ = w.Write(text)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case "reset":
		panic(http.ErrAbortHandler)
	default:
		_, _ = w.Write(text)
	}
}

var (
	hostileParts = []string{
		"/", "/", "/", "//", "shop", "store", "carts", "..", ".", "%2e", "%2E%2e", "%252e%252e", "%2f", "%5c", `\`, ";", "..;x", "%00", "%0d%0a", "@", ":", "?", "#", "a=1", " ", "%20", "é", "%c0%ae", "...", "x",
	}
	hostileKinds = []string{"", "", "redirect", "gateway", "half", "half gzip", "abort", "reset", "early"}
)

// request makes a request of random parts. Many are as they should be but for one.
func (h *doHarness) request(r *rand.Rand) *http.Request {
	shop, evil := strings.TrimPrefix(h.shop.URL, "http://"), strings.TrimPrefix(h.evil.URL, "http://")
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	var place strings.Builder
	place.WriteString(pick("/shop/store/carts", "/store/carts/", "/shop/", "/shop", ""))
	origin := pick("http://"+shop, "", "http://"+evil, "//"+evil, "//"+shop, "https://"+shop, "http://user:pw@"+shop, "http://"+shop+"@"+evil, "http://"+evil+"#"+shop, "HTTP://"+shop, "http://"+shop+".example", "http:")
	method := pick(doMethods...)
	switch r.IntN(8) {
	case 0:
		method = pick(http.MethodConnect, "get", http.MethodTrace, "GET\r\nX: y", "")
	case 1, 2:
		for range r.IntN(6) {
			place.WriteString(pick(hostileParts...))
		}
	case 3, 4, 5, 6:
		origin = pick("http://"+shop, "")
		place.Reset()
		place.WriteString(pick("/shop/store/carts", "/shop/store/auth/a%2Fb", "/shop/?a=%20"))
	}
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, "/store/carts", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Method = method
	if u, err := url.Parse(origin + place.String()); err == nil {
		req.URL = u
	} else {
		req.URL = &url.URL{Path: place.String(), RawPath: pick("", place.String()), RawQuery: pick("", "a b", "a=1\r\nX: y")}
	}
	switch r.IntN(30) {
	case 0:
		req.URL.Opaque = pick("//"+evil+"/shop/", place.String())
	case 1:
		req.Host = pick(evil, shop, "")
	case 2:
		req.Header[pick("cookie", "Cookie", "COOKIE")] = []string{"connect.sid=planted"}
	case 3:
		req.Header[pick("authorization", "Authorization")] = []string{pick("Bearer planted", "bearer\tplanted", "Basic gateway")}
	case 4:
		req.Header[pick("Host", "Content-Length", "Connection", "Upgrade", "X\nCookie", "", "Transfer-Encoding")] = []string{pick("planted", "a\r\nCookie: planted")}
	case 5:
		req.RequestURI = place.String()
	}
	req.Header.Set("X-Case", pick(hostileKinds...))
	if r.IntN(2) == 0 {
		h.giveBody(r, req)
	}
	return req
}

// giveBody gives the request a body that may break in the middle, and be had again or not.
func (h *doHarness) giveBody(r *rand.Rand, req *http.Request) {
	size, breaks := r.IntN(16<<10), r.IntN(3) == 0
	open := func() io.ReadCloser {
		h.opened.Add(1)
		body := io.LimitReader(&endless{}, int64(size))
		if breaks {
			body = io.MultiReader(body, &badBody{})
		}
		return &closedBody{Reader: body, closed: &h.closed}
	}
	req.Body = open()
	if r.IntN(2) == 0 {
		req.GetBody = func() (io.ReadCloser, error) { return open(), nil }
	}
	if r.IntN(4) == 0 && !breaks {
		req.ContentLength = int64(size)
	}
}

// closedBody counts that it was closed, once.
type closedBody struct {
	io.Reader
	once   sync.Once
	closed *atomic.Int64
}

func (b *closedBody) Close() error {
	b.once.Do(func() { b.closed.Add(1) })
	return nil
}

// TestDoSendsNothingElsewhereAndKeepsSecrets sends requests of random parts, most of which lead elsewhere, to a shop that misbehaves. What is
// sent goes to the shop and has the client's credentials and no others; the session stays; every body is closed; and each
// error is one of the documented ones, without a secret.
func TestDoSendsNothingElsewhereAndKeepsSecrets(t *testing.T) {
	h := newDoHarness(t)
	shared := mustNew(t, h.shop.URL+"/shop", WithMaxRetries(1), WithHeader("Authorization", "Basic gateway"), WithMaxResponseBytes(1<<20))
	var refusals, failures, responses, broken atomic.Int64
	var wg sync.WaitGroup
	const workers = 8
	for worker := range workers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(14, uint64(worker)))
			for range hostileCases / workers {
				s := sessionOf("v1")
				c := shared.WithSession(s)
				req := h.request(r)
				ctx, cancel := context.WithCancel(t.Context())
				resp, err := c.Do(req.WithContext(ctx))
				switch {
				case errors.Is(err, ErrInvalidInput):
					refusals.Add(1)
				case errors.Is(err, ErrUnavailable):
					failures.Add(1)
				case err != nil:
					t.Errorf("%s %s: %v", req.Method, req.URL, err)
				default:
					responses.Add(1)
					if h.read(r, resp, cancel) != nil {
						broken.Add(1)
					}
				}
				cancel()
				if err != nil && (resp != nil || strings.Contains(err.Error(), "planted")) {
					t.Errorf("%v beside %q", resp, err)
				}
				if valueOf(s) != "v1" || !s.LoggedIn() {
					t.Errorf("the session has %q after %s", valueOf(s), req.Header.Get("X-Case"))
				}
			}
		})
	}
	wg.Wait()
	shared.CloseIdleConnections()
	h.shop.CloseClientConnections()
	for h.closed.Load() < h.opened.Load() && t.Context().Err() == nil { // by goroutines of net/http; the test's time limit ends it
		wait(t.Context(), firstBackoff)
	}
	t.Logf("%d refused, %d failed, %d responses, of which %d broke off; %d arrived", refusals.Load(), failures.Load(), responses.Load(), broken.Load(), h.received.Load())
	if refusals.Load() < hostileCases/4 || responses.Load() < hostileCases/20 || failures.Load() == 0 || broken.Load() == 0 {
		t.Error("too few of a kind to mean anything")
	}
}

// read reads a response to its end, or in part, or not at all, and closes it.
func (h *doHarness) read(r *rand.Rand, resp *http.Response, cancel func()) (err error) {
	if text := fmt.Sprint(resp.Header, resp.Request.Header, resp.Request.URL); strings.Contains(text, "connect.sid") {
		h.t.Errorf("the response shows %s", text)
	}
	switch r.IntN(4) {
	case 0:
		_, err = resp.Body.Read(make([]byte, 10))
	case 1:
		_, _ = resp.Body.Read(make([]byte, 10))
		cancel()
		_, err = io.Copy(io.Discard, resp.Body)
	default:
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil && err != io.EOF { //nolint:errorlint // a Read's own
		if _, ok := errors.AsType[*Error](err); !ok {
			h.t.Errorf("reading: a %T: %v", err, err)
		}
	} else {
		err = nil
	}
	if err := resp.Body.Close(); err != nil {
		h.t.Error("closing:", err)
	}
	return err
}

func FuzzURLBelow(f *testing.F) {
	for _, raw := range []string{"/store/carts", "https://example.com/shop/x", "https://example.com/shop/..", "//evil.example/", "/%2e%2e/x", "https://u@example.com/shop/", "?a=1", "/a%2fb;c"} {
		f.Add(raw)
	}
	e, err := parseEndpoint("baseURL", "https://example.com/shop")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := url.Parse(raw)
		if err != nil {
			u = &url.URL{Path: raw, RawPath: raw}
		}
		target, _, err := e.below(u)
		if err != nil {
			return
		}
		sent := target.EscapedPath()
		if target.Scheme != "https" || target.Host != "example.com" || target.User != nil || target.Opaque != "" || !strings.HasPrefix(sent, "/shop/") {
			t.Fatalf("%q becomes %q", raw, target)
		}
		for range 3 {
			if clean := path.Clean(strings.ReplaceAll(sent, `\`, "/")); clean != "/shop" && !strings.HasPrefix(clean, "/shop/") {
				t.Fatalf("%q becomes %q, which is read as %q", raw, target, clean)
			}
			if sent, err = url.PathUnescape(sent); err != nil {
				return
			}
		}
	})
}
