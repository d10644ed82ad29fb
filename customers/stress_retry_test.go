package customers

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// networkFault is a fault between client and backend.
type networkFault uint8

const (
	dialRefused networkFault = iota
	dialSilent
	handshakeClosed
	handshakeReset
	handshakeSilent
	// With those below, a request arrives, or begins to.
	closedOnFirstByte // Node closes a connection that was idle too long, just when it is used again
	resetOnFirstByte
	closedInRequest
	executedAndClosed
	executedAndReset
	executedAndSilent
	cutOffInHeader
	cutOffInBody
	malformedResponse
	timedOut408 // before a request, and the connection is closed
	status429
	status502
	status503
	status504
	networkFaults
)

var networkFaultNames = [...]string{
	"dialRefused", "dialSilent", "handshakeClosed", "handshakeReset", "handshakeSilent", "closedOnFirstByte", "resetOnFirstByte", "closedInRequest",
	"executedAndClosed", "executedAndReset", "executedAndSilent", "cutOffInHeader", "cutOffInBody", "malformedResponse", "timedOut408",
	"status429", "status502", "status503", "status504",
}

func (m networkFault) String() string { return networkFaultNames[m] }

func (m networkFault) beforeRequest() bool { return m < closedOnFirstByte }

// network is a backend in memory, a network before it, and a script of faults.
type network struct {
	secure, h2 bool
	sudden     bool // connections are closed after a response that does not announce it
	conf       *tls.Config
	keepAlive  time.Duration
	lag        time.Duration // until the client sees that the server has closed

	mu       sync.Mutex
	rnd      *rand.Rand
	script   []networkFault
	happened []networkFault
	arrived  map[string]int       // how often a call's request arrived, even in part
	executed map[string]int       // how often it was carried out
	notUntil map[string]time.Time // when Retry-After allows the next try
	early    []string
	servers  sync.WaitGroup
}

// next takes the next fault of the script, if it can happen here.
func (w *network) next(beforeRequest, reused bool) (networkFault, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.script) > 0 {
		m := w.script[0]
		if m.beforeRequest() != beforeRequest {
			if beforeRequest || !reused {
				return 0, false
			}
			w.script = w.script[1:] // there is no dial
			continue
		}
		w.script = w.script[1:]
		w.happened = append(w.happened, m)
		return m, true
	}
	return 0, false
}

func (w *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	m, wrong := w.next(true, false)
	if wrong {
		switch m {
		case dialRefused:
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		case dialSilent: // as the client's own dialler
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			<-ctx.Done()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
		default:
		}
	}
	client, server := memPipe(w.lag)
	w.servers.Go(func() {
		defer server.Close() //nolint:errcheck // it can't fail
		if w.secure && wrong {
			switch m {
			case handshakeClosed:
				_, _ = server.Read(make([]byte, 1))
				return
			case handshakeReset:
				_, _ = server.Read(make([]byte, 1))
				server.reset()
				return
			case handshakeSilent:
				_, _ = io.Copy(io.Discard, server)
				return
			default:
			}
		}
		if !w.secure {
			w.serve(server, server)
			return
		}
		conn := tls.Server(server, w.conf)
		if conn.HandshakeContext(context.Background()) != nil {
			return
		}
		if w.h2 {
			w.serveH2(conn, server)
			return
		}
		w.serve(conn, server)
	})
	return client, nil
}

