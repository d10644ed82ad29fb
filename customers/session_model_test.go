package customers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestSessionAgainstAModel runs many calls on one session in a random interleaving and compares every request, result
// and state with a model written from the rules of docs and Session's comment, not from its code. A scheduler decides in
// virtual time when a request is carried out and when its answer arrives. A schedule is a list of steps made from a
// seed; one that fails is shrunk before it is printed. Steps name what they act on by a number taken modulo what is
// there, so that any part of a schedule is a schedule.
func TestSessionAgainstAModel(t *testing.T) {
	t.Parallel()
	n := *modelSchedules
	if testing.Short() {
		n = min(n, 500)
	}
	total := stats{}
	for i := range n {
		seed := *modelSeed + uint64(i)
		schedule := newSchedule(seed)
		failure, s := schedule.run(t)
		total.add(s)
		if failure == "" {
			continue
		}
		schedule, failure, s = schedule.shrink(t, failure)
		t.Fatalf("seed %d, %d steps after shrinking: %s\n%s", seed, len(schedule.steps), failure, strings.Join(s.trace, "\n"))
	}
	t.Logf("%d schedules: %d calls, %d requests, %d changes of the session, %d logins superseded, %d orphans ended, %d stale answers, %d runs of the re-login hook, %d repeated calls",
		n, total.calls, total.requests, total.changes, total.superseded, total.orphans, total.stale, total.runs, total.repeated)
	for what, n := range map[string]int{"superseded": total.superseded, "orphans": total.orphans, "stale": total.stale, "runs": total.runs, "repeated": total.repeated} {
		if n == 0 {
			t.Errorf("no schedule had any %s: the test tests less than it says", what)
		}
	}
}

var (
	modelSchedules = flag.Int("session.schedules", 4000, "how many schedules TestSessionAgainstAModel runs")
	modelSeed      = flag.Uint64("session.seed", 1, "the first schedule's seed")
)

type stats struct {
	calls, requests, changes, superseded, orphans, stale, runs, repeated int
	trace                                                                []string
}

func (s *stats) add(o stats) {
	s.calls += o.calls
	s.requests += o.requests
	s.changes += o.changes
	s.superseded += o.superseded
	s.orphans += o.orphans
	s.stale += o.stale
	s.runs += o.runs
	s.repeated += o.repeated
}

type stepKind uint8

const (
	stepLogin stepKind = iota
	stepSecured
	stepOpen
	stepLogout
	stepAdvance // a request is carried out, or its answer arrives
	stepSleep
	stepForget // the backend forgets a session
	stepCancel
	stepHook // the session hook returns
)

type step struct {
	kind stepKind
	a, b int
}

type schedule struct {
	start    int  // how the session begins
	relogin  bool // with the re-login hook
	slowHook bool // the session hook returns when it is told to
	steps    []step
}

func newSchedule(seed uint64) schedule {
	r := rand.New(rand.NewPCG(seed, 0))
	s := schedule{start: r.IntN(5), relogin: r.IntN(2) == 0}
	s.slowHook = !s.relogin && r.IntN(2) == 0 // together, a call would look at the session again at an unknown time
	weights := []int{stepLogin: 8, stepSecured: 14, stepOpen: 3, stepLogout: 5, stepAdvance: 50, stepSleep: 3, stepForget: 3, stepCancel: 3, stepHook: 5}
	all := 0
	for _, w := range weights {
		all += w
	}
	for range 20 + r.IntN(50) {
		n, kind := r.IntN(all), stepKind(0)
		for n >= weights[kind] {
			n -= weights[kind]
			kind++
		}
		s.steps = append(s.steps, step{kind, r.IntN(1 << 16), r.IntN(1 << 16)})
	}
	return s
}

// shrink leaves out steps as long as the schedule still fails.
func (s schedule) shrink(t *testing.T, failure string) (schedule, string, stats) {
	t.Helper()
	for size := max(1, len(s.steps)/2); size > 0; size /= 2 {
		for i := 0; i+size <= len(s.steps); {
			shorter := s
			shorter.steps = slices.Delete(slices.Clone(s.steps), i, i+size)
			if f, _ := shorter.run(t); f != "" {
				s, failure = shorter, f
			} else {
				i += size
			}
		}
	}
	_, st := s.run(t)
	return s, failure, st
}

