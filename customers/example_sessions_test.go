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
	"github.com/medusa-storefront/customers-go/customers/customerstest"
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

func (v vault) seal(record, text string) string {
	return base64.RawStdEncoding.EncodeToString(v.aead.Seal(nil, nil, []byte(text), []byte(record)))
}

func (v vault) open(record, sealed string) (text string, err error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return "", errors.New("the session is damaged")
	}
	plain, err := v.aead.Open(nil, nil, raw, []byte(record))
	if err != nil {
		return "", errors.New("the session is damaged, another record's, or sealed with another key")
	}
	return string(plain), nil
}

// A stored session is encrypted: its text logs anybody in as the customer. Any AEAD of the standard library does; the
// id of the record that has the text is authenticated with it.
func ExampleSession_Encode() {
	v, err := newVault(make([]byte, 32)) // from your secret manager
	if err != nil {
		log.Fatal(err)
	}
	c := loggedIn(startShop())
	sealed := v.seal("session:1", c.Session().Encode())

	text, err := v.open("session:1", sealed)
	if err != nil {
		log.Fatal(err)
	}
	session, err := customers.DecodeSession(text)
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

// sessionStore is a server's session store with a compare-and-swap, such as a Redis or a table, keyed by the id in the
// site's own cookie.
type sessionStore struct {
	vault vault
	mu    sync.Mutex
	rows  map[string]string
}

func (st *sessionStore) get(id string) (row string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.rows[id]
}

// compareAndSwap reports whether the row was old and is next now.
func (st *sessionStore) compareAndSwap(id, old, next string) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.rows[id] != old {
		return false
	}
	st.rows[id] = next // worth keeping until the session expires
	return true
}

// siteSession is the key of the site's session id in a request's context.
type siteSession struct{}

// save is the session hook. It stores what becomes of the text that is stored now, which need not be the one that the
// request began with.
func (st *sessionStore) save(ctx context.Context, change customers.SessionChange) {
	id, ok := ctx.Value(siteSession{}).(string)
	if !ok {
		return
	}
	for {
		row := st.get(id)
		text, _ := st.vault.open(id, row) // what can't be opened counts as none
		next := change.Apply(text)
		if next == text || st.compareAndSwap(id, row, st.vault.seal(id, next)) {
			return
		}
	}
}

// load returns the session of the context's visitor. A new visitor gets one that a login fills.
func (st *sessionStore) load(ctx context.Context) *customers.Session {
	id, _ := ctx.Value(siteSession{}).(string)
	text, err := st.vault.open(id, st.get(id))
	if err != nil {
		return new(customers.Session)
	}
	session, err := customers.DecodeSession(text)
	if err != nil {
		return new(customers.Session)
	}
	return session
}