// serve speaks HTTP/1.1 as Node does, and closes a connection that is idle for keepAlive.
func (w *network) serve(conn net.Conn, below *memConn) {
	br := bufio.NewReaderSize(conn, 64<<10)
	for n := 0; ; n++ {
		_ = below.SetReadDeadline(time.Now().Add(w.keepAlive))
		if _, err := br.Peek(1); err != nil {
			return
		}
		_ = below.SetReadDeadline(time.Time{})
		begun, _ := br.Peek(br.Buffered())
		id := callID(begun)
		w.arrive(id)
		m, wrong := w.next(false, n > 0)
		if wrong {
			switch m {
			case closedOnFirstByte:
				return
			case resetOnFirstByte:
				below.reset()
				return
			case timedOut408:
				writeText(conn, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
				return
			default:
			}
		}
		r, err := http.ReadRequest(br)
		if err != nil || wrong && m == closedInRequest {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		w.execute(id)
		if !wrong {
			response := goodResponse(r)
			if w.some(8) {
				writeText(conn, strings.Replace(response, "\r\n", "\r\nConnection: close\r\n", 1))
				return
			}
			writeText(conn, response)
			if w.sudden && w.some(4) {
				return // the client may be using the connection again
			}
			continue
		}
		switch m {
		case executedAndReset:
			below.reset()
			return
		case executedAndSilent:
			_, _ = io.Copy(io.Discard, conn)
			return
		case cutOffInHeader:
			writeText(conn, "HTTP/1.1 200 OK\r\nContent-Type: appl")
			return
		case cutOffInBody:
			writeText(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{\"customer\"")
			return
		case malformedResponse:
			writeText(conn, "ICY 200 OK\r\n\r\n")
			return
		case status429, status502, status503, status504:
			writeText(conn, fmt.Sprintf("HTTP/1.1 %s Oops\r\n%sContent-Length: 0\r\n\r\n", m.status(), w.retryAfter(id)))
		default:
			return
		}
	}
}

func (m networkFault) status() string { return strings.TrimPrefix(m.String(), "status") }

func goodResponse(r *http.Request) string {
	kind, body := "application/json", customerJSON
	if r.Method == http.MethodDelete && r.URL.Path == "/store/auth" {
		kind, body = "text/plain; charset=utf-8", "OK"
	}
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(body), body)
}

// serveH2 speaks HTTP/2, one call at a time, whose id is under "".
func (w *network) serveH2(conn net.Conn, below *memConn) {
	first := true
	_ = serveH2(conn, func(c h2Conn, stream uint32) bool {
		m, wrong := w.next(false, !first)
		first = false
		refuse := wrong && w.some(2)
		if refuse { // what was refused was not carried out, and net/http may repeat it
			switch m {
			case closedOnFirstByte, closedInRequest:
				c.reset(stream, h2Refused)
				return true
			case resetOnFirstByte:
				c.goAway(stream-2, h2NoError, "")
				return false
			default:
			}
		}
		w.arrive("")
		w.execute("")
		if !wrong {
			c.respond(stream, http.StatusOK, "application/json", customerJSON)
			if w.some(8) {
				c.goAway(stream, h2NoError, "")
			}
			return true
		}
		switch m {
		case resetOnFirstByte, executedAndReset:
			below.reset()
			return false
		case executedAndSilent:
			return true
		case cutOffInHeader:
			c.reset(stream, h2Cancel)
			return true
		case cutOffInBody:
			c.header(stream, http.StatusOK, "application/json", false)
			c.frame(h2Data, 0, stream, []byte("{"))
			c.reset(stream, h2InternalError)
			return true
		case malformedResponse:
			c.frame(h2Headers, 4, stream, []byte("\xff\xff\xff"))
			return true
		case timedOut408:
			c.goAway(stream, h2EnhanceYourCalm, "")
			return false
		case status429, status502, status503, status504:
			status, _ := strconv.Atoi(m.status())
			c.respond(stream, status, "text/plain", "")
			return true
		default:
			return false
		}
	})
}

// some reports true once in n times.
func (w *network) some(n int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rnd.IntN(n) == 0
}

func (w *network) arrive(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arrived[id]++
	if time.Now().Before(w.notUntil[id]) {
		w.early = append(w.early, id)
	}
}

func (w *network) execute(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.executed[id]++
}

// retryAfter returns a Retry-After header in one of its forms, or none.
func (w *network) retryAfter(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := []time.Duration{0, time.Second, 3 * time.Second, 9 * time.Second}[w.rnd.IntN(4)]
	now := time.Now()
	switch w.rnd.IntN(4) {
	case 0:
		w.notUntil[id] = now.Add(min(d, maxRetryAfter))
		return fmt.Sprintf("Retry-After: %d\r\n", int(d.Seconds()))
	case 1:
		date := now.Add(d).UTC().Truncate(time.Second)
		w.notUntil[id] = now.Add(min(max(0, date.Sub(now)), maxRetryAfter))
		return "Retry-After: " + httpTime(date) + "\r\n"
	case 2:
		return "Retry-After: soon\r\n"
	}
	return ""
}

const callHeader = "X-Call"

func callID(request []byte) string {
	_, rest, _ := bytes.Cut(request, []byte(callHeader+": "))
	id, _, _ := bytes.Cut(rest, []byte("\r\n"))
	return string(id)
}

// retryCounts counts over all schedules.
type retryCounts struct {
	calls, posts, repeatedPosts, failedPosts, rescued, faults int
}

// callTime is enough for all attempts and for the waits between them, if none of them hangs.
const callTime = 45 * time.Second

// faultSchedule makes calls over a network with faults drawn from seed, and returns what is wrong with their results.
func faultSchedule(t *testing.T, seed uint64, secure, h2 bool, sum *retryCounts) (wrong []string) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	w := &network{
		secure: secure || h2, h2: h2, sudden: rnd.IntN(4) == 0, rnd: rand.New(rand.NewPCG(seed, 2)), keepAlive: 5 * time.Second, lag: time.Duration(rnd.IntN(30)) * time.Millisecond,
		arrived: map[string]int{}, executed: map[string]int{}, notUntil: map[string]time.Time{},
	}
	transport := newTransport(idleRepeatable)
	transport.Proxy, transport.DialContext = nil, w.dial
	scheme := "http"
	if w.secure {
		scheme = "https"
		w.conf = &tls.Config{Certificates: []tls.Certificate{testAuthority().loopback}}
		transport.TLSClientConfig = &tls.Config{RootCAs: testAuthority().pool}
	}
	if h2 {
		w.conf.NextProtos = []string{"h2"}
	}
	retries := rnd.IntN(4)
	c := mustNew(t, scheme+"://127.0.0.1:9", WithMaxRetries(retries), WithTimeout(callTime), WithHTTPClient(&http.Client{Transport: transport})).WithSession(sessionOf("v"))
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }

	for round := range 5 {
		w.mu.Lock()
		w.script, w.happened = nil, nil
		clear(w.notUntil)
		for range rnd.IntN(5) {
			m := networkFault(rnd.IntN(int(networkFaults)))
			if rnd.IntN(4) == 0 {
				m = networkFault(rnd.IntN(int(closedOnFirstByte)))
			}
			for range 1 + rnd.IntN(2)*rnd.IntN(3) { // some come in rows
				w.script = append(w.script, m)
			}
		}
		hangs := slices.ContainsFunc(w.script, func(f networkFault) bool { return f == dialSilent || f == handshakeSilent || f == executedAndSilent })
		few := len(w.script) <= retries && !w.sudden && !hangs
		script := slices.Clone(w.script)
		w.mu.Unlock()
		var group sync.WaitGroup
		var mu sync.Mutex
		together := 1
		if !h2 {
			together += rnd.IntN(3)
		}
		for n := range together {
			id := fmt.Sprintf("%d.%d", round, n)
			method := []string{http.MethodGet, http.MethodDelete, http.MethodPost, http.MethodPost}[rnd.IntN(4)]
			var limit time.Duration
			if rnd.IntN(3) == 0 {
				limit = time.Duration(1+rnd.IntN(20_000)) * time.Millisecond
			}
			group.Go(func() {
				ctx := t.Context()
				if limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, limit)
					defer cancel()
				}
				var r Response
				began := time.Now()
				err := calls[method](ctx, c, WithHeader(callHeader, id), WithResponse(&r))
				took := time.Since(began)
				synctestSettle(h2)
				mu.Lock()
				defer mu.Unlock()
				key := id
				if h2 {
					key = ""
				}
				w.mu.Lock()
				arrived, executed, happened := w.arrived[key], w.executed[key], slices.Clone(w.happened)
				w.mu.Unlock()
				what := fmt.Sprintf("round %d, %s, limit %v, %d retries, script %v, happened %v: ", round, method, limit, retries, script, happened)
				sum.calls++
				switch {
				case method == http.MethodPost:
					sum.posts++
					if arrived > 1 || executed > 1 {
						complain("%sit arrived %d times and was executed %d times", what, arrived, executed)
					}
					if r.Attempts > 1 {
						sum.repeatedPosts++
					}
					if err != nil {
						sum.failedPosts++
					}
				case err != nil && few && limit == 0:
					complain("%sfailed after %d attempts: %v", what, r.Attempts, err)
				case err == nil && r.Attempts > 1:
					sum.rescued++
				}
				if err == nil && executed == 0 {
					complain("%ssucceeded but was not executed", what)
				}
				if r.Attempts > 1+retries {
					complain("%s%d attempts", what, r.Attempts)
				}
				most := callTime
				if limit > 0 {
					most = min(most, limit)
				}
				if took > most {
					complain("%stook %v, %v are allowed", what, took, most)
				}
				_, ours := errors.AsType[*Error](err)
				if err != nil && !ours {
					complain("%serror is a %T", what, err)
				}
				if h2 {
					w.mu.Lock()
					delete(w.arrived, "")
					delete(w.executed, "")
					w.mu.Unlock()
				}
			})
		}
		group.Wait()
		w.mu.Lock()
		sum.faults += len(w.happened)
		w.mu.Unlock()
		// A pause is often such that the server closes about now.
		switch rnd.IntN(3) {
		case 0:
			time.Sleep(time.Duration(rnd.IntN(8000)) * time.Millisecond) // virtual
		case 1:
			time.Sleep(4*time.Second + time.Duration(rnd.IntN(5)-2)*time.Millisecond)
		}
	}
	time.Sleep(time.Minute) // virtual: dials that no call waits for
	synctest.Wait()
	transport.CloseIdleConnections()
	w.servers.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range w.early {
		complain("call %s came back before Retry-After allowed it", id)
	}
	return wrong
}