func (s schedule) run(t *testing.T) (failure string, st stats) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, s)
		for _, step := range s.steps {
			w.step(step)
			if w.failure != "" {
				break
			}
		}
		w.finish()
		failure, st = w.failure, w.stats
	})
	return failure, st
}

// The model.

// modelCookie is a cookie that the client has, by the rules, taken in.
type modelCookie struct {
	value, owner string
	expires      time.Time // zero: unknown
}

func (c *modelCookie) over() bool { return !c.expires.IsZero() && !c.expires.After(time.Now()) }

func (c *modelCookie) header() string {
	if c == nil {
		return ""
	}
	return DefaultSessionCookieName + "=" + c.value
}

// modelSession is what the session has to be.
type modelSession struct {
	begun  int          // logins and logouts, in the order they begin
	stands int          // the one begun last of those that have succeeded
	cookie *modelCookie // what it left, and what became of that
	ended  bool         // the backend refused it
	proven bool         // somebody was logged in: false for a browser's cookie until it has worked
	run    *modelRun
	runs   []*modelRun // those over
}

// modelRun is a run of the re-login hook.
type modelRun struct {
	renews int
	call   *modelCall
	failed bool
}

type modelCall struct {
	id     int
	kind   sessionUse
	email  string // of a login
	cancel context.CancelFunc
	run    *modelRun // whose login it is, if the re-login hook's

	order    int // of a login or logout
	knows    int // what stood when it began
	runsSeen int
	sent     *modelCookie
	proven   bool

	expect  *string // the Cookie header of the request that has to come
	orphan  *modelCookie
	waits   *modelRun
	again   bool
	settled bool // what it returns is known
	want    error
	wantWho string

	done bool
	err  error
	who  string
}

func (c *modelCall) settle(want error, who string) { c.settled, c.want, c.wantWho = true, want, who }

func (m *modelSession) begin(c *modelCall, relogin bool) {
	send := func(header string) { c.expect = &header }
	if c.kind == login || c.kind == logout {
		if c.run != nil {
			c.order = c.run.renews
		} else {
			m.begun++
			c.order = m.begun
		}
	}
	switch c.kind {
	case open, login: // never with a session cookie
		send("")
	case logout:
		c.sent = m.cookie
		send(m.cookie.header())
	case secured:
		if !c.again {
			c.knows, c.runsSeen = m.stands, len(m.runs)
		}
		c.sent, c.proven = m.cookie, m.proven
		switch {
		case c.again && c.knows != m.stands:
			c.settle(ErrUnauthenticated, "")
		case m.cookie == nil:
			m.lapse(c, relogin, m.ended && m.proven, ErrUnauthenticated)
		case m.cookie.over():
			m.lapse(c, relogin, true, ErrSessionExpired)
		default:
			send(m.cookie.header())
		}
	default:
	}
}

// lapse is a call that finds the login over: with the hook, the call is made once more for the same customer.
func (m *modelSession) lapse(c *modelCall, relogin, wasLoggedIn bool, err error) {
	switch {
	case !relogin || !wasLoggedIn || c.again:
		c.settle(err, "")
	case m.stands != c.knows:
		c.settle(ErrUnauthenticated, "")
	case m.cookie != nil && m.cookie != c.sent:
		c.again = true
		m.begin(c, relogin)
	case m.run != nil:
		c.waits = m.run
	case len(m.runs) > c.runsSeen && m.runs[len(m.runs)-1].failed:
		c.settle(errHookFailed, "")
	default:
		m.run = &modelRun{renews: m.stands}
		c.waits = m.run
	}
}

var errHookFailed = errors.New("the hook failed")

