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

// TestSessionAgainstAModel runs many calls on one session in a random interleaving. It compares every request, result and
// state with a model that is written from the rules of docs/sessions.md and not from the code. A scheduler decides in
// virtual time when a request is carried out and when its response arrives. A schedule is a list of steps made from a
// seed, and one that fails is shrunk before it is printed. A step names what it acts on by a number, modulo how many
// there are, so that any part of a schedule is a schedule.
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
	t.Logf("%d schedules: %d calls, %d requests, %d changes of the session, %d logins superseded, %d of them ended at the backend, %d stale responses",
		n, total.calls, total.requests, total.changes, total.superseded, total.ended, total.stale)
	for what, n := range map[string]int{"superseded": total.superseded, "ended": total.ended, "stale": total.stale} {
		if n == 0 {
			t.Errorf("no schedule had any %s: the test covers less than it claims", what)
		}
	}
}

var (
	modelSchedules = flag.Int("session.schedules", 4000, "how many schedules TestSessionAgainstAModel runs")
	modelSeed      = flag.Uint64("session.seed", 1, "the first schedule's seed")
)

type stats struct {
	calls, requests, changes, superseded, ended, stale int
	trace                                              []string
}

func (s *stats) add(o stats) {
	s.calls += o.calls
	s.requests += o.requests
	s.changes += o.changes
	s.superseded += o.superseded
	s.ended += o.ended
	s.stale += o.stale
}

type stepKind uint8

const (
	stepLogin stepKind = iota
	stepSecured
	stepOpen
	stepLogout
	stepAdvance // a request is carried out, or its response arrives
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
	slowHook bool // the session hook returns at a step of the schedule
	steps    []step
}

func newSchedule(seed uint64) schedule {
	r := rand.New(rand.NewPCG(seed, 0))
	s := schedule{start: r.IntN(6), slowHook: r.IntN(2) == 0}
	weights := []int{stepLogin: 8, stepSecured: 14, stepOpen: 3, stepLogout: 5, stepAdvance: 50, stepSleep: 3, stepForget: 3, stepCancel: 3, stepHook: 5}
	all := 0
	for _, weight := range weights {
		all += weight
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
		env := newModelEnv(t, s)
		for _, step := range s.steps {
			env.step(step)
			if env.failure != "" {
				break
			}
		}
		env.finish()
		failure, st = env.failure, env.stats
	})
	return failure, st
}

// The model. The numbers are those of the rules in docs/sessions.md.

// modelCookie is a cookie that the client has stored by the rules.
type modelCookie struct {
	value, owner string
	expires      time.Time // zero: unknown
}

func (c *modelCookie) expired() bool { return !c.expires.IsZero() && !c.expires.After(time.Now()) }

func (c *modelCookie) header() string {
	if c == nil {
		return ""
	}
	return DefaultSessionCookieName + "=" + c.value
}

// modelSession is what the session has to be.
type modelSession struct {
	begun      int            // logins and logouts, in the order they begin
	generation int            // the one begun last of those that have succeeded
	cookie     *modelCookie   // what it left, or what replaced that
	ended      bool           // the backend refused the cookie
	verified   bool           // false for a browser's cookie until a call has succeeded with it
	restored   bool           // from a text, and no call has succeeded with it
	rest       []*modelCookie // the browser's other cookies by this name
	switched   bool           // the last transition took the next of them
}

type modelCall struct {
	id     int
	kind   sessionUse
	email  string // of a login
	cancel context.CancelFunc

	number     int // of a login or logout
	generation int // the session's when the call began
	sent       *modelCookie
	verified   bool

	expect     *string        // the Cookie header of the request that has to come
	superseded *modelCookie   // what the call has to end at the backend
	more       []*modelCookie // and after that
	settled    bool           // what the call has to return is known
	want       error
	wantWho    string

	done bool
	err  error
	who  string
}

func (c *modelCall) settle(want error, who string) { c.settled, c.want, c.wantWho = true, want, who }