// synctestSettle lets what a call left under way end.
func synctestSettle(alone bool) {
	if alone { // Wait must not be called by several
		synctest.Wait()
	}
}

func TestPostsHappenOnceUnderFaults(t *testing.T) {
	testAuthority() // is made outside of virtual time, because other tests use it too
	for _, kind := range []struct {
		name       string
		secure, h2 bool
		schedules  uint64
	}{
		{"HTTP/1.1", false, false, 1000},
		{"HTTP/1.1 over TLS", true, false, 60},
		{"HTTP/2", true, true, 60},
	} {
		t.Run(kind.name, func(t *testing.T) {
			var sum retryCounts
			for seed := range kind.schedules {
				synctest.Test(t, func(t *testing.T) {
					for _, wrong := range faultSchedule(t, seed, kind.secure, kind.h2, &sum) {
						t.Errorf("schedule %d: %s", seed, wrong)
					}
				})
				if t.Failed() {
					break
				}
			}
			t.Logf("%d schedules, %d networkFaults, %d calls; %d POSTs, none executed twice, %d of them sent again after no connection came about, %d failed; %d reads and deletes rescued by a retry",
				kind.schedules, sum.faults, sum.calls, sum.posts, sum.repeatedPosts, sum.failedPosts, sum.rescued)
			if sum.repeatedPosts == 0 || sum.rescued == 0 || sum.failedPosts == 0 {
				t.Error("the schedules try too little")
			}
		})
	}
}

