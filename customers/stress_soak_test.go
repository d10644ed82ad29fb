package customers

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/bits"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// go test soaks for a moment, make soak for a given time and number of customers.
var (
	soakTime      = flag.Duration("soak", time.Second, "how long TestSoak runs")
	soakCustomers = flag.Int("soak.customers", 200, "how many customers TestSoak has")
)

const (
	soakConnections = 256 // what newTransport allows
	soakTimeout     = 3 * time.Second
)

// TestSoak lets many customers act at once over one shared client, against a server with the faults of networks and
// backends. Afterwards no customer has seen another, no POST was executed twice, all sessions work or need one login, and
// nothing is left open.
func TestSoak(t *testing.T) {
	const perWorker = 10
	n := max(*soakCustomers, 2*perWorker)
	runtime.GC()
	goroutinesBefore, filesBefore := runtime.NumGoroutine(), openFiles()

	s := &soak{t: t, customers: make([]*soakCustomer, n), errors: map[string]int{}}
	b := newSoakBackend(t, s)
	transport, conns := soakTransport()
	bodies := &countBodies{next: transport}
	shop, err := New(b.url, WithoutSession(), WithHTTPClient(&http.Client{Transport: bodies}), WithTimeout(soakTimeout),
		WithSessionHook(func(context.Context, SessionChange) { s.sessionChanges.Add(1) }))
	wantOK(t, err)
	s.shop, s.backend = shop, b
	for i := range s.customers {
		s.customers[i] = &soakCustomer{index: i, email: fmt.Sprintf("c%d@example.com", i), session: new(Session)}
		// Room for what is counted, or counting would look like a leak.
		c := s.customers[i]
		c.executed, c.outcomes.known, c.sids = make([]byte, 0, 256), make([]byte, 0, 256), make([]string, 0, 4)
	}

	// All customers log in first, so that the heap is measured in a steady state.
	s.each(perWorker, func(_ *rand.Rand, c *soakCustomer) bool { s.register(c); return false })
	b.faulty.Store(true)
	began := time.Now()
	watched := make(chan []uint64)
	go func() { watched <- watchHeap(began, *soakTime) }()
	s.each(perWorker, func(r *rand.Rand, c *soakCustomer) bool {
		s.act(r, c)
		return time.Since(began) < *soakTime
	})
	took := time.Since(began)
	heap := <-watched

	// Without faults, every session works after one more login at most.
	b.faulty.Store(false)
	s.each(perWorker, func(_ *rand.Rand, c *soakCustomer) bool { s.recover(c); return false })
	s.wantExecutedOnce()

	b.stop()
	transport.CloseIdleConnections()
	goroutines := settled(func() int { return runtime.NumGoroutine() - goroutinesBefore })
	files := settled(func() int { return openFiles() - filesBefore })
	perSession := s.bytesPerSession()
	early, late := quarter(heap, 0), quarter(heap, 3)

	requests := b.requests.Load()
	t.Logf("%d customers for %v: %d calls, %d requests (%.0f/s), %d POSTs executed", n, took.Round(time.Millisecond), s.calls.Load(), requests, float64(requests)/took.Seconds(), b.executed.Load())
	t.Logf("faults: %s", counts(b.faultCounts()))
	t.Logf("errors: %s", counts(s.errors))
	t.Logf("logins %d, session changes %d", b.logins.Load(), s.sessionChanges.Load())
	t.Logf("latency of a call, faults and waiting for a connection included: p50 %v, p99 %v (for information)", s.latency.quantile(0.5), s.latency.quantile(0.99))
	t.Logf("live heap: %.2f MB in the first quarter, %.2f MB in the last; %d bytes per session", mb(early), mb(late), perSession)
	t.Logf("connections: %d dialled, at most %d at a time, %d left open; bodies: %d, %d left open; goroutines left: %d; files left: %d",
		conns.dialled.Load(), conns.peak.Load(), conns.open.Load(), bodies.opened.Load(), bodies.opened.Load()-bodies.closed.Load(), goroutines, files)

	if left := conns.open.Load() + int64(b.conns.Load()); left != 0 {
		t.Errorf("%d connections are left open", left)
	}
	if bodies.opened.Load() != bodies.closed.Load() {
		t.Errorf("of %d bodies %d were closed", bodies.opened.Load(), bodies.closed.Load())
	}
	if goroutines > 0 || files > 0 {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines and %d files are left over:\n%s", goroutines, files, buf[:runtime.Stack(buf, true)])
	}
	// net/http counts a connection as closed, and dials the next, a moment before it closes it. On a busy machine a few
	// more are open for that moment.
	if peak := conns.peak.Load(); peak > soakConnections+soakConnections/8 {
		t.Errorf("%d connections at a time", peak)
	}
	// The heap is looked at while calls are under way, and on a busy machine a few dozen responses of up to 100 KB are being
	// decoded at one look and none at another. What leaks with each call shows in a longer run.
	if slack := early/10 + 8<<20; late > early+slack {
		t.Errorf("the live heap grew from %d to %d bytes", early, late)
	}
	if b.faults[0].Load() == 0 && *soakTime >= 10*time.Second {
		t.Error("there were no faults")
	}
}

