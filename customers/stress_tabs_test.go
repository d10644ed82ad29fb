package customers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var (
	tabSchedules = flag.Int("tabs.schedules", 1500, "how many schedules TestTabsAgainstAModel runs in each pattern")
	tabSeed      = flag.Uint64("tabs.seed", 1, "the first schedule's seed")
)

// TestTabsAgainstAModel runs the overlapping requests of one visitor, from several tabs, at a server that makes a session
// for each, in both patterns of docs/sessions.md: the browser's cookie, and a store with compare-and-swap. A scheduler
// decides in virtual time when the backend carries a request out, when its response arrives, when the store is written, and
// when the browser gets its response; responses get lost, and the backend forgets all logins. Afterwards the browser or
// the store must have what the model says, which is written from rule 10.
func TestTabsAgainstAModel(t *testing.T) {
	t.Parallel()
	n := *tabSchedules
	if testing.Short() {
		n = min(n, 200)
	}
	total := map[string]int{}
	for _, pattern := range []string{"relay", "store", "store, rolling"} {
		for i := range n {
			seed := *tabSeed + uint64(i)
			synctest.Test(t, func(t *testing.T) {
				env := newTabsEnv(t, pattern, seed)
				env.run()
				if env.failure != "" {
					t.Fatalf("%s, seed %d: %s\n%s", pattern, seed, env.failure, strings.Join(env.trace, "\n"))
				}
				for what, n := range env.seen {
					total[what] += n
				}
			})
		}
	}
	t.Logf("%d schedules in each pattern: %v", n, total)
	for _, what := range []string{"late 401", "late success", "overtaken login", "overtaken logout", "swap lost", "ended", "logged out", "logged in"} {
		if total[what] == 0 {
			t.Errorf("no schedule had any %s: the test covers less than it claims", what)
		}
	}
}

// tabRequest is a request of a tab.
type tabRequest struct {
	number   int
	kind     string // login, logout, forget, page
	email    string
	session  *Session
	sent     string // the cookie that it was made with
	err      error
	value    string // of a login that succeeded
	handled  bool
	response http.Header // on its way to the browser
}

type tabKey struct{}

// tabGate is where a goroutine waits for the scheduler.
type tabGate struct {
	what string
	open chan bool // false: the response is lost
}

type tabsEnv struct {
	t       *testing.T
	pattern string
	rand    *rand.Rand
	backend *backend
	shop    *Client
	trace   []string
	failure string
	seen    map[string]int

	requests []*tabRequest

	mu      sync.Mutex
	gates   []*tabGate
	text    string           // the store
	jar     string           // the browser's cookie
	expires map[string]int64 // by value, as the backend said last
	ended   map[string]bool  // by value: a 401 to it
	model   *tabRequest      // the login or logout that has to stand
}

func newTabsEnv(t *testing.T, pattern string, seed uint64) *tabsEnv {
	t.Helper()
	env := &tabsEnv{
		t: t, pattern: pattern, rand: rand.New(rand.NewPCG(seed, 1)), backend: newBackend(t), seen: map[string]int{},
		expires: map[string]int64{}, ended: map[string]bool{},
	}
	const attributes = "; Path=/; Max-Age=3600"
	env.backend.modify = withAttributes(attributes)
	if pattern == "store, rolling" {
		env.backend.modify = func(r *http.Request, h http.Header) {
			rolling(r, h)
			withAttributes(attributes)(r, h)
		}
	}
	opts := []Option{WithHTTPClient(&http.Client{Transport: roundTrip(env.roundTrip)}), WithMaxRetries(0), WithTimeout(10000 * time.Hour), WithoutSession()}
	if pattern != "relay" {
		opts = append(opts, WithSessionHook(env.keep))
	}
	env.shop = mustNew(t, backendURL, opts...)
	return env
}

// wait makes the calling goroutine wait for the scheduler, and returns whether the response gets through.
func (env *tabsEnv) wait(what string) bool {
	g := &tabGate{what, make(chan bool)}
	env.mu.Lock()
	env.gates = append(env.gates, g)
	env.mu.Unlock()
	return <-g.open
}

func (env *tabsEnv) roundTrip(r *http.Request) (*http.Response, error) {
	what := fmt.Sprintf("%s of request %d", OperationFromContext(r.Context()), as[*tabRequest](r.Context().Value(tabKey{})).number)
	env.wait(what)
	resp, err := inMemoryTransport(env.backend.handle)(r)
	if !env.wait("response to " + what) {
		_ = resp.Body.Close()
		return nil, errors.New("connection reset")
	}
	if line := resp.Header.Get("Set-Cookie"); err == nil && line != "" && resp.StatusCode == http.StatusOK {
		value, _, _ := strings.Cut(strings.TrimPrefix(line, sid+"="), ";")
		env.mu.Lock()
		env.expires[value] = time.Now().Add(time.Hour).UnixMilli()
		env.mu.Unlock()
	}
	return resp, err
}

// keep is the session hook. Others may write between its reading and writing.
func (env *tabsEnv) keep(_ context.Context, change SessionChange) {
	for {
		env.mu.Lock()
		stored := env.text
		env.mu.Unlock()
		env.wait("writing that it was " + change.Reason.String())
		next := change.Apply(stored)
		env.mu.Lock()
		swapped := env.text == stored
		if swapped {
			env.text = next
		} else {
			env.seen["swap lost"]++
		}
		env.mu.Unlock()
		if swapped {
			return
		}
	}
}