// modelAnswer is what the backend makes of a request.
type modelAnswer struct {
	lost        bool // no answer arrives
	status      int
	contentType string
	body        string
	setCookie   string // line
	cookie      *modelCookie
	deletes     bool
	lifetime    time.Duration // of the cookie
	who         string
}

func (a *modelAnswer) ok() bool { return a.status == 200 && a.contentType != "text/html" }

// take is the answer's arrival.
func (m *modelSession) take(c *modelCall, a *modelAnswer, relogin bool) {
	if a.lost {
		c.settle(ErrUnavailable, "")
		return
	}
	if a.cookie != nil && a.lifetime != 0 {
		a.cookie.expires = time.Now().Add(a.lifetime)
	}
	var want error
	switch {
	case a.status == 500:
		want = ErrInternal
	case a.status == 401 && c.kind == login:
		want = ErrInvalidCredentials
	case a.status == 401:
		want = ErrUnauthenticated
	case !a.ok():
		want = ErrUnexpectedResponse
	}
	switch c.kind {
	case login:
		switch {
		case want != nil:
		case a.cookie == nil:
			want = ErrNoSessionCookie
		case c.order < m.stands: // something begun later has succeeded
			want = ErrSessionSuperseded
			c.orphan = a.cookie
		default:
			m.replace(c.order, a.cookie)
		}
	case logout:
		if want != nil || c.order < m.stands {
			break
		}
		if m.cookie != nil && (c.sent == nil || c.sent.value != m.cookie.value) {
			c.orphan = m.cookie // it came while the logout ran, from something begun before
		}
		m.replace(c.order, nil)
	case secured:
		if c.sent == m.cookie { // otherwise an answer to an older cookie
			switch {
			case a.status == 401 || a.ok() && a.deletes:
				m.cookie, m.ended = nil, true
			case a.ok() && a.cookie != nil:
				m.cookie, m.proven = a.cookie, true
			case a.ok():
				m.proven = true
			}
		}
		if a.status == 401 {
			m.lapse(c, relogin, c.proven, want)
			return
		}
	default:
	}
	c.settle(want, a.who)
}

func (m *modelSession) replace(order int, c *modelCookie) {
	m.stands, m.cookie, m.ended, m.proven = order, c, false, true
}

// The world: the client, the backend and the scheduler.

type modelRequest struct {
	call      *modelCall
	orphan    bool
	method    string
	cookie    string
	answer    *modelAnswer // it has been carried out
	release   chan struct{}
	abandoned bool // the client waits no more
}

type world struct {
	schedule
	stats
	client  *Client
	model   modelSession
	calls   []*modelCall
	pending []*modelRequest
	alive   map[string]string // the backend's sessions: value → owner
	named   int               // values made up so far
	mustDie map[string]string // value → why
	failure string

	mu       sync.Mutex // what the client's goroutines touch
	arrived  []*modelRequest
	returned []*modelCall
	draining bool
	atWork   int // session hook
	hookGate chan struct{}
	hookSaw  *string
	hooks    int
	problem  string
}

type callKey struct{}

func newWorld(t *testing.T, s schedule) *world {
	t.Helper()
	w := &world{schedule: s, alive: map[string]string{}, mustDie: map[string]string{}}
	opts := []Option{
		WithHTTPClient(&http.Client{Transport: roundTrip(w.roundTrip)}), WithMaxRetries(0), WithTimeout(10000 * time.Hour),
		WithSessionHook(w.sessionHook),
	}
	if s.relogin {
		opts = append(opts, WithReloginHook(w.reloginHook))
	}
	session := new(Session)
	w.model.proven = true
	switch s.start {
	case 1: // kept somewhere
		w.alive["kept"] = "kept@x.com"
		w.model.cookie = &modelCookie{value: "kept", owner: "kept@x.com"}
		session = sessionOf("kept")
		session, _ = DecodeSession(session.Encode())
	case 2, 3: // from a browser; its cookie is good or not
		if s.start == 2 {
			w.alive["browser"] = "browser@x.com"
		}
		w.model.cookie = &modelCookie{value: "browser", owner: "browser@x.com"}
		w.model.proven = false
		session = SessionFromRequest(browserRequest(siteURL, "connect.sid=browser"), sid)
	default:
	}
	w.tracef("start %d, re-login hook %t, slow session hook %t", s.start, s.relogin, s.slowHook)
	w.client = mustNew(t, backendName, opts...).WithSession(session)
	return w
}