// soak is one run.
type soak struct {
	t         *testing.T
	shop      *Client
	backend   *soakBackend
	customers []*soakCustomer

	calls, sessionChanges atomic.Int64
	latency               histogram

	mu     sync.Mutex
	errors map[string]int
}

// soakCustomer is one customer. Client and server have fields of their own.
type soakCustomer struct {
	index int
	email string

	// The client's side.
	session  *Session
	op       atomic.Int64 // numbers the customer's POSTs
	outcomes outcomes

	// The server's side.
	mu       sync.Mutex
	sids     []string // valid session ids, the oldest first
	account  bool
	executed []byte // how often each POST was executed
}

// outcomes records, for each POST of a customer by number, what its result reported.
type outcomes struct {
	mu    sync.Mutex
	known []byte
}

const (
	reportedExecuted = 1 + iota
	reportedRefused
)

func (o *outcomes) set(number int64, reported byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known = grown(o.known, number)
	o.known[number] = reported
}

// grown returns b with room for an index.
func grown(b []byte, index int64) []byte {
	if missing := int(index) + 1 - len(b); missing > 0 {
		b = append(b, make([]byte, missing)...)
	}
	return b
}

type soakKey struct{}

func (s *soak) each(perWorker int, do func(*rand.Rand, *soakCustomer) (again bool)) {
	var wg sync.WaitGroup
	for part := range slices.Chunk(s.customers, perWorker) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(part[0].index), 7))
			for again := true; again; {
				again = false
				for _, i := range r.Perm(len(part)) {
					again = do(r, part[i])
				}
			}
		})
	}
	wg.Wait()
}

func (s *soak) ctx(c *soakCustomer) context.Context {
	return context.WithValue(s.t.Context(), soakKey{}, c)
}

// header names the customer of a call, for the server to compare with the session.
func (c *soakCustomer) header() CallOption { return WithHeader("X-Customer", strconv.Itoa(c.index)) }

// saw wants a response to be the customer's own.
func (s *soak) saw(c *soakCustomer, me *Customer, err error) {
	if err == nil && (me.Email != c.email || me.ID != c.id()) {
		s.t.Errorf("%s saw %s", c.email, me.Email)
	}
}

func (c *soakCustomer) id() string { return "cus_" + strconv.Itoa(c.index) }

