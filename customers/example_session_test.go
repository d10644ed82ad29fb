package customers_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/medusa-storefront/customers-go/customers"
)

// vault encrypts sessions for storage, with AES-256-GCM. What it seals can be read and made with its key alone, and
// opens only for the record that it was sealed for: a text copied to another customer's record is refused.
type vault struct {
	aead cipher.AEAD
}

// newVault takes 32 random bytes, from a secret manager and not from the database that holds the sessions.
func newVault(key []byte) (vault, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return vault{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block) // a fresh nonce for each Seal, kept in front of the text
	return vault{aead}, err
}

func (v vault) seal(record string, s *customers.Session) string {
	return base64.RawStdEncoding.EncodeToString(v.aead.Seal(nil, nil, []byte(s.Encode()), []byte(record)))
}

func (v vault) open(record, sealed string) (*customers.Session, error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, errors.New("the session is damaged")
	}
	text, err := v.aead.Open(nil, nil, raw, []byte(record))
	if err != nil {
		return nil, errors.New("the session is damaged, another record's, or sealed with another key")
	}
	return customers.DecodeSession(string(text))
}

// A session at rest is encrypted: whoever has its text is logged in as the customer. Any AEAD of the standard library
// does; the id of the record that holds the text is authenticated with it.
func ExampleSession_Encode() {
	key := make([]byte, 32) // from your secret manager
	v, err := newVault(key)
	if err != nil {
		log.Fatal(err)
	}
	c := loggedIn()
	sealed := v.seal("session:1", c.Session())

	session, err := v.open("session:1", sealed)
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.WithSession(session).Retrieve(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*me.FirstName, "is back")

	_, err = v.open("session:2", sealed)
	fmt.Println(err)
	// Output:
	// Alec is back
	// the session is damaged, another record's, or sealed with another key
}

// sessionStore is a server's session store: a Redis or a table, by the id in the site's own cookie. What it holds is
// sealed as in the example of [customers.Session.Encode].
type sessionStore struct {
	vault vault
	mu    sync.Mutex
	texts map[string]string
}

// siteSession is where a request's context has the site's session id.
type siteSession struct{}

// keep is the session hook: it writes after a login, a logout, and whenever the backend changes the cookie.
func (st *sessionStore) keep(ctx context.Context, s *customers.Session) {
	id, ok := ctx.Value(siteSession{}).(string)
	if !ok {
		return
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if !s.LoggedIn() {
		delete(st.texts, id)
		return
	}
	st.texts[id] = st.vault.seal(id, s) // keep it until s.Expires()
}

// of is the session of the site's visitor; somebody new gets one that a login fills.
func (st *sessionStore) of(id string) *customers.Session {
	st.mu.Lock()
	defer st.mu.Unlock()
	if s, err := st.vault.open(id, st.texts[id]); err == nil {
		return s
	}
	return new(customers.Session)
}

func (st *sessionStore) size() int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return len(st.texts)
}

// A server keeps the customers' sessions in its own store. The hook writes every change; the request's context says
// whose it is.
func ExampleWithSessionHook() {
	v, err := newVault(make([]byte, 32)) // from your secret manager
	if err != nil {
		log.Fatal(err)
	}
	store := &sessionStore{vault: v, texts: map[string]string{}}
	shop, err := customers.New(shopURL, customers.WithoutSession(), customers.WithSessionHook(store.keep))
	if err != nil {
		log.Fatal(err)
	}

	// Each request of a visitor, wherever it is handled: take the session from the store, act, and that is all.
	visit := func(id string, act func(ctx context.Context, c *customers.Client) error) {
		ctx := context.WithValue(context.Background(), siteSession{}, id)
		if err := act(ctx, shop.WithSession(store.of(id))); err != nil {
			fmt.Println(errors.Is(err, customers.ErrUnauthenticated))
		}
		fmt.Println(store.size(), "kept")
	}
	visit("visitor-1", func(ctx context.Context, c *customers.Client) error {
		_, err := c.Auth.Authenticate(ctx, "user@example.com", "supersecret")
		return err
	})
	visit("visitor-1", func(ctx context.Context, c *customers.Client) error {
		me, err := c.Retrieve(ctx)
		if err == nil {
			fmt.Println("visitor-1 is", *me.FirstName)
		}
		return err
	})
	visit("visitor-2", func(ctx context.Context, c *customers.Client) error {
		_, err := c.Retrieve(ctx)
		return err
	})
	visit("visitor-1", func(ctx context.Context, c *customers.Client) error { return c.Auth.DeleteSession(ctx) })
	// Output:
	// 1 kept
	// visitor-1 is Alec
	// 1 kept
	// true
	// 1 kept
	// 0 kept
}

// A server between browser and backend that keeps nothing: the browser has the session in a cookie of the site.
func ExampleSessionFromRequest() {
	shop, err := customers.New(shopURL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	// Over https, a name such as "__Host-shop" keeps other hosts of the domain from planting a cookie.
	const cookie = customers.DefaultSessionCookieName
	site := http.NewServeMux()
	site.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		session := customers.SessionFromRequest(r, cookie)
		_, err := shop.WithSession(session).Auth.Authenticate(r.Context(), r.PostFormValue("email"), r.PostFormValue("password"))
		session.Relay(w) // before anything is written
		if err != nil {
			http.Error(w, "wrong email or password", http.StatusUnauthorized)
			return
		}
		fmt.Fprintln(w, "welcome")
	})
	site.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		session := customers.SessionFromRequest(r, cookie)
		me, err := shop.WithSession(session).Retrieve(r.Context())
		session.Relay(w)
		switch {
		case errors.Is(err, customers.ErrUnauthenticated):
			http.Error(w, "please log in", http.StatusUnauthorized)
		case err != nil:
			http.Error(w, "please try again", http.StatusBadGateway)
		default:
			fmt.Fprintln(w, "hello,", *me.FirstName)
		}
	})

	browser := newBrowser(site)
	browser.show(http.MethodGet, "/", nil)
	browser.show(http.MethodPost, "/login", url.Values{"email": {"user@example.com"}, "password": {"supersecret"}})
	browser.show(http.MethodGet, "/", nil)
	// Output:
	// 401 please log in
	// 200 welcome
	// 200 hello, Alec
}

// browser stands for the visitor's.
type browser struct {
	http.Client
	site string
}

func newBrowser(site http.Handler) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err)
	}
	return &browser{http.Client{Jar: jar}, httptest.NewServer(site).URL}
}

// show prints the answer.
func (b *browser) show(method, path string, form url.Values) {
	req, err := http.NewRequestWithContext(context.Background(), method, b.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := b.Do(req)
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(resp.StatusCode, strings.TrimSpace(string(body)))
}

// A program that acts for one customer logs in again by itself, when the session has run out or the backend has lost
// it, as after a restart.
func ExampleWithReloginHook() {
	var lost atomic.Bool
	backendURL := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lost.Load() && r.Method == http.MethodGet {
			r.Header.Del("Cookie")
		}
		lost.Store(false)
		serveShop(w, r)
	})).URL

	c, err := customers.New(backendURL, customers.WithReloginHook(func(ctx context.Context, c *customers.Client) error {
		fmt.Println("logging in again")
		_, err := c.Auth.Authenticate(ctx, "user@example.com", "supersecret") // from your secret manager
		return err
	}))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if _, err := c.Auth.Authenticate(ctx, "user@example.com", "supersecret"); err != nil {
		log.Fatal(err)
	}
	lost.Store(true) // the backend restarts
	me, err := c.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("still", *me.FirstName)
	// Output:
	// logging in again
	// still Alec
}