func (m *modelSession) begin(c *modelCall) {
	send := func(header string) { c.expect = &header }
	if c.kind == login || c.kind == logout {
		m.begun++
		c.number = m.begun
	}
	switch c.kind {
	case open, login: // rule 2: without the session cookie
		send("")
	case logout: // rule 5
		c.sent = m.cookie
		send(m.cookie.header())
	case secured:
		c.generation, c.sent, c.verified = m.generation, m.cookie, m.verified
		switch {
		case m.cookie == nil && m.ended:
			c.settle(ErrSessionEnded, "")
		case m.cookie == nil && m.generation > 0:
			c.settle(ErrLoggedOut, "")
		case m.cookie == nil:
			c.settle(ErrNotLoggedIn, "")
		case m.cookie.expired() && !m.restored: // rule 7
			c.settle(ErrSessionExpired, "")
		default:
			send(m.cookie.header())
		}
	default:
	}
}

// modelResponse is what the backend makes of a request.
type modelResponse struct {
	lost        bool // no response arrives
	status      int
	contentType string
	body        string
	setCookie   string // the line without its lifetime
	alsoSets    string // a line more
	loggedOut   bool   // the backend has ended a session
	cookie      *modelCookie
	deletes     bool
	lifetime    time.Duration // of the cookie
	who         string
}

func (a *modelResponse) ok(kind sessionUse) bool {
	return kind == logout && a.status/100 == 2 || a.status == 200 && a.contentType != "text/html"
}

// gateways reports whether the response is a 401 that is not the backend's own.
func (a *modelResponse) gateways() bool { return a.status == 401 && a.contentType == "text/html" }

// take is the transition of a response that arrives.
func (m *modelSession) take(c *modelCall, a *modelResponse) {
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
	case a.status == 400:
		want = ErrInvalidInput
	case a.gateways():
		want = ErrUnexpectedResponse
	case a.status == 401 && c.kind == login:
		want = ErrInvalidCredentials
	case a.status == 401:
		want = ErrSessionEnded
	case !a.ok(c.kind):
		want = ErrUnexpectedResponse
	}
	m.switched = false
	switch c.kind {
	case login: // rule 3
		switch {
		case want != nil:
		case a.cookie == nil:
			want = ErrNoSessionCookie
		case c.number < m.generation: // something begun later has succeeded
			want = ErrSessionSuperseded
			c.superseded = a.cookie
		default:
			c.superseded, c.more = m.cookie, m.rest
			m.replace(c.number, a.cookie)
		}
	case logout: // rule 5
		if want != nil || c.number < m.generation {
			break
		}
		if m.cookie != nil && (c.sent == nil || c.sent.value != m.cookie.value) {
			c.superseded = m.cookie // it came while the logout ran, from something begun before
		}
		c.more = m.rest
		m.replace(c.number, nil)
	case secured: // rule 4
		refused := a.status == 401 && !a.gateways()
		if c.sent == m.cookie { // otherwise it is a response to an older cookie
			switch {
			case refused && !m.verified && len(m.rest) > 0:
				m.cookie, m.rest, m.switched = m.rest[0], m.rest[1:], true
			case refused || a.ok(secured) && a.deletes:
				m.cookie, m.ended = nil, true
			case a.ok(secured) && a.cookie != nil:
				m.cookie, m.verified, m.restored = a.cookie, true, false
			case a.ok(secured):
				m.verified, m.restored = true, false
				if m.cookie.expired() {
					m.cookie = &modelCookie{value: m.cookie.value, owner: m.cookie.owner}
				}
			case a.cookie != nil && a.cookie.value == c.sent.value:
				m.cookie, m.restored = a.cookie, false
			}
		}
		if refused && !c.verified && m.generation == c.generation && m.cookie != nil && m.cookie != c.sent {
			m.begin(c) // with the browser's next cookie
			return
		}
	default:
	}
	if c.superseded == nil || c.superseded.expired() {
		c.endNext()
	}
	c.settle(want, a.who)
}

func (m *modelSession) replace(number int, c *modelCookie) {
	m.generation, m.cookie, m.ended, m.verified, m.restored, m.rest = number, c, false, true, false, nil
}

// endNext goes on with what the call has to end at the backend.
func (c *modelCall) endNext() {
	c.superseded = nil
	if len(c.more) > 0 {
		c.superseded, c.more = c.more[0], c.more[1:]
	}
}

// The env: the client, the backend and the scheduler.

type modelRequest struct {
	call           *modelCall
	endsSuperseded bool // it logs a superseded login out
	method         string
	cookie         string
	response       *modelResponse // it has been carried out
	release        chan struct{}
	abandoned      bool // the client waits no more
}