// done counts a call and its error, which must be one that a fault of the server explains.
func (s *soak) done(began time.Time, err error) {
	s.calls.Add(1)
	s.latency.add(time.Since(began))
	if err == nil {
		return
	}
	name := "?"
	for _, sentinel := range []error{
		context.Canceled, context.DeadlineExceeded, ErrSessionSuperseded, ErrUnauthenticated, ErrRateLimited, ErrInternal, ErrUnavailable, ErrUnexpectedResponse, ErrDuplicate, ErrNoSessionCookie,
	} {
		if errors.Is(err, sentinel) {
			name = sentinel.Error()
			break
		}
	}
	if _, ok := errors.AsType[*Error](err); !ok || name == "?" {
		s.t.Errorf("an error that no fault explains: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errors[name]++
}

// register registers the customer, or logs in one who is registered.
func (s *soak) register(c *soakCustomer) {
	client := s.shop.WithSession(c.session)
	me, err := client.Create(s.ctx(c), CreateRequest{Email: c.email, Password: testPassword}, c.header())
	s.done(time.Now(), err)
	if errors.Is(err, ErrDuplicate) {
		me, err = client.Auth.Authenticate(s.ctx(c), c.email, testPassword, c.header())
	}
	wantOKSoak(s.t, err)
	s.saw(c, me, err)
}

func wantOKSoak(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// act makes one call of a customer, or a few.
func (s *soak) act(r *rand.Rand, c *soakCustomer) {
	ctx := s.ctx(c)
	switch r.IntN(100) {
	case 0: // the session moves to another machine
		back, err := DecodeSession(c.session.Encode())
		wantOKSoak(s.t, err)
		c.session = back
	case 1: // a logout and a login
		client, began := s.shop.WithSession(c.session), time.Now()
		err := client.Auth.DeleteSession(ctx, c.header())
		s.done(began, err)
		s.login(ctx, c, client)
	case 2: // two logins at once
		client := s.shop.WithSession(c.session)
		var wg sync.WaitGroup
		wg.Go(func() { s.login(ctx, c, client) })
		s.login(ctx, c, client)
		wg.Wait()
	case 3: // a visitor without a login
		began := time.Now()
		exists, err := s.shop.Auth.Exists(ctx, c.email, c.header())
		if err == nil && !exists {
			s.t.Errorf("%s does not exist", c.email)
		}
		s.done(began, err)
	case 4: // a customer who does not wait
		short, cancel := context.WithTimeout(ctx, time.Duration(r.IntN(20))*time.Millisecond)
		s.retrieve(short, c)
		cancel()
	case 5, 6, 7: // several calls at once
		var wg sync.WaitGroup
		wg.Go(func() { s.update(ctx, c) })
		wg.Go(func() { s.orders(ctx, c) })
		wg.Go(func() { s.retrieve(ctx, c) })
		wg.Wait()
	default:
		[]func(context.Context, *soakCustomer){s.retrieve, s.update, s.orders, s.update}[r.IntN(4)](ctx, c)
	}
	// A customer whose login failed in the middle tries again.
	if !c.session.LoggedIn() {
		s.login(ctx, c, s.shop.WithSession(c.session))
	}
}

func (s *soak) login(ctx context.Context, c *soakCustomer, client *Client) {
	began := time.Now()
	me, err := client.Auth.Authenticate(ctx, c.email, testPassword, c.header())
	s.saw(c, me, err)
	s.done(began, err)
}

func (s *soak) retrieve(ctx context.Context, c *soakCustomer) {
	began := time.Now()
	me, err := s.shop.WithSession(c.session).Retrieve(ctx, c.header())
	s.saw(c, me, err)
	s.done(began, err)
}

func (s *soak) orders(ctx context.Context, c *soakCustomer) {
	began := time.Now()
	page, err := s.shop.WithSession(c.session).ListOrders(ctx, nil, c.header())
	if err == nil && (len(page.Orders) != 3 || page.Orders[0].CustomerID != c.id() || page.Orders[2].Email != c.email) {
		s.t.Errorf("%s saw the orders of %s", c.email, page.Orders[0].Email)
	}
	s.done(began, err)
}

// refusals are the statuses of requests that were not executed.
var refusals = map[int]bool{http.StatusTooManyRequests: true, http.StatusServiceUnavailable: true, http.StatusUnauthorized: true}

// update is a POST with a number, by which the server counts it.
func (s *soak) update(ctx context.Context, c *soakCustomer) {
	began, number := time.Now(), c.op.Add(1)-1
	me, err := s.shop.WithSession(c.session).Update(ctx, UpdateRequest{Phone: Value(strconv.FormatInt(number, 10))}, c.header())
	s.saw(c, me, err)
	s.done(began, err)
	switch e, _ := errors.AsType[*Error](err); {
	case err == nil:
		if phone := me.Phone; phone == nil || *phone != strconv.FormatInt(number, 10) {
			s.t.Errorf("%s saw another call's response", c.email)
		}
		c.outcomes.set(number, reportedExecuted)
	case e != nil && refusals[e.StatusCode]:
		c.outcomes.set(number, reportedRefused)
	}
}

// recover wants the session to work, at most after one more login.
func (s *soak) recover(c *soakCustomer) {
	client := s.shop.WithSession(c.session)
	me, err := client.Retrieve(s.ctx(c), c.header())
	if errors.Is(err, ErrUnauthenticated) {
		if me, err = client.Auth.Authenticate(s.ctx(c), c.email, testPassword, c.header()); err == nil {
			me, err = client.Retrieve(s.ctx(c), c.header())
		}
	}
	wantOKSoak(s.t, err)
	s.saw(c, me, err)
}

// wantExecutedOnce wants no POST to have been executed twice, one that succeeded to have been executed, and one that
// was refused not to have been.
func (s *soak) wantExecutedOnce() {
	for _, c := range s.customers {
		c.mu.Lock()
		for number, times := range c.executed {
			if times > 1 {
				s.t.Errorf("%s: POST %d was executed %d times", c.email, number, times)
			}
		}
		for number, reported := range c.outcomes.known {
			was := number < len(c.executed) && c.executed[number] == 1
			if reported == reportedExecuted && !was || reported == reportedRefused && was {
				s.t.Errorf("%s: POST %d was executed %v, and its result reported otherwise", c.email, number, was)
			}
		}
		c.mu.Unlock()
	}
}

// bytesPerSession returns how much the heap shrinks without the sessions.
func (s *soak) bytesPerSession() int {
	before := liveHeap()
	for _, c := range s.customers {
		c.session = nil
	}
	return int(int64(before)-int64(liveHeap())) / len(s.customers)
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// watchHeap takes forty samples over a time.
func watchHeap(began time.Time, d time.Duration) []uint64 {
	const samples = 40
	tick := time.NewTicker(d / samples)
	defer tick.Stop()
	var heap []uint64
	for time.Since(began) < d {
		<-tick.C
		heap = append(heap, liveHeap())
	}
	return heap
}

// quarter returns the median of the q-th quarter of the samples.
func quarter(heap []uint64, q int) uint64 {
	part := slices.Sorted(slices.Values(heap[len(heap)*q/4 : max(len(heap)*(q+1)/4, len(heap)*q/4+1)]))
	return part[len(part)/2]
}

func mb(n uint64) float64 { return float64(n) / (1 << 20) }

// settled waits until nothing is left, which may take a moment.
func settled(left func() int) int {
	deadline := time.NewTimer(5 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for left() > 0 {
		select {
		case <-tick.C:
		case <-deadline.C:
			return left()
		}
	}
	return 0
}

// openFiles counts this process's file descriptors, where the system shows them.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

func counts(m map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, m[name]))
	}
	return strings.Join(parts, ", ")
}

// histogram counts durations in spans that are an eighth of a power of two.
type histogram [512]atomic.Int64

func (h *histogram) add(d time.Duration) {
	n := uint64(max(d.Microseconds(), 8))
	shift := bits.Len64(n) - 4
	h[shift*8+int(n>>shift)-8].Add(1)
}

func (h *histogram) quantile(q float64) time.Duration {
	var all, seen int64
	for i := range h {
		all += h[i].Load()
	}
	for i := range h {
		if seen += h[i].Load(); float64(seen) >= q*float64(all) {
			return time.Duration((i%8+8)<<(i/8)) * time.Microsecond
		}
	}
	return 0
}

// countConns counts a transport's connections.
type countConns struct{ dialled, open, peak atomic.Int64 }

type soakConn struct {
	net.Conn
	once sync.Once
	open *atomic.Int64
}

func (c *soakConn) Close() error {
	defer c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// soakTransport returns the client's own transport, which counts its connections.
func soakTransport() (*http.Transport, *countConns) {
	t, n := newTransport(idleRepeatable), &countConns{}
	t.Proxy = nil
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		n.dialled.Add(1)
		open := n.open.Add(1)
		for peak := n.peak.Load(); open > peak && !n.peak.CompareAndSwap(peak, open); peak = n.peak.Load() {
			continue
		}
		return &soakConn{Conn: conn, open: &n.open}, nil
	}
	return t, n
}

// countBodies counts bodies handed out and closed.
type countBodies struct {
	next           http.RoundTripper
	opened, closed atomic.Int64
}

type countedBody struct {
	io.ReadCloser
	once   sync.Once
	closed *atomic.Int64
}

func (b *countedBody) Close() error {
	b.once.Do(func() { b.closed.Add(1) })
	return b.ReadCloser.Close()
}

func (c *countBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(r)
	if err == nil {
		c.opened.Add(1)
		resp.Body = &countedBody{ReadCloser: resp.Body, closed: &c.closed}
	}
	return resp, err
}

// faultKinds are the faults of the server, and to how many of 10,000 requests they happen.
var faultKinds = []struct {
	name string
	of   int
}{

	{"reset before it is executed", 60},
	{"reset after it was executed", 60},
	{"body cut off", 60},
	{"401, session forgotten", 100},
	{"401, session still good", 30},
	{"429", 200},
	{"500", 50},
	{"502", 30},
	{"503", 60},
	{"504", 30},
	{"slow", 200},
	{"slower than the timeout", 3},
	{"HTML page", 30},
	{"truncated JSON", 30},
}

// soakBackend is the server. It keeps the customers' data in soakCustomer.
type soakBackend struct {
	soak   *soak
	url    string
	server *http.Server
	served chan struct{}

	faulty                     atomic.Bool
	conns                      atomic.Int32
	requests, executed, logins atomic.Int64
	faults                     [16]atomic.Int64
	nextID                     atomic.Int64
}

func newSoakBackend(t *testing.T, s *soak) *soakBackend {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	wantOK(t, err)
	b := &soakBackend{soak: s, url: "http://" + listener.Addr().String(), served: make(chan struct{})}
	b.server = &http.Server{Handler: b, ReadHeaderTimeout: time.Minute, ConnState: func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			b.conns.Add(1)
		case http.StateClosed, http.StateHijacked:
			b.conns.Add(-1)
		default:
		}
	}}
	go func() {
		defer close(b.served)
		_ = b.server.Serve(listener)
	}()
	t.Cleanup(b.stop)
	return b
}