func (w *world) tracef(format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%6s  ", time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))+fmt.Sprintf(format, args...))
}

func (w *world) failf(format string, args ...any) {
	if w.failure == "" {
		w.failure = fmt.Sprintf(format, args...)
	}
}

func (w *world) sessionHook(_ context.Context, s *Session) {
	w.mu.Lock()
	w.hooks++
	w.atWork++
	if w.atWork > 1 {
		w.problem = "two session hooks at once"
	}
	saw := valueOf(s)
	w.hookSaw = &saw
	gate := make(chan struct{})
	if w.slowHook && !w.draining {
		w.hookGate = gate
	} else {
		close(gate)
	}
	w.mu.Unlock()
	<-gate
	w.mu.Lock()
	w.atWork--
	w.mu.Unlock()
}

func (w *world) openHook() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hookGate != nil {
		close(w.hookGate)
		w.hookGate = nil
	}
}

// reloginHook logs in once. The model has begun the run before the client could.
func (w *world) reloginHook(ctx context.Context, c *Client) error {
	w.mu.Lock()
	run := w.model.run
	if run == nil || run.call == nil || w.draining {
		w.problem = "the re-login hook runs and should not"
		w.mu.Unlock()
		return errHookFailed
	}
	w.mu.Unlock()
	err := logIn(context.WithValue(ctx, callKey{}, run.call), c, run.call.email)
	w.mu.Lock()
	defer w.mu.Unlock()
	run.call.err = err
	if err == nil {
		run.call.who = run.call.email
	}
	w.returned = append(w.returned, run.call)
	if err != nil {
		return errHookFailed
	}
	return nil
}

func (w *world) roundTrip(r *http.Request) (*http.Response, error) {
	call, _ := r.Context().Value(callKey{}).(*modelCall)
	req := &modelRequest{call: call, method: r.Method, cookie: r.Header.Get("Cookie"), release: make(chan struct{})}
	w.mu.Lock()
	if w.draining {
		w.mu.Unlock()
		return nil, errors.New("the test is over")
	}
	w.arrived = append(w.arrived, req)
	w.mu.Unlock()
	select {
	case <-r.Context().Done():
		w.mu.Lock()
		req.abandoned = true
		w.mu.Unlock()
		return nil, r.Context().Err()
	case <-req.release:
	}
	a := req.answer
	if a == nil || a.lost {
		return nil, errors.New("connection reset")
	}
	resp := &http.Response{
		StatusCode: a.status, ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: int64(len(a.body)),
		Header: http.Header{"Content-Type": {a.contentType}}, Body: io.NopCloser(strings.NewReader(a.body)),
	}
	if a.setCookie != "" {
		backendsNow := time.Now().Add(-3 * time.Hour) // its clock is wrong
		resp.Header.Set("Date", httpTime(backendsNow))
		line := a.setCookie
		if a.lifetime != 0 {
			line += "; Expires=" + httpTime(backendsNow.Add(a.lifetime))
		}
		resp.Header["Set-Cookie"] = []string{line}
	}
	return resp, nil
}

// value makes up a session id.
func (w *world) value(prefix string) string {
	w.named++
	return fmt.Sprintf("%s%d", prefix, w.named)
}

func (w *world) setCookie(a *modelAnswer, value string) { a.setCookie = sid + "=" + value + "; Path=/" }

// newSession is a login's or a renewed one.
func (w *world) newSession(a *modelAnswer, value, owner string, b int) {
	w.alive[value] = owner
	a.cookie = &modelCookie{value: value, owner: owner}
	w.setCookie(a, value)
	if b%3 != 0 {
		a.lifetime = time.Duration(10+b%100) * time.Second
	}
}