type modelEnv struct {
	schedule
	stats
	client  *Client
	model   modelSession
	calls   []*modelCall
	pending []*modelRequest
	alive   map[string]string // the backend's sessions: value → owner
	named   int               // values made up so far
	mustEnd map[string]string // value → why
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

func newModelEnv(t *testing.T, s schedule) *modelEnv {
	t.Helper()
	env := &modelEnv{schedule: s, alive: map[string]string{}, mustEnd: map[string]string{}}
	opts := []Option{
		WithHTTPClient(&http.Client{Transport: roundTrip(env.roundTrip)}), WithMaxRetries(0), WithTimeout(10000 * time.Hour),
		WithSessionHook(env.sessionHook),
	}
	session := new(Session)
	env.model.verified = true
	switch s.start {
	case 1: // from a store
		env.alive["kept"] = "kept@x.com"
		env.model.cookie = &modelCookie{value: "kept", owner: "kept@x.com"}
		session = sessionOf("kept")
		session, _ = DecodeSession(session.Encode())
		env.model.restored = true
	case 4: // from a store, its lifetime at an end, though the backend may have prolonged it
		if s.slowHook {
			env.alive["kept"] = "kept@x.com"
		}
		env.model.cookie = &modelCookie{value: "kept", owner: "kept@x.com", expires: time.UnixMilli(1).UTC()}
		env.model.restored = true
		session = sessionOf("kept")
		session.state.cookie.expires = 1
		session, _ = DecodeSession(session.Encode())
	case 5: // from a browser with an older cookie by the same name
		env.alive["browser"] = "browser@x.com"
		env.model.cookie = &modelCookie{value: "older"}
		env.model.rest = []*modelCookie{{value: "browser", owner: "browser@x.com"}}
		env.model.verified = false
		session = SessionFromRequest(browserRequest(siteURL, "connect.sid=older; connect.sid=browser"), BrowserCookie{})
	case 2, 3: // from a browser, whose cookie is valid or not
		if s.start == 2 {
			env.alive["browser"] = "browser@x.com"
		}
		env.model.cookie = &modelCookie{value: "browser", owner: "browser@x.com"}
		env.model.verified = false
		session = SessionFromRequest(browserRequest(siteURL, "connect.sid=browser"), BrowserCookie{})
	default:
	}
	env.tracef("start %d, slow session hook %t", s.start, s.slowHook)
	env.client = mustNew(t, backendURL, opts...).WithSession(session)
	return env
}

func (env *modelEnv) tracef(format string, args ...any) {
	env.trace = append(env.trace, fmt.Sprintf("%6s  ", time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))+fmt.Sprintf(format, args...))
}

func (env *modelEnv) failf(format string, args ...any) {
	if env.failure == "" {
		env.failure = fmt.Sprintf(format, args...)
	}
}

func (env *modelEnv) sessionHook(_ context.Context, change SessionChange) {
	env.mu.Lock()
	env.hooks++
	env.atWork++
	if env.atWork > 1 {
		env.problem = "two session hooks at once"
	}
	saw := valueOf(change.Session)
	env.hookSaw = &saw
	gate := make(chan struct{})
	if env.slowHook && !env.draining {
		env.hookGate = gate
	} else {
		close(gate)
	}
	env.mu.Unlock()
	<-gate
	env.mu.Lock()
	env.atWork--
	env.mu.Unlock()
}

func (env *modelEnv) openHook() {
	env.mu.Lock()
	defer env.mu.Unlock()
	if env.hookGate != nil {
		close(env.hookGate)
		env.hookGate = nil
	}
}

func (env *modelEnv) roundTrip(r *http.Request) (*http.Response, error) {
	call, _ := r.Context().Value(callKey{}).(*modelCall)
	req := &modelRequest{call: call, method: r.Method, cookie: r.Header.Get("Cookie"), release: make(chan struct{})}
	env.mu.Lock()
	if env.draining {
		env.mu.Unlock()
		return nil, errors.New("the test is over")
	}
	env.arrived = append(env.arrived, req)
	env.mu.Unlock()
	select {
	case <-r.Context().Done():
		env.mu.Lock()
		req.abandoned = true
		env.mu.Unlock()
		return nil, r.Context().Err()
	case <-req.release:
	}
	a := req.response
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
		if a.alsoSets != "" {
			resp.Header["Set-Cookie"] = append(resp.Header["Set-Cookie"], a.alsoSets)
		}
	}
	return resp, nil
}