// stop ends the server once its handlers have ended.
func (b *soakBackend) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = b.server.Shutdown(ctx)
	<-b.served
}

func (b *soakBackend) faultCounts() map[string]int {
	m := map[string]int{}
	for i, k := range faultKinds {
		m[k.name] = int(b.faults[i].Load())
	}
	return m
}

// fault draws the fault of a request, "" for none.
func (b *soakBackend) fault() string {
	if !b.faulty.Load() {
		return ""
	}
	draw := rand.IntN(10_000)
	for i, k := range faultKinds {
		if draw -= k.of; draw < 0 {
			b.faults[i].Add(1)
			return k.name
		}
	}
	return ""
}

func (b *soakBackend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.requests.Add(1)
	var in struct {
		Phone string `json:"phone"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	index, err := strconv.Atoi(r.Header.Get("X-Customer"))
	if err != nil || index < 0 || index >= len(b.soak.customers) {
		b.soak.t.Errorf("%s %s is for customer %q", r.Method, r.URL.Path, r.Header.Get("X-Customer"))
		return
	}
	c := b.soak.customers[index]
	sid := b.checkCookies(r, c)

	kind := b.fault()
	switch kind {
	case "reset before it is executed":
		reset(w, "")
		return
	case "401, session forgotten":
		c.forget(sid)
	case "429":
		// A run with longer waits would mostly wait.
		w.Header().Set("Retry-After", []string{"0", "0", "0", "Tue, 02 Jan 2024 03:04:05 GMT", "1"}[rand.IntN(5)])
		respond(w, 429, "", "")
		return
	case "500", "502", "503", "504":
		status, _ := strconv.Atoi(kind)
		respond(w, status, "text/html", "<html>")
		return
	case "slow":
		b.sleep(r, time.Duration(1+rand.IntN(100))*time.Millisecond)
	case "slower than the timeout":
		b.sleep(r, 2*soakTimeout)
	case "HTML page":
		respond(w, 200, "text/html", "<html>A page of a proxy</html>")
		return
	}
	status, contentType, body := b.respond(w, r, c, sid, in.Phone, kind == "401, session still good")
	switch kind {
	case "reset after it was executed":
		reset(w, "")
	case "body cut off":
		reset(w, fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", status, contentType, len(body)+1, body))
	case "truncated JSON":
		respond(w, status, contentType, body[:len(body)/2])
	default:
		respond(w, status, contentType, body)
	}
}

func (*soakBackend) sleep(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// reset sends some bytes and then resets the connection.
func reset(w http.ResponseWriter, text string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, text)
	if tcp, ok := conn.(*net.TCPConn); ok && text == "" {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// checkCookies wants the cookies of a request to be the customer's, and returns the session id.
func (b *soakBackend) checkCookies(r *http.Request, c *soakCustomer) string {
	sid := ""
	for _, cookie := range r.Cookies() {
		owner, _, _ := strings.Cut(cookie.Value, ".")
		if owner != strconv.Itoa(c.index) {
			b.soak.t.Errorf("%s %s for customer %d comes with %s=%s", r.Method, r.URL.Path, c.index, cookie.Name, cookie.Value)
		}
		if cookie.Name == DefaultSessionCookieName {
			sid = cookie.Value
		}
	}
	return sid
}

func (c *soakCustomer) forget(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sids = slices.DeleteFunc(c.sids, func(s string) bool { return s == sid })
}

// respond carries a request out, as the backend would.
func (b *soakBackend) respond(w http.ResponseWriter, r *http.Request, c *soakCustomer, sid, phone string, refuse bool) (status int, contentType, body string) {
	const jsonType = "application/json; charset=utf-8"
	c.mu.Lock()
	defer c.mu.Unlock()
	known := slices.Contains(c.sids, sid) && !refuse
	customer := customerBody(fmt.Sprintf(`{"id":%q,"email":%q,"phone":%q,"first_name":"A","last_name":"B","has_account":true,"metadata":null}`, c.id(), c.email, phone))
	route := r.Method + " " + r.URL.Path
	secured := strings.Contains(route, "/store/customers/me") || route == "GET /store/auth"
	switch {
	case secured && !known:
		setSoakCookie(w, "anonymous") // checkCookies finds a client that stores it
		return 401, "", "Unauthorized"
	case route == "POST /store/customers" && c.account:
		return 422, jsonType, `{"type":"duplicate_error","message":"A customer with the given email already has an account."}`
	case route == "POST /store/customers", route == "POST /store/auth":
		b.logins.Add(1)
		c.account = true
		id := fmt.Sprintf("%d.%d", c.index, b.nextID.Add(1))
		c.sids = append(slices.Delete(c.sids, 0, max(0, len(c.sids)-2)), id)
		setSoakCookie(w, id)
		w.Header().Add("Set-Cookie", fmt.Sprintf("lb=%d.lb; Path=/", c.index))
		return 200, jsonType, customer
	case route == "DELETE /store/auth":
		c.sids = slices.DeleteFunc(c.sids, func(s string) bool { return s == sid })
		return 200, "text/plain; charset=utf-8", "OK"
	case route == "GET /store/customers/me/orders":
		order := fmt.Sprintf(`{"id":"order_%d","customer_id":%q,"email":%q,"created_at":"2024-01-02T03:04:05.678Z","total":1050,"items":[%s]}`, c.index, c.id(), c.email, whole[api.LineItem](`{"id":"item_1","title":"Thing","quantity":1}`))
		return 200, jsonType, pageBody(3, order, order, order)
	case route == "POST /store/customers/me":
		b.executed.Add(1)
		if number, err := strconv.ParseInt(phone, 10, 32); err == nil {
			c.executed = grown(c.executed, number)
			c.executed[number]++
		}
		return 200, jsonType, customer
	case strings.HasPrefix(route, "GET /store/auth/"):
		setSoakCookie(w, "anonymous")
		return 200, jsonType, `{"exists":true}`
	case route == "GET /store/customers/me":
		return 200, jsonType, customer
	}
	b.soak.t.Errorf("asked %s", route)
	return 404, "", ""
}

func setSoakCookie(w http.ResponseWriter, value string) {
	w.Header().Add("Set-Cookie", DefaultSessionCookieName+"="+value+"; Path=/; Expires="+httpTime(time.Now().Add(10*time.Hour))+"; HttpOnly")
}

func TestManyCustomersShareFewConnections(t *testing.T) {
	const customers, each = 10_000, 4 // the race detector bears 8,128 goroutines
	server := httptest.NewServer(respondWith(200, "application/json", customerJSON))
	defer server.Close()
	transport, conns := soakTransport()
	shop := mustNew(t, server.URL, WithoutSession(), WithHTTPClient(&http.Client{Transport: transport}), WithTimeout(5*time.Minute))
	var all sync.WaitGroup
	for i := range customers / each {
		all.Go(func() {
			for n := range each {
				if err := retrieve(t.Context(), shop.WithSession(sessionOf("v"+strconv.Itoa(i*each+n)))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d customers: %d connections at most, %d in all", customers, conns.peak.Load(), conns.dialled.Load())
	// net/http lets the next one begin a moment before it has closed the last.
	if peak := conns.peak.Load(); peak > soakConnections+4 {
		t.Errorf("%d connections at a time, want %d", peak, soakConnections)
	}
	// It gives up a connection on which a write was slow, as happens on a busy machine.
	if dialled := conns.dialled.Load(); dialled > 2*soakConnections {
		t.Errorf("%d connections for %d customers: they are not reused", dialled, customers)
	}
}