// carryOut is the backend's work on a request; how picks what goes wrong, mostly nothing.
func (w *world) carryOut(r *modelRequest, how, b int) *modelAnswer {
	a := &modelAnswer{status: 200, contentType: "application/json"}
	value := strings.TrimPrefix(r.cookie, sid+"=")
	owner := w.alive[value]
	anonymous := func() { w.setCookie(a, w.value("anonymous")) }
	broken := func(status int) {
		a.status, a.contentType = status, "text/html"
		anonymous()
	}
	switch {
	case r.method == http.MethodDelete:
		a.contentType, a.body = "text/plain", "OK"
		switch how % 12 {
		case 0:
			broken(500) // before it was carried out
			return a
		case 1:
			broken(500)
		case 2:
			a.lost = true
		case 3:
			anonymous()
		case 4:
			broken(200)
			return a
		}
		delete(w.alive, value)
	case r.call.kind == login:
		a.who = r.call.email
		switch how % 16 {
		case 0:
			broken(500)
		case 1, 2:
			broken(401)
		case 3: // no cookie
		case 4:
			broken(200)
		case 5:
			w.newSession(a, w.value("s"), a.who, b)
			a.lost = true
		default:
			w.newSession(a, w.value("s"), a.who, b)
		}
	case r.call.kind == open:
		a.body = `{"exists":true}`
		anonymous()
		if how%4 == 0 {
			broken(500)
		}
	default:
		a.who = owner
		switch {
		case how%16 == 0:
			broken(500)
		case how%16 == 1:
			a.lost = true
		case how%16 == 2:
			broken(200)
		case how%16 == 3:
			delete(w.alive, value)
			broken(401)
		case owner == "":
			broken(401)
		case how%16 < 6:
			w.newSession(a, value, owner, b) // rolling
		case how%16 == 6:
			delete(w.alive, value)
			w.newSession(a, w.value("s"), owner, b)
		case how%16 == 7:
			delete(w.alive, value)
			a.deletes = true
			w.setCookie(a, "x")
			a.setCookie += "; Max-Age=0"
		}
	}
	if a.body == "" {
		a.body = fmt.Sprintf(`{"customer":{"id":"cus_1","email":%q}}`, a.who)
	}
	if !a.ok() {
		a.who = ""
	}
	return a
}

func (w *world) start(kind sessionUse) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &modelCall{id: len(w.calls), kind: kind, cancel: cancel, email: fmt.Sprintf("c%d@x.com", len(w.calls))}
	w.calls = append(w.calls, c)
	w.stats.calls++
	w.tracef("call %d: %s", c.id, [...]string{open: "open", secured: "secured", login: "login", logout: "logout"}[kind])
	w.change(func() { w.model.begin(c, w.relogin) })
	ctx = context.WithValue(ctx, callKey{}, c)
	go func() {
		var who *Customer
		var err error
		switch kind {
		case login:
			who, err = w.client.Auth.Authenticate(ctx, c.email, testPassword)
		case secured:
			who, err = w.client.Retrieve(ctx)
		case logout:
			err = w.client.Auth.DeleteSession(ctx)
		case open:
			_, err = w.client.Auth.Exists(ctx, c.email)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		c.err = err
		if who != nil {
			c.who = who.Email
		}
		w.returned = append(w.returned, c)
	}()
}

// change runs a transition of the model, before the client makes its own.
func (w *world) change(transition func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.model.cookie
	transition()
	if w.model.cookie != before {
		w.changes++
	}
	if run := w.model.run; run != nil && run.call == nil {
		run.call = &modelCall{id: len(w.calls), kind: login, run: run, cancel: func() {}, email: fmt.Sprintf("r%d@x.com", len(w.calls))}
		w.calls = append(w.calls, run.call)
		w.runs++
		w.trace = append(w.trace, fmt.Sprintf("        the re-login hook runs: call %d", run.call.id))
		w.model.begin(run.call, false)
	}
}