// value returns a session id that was not used yet.
func (env *modelEnv) value(prefix string) string {
	env.named++
	return fmt.Sprintf("%s%d", prefix, env.named)
}

func (env *modelEnv) setCookie(a *modelResponse, value string) {
	a.setCookie = sid + "=" + value + "; Path=/"
}

// newSession opens a session at the backend, or renews one.
func (env *modelEnv) newSession(a *modelResponse, value, owner string, b int) {
	env.alive[value] = owner
	a.cookie = &modelCookie{value: value, owner: owner}
	env.setCookie(a, value)
	if b%3 != 0 {
		a.lifetime = time.Duration(10+b%100) * time.Second
	}
}

// carryOut is the backend's work on a request. how picks the fault, which mostly is none.
func (env *modelEnv) carryOut(r *modelRequest, how, b int) *modelResponse {
	a := &modelResponse{status: 200, contentType: "application/json"}
	value := strings.TrimPrefix(r.cookie, sid+"=")
	owner := env.alive[value]
	anonymous := func() { env.setCookie(a, env.value("anonymous")) }
	broken := func(status int) {
		a.status, a.contentType = status, "text/html"
		anonymous()
	}
	refused := func() { // by the backend itself
		a.status, a.contentType, a.body = 401, "", "Unauthorized"
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
		case 5:
			a.status, a.contentType = 204, ""
		case 6:
			a.contentType, a.body = "application/json", "{}"
		}
		delete(env.alive, value)
		a.loggedOut = true
	case r.call.kind == login:
		a.who = r.call.email
		switch how % 16 {
		case 0:
			broken(500)
		case 1:
			refused()
		case 2:
			broken(401)
		case 3: // no cookie
		case 4:
			broken(200)
		case 5:
			env.newSession(a, env.value("s"), a.who, b)
			a.lost = true
		case 6:
			env.newSession(a, env.value("s"), a.who, b)
			a.alsoSets = foreignDeletion
		default:
			env.newSession(a, env.value("s"), a.who, b)
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
			delete(env.alive, value)
			refused()
		case how%16 == 8:
			broken(401)
		case owner == "":
			refused()
		case how%16 == 10:
			a.status, a.body = 400, `{"type":"invalid_data","message":"no"}`
			env.newSession(a, value, owner, b) // rolling
		case how%16 == 11:
			a.setCookie = foreignDeletion
		case how%16 < 6:
			env.newSession(a, value, owner, b) // rolling
		case how%16 == 6:
			delete(env.alive, value)
			env.newSession(a, env.value("s"), owner, b)
		case how%16 == 7:
			delete(env.alive, value)
			a.deletes = true
			env.setCookie(a, "x")
			a.setCookie += "; Max-Age=0"
		}
	}
	if a.body == "" {
		a.body = customerBody(fmt.Sprintf(`{"id":"cus_1","email":%q}`, a.who))
	}
	if r.call.kind != logout && !a.ok(r.call.kind) {
		a.who = ""
	}
	return a
}

// foreignDeletion deletes a cookie of the session cookie's name and another scope, such as one of an older backend's.
const foreignDeletion = sid + "=; Domain=.shop.example.com; Path=/; Max-Age=0"

func (env *modelEnv) start(kind sessionUse) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &modelCall{id: len(env.calls), kind: kind, cancel: cancel, email: fmt.Sprintf("c%d@x.com", len(env.calls))}
	env.calls = append(env.calls, c)
	env.stats.calls++
	env.tracef("call %d: %s", c.id, [...]string{open: "open", secured: "secured", login: "login", logout: "logout"}[kind])
	env.change(func() { env.model.begin(c) })
	ctx = context.WithValue(ctx, callKey{}, c)
	go func() {
		var who *Customer
		var err error
		switch kind {
		case login:
			who, err = env.client.Auth.Authenticate(ctx, c.email, testPassword)
		case secured:
			who, err = env.client.Retrieve(ctx)
		case logout:
			err = env.client.Auth.DeleteSession(ctx)
		case open:
			_, err = env.client.Auth.Exists(ctx, c.email)
		case optional: // TestDoFollowsTheSessionsRules has these
		}
		env.mu.Lock()
		defer env.mu.Unlock()
		c.err = err
		if who != nil {
			c.who = who.Email
		}
		env.returned = append(env.returned, c)
	}()
}