// Node closes a connection that was idle for 5 s. What a client sends before it sees that is lost (docs/backend.md).
func TestIdleConnectionsAreDroppedBeforeTheOtherSideDropsThem(t *testing.T) {
	for _, keepAlive := range []time.Duration{time.Second, 5 * time.Second} { // some proxies', and Node's
		lost := func(repeatable, single time.Duration) int {
			var lost atomic.Int32
			synctest.Test(t, func(t *testing.T) {
				w := &network{
					rnd: rand.New(rand.NewPCG(0, 0)), keepAlive: keepAlive, lag: 20 * time.Millisecond,
					arrived: map[string]int{}, executed: map[string]int{}, notUntil: map[string]time.Time{},
				}
				transport := &roundTripper{newTransport(repeatable), newTransport(single)}
				for _, t := range []*http.Transport{transport.repeatable, transport.single} {
					t.Proxy, t.DialContext = nil, w.dialNeverClosing
				}
				c := mustNew(t, "http://127.0.0.1:9", WithHTTPClient(&http.Client{Transport: transport})).WithSession(sessionOf("v"))
				for pause := keepAlive - 100*time.Millisecond; pause < keepAlive+100*time.Millisecond; pause += time.Millisecond {
					_, err := c.Update(t.Context(), UpdateRequest{})
					if err == nil {
						err = retrieve(t.Context(), c)
					}
					if err != nil {
						wantIs(t, err, ErrUnavailable)
						lost.Add(1)
					}
					synctest.Wait()
					time.Sleep(pause) // virtual
				}
				transport.CloseIdleConnections()
				w.servers.Wait()
			})
			return int(lost.Load())
		}
		ours, gos := lost(idleRepeatable, idleSingle), lost(90*time.Second, 90*time.Second)
		t.Logf("of 200 POSTs after pauses about as long as the other side's %v, %d were lost; with Go's 90 s it is %d", keepAlive, ours, gos)
		if ours != 0 || gos == 0 {
			t.Errorf("keep-alive %v: lost %d, and %d with Go's setting", keepAlive, ours, gos)
		}
	}
}

// dialNeverClosing dials a server that closes idle connections only.
func (w *network) dialNeverClosing(context.Context, string, string) (net.Conn, error) {
	client, server := memPipe(w.lag)
	w.servers.Go(func() {
		defer server.Close() //nolint:errcheck // it can't fail
		br := bufio.NewReader(server)
		for {
			_ = server.SetReadDeadline(time.Now().Add(w.keepAlive))
			if _, err := br.Peek(1); err != nil {
				return
			}
			r, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			writeText(server, goodResponse(r))
		}
	})
	return client, nil
}