func (w *world) step(s step) {
	switch s.kind {
	case stepLogin:
		w.start(login)
	case stepSecured:
		w.start(secured)
	case stepOpen:
		w.start(open)
	case stepLogout:
		w.start(logout)
	case stepAdvance:
		if len(w.pending) == 0 {
			return
		}
		w.advance(w.pending[s.a%len(w.pending)], s.b%997, s.b)
	case stepSleep:
		d := time.Duration(1+s.a%40) * time.Second
		w.tracef("sleep %s", d)
		time.Sleep(d)
	case stepForget:
		values := make([]string, 0, len(w.alive))
		for value := range w.alive {
			values = append(values, value)
		}
		if len(values) == 0 {
			return
		}
		slices.Sort(values)
		value := values[s.a%len(values)]
		w.tracef("the backend forgets %s", value)
		delete(w.alive, value)
	case stepCancel:
		if len(w.calls) == 0 {
			return
		}
		c := w.calls[s.a%len(w.calls)]
		if c.done || c.run != nil {
			return
		}
		w.tracef("cancel %d", c.id)
		if !c.settled {
			c.settle(context.Canceled, "")
			c.waits = nil
		}
		c.cancel()
	case stepHook:
		w.openHook()
	}
	w.reconcile()
}

// advance carries a pending request out, or lets its answer arrive.
func (w *world) advance(r *modelRequest, how, b int) {
	if r.answer == nil {
		r.answer = w.carryOut(r, how, b)
		w.tracef("backend: %s of call %d with %q: %d, sets %q", r.method, r.call.id, r.cookie, r.answer.status, r.answer.setCookie)
		return
	}
	w.pending = slices.DeleteFunc(w.pending, func(p *modelRequest) bool { return p == r })
	w.tracef("answer to call %d arrives", r.call.id)
	if r.orphan {
		w.orphans++
		if r.answer.lost || !r.answer.ok() {
			delete(w.mustDie, r.call.orphan.value) // tried as well as could be
		}
		r.call.orphan = nil
	} else {
		w.change(func() {
			if r.call.kind == secured && r.call.sent != w.model.cookie {
				w.stale++
			}
			w.model.take(r.call, r.answer, w.relogin)
			if errors.Is(r.call.want, ErrSessionSuperseded) {
				w.superseded++
			}
			if r.call.orphan != nil {
				w.mustDie[r.call.orphan.value] = fmt.Sprintf("it lost in call %d", r.call.id)
			}
			if r.call.kind == logout && r.call.settled && r.call.want == nil && r.call.sent != nil {
				w.mustDie[r.call.sent.value] = fmt.Sprintf("call %d logged it out", r.call.id)
			}
		})
	}
	close(r.release)
}

// reconcile compares what the client has done since the last step with what it had to do.
func (w *world) reconcile() {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.problem != "" {
		w.failf("%s", w.problem)
	}
	// The hook's end comes first: others go on from it.
	for _, c := range w.returned {
		if c.run == nil {
			continue
		}
		c.run.failed = c.err != nil
		w.model.run, w.model.runs = nil, append(w.model.runs, c.run)
		for _, waiter := range w.calls {
			switch {
			case waiter.waits != c.run:
				continue
			case c.run.failed:
				waiter.settle(errHookFailed, "")
			default:
				waiter.again = true
				w.repeated++
				w.model.begin(waiter, w.relogin)
			}
			waiter.waits = nil
		}
	}
	w.pending = slices.DeleteFunc(w.pending, func(r *modelRequest) bool {
		if r.abandoned && r.orphan {
			delete(w.mustDie, r.call.orphan.value) // its time was over
			r.call.orphan = nil
		}
		return r.abandoned
	})
	slices.SortFunc(w.arrived, func(a, b *modelRequest) int { return a.call.id - b.call.id })
	for _, r := range w.arrived {
		w.requests++
		switch c := r.call; {
		case strings.Contains(r.cookie, "anonymous"):
			w.failf("call %d sent an anonymous cookie: %q", c.id, r.cookie)
		case c.expect != nil && r.cookie == *c.expect:
			c.expect = nil
		case c.expect != nil:
			w.failf("call %d sent %q, want %q", c.id, r.cookie, *c.expect)
		case c.orphan != nil && r.method == http.MethodDelete && r.cookie == c.orphan.header():
			r.orphan = true
		default:
			w.failf("call %d sent a request that it should not send: %s with %q", c.id, r.method, r.cookie)
		}
		if !r.abandoned {
			w.pending = append(w.pending, r)
		}
	}
	for _, c := range w.returned {
		c.done = true
		w.tracef("call %d returns %q, %v", c.id, c.who, c.err)
		switch {
		case !c.settled || c.orphan != nil:
			w.failf("call %d returned %q, %v before it should", c.id, c.who, c.err)
		case (c.want == nil) != (c.err == nil) || !errors.Is(c.err, c.want):
			w.failf("call %d returned %v, want %v", c.id, c.err, c.want)
		case c.err == nil && c.who != c.wantWho:
			w.failf("call %d was made as %q, want %q", c.id, c.who, c.wantWho)
		}
	}
	w.arrived, w.returned = nil, nil
	w.compare()
}