// change runs a transition of the model, before the client makes its own.
func (env *modelEnv) change(transition func()) {
	env.mu.Lock()
	defer env.mu.Unlock()
	cookie, generation := env.model.cookie, env.model.generation
	transition()
	if (env.model.cookie != cookie || env.model.generation != generation) && !env.model.switched {
		env.changes++
	}
}

func (env *modelEnv) step(s step) {
	switch s.kind {
	case stepLogin:
		env.start(login)
	case stepSecured:
		env.start(secured)
	case stepOpen:
		env.start(open)
	case stepLogout:
		env.start(logout)
	case stepAdvance:
		if len(env.pending) == 0 {
			return
		}
		env.advance(env.pending[s.a%len(env.pending)], s.b%997, s.b)
	case stepSleep:
		d := time.Duration(1+s.a%40) * time.Second
		env.tracef("sleep %s", d)
		time.Sleep(d)
	case stepForget:
		values := make([]string, 0, len(env.alive))
		for value := range env.alive {
			values = append(values, value)
		}
		if len(values) == 0 {
			return
		}
		slices.Sort(values)
		value := values[s.a%len(values)]
		env.tracef("the backend forgets %s", value)
		delete(env.alive, value)
	case stepCancel:
		if len(env.calls) == 0 {
			return
		}
		c := env.calls[s.a%len(env.calls)]
		if c.done {
			return
		}
		env.tracef("cancel %d", c.id)
		if !c.settled {
			c.settle(context.Canceled, "")
		}
		c.cancel()
	case stepHook:
		env.openHook()
	}
	env.reconcile()
}

// advance carries a pending request out, or lets its response arrive.
func (env *modelEnv) advance(r *modelRequest, how, b int) {
	if r.response == nil {
		r.response = env.carryOut(r, how, b)
		env.tracef("backend: %s of call %d with %q: %d, sets %q", r.method, r.call.id, r.cookie, r.response.status, r.response.setCookie)
		return
	}
	env.pending = slices.DeleteFunc(env.pending, func(p *modelRequest) bool { return p == r })
	env.tracef("response to call %d arrives", r.call.id)
	if r.endsSuperseded {
		env.ended++
		if r.response.lost || !r.response.loggedOut {
			delete(env.mustEnd, r.call.superseded.value) // it was tried once
		}
		r.call.endNext()
	} else {
		env.change(func() {
			if r.call.kind == secured && r.call.sent != env.model.cookie {
				env.stale++
			}
			env.model.take(r.call, r.response)
			if errors.Is(r.call.want, ErrSessionSuperseded) {
				env.superseded++
			}
			if r.call.superseded != nil {
				for _, s := range append([]*modelCookie{r.call.superseded}, r.call.more...) {
					env.mustEnd[s.value] = fmt.Sprintf("it lost in call %d", r.call.id)
				}
			}
			if r.call.kind == logout && r.call.settled && r.call.want == nil && r.call.sent != nil && r.response.loggedOut {
				env.mustEnd[r.call.sent.value] = fmt.Sprintf("call %d logged it out", r.call.id)
			}
		})
	}
	close(r.release)
}

