package customers

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestHeadersThatWouldDoHarmAreRefused(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := f.loggedIn(t)
	for _, name := range []string{
		"Cookie", "cookie", "COOKIE", "Host", "host", "Content-Length", "content-length", "Content-Type", "Content-Encoding",
		"Transfer-Encoding", "TRANSFER-ENCODING", "Accept-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade",
		"Trailer", "TE", "te", "Expect", "expect", "Idempotency-Key", "idempotency-key", "X-Idempotency-Key", "x-idempotency-key",
		"", " ", "X Y", "X:", "X\r\nY", "X\x00", "Ü", "X(", "a/b", `a"b`, "a\tb",
	} {
		wantRefusedOption(t, c, f, WithHeader(name, "hush-hush"), "WithHeader", "name "+name)
	}
	for _, value := range []string{
		"hush-hush\r\nX-Injected: 1", "hush-hush\n", "hush\nX: 1", "hush\rX: 1", "hush\x00X", "hush\x7f", "\x01", " hush-hush", "hush-hush ", "\thush",
	} {
		wantRefusedOption(t, c, f, WithHeader("X-Test", value), "WithHeader", "a value")
		wantRefusedOption(t, c, f, WithPublishableKey(value), "WithPublishableKey", "a key")
	}
}

// wantRefusedOption wants an option to be refused by New and by a call, with nothing sent and no secret shown.
func wantRefusedOption(t *testing.T, c *Client, f *fake, opt SharedOption, field, what string) {
	t.Helper()
	_, err := New("https://shop.example.com", opt)
	e := wantError(t, err, ErrInvalidInput)
	if e.Field != field || e.Operation != "New" || strings.Contains(err.Error(), "hush") {
		t.Errorf("%s: New says %q", what, e)
	}
	n := f.count()
	_, err = c.Retrieve(t.Context(), opt)
	e = wantError(t, err, ErrInvalidInput)
	if e.Field != field || e.Operation != "RetrieveCustomer" || strings.Contains(err.Error(), "hush") {
		t.Errorf("%s: the call says %q", what, e)
	}
	if f.count() != n {
		t.Errorf("%s: something was sent", what)
	}
}

func TestHeaderOfTheCallBeatsTheClients(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := f.loggedIn(t,
		WithHeader("accept-language", "da"), WithHeader("X-Twice", "1"), WithHeader("x-twice", "2"),
		WithPublishableKey("pk_1"), WithUserAgent("shop/1"), WithHeader("Authorization", "Basic gateway"), WithHeader("X-Empty", ""))

	wantOK(t, retrieve(t.Context(), c))
	wantHeaders(t, f.last(t), map[string]string{
		"Accept-Language": "da", "X-Twice": "2", "X-Publishable-Api-Key": "pk_1", "User-Agent": "shop/1",
		"Authorization": "Basic gateway", "Accept": "application/json",
	})
	if v, ok := f.last(t).Header["X-Empty"]; !ok || v[0] != "" {
		t.Errorf("X-Empty is %q", v)
	}

	_, err := c.Retrieve(t.Context(), WithHeader("ACCEPT-LANGUAGE", "en"), WithPublishableKey("pk_2"), WithHeader("User-Agent", "shop/2"),
		WithHeader("X-Request-Id", "r1"), WithHeader("X-Tab", "a\tb"))
	wantOK(t, err)
	wantHeaders(t, f.last(t), map[string]string{
		"Accept-Language": "en", "X-Publishable-Api-Key": "pk_2", "User-Agent": "shop/2", "X-Request-Id": "r1", "X-Tab": "a\tb", "X-Twice": "2",
	})
	if n := len(f.last(t).Header["Accept-Language"]); n != 1 {
		t.Errorf("Accept-Language was sent %d times", n)
	}

	// The call did not change the client, and a derived client has the same headers.
	wantOK(t, retrieve(t.Context(), c.WithSession(sessionOf("other"))))
	wantHeaders(t, f.last(t), map[string]string{"Accept-Language": "da", "X-Publishable-Api-Key": "pk_1", "User-Agent": "shop/1", "X-Request-Id": ""})
}

func wantHeaders(t *testing.T, r recorded, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := r.Header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

func TestDefaultHeaders(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	wantOK(t, retrieve(t.Context(), f.loggedIn(t)))
	wantHeaders(t, f.last(t), map[string]string{
		"Accept": "application/json", "User-Agent": "customers-go/" + Version, "X-Forwarded-Proto": "", "Authorization": "", "Content-Type": "",
		"X-Publishable-Api-Key": "",
	})
	_, err := f.loggedIn(t).Update(t.Context(), UpdateRequest{Phone: Null[string]()})
	wantOK(t, err)
	wantHeaders(t, f.last(t), map[string]string{"Content-Type": "application/json"})
}

func TestHeadersAreSharedBetweenCallsWithoutARace(t *testing.T) {
	// A transport that changes a request's headers, which it should not, changes no other's.
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := f.client(t, WithHeader("X-Client", "c"), WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		r.Header.Set("X-Client", r.Header.Get("X-Client")+"!")
		r.Header.Add("X-Call", "added")
		return http.DefaultTransport.RoundTrip(r)
	})})).WithSession(sessionOf("v"))
	opt := WithHeader("X-Call", "k")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if _, err := c.Retrieve(t.Context(), opt); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, r := range f.seen() {
		if got := r.Header.Get("X-Client"); got != "c!" {
			t.Fatalf("X-Client is %q", got)
		}
		if got := r.Header.Values("X-Call"); len(got) != 2 || got[0] != "k" {
			t.Fatalf("X-Call is %q", got)
		}
	}
}

func TestPublishableKeyOfAnUnsetVariableIsRefused(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := f.loggedIn(t)
	for _, key := range []string{"", " ", "pk ", "\tpk", "pk\n", "p\x00k", "p\x7fk"} {
		_, err := New(f.URL, WithPublishableKey(key))
		if e := wantError(t, err, ErrInvalidInput); e.Field != "WithPublishableKey" || e.Operation != "New" {
			t.Errorf("New with %q: %v", key, e)
		}
		_, err = c.Retrieve(t.Context(), WithPublishableKey(key))
		if e := wantError(t, err, ErrInvalidInput); e.Field != "WithPublishableKey" || e.Operation != "RetrieveCustomer" {
			t.Errorf("a call with %q: %v", key, e)
		}
	}
	if f.count() != 0 {
		t.Errorf("%d requests were sent", f.count())
	}
}