// compare checks the state in which everything waits.
func (w *world) compare() {
	m, s := &w.model, w.client.caller.session
	ending := false
	for _, c := range w.calls {
		if c.expect != nil && !c.settled {
			w.failf("call %d did not send %q", c.id, *c.expect)
		}
		ending = ending || c.orphan != nil
		if c.orphan != nil && !slices.ContainsFunc(w.pending, func(r *modelRequest) bool { return r.call == c && r.orphan }) {
			w.failf("call %d did not end %q at the backend", c.id, c.orphan.value)
		}
		if c.settled && !c.done && c.orphan == nil && w.atWork == 0 {
			w.failf("call %d did not return", c.id)
		}
	}
	value, expires := "", time.Time{}
	if m.cookie != nil {
		value, expires = m.cookie.value, m.cookie.expires
	}
	if got := valueOf(s); got != value {
		w.failf("the session holds %q, want %q", got, value)
	}
	if got := s.Expires(); !got.Equal(expires) {
		w.failf("the session expires at %s, want %s", got, expires)
	}
	if got, want := s.LoggedIn(), m.cookie != nil && m.proven && !m.cookie.over(); got != want {
		w.failf("logged in: %t, want %t", got, want)
	}
	switch {
	case ending || w.atWork > 0: // a change may yet have to be reported
	case w.hookSaw == nil && w.changes > 0:
		w.failf("the session changed and the hook was not called")
	case w.hookSaw != nil && *w.hookSaw != value:
		w.failf("the session hook last saw %q, the session holds %q", *w.hookSaw, value)
	case w.hooks > w.changes:
		w.failf("the session hook was called %d times for %d changes", w.hooks, w.changes)
	}
}

// finish answers all that is under way and checks what is left at the backend.
func (w *world) finish() {
	const natural = 9 // what goes wrong in no request
	for w.failure == "" && (len(w.pending) > 0 || w.hookGate != nil) {
		if w.hookGate != nil {
			w.openHook()
		} else {
			w.advance(w.pending[0], natural, 0)
		}
		w.reconcile()
	}
	for _, c := range w.calls {
		if w.failure == "" && !c.done {
			w.failf("call %d never returned", c.id)
		}
	}
	for value, why := range w.mustDie {
		if owner, alive := w.alive[value]; alive && w.failure == "" {
			w.failf("%s's session %s lives on at the backend although %s", owner, value, why)
		}
	}
	if w.failure == "" {
		return
	}
	// Let the goroutines end, whatever they do.
	w.mu.Lock()
	w.draining = true
	all := append(slices.Clone(w.pending), w.arrived...)
	w.mu.Unlock()
	for _, c := range w.calls {
		c.cancel()
	}
	for _, r := range all {
		select {
		case <-r.release:
		default:
			r.answer = &modelAnswer{lost: true}
			close(r.release)
		}
	}
	for range 10 {
		w.openHook()
		synctest.Wait()
	}
}
