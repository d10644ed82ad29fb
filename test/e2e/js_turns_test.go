package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// TestJSClientAndThisOneTakeTurns lets both clients act for two customers by turns, with the same cookies: each call of
// either has to be that of the customer who is logged in by the cookie, carts included, and a logout by one is one for both.
func TestJSClientAndThisOneTakeTurns(t *testing.T) {
	t.Parallel()
	t.Run("in memory", func(t *testing.T) {
		t.Parallel()
		srv := customerstest.NewServer(t)
		srv.Handle("POST /store/carts", func(w http.ResponseWriter, _ *http.Request, customer *api.Customer) {
			var owner *string
			if customer != nil {
				owner = &customer.ID
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			if err := json.NewEncoder(w).Encode(map[string]any{"cart": map[string]any{"customer_id": owner}}); err != nil {
				t.Error(err)
			}
		})
		takeTurns(t, srv.URL)
	})
	t.Run("on the real backend", func(t *testing.T) {
		t.Parallel()
		takeTurns(t, shared.URL)
	})
}

func takeTurns(t *testing.T, url string) {
	t.Helper()
	js := startTurns(t, url)
	c, err := customers.New(url, customers.WithoutSession(), customers.WithTimeout(patience))
	if err != nil {
		t.Fatal(err)
	}
	// Ada logs in with the JS client, and Bob with this one.
	var people [2]customers.Customer
	for i := range people {
		me, err := c.WithSession(new(customers.Session)).Create(t.Context(), customers.CreateRequest{Email: uniqueEmail(t), Password: "a password"})
		if err != nil {
			t.Fatal(err)
		}
		people[i] = *me
	}
	ada, bob := people[0], people[1]
	login := js.take(t, turn{Call: "authenticate", Email: ada.Email, Password: "a password"})
	if login.Status != http.StatusOK || login.Cookie == "" {
		t.Fatalf("the JS client logs in: %+v", login)
	}
	asAda := c.WithSession(sessionOf(t, login.Cookie))
	bobs := new(customers.Session)
	asBob := c.WithSession(bobs)
	if _, err := asBob.Auth.Authenticate(t.Context(), bob.Email, "a password"); err != nil {
		t.Fatal(err)
	}
	cookies := [2]string{login.Cookie, cookieOfSession(bobs)}
	for range 3 {
		for i, mine := range []*customers.Client{asAda, asBob} {
			who := people[i]
			if got := js.take(t, turn{Call: "retrieve", Cookie: cookies[i]}); got.Email != who.Email {
				t.Errorf("the JS client is %+v, want %s", got, who.Email)
			}
			if owner := cartOwner(t, mine); owner != who.ID {
				t.Errorf("the cart is %q's, want %s", owner, who.ID)
			}
			if got := js.take(t, turn{Call: "cart", Cookie: cookies[i]}); got.Owner != who.ID {
				t.Errorf("the JS client's cart is %+v, want %s", got, who.ID)
			}
			if me, err := mine.Retrieve(t.Context()); err != nil || me.Email != who.Email {
				t.Errorf("this client is %v, %v, want %s", me, err, who.Email)
			}
		}
	}
	// Bob logs out with the JS client, and Ada with this one.
	if got := js.take(t, turn{Call: "logout", Cookie: cookies[1]}); got.Status != http.StatusOK {
		t.Errorf("the JS client logs out: %+v", got)
	}
	if owner := cartOwner(t, asBob); owner != "" {
		t.Errorf("after the logout, a cart is %s's", owner)
	}
	if _, err := asBob.Retrieve(t.Context()); !errors.Is(err, customers.ErrUnauthenticated) {
		t.Errorf("after the logout: %v", err)
	}
	if err := asAda.Auth.DeleteSession(t.Context()); err != nil {
		t.Error(err)
	}
	if got := js.take(t, turn{Call: "retrieve", Cookie: cookies[0]}); got.Status != http.StatusUnauthorized {
		t.Errorf("after this client's logout, the JS client is %+v", got)
	}
}

// cartOwner makes a cart by Do and returns the id of its customer, or "".
func cartOwner(t *testing.T, c *customers.Client) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/store/carts", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var made struct {
		Cart struct {
			CustomerID string `json:"customer_id"`
		} `json:"cart"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&made); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	return made.Cart.CustomerID
}

// sessionOf returns the session of a browser's cookie.
func sessionOf(t *testing.T, cookie string) *customers.Session {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", cookie)
	return customers.SessionFromRequest(r, customers.BrowserCookie{})
}

// cookieOfSession returns the cookie that a session would give to a browser.
func cookieOfSession(s *customers.Session) string {
	w := headerOnly{}
	s.Relay(w)
	pair, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	return pair
}

type headerOnly http.Header

func (w headerOnly) Header() http.Header       { return http.Header(w) }
func (headerOnly) Write(p []byte) (int, error) { return len(p), nil }
func (headerOnly) WriteHeader(int)             {}

// turn is a call of the JS client, and turned what came of it; see testdata/turns.cjs.
type turn struct {
	Call     string `json:"call"`
	Email    string `json:"email,omitempty"`
	Password string `json:"password,omitempty"`
	Cookie   string `json:"cookie,omitempty"`
}

type turned struct {
	Status int    `json:"status"`
	Email  string `json:"email"`
	Owner  string `json:"owner"`
	Cookie string `json:"cookie"`
}

// turns is a running testdata/turns.cjs.
type turns struct {
	stdin  io.Writer
	stdout *bufio.Scanner
}

// startTurns runs the JS client until t ends.
func startTurns(t *testing.T, url string) *turns {
	t.Helper()
	modules, err := filepath.Abs(filepath.Join("backend", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "turns.cjs"), url)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stderr = t.Output()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait() // it was killed with the test's context, or ends by itself
	})
	return &turns{stdin, bufio.NewScanner(stdout)}
}

// take makes a call with the JS client.
func (s *turns) take(t *testing.T, call turn) (got turned) {
	t.Helper()
	line, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.stdin.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	if !s.stdout.Scan() {
		t.Fatal("the JS client has ended:", s.stdout.Err())
	}
	if err := json.Unmarshal(s.stdout.Bytes(), &got); err != nil {
		t.Fatalf("%s: %v", s.stdout.Text(), err)
	}
	return got
}