func (env *tabsEnv) run() {
	for range 15 + env.rand.IntN(30) {
		time.Sleep(time.Millisecond) // so that all begin at a time of their own
		switch n := env.rand.IntN(100); {
		case n < 7:
			env.begin("login")
		case n < 10:
			env.begin("logout")
		case n < 11:
			env.begin("forget")
		case n < 30:
			env.begin("page")
		case n < 36:
			env.tracef("the backend restarts")
			env.backend.ExpireSessions()
		case n < 50:
			env.arrive()
		default:
			env.advance(env.rand.IntN(12) > 0)
		}
	}
	for more := true; more; {
		more = env.advance(true) || env.arrive()
	}
	env.compare()
}

func (env *tabsEnv) tracef(format string, args ...any) {
	env.trace = append(env.trace, fmt.Sprintf(format, args...))
}

// load makes the session of a request.
func (env *tabsEnv) load() *Session {
	env.mu.Lock()
	defer env.mu.Unlock()
	if env.pattern == "relay" {
		var cookies []string
		if env.jar != "" {
			cookies = append(cookies, sid+"="+env.jar)
		}
		return SessionFromRequest(browserRequest(siteURL, cookies...), BrowserCookie{})
	}
	s, err := DecodeSession(env.text)
	if err != nil {
		return new(Session)
	}
	return s
}

func (env *tabsEnv) begin(kind string) {
	r := &tabRequest{number: len(env.requests), kind: kind, session: env.load()}
	r.email, r.sent = fmt.Sprintf("c%d@x.com", r.number), valueOf(r.session)
	env.requests = append(env.requests, r)
	env.tracef("request %d: %s as %s with %q", r.number, kind, r.email, env.backend.named(r.sent))
	go func() {
		ctx := context.WithValue(context.Background(), tabKey{}, r)
		c := env.shop.WithSession(r.session)
		var err error
		switch kind {
		case "login":
			err = logIn(ctx, c, r.email)
		case "logout":
			err = c.Auth.DeleteSession(ctx)
		case "forget":
			change := r.session.Forget()
			if env.pattern != "relay" {
				env.keep(ctx, change)
			}
		case "page":
			err = retrieve(ctx, c)
		}
		rec := httptest.NewRecorder()
		r.session.Relay(rec)
		env.mu.Lock()
		defer env.mu.Unlock()
		r.err, r.response, r.handled = err, rec.Header(), true
		env.settle(r)
	}()
	synctest.Wait()
}

// settle is the model's transition for a request that was handled, for a store.
func (env *tabsEnv) settle(r *tabRequest) {
	newer := env.model != nil && env.model.number > r.number
	switch e, _ := errors.AsType[*Error](r.err); {
	case r.kind == "page" && e != nil && e.StatusCode == http.StatusUnauthorized:
		env.ended[r.sent] = true
		env.count("late 401", newer)
	case r.kind == "page":
		env.count("late success", newer && r.err == nil)
	case r.err != nil:
	case newer:
		env.count("overtaken "+r.kind, true)
	default:
		env.model = r
	}
	if r.kind == "login" && r.err == nil {
		r.value = valueOf(r.session)
	}
}

func (env *tabsEnv) count(what string, happened bool) {
	if happened {
		env.seen[what]++
	}
}

// advance lets a waiting goroutine go on. It reports whether there was one.
func (env *tabsEnv) advance(arrives bool) bool {
	env.mu.Lock()
	if len(env.gates) == 0 {
		env.mu.Unlock()
		return false
	}
	i := env.rand.IntN(len(env.gates))
	g := env.gates[i]
	env.gates = slices.Delete(env.gates, i, i+1)
	env.mu.Unlock()
	env.tracef("%s (%t)", g.what, arrives)
	g.open <- arrives
	synctest.Wait()
	return true
}

// arrive gives the browser a response. It reports whether there was one.
func (env *tabsEnv) arrive() bool {
	var ready []*tabRequest
	for _, r := range env.requests {
		if r.handled && r.response != nil {
			ready = append(ready, r)
		}
	}
	if len(ready) == 0 {
		return false
	}
	r := ready[env.rand.IntN(len(ready))]
	lines := r.response["Set-Cookie"]
	r.response = nil
	want := env.jar
	switch {
	case r.kind == "login" && r.err == nil:
		want = r.value
	case r.err == nil && (r.kind == "logout" || r.kind == "forget") && r.sent != "":
		want = ""
	}
	env.tracef("the browser gets the response to %d, which sets %q", r.number, env.backend.named(strings.Join(lines, "\n")))
	if env.pattern != "relay" {
		return true // the site's own cookie does not change
	}
	for _, line := range lines {
		env.jar, _, _ = strings.Cut(strings.TrimPrefix(line, sid+"="), ";")
	}
	if env.jar != want && env.failure == "" {
		env.failure = fmt.Sprintf("after the %s of request %d (%v) the browser has %q, want %q", r.kind, r.number, r.err, env.backend.named(env.jar), env.backend.named(want))
	}
	return true
}

// compare checks what the store has at last.
func (env *tabsEnv) compare() {
	if env.pattern == "relay" || env.failure != "" {
		return
	}
	want, value := SessionAnonymous, ""
	switch m := env.model; {
	case m == nil:
	case m.kind != "login":
		want = SessionLoggedOut
	case env.ended[m.value]:
		want = SessionEnded
	default:
		want, value = SessionLoggedIn, m.value
	}
	env.seen[want.String()]++
	s, err := DecodeSession(env.text)
	if err != nil {
		s = new(Session)
	}
	if s.State() != want || valueOf(s) != value {
		env.failure = fmt.Sprintf("the store has %s with %q, want %s with %q", s, env.backend.named(valueOf(s)), want, env.backend.named(value))
	}
	if got := s.Expires(); value != "" && got.UnixMilli() != env.expires[value] {
		env.failure = fmt.Sprintf("the stored login ends at %s, want %s", got, time.UnixMilli(env.expires[value]).UTC())
	}
}
