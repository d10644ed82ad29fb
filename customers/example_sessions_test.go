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
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

// A server has one client that can not become a customer, and derives one for each customer it acts for.
func ExampleClient_WithSession() {
	ctx := context.Background()
	shop, err := customers.New(startShop().URL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	// A customer logs in. The server keeps the session, encrypted as in the example of Session.Encode.
	session := new(customers.Session)
	if _, err := shop.WithSession(session).Auth.Authenticate(ctx, "alec@example.com", "supersecret"); err != nil {
		log.Fatal(err)
	}
	text := session.Encode()
	fmt.Println("worth storing for", time.Until(session.Expires()).Round(time.Hour))

	// A later request of the same customer, perhaps on another machine.
	if session, err = customers.DecodeSession(text); err != nil {
		log.Fatal(err)
	}
	me, err := shop.WithSession(session).Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email, "is back")
	// Output:
	// worth storing for 10h0m0s
	// alec@example.com is back
}

// vault encrypts sessions with AES-256-GCM. A sealed session opens only with the vault's key and for the record that it
// was sealed for: a text copied to another customer's record is refused.
type vault struct {
	aead cipher.AEAD
}

// newVault takes 32 random bytes, from a secret manager and not from the database that has the sessions.
func newVault(key []byte) (vault, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return vault{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block) // Seal puts a fresh nonce in front of the text
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

// A stored session is encrypted: its text logs anybody in as the customer. Any AEAD of the standard library does; the
// id of the record that has the text is authenticated with it.
func ExampleSession_Encode() {
	v, err := newVault(make([]byte, 32)) // from your secret manager
	if err != nil {
		log.Fatal(err)
	}
	c := loggedIn(startShop())
	sealed := v.seal("session:1", c.Session())

	session, err := v.open("session:1", sealed)
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.WithSession(session).Retrieve(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email, "is back")

	_, err = v.open("session:2", sealed)
	fmt.Println(err)
	// Output:
	// alec@example.com is back
	// the session is damaged, another record's, or sealed with another key
}

// sessionStore is a server's session store, such as a Redis or a table, keyed by the id in the site's own cookie.
type sessionStore struct {
	vault vault
	mu    sync.Mutex
	texts map[string]string
}

// siteSession is the key of the site's session id in a request's context.
type siteSession struct{}

// save is the session hook. It runs after a login, after a logout and after each change of the cookie by the backend.
func (st *sessionStore) save(ctx context.Context, s *customers.Session) {
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
	st.texts[id] = st.vault.seal(id, s) // worth keeping until s.Expires()
}

// load returns the session of a visitor. A new visitor gets one that a login fills.
func (st *sessionStore) load(id string) *customers.Session {
	st.mu.Lock()
	defer st.mu.Unlock()
	if s, err := st.vault.open(id, st.texts[id]); err == nil {
		return s
	}
	return new(customers.Session)
}

// A server stores each change of a session. The context of the request names the visitor.
func ExampleWithSessionHook() {
	v, err := newVault(make([]byte, 32)) // from your secret manager
	if err != nil {
		log.Fatal(err)
	}
	store := &sessionStore{vault: v, texts: map[string]string{}}
	shop, err := customers.New(startShop().URL, customers.WithoutSession(), customers.WithSessionHook(store.save))
	if err != nil {
		log.Fatal(err)
	}
	// Each request of a visitor is handled alike: load the session, act.
	handle := func(visitor string, act func(ctx context.Context, c *customers.Client) error) {
		ctx := context.WithValue(context.Background(), siteSession{}, visitor)
		err := act(ctx, shop.WithSession(store.load(visitor)))
		fmt.Printf("%s: %v, %d stored\n", visitor, err, len(store.texts))
	}
	logIn := func(ctx context.Context, c *customers.Client) error {
		_, err := c.Auth.Authenticate(ctx, "alec@example.com", "supersecret")
		return err
	}
	profile := func(ctx context.Context, c *customers.Client) error {
		_, err := c.Retrieve(ctx)
		return err
	}
	handle("visitor-1", logIn)
	handle("visitor-1", profile)
	handle("visitor-2", profile)
	handle("visitor-1", func(ctx context.Context, c *customers.Client) error { return c.Auth.DeleteSession(ctx) })
	// Output:
	// visitor-1: <nil>, 1 stored
	// visitor-1: <nil>, 1 stored
	// visitor-2: customers: RetrieveCustomer: not logged in: log in first, with Create or Auth.Authenticate, 1 stored
	// visitor-1: <nil>, 0 stored
}

// A server between browser and backend stores nothing: the browser has the session in a cookie of the site.
func ExampleSessionFromRequest() {
	shop, err := customers.New(startShop().URL, customers.WithoutSession())
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
			fmt.Fprintln(w, "hello,", me.Email)
		}
	})

	browser := newBrowser(site)
	browser.show(http.MethodGet, "/", nil)
	browser.show(http.MethodPost, "/login", url.Values{"email": {"alec@example.com"}, "password": {"supersecret"}})
	browser.show(http.MethodGet, "/", nil)
	// Output:
	// 401 please log in
	// 200 welcome
	// 200 hello, alec@example.com
}

// browser stands for the visitor's browser.
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

// show sends a request and prints the response.
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

// A program that acts for one customer logs in again by itself once the login has expired.
func ExampleWithReloginHook() {
	ctx := context.Background()
	shop := startShop()
	c, err := customers.New(shop.URL, customers.WithReloginHook(func(ctx context.Context, c *customers.Client) error {
		fmt.Println("logging in again")
		_, err := c.Auth.Authenticate(ctx, "alec@example.com", "supersecret") // from your secret manager
		return err
	}))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.Auth.Authenticate(ctx, "alec@example.com", "supersecret"); err != nil {
		log.Fatal(err)
	}
	shop.ExpireSessions() // as a restart of the backend does
	me, err := c.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Email, "is back")
	// Output:
	// logging in again
	// alec@example.com is back
}