// A server stores each change of a session. The context of the request names the visitor. The requests of a visitor may
// overlap: here, the first tab asks for the profile while the second logs in as another customer, and learns only then
// that its own login had ended.
func ExampleWithSessionHook() {
	v, err := newVault(make([]byte, 32)) // from your secret manager
	if err != nil {
		log.Fatal(err)
	}
	store, backend := &sessionStore{vault: v, rows: map[string]string{}}, startShop()
	backend.AddCustomer(customerstest.Customer{Email: "bea@example.com", Password: "supersecret"})
	shop, err := customers.New(backend.URL, customers.WithoutSession(), customers.WithSessionHook(store.save))
	if err != nil {
		log.Fatal(err)
	}
	// Each request of a visitor is handled alike: load the session, act. It gets a new id at login, as any session of a
	// site (session fixation), which is left out here.
	ctx := context.WithValue(context.Background(), siteSession{}, "visitor-1")
	logIn := func(email string) {
		_, err := shop.WithSession(store.load(ctx)).Auth.Authenticate(ctx, email, "supersecret")
		fmt.Printf("%s logs in: %v\n", email, err)
	}
	logIn("alec@example.com")
	firstTab := store.load(ctx)
	backend.ExpireSessions() // as a restart of the backend does
	logIn("bea@example.com")
	_, err = shop.WithSession(firstTab).Retrieve(ctx)
	fmt.Println("the first tab:", errors.Is(err, customers.ErrSessionEnded), firstTab.State())

	session := store.load(ctx)
	me, err := shop.WithSession(session).Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the visitor is", me.Email)

	if err := shop.WithSession(session).Auth.DeleteSession(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("and now", store.load(ctx).State())
	// Output:
	// alec@example.com logs in: <nil>
	// bea@example.com logs in: <nil>
	// the first tab: true ended
	// the visitor is bea@example.com
	// and now logged out
}

// A server between browser and backend stores nothing: the browser has the session in a cookie of the site.
func ExampleSessionFromRequest() {
	shop, err := customers.New(startShop().URL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	// Over https, a name such as "__Host-shop" keeps other hosts of the domain from planting a cookie.
	cookie := customers.BrowserCookie{Name: customers.DefaultSessionCookieName}
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

// A program's own account logs in by itself: at the first call, and again once the login has expired.
func ExampleWithCredentials() {
	ctx := context.Background()
	shop := startShop()
	c, err := customers.New(shop.URL, customers.WithCredentials("alec@example.com", "supersecret")) // from your secret manager
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		me, err := c.Retrieve(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("acting for", me.Email)
		shop.ExpireSessions() // as a restart of the backend does
	}
	// It never is another customer.
	_, err = c.Auth.Authenticate(ctx, "bea@example.com", "supersecret")
	fmt.Println(errors.Is(err, customers.ErrInvalidInput))
	// Output:
	// acting for alec@example.com
	// acting for alec@example.com
	// true
}

// A customer logs out while the backend is down.
func ExampleSession_Forget() {
	c := loggedIn(startShop())
	session := c.Session()
	session.Forget() // with a store: store.save(ctx, session.Forget())
	_, err := c.Retrieve(context.Background())
	fmt.Println(session.State(), errors.Is(err, customers.ErrLoggedOut))
	// Output:
	// logged out true
}

// A page shows the visitor why there is no customer.
func ExampleSession_State() {
	backend := startShop()
	shop, err := customers.New(backend.URL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	show := func(s *customers.Session) {
		before := s.State()
		_, err := shop.WithSession(s).Retrieve(context.Background())
		switch {
		case errors.Is(err, customers.ErrNotLoggedIn):
			fmt.Printf("%s: please log in\n", before)
		case errors.Is(err, customers.ErrUnauthenticated):
			fmt.Printf("%s, then %s: you were logged out, please log in again\n", before, s.State())
		case err != nil:
			fmt.Printf("%s: please try again later\n", before)
		default:
			fmt.Printf("%s: welcome back\n", before)
		}
	}
	session := loggedIn(backend).Session()
	show(new(customers.Session))
	show(session)
	backend.ExpireSessions()
	show(session)
	// Output:
	// anonymous: please log in
	// logged in: welcome back
	// logged in, then ended: you were logged out, please log in again
}

// A server with a store of its own puts the restored session into the request's context, for the same handlers.
func ExampleContextWithSession() {
	c := loggedIn(startShop())
	stored := c.Session().Encode()
	shop := c.WithSession(nil)
	account := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		me, err := shop.WithSession(customers.SessionFromContext(r.Context())).Retrieve(r.Context())
		if err != nil {
			http.Error(w, "please log in", http.StatusUnauthorized)
			return
		}
		fmt.Fprintln(w, "hello,", me.Email)
	})
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := customers.DecodeSession(stored) // what the store has for the visitor
		if err != nil {
			session = new(customers.Session)
		}
		account.ServeHTTP(w, r.WithContext(customers.ContextWithSession(r.Context(), session)))
	})
	newBrowser(site).show(http.MethodGet, "/", nil)
	// Output: 200 hello, alec@example.com
}

// SessionHandler does for all pages what SessionFromRequest and Relay do for one.
func ExampleSessionHandler() {
	shop, err := customers.New(startShop().URL, customers.WithoutSession())
	if err != nil {
		log.Fatal(err)
	}
	site := http.NewServeMux()
	site.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		c := shop.WithSession(customers.SessionFromContext(r.Context()))
		if _, err := c.Auth.Authenticate(r.Context(), r.PostFormValue("email"), r.PostFormValue("password")); err != nil {
			http.Error(w, "wrong email or password", http.StatusUnauthorized)
			return
		}
		fmt.Fprintln(w, "welcome")
	})
	site.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		me, err := shop.WithSession(customers.SessionFromContext(r.Context())).Retrieve(r.Context())
		switch {
		case errors.Is(err, customers.ErrUnauthenticated):
			http.Error(w, "please log in", http.StatusUnauthorized)
		case err != nil:
			http.Error(w, "please try again", http.StatusBadGateway)
		default:
			fmt.Fprintln(w, "hello,", me.Email)
		}
	})
	// Over https, a name such as "__Host-shop" keeps other hosts of the domain from planting a cookie.
	handler := http.NewCrossOriginProtection().Handler(customers.SessionHandler(site, customers.BrowserCookie{}))

	browser := newBrowser(handler)
	browser.show(http.MethodGet, "/", nil)
	browser.show(http.MethodPost, "/login", url.Values{"email": {"alec@example.com"}, "password": {"supersecret"}})
	browser.show(http.MethodGet, "/", nil)
	// Output:
	// 401 please log in
	// 200 welcome
	// 200 hello, alec@example.com
}