// reconcile compares what the client has done since the last step with what it had to do.
func (env *modelEnv) reconcile() {
	synctest.Wait()
	env.mu.Lock()
	defer env.mu.Unlock()
	if env.problem != "" {
		env.failf("%s", env.problem)
	}
	env.pending = slices.DeleteFunc(env.pending, func(r *modelRequest) bool {
		if r.abandoned && r.endsSuperseded {
			for ; r.call.superseded != nil; r.call.endNext() { // one time limit for all
				delete(env.mustEnd, r.call.superseded.value)
			}
		}
		return r.abandoned
	})
	slices.SortFunc(env.arrived, func(a, b *modelRequest) int { return a.call.id - b.call.id })
	for _, r := range env.arrived {
		env.requests++
		switch c := r.call; {
		case strings.Contains(r.cookie, "anonymous"):
			env.failf("call %d sent an anonymous cookie: %q", c.id, r.cookie)
		case c.expect != nil && r.cookie == *c.expect:
			c.expect = nil
		case c.expect != nil:
			env.failf("call %d sent %q, want %q", c.id, r.cookie, *c.expect)
		case c.superseded != nil && r.method == http.MethodDelete && r.cookie == c.superseded.header():
			r.endsSuperseded = true
		default:
			env.failf("call %d sent a request that it should not send: %s with %q", c.id, r.method, r.cookie)
		}
		if !r.abandoned {
			env.pending = append(env.pending, r)
		}
	}
	for _, c := range env.returned {
		c.done = true
		env.tracef("call %d returns %q, %v", c.id, c.who, c.err)
		switch {
		case !c.settled || c.superseded != nil:
			env.failf("call %d returned %q, %v before it should", c.id, c.who, c.err)
		case (c.want == nil) != (c.err == nil) || !errors.Is(c.err, c.want):
			env.failf("call %d returned %v, want %v", c.id, c.err, c.want)
		case c.err == nil && c.who != c.wantWho:
			env.failf("call %d was made as %q, want %q", c.id, c.who, c.wantWho)
		}
	}
	env.arrived, env.returned = nil, nil
	env.compare()
}

// compare checks the state in which everything waits.
func (env *modelEnv) compare() {
	m, s := &env.model, env.client.caller.session
	ending := false
	for _, c := range env.calls {
		if c.expect != nil && !c.settled {
			env.failf("call %d did not send %q", c.id, *c.expect)
		}
		ending = ending || c.superseded != nil
		if c.superseded != nil && !slices.ContainsFunc(env.pending, func(r *modelRequest) bool { return r.call == c && r.endsSuperseded }) {
			env.failf("call %d did not end %q at the backend", c.id, c.superseded.value)
		}
		if c.settled && !c.done && c.superseded == nil && env.atWork == 0 {
			env.failf("call %d did not return", c.id)
		}
	}
	value, expires := "", time.Time{}
	if m.cookie != nil {
		value, expires = m.cookie.value, m.cookie.expires
	}
	if got := valueOf(s); got != value {
		env.failf("the session has %q, want %q", got, value)
	}
	if got := s.Expires(); !got.Equal(expires) {
		env.failf("the session expires at %s, want %s", got, expires)
	}
	if got, want := s.LoggedIn(), m.cookie != nil && m.verified && !m.cookie.expired(); got != want {
		env.failf("logged in: %t, want %t", got, want)
	}
	switch {
	case ending || env.atWork > 0: // a change may yet have to be reported
	case env.hookSaw == nil && env.changes > 0:
		env.failf("the session changed and the hook was not called")
	case env.hookSaw != nil && *env.hookSaw != value:
		env.failf("the session hook last saw %q, the session has %q", *env.hookSaw, value)
	case env.hooks > env.changes:
		env.failf("the session hook was called %d times for %d changes", env.hooks, env.changes)
	}
}

// finish responds to all that is under way and checks which sessions the backend still has.
func (env *modelEnv) finish() {
	const natural = 9 // is no fault
	for env.failure == "" && (len(env.pending) > 0 || env.hookGate != nil) {
		if env.hookGate != nil {
			env.openHook()
		} else {
			env.advance(env.pending[0], natural, 0)
		}
		env.reconcile()
	}
	for _, c := range env.calls {
		if env.failure == "" && !c.done {
			env.failf("call %d never returned", c.id)
		}
	}
	for value, why := range env.mustEnd {
		if owner, alive := env.alive[value]; alive && env.failure == "" {
			env.failf("%s's session %s is open at the backend although %s", owner, value, why)
		}
	}
	if env.failure == "" {
		return
	}
	// Let all goroutines end.
	env.mu.Lock()
	env.draining = true
	all := append(slices.Clone(env.pending), env.arrived...)
	env.mu.Unlock()
	for _, c := range env.calls {
		c.cancel()
	}
	for _, r := range all {
		select {
		case <-r.release:
		default:
			r.response = &modelResponse{lost: true}
			close(r.release)
		}
	}
	for range 10 {
		env.openHook()
		synctest.Wait()
	}
}
