package customers

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// fault is what a network, a proxy or a backend may do, and the error that it becomes.
type fault struct {
	name     string
	server   func(*faultEnv) string // returns the base URL
	want     error                  // the sentinel, or the context's error; nil: no error
	status   int
	also     []error // which other errors errors.Is finds
	contains string  // a part of the error's text, whose end is $

	call   func(context.Context, *Client) error // nil is Retrieve
	opts   []Option
	before bool          // the context is cancelled before the call
	within time.Duration // the context's deadline
	adapt  func(*faultEnv, *http.Transport)
	memory uint64 // how much it may allocate, instead of maxFaultMemory
}

const (
	maxFaultMemory = 4 << 20          // with the servers' share
	maxFaultTime   = 10 * time.Second // usually it is milliseconds
)

// faultEnv is where a fault happens.
type faultEnv struct {
	*testing.T
	dials dialCounter

	mu     sync.Mutex
	cancel context.CancelFunc
}

// cancelCall cancels the context of the call that is under way.
func (env *faultEnv) cancelCall() {
	env.mu.Lock()
	defer env.mu.Unlock()
	env.cancel()
}

func (env *faultEnv) context(f *fault) context.Context {
	ctx, cancel := context.WithCancel(env.Context())
	if f.within > 0 {
		ctx, cancel = context.WithTimeout(env.Context(), f.within)
	}
	env.Cleanup(cancel)
	env.mu.Lock()
	defer env.mu.Unlock()
	env.cancel = cancel
	return ctx
}

// client makes a client whose transport is the client's own, but for what the env observes or the fault changes.
func (env *faultEnv) client(f *fault, baseURL string, logs io.Writer) *Client {
	transport := newTransport(idleRepeatable)
	transport.DialContext = env.dials.dialContext
	transport.TLSClientConfig = &tls.Config{RootCAs: testAuthority().pool}
	env.Cleanup(transport.CloseIdleConnections)
	if f.adapt != nil {
		f.adapt(env, transport)
	}
	opts := append([]Option{
		WithMaxRetries(0), WithHTTPClient(&http.Client{Transport: transport}), WithHeader("X-Gateway-Key", plantedToken),
		WithLogger(slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))),
	}, f.opts...)
	return mustNew(env.T, baseURL, opts...).WithSession(sessionOf(plantedCookie))
}

func handled(h http.HandlerFunc) func(*faultEnv) string {
	return func(env *faultEnv) string {
		f := httptest.NewUnstartedServer(h)
		f.Config.ErrorLog = discard()
		f.Start()
		env.Cleanup(f.Close)
		return f.URL
	}
}

// responding serves a well-formed response.
func responding(status int, contentType, body string) func(*faultEnv) string {
	return handled(respondWith(status, contentType, body))
}

func connected(serve func(net.Conn)) func(*faultEnv) string {
	return func(env *faultEnv) string { return listen(env.T, serve).url("http") }
}

// rawResponse serves a response that net/http's server would not send.
func rawResponse(text string) func(*faultEnv) string { return connected(writes(text)) }

func connectedOverTLS(conf func(*faultEnv) *tls.Config, serve func(net.Conn)) func(*faultEnv) string {
	return func(env *faultEnv) string { return listen(env.T, overTLS(conf(env), serve)).url("https") }
}

func certificateFor(host string, notAfter time.Time) func(*faultEnv) *tls.Config {
	return func(env *faultEnv) *tls.Config {
		cert, err := testAuthority().certificate(host, notAfter)
		wantOK(env.T, err)
		return &tls.Config{Certificates: []tls.Certificate{cert}}
	}
}

func beforeTLS(serve func(net.Conn)) func(*faultEnv) string {
	return func(env *faultEnv) string { return listen(env.T, serve).url("https") }
}

func h2(request func(c h2Conn, stream uint32) bool) func(*faultEnv) string {
	return func(env *faultEnv) string { return listen(env.T, overH2(env.T, request)).url("https") }
}

// cancelling cancels the call's context after respond.
func cancelling(respond func(net.Conn)) func(*faultEnv) string {
	return func(env *faultEnv) string {
		return listen(env.T, afterRequest(func(conn net.Conn) {
			respond(conn)
			env.cancelCall()
			untilClosed(conn)
		})).url("http")
	}
}

func redirecting(status int, location string) func(*faultEnv) string {
	return handled(func(w http.ResponseWriter, r *http.Request) {
		to := strings.ReplaceAll(location, "{path}", r.URL.Path)
		w.Header().Set("Location", strings.ReplaceAll(to, "{host}", r.Host))
		w.Header().Set("Set-Cookie", "connect.sid=planted-fixation; Path=/")
		w.WriteHeader(status)
	})
}

func zipped(status int, body []byte) func(*faultEnv) string {
	return handled(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", jsonType)
		w.WriteHeader(status)
		_, _ = w.Write(body)
	})
}

func gzipOf(text string, times int) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	for range times {
		_, _ = io.WriteString(z, text)
	}
	_ = z.Close()
	return b.Bytes()
}

func dialing(dial func(env *faultEnv, ctx context.Context) error) func(*faultEnv, *http.Transport) {
	return func(env *faultEnv, _ *http.Transport) {
		env.dials.dial = func(ctx context.Context, _, _ string) (net.Conn, error) { return nil, dial(env, ctx) }
	}
}

func through(proxy func(*faultEnv) string) func(*faultEnv, *http.Transport) {
	return func(env *faultEnv, transport *http.Transport) {
		u, err := url.Parse(proxy(env))
		wantOK(env.T, err)
		transport.Proxy = http.ProxyURL(u)
	}
}

func nowhere(scheme string) func(*faultEnv) string {
	return func(*faultEnv) string { return scheme + "://shop.invalid" }
}

const (
	jsonType    = "application/json; charset=utf-8"
	okHead      = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	cutOffHead  = okHead + "Content-Length: 1000\r\nSet-Cookie: connect.sid=planted-new; Path=/\r\n\r\n"
	plantedPage = "<html><body>planted page</body></html>"
)

var okResponse = okHead + "Connection: close\r\n\r\n" + customerJSON

func faults() []fault {
	short := []Option{WithTimeout(40 * time.Millisecond)}
	small := []Option{WithMaxResponseBytes(1 << 20)}
	all := [][]fault{
		{ // Responses that are not the API'env.
			{name: "200 empty, as JSON", server: responding(200, jsonType, ""), want: ErrUnexpectedResponse, status: 200},
			{name: "200 empty, no content type", server: responding(200, "", ""), want: ErrUnexpectedResponse, status: 200},
			{name: "200 foreign JSON, no content type", server: responding(200, "", "{}"), want: ErrUnexpectedResponse, status: 200},
			{name: "200 JSON as text/html", server: responding(200, "text/html", customerJSON), want: ErrUnexpectedResponse, status: 200},
			{name: "200 HTML", server: responding(200, "text/html", plantedPage), want: ErrUnexpectedResponse, status: 200, contains: "base URL"},
			{name: "200 HTML as JSON", server: responding(200, jsonType, plantedPage), want: ErrUnexpectedResponse, status: 200},
			{name: "404 HTML", server: responding(404, "text/html", plantedPage), want: ErrNotFound, status: 404, contains: "base URL"},
			{name: "413 HTML", server: responding(413, "text/html", plantedPage), want: ErrInvalidInput, status: 413},
			{name: "502 HTML", server: responding(502, "text/html", plantedPage), want: ErrUnavailable, status: 502},
			{name: "503 HTML", server: responding(503, "text/html", plantedPage), want: ErrUnavailable, status: 503},
			{name: "502 large HTML", server: responding(502, "text/html", strings.Repeat("x", 1<<20)), want: ErrUnavailable, status: 502},
			{name: "401 without content type", server: responding(401, "", "Unauthorized"), want: ErrUnauthenticated, status: 401},
			{name: "401 JSON cut off", server: rawResponse("HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"), want: ErrUnexpectedResponse, status: 401},
			{name: "201 with the model", server: responding(201, jsonType, customerJSON), want: ErrUnexpectedResponse, status: 201},
			{name: "204 instead of 200", server: responding(204, "", ""), want: ErrUnexpectedResponse, status: 204},
			{name: "206 partial", server: responding(206, jsonType, customerJSON), want: ErrUnexpectedResponse, status: 206},
			{name: "200 instead of 204", server: responding(200, jsonType, "{}"), call: requestToken, want: ErrUnexpectedResponse, status: 200},
			{name: "204 with a body", server: rawResponse("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\nplanted!!"), call: requestToken},
			{name: "logout with a page", server: responding(200, "text/html", plantedPage), call: logOut, status: 200},
		},
		{ // JSON.
			{name: "JSON null", server: responding(200, jsonType, "null"), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON array", server: responding(200, jsonType, "[]"), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON of something else", server: responding(200, jsonType, `{"status":"ok"}`), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON with a wrong type", server: responding(200, jsonType, `{"customer":{"id":["planted"]}}`), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON with a time that is none", server: responding(200, jsonType, `{"customer":{"id":"cus_1","created_at":"planted"}}`), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON with two byte order marks", server: responding(200, jsonType, "\ufeff\ufeff"+customerJSON), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON with garbage behind it", server: responding(200, jsonType, customerJSON+"planted"), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON twice", server: responding(200, jsonType, customerJSON+customerJSON), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON nested a million deep", server: responding(200, jsonType, `{"customer":{"metadata":`+strings.Repeat("[", 1<<20)), want: ErrUnexpectedResponse, status: 200, memory: 16 << 20},
			{name: "JSON truncated, Content-Length", server: rawResponse(cutOffHead + customerJSON[:20]), want: ErrUnexpectedResponse, status: 200, also: []error{io.ErrUnexpectedEOF}},
			{name: "JSON truncated, chunked", server: rawResponse(okHead + "Transfer-Encoding: chunked\r\n\r\n14\r\n" + customerJSON[:20] + "\r\n"), want: ErrUnexpectedResponse, status: 200, also: []error{io.ErrUnexpectedEOF}},
			{name: "JSON truncated, no length", server: rawResponse(okHead + "Connection: close\r\n\r\n" + customerJSON[:20]), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON longer than announced", server: rawResponse(okHead + "Content-Length: 20\r\n\r\n" + customerJSON), want: ErrUnexpectedResponse, status: 200},
			{name: "JSON too large, Content-Length", server: responding(200, jsonType, `{"customer":"`+strings.Repeat("x", 2<<20)), opts: small, want: ErrUnexpectedResponse, status: 200, contains: "WithMaxResponseBytes", memory: 16 << 20},
			{name: "JSON without end, chunked", server: connected(afterRequest(func(conn net.Conn) {
				writeText(conn, okHead+"Transfer-Encoding: chunked\r\n\r\n")
				flood(conn, "10000\r\n"+strings.Repeat(" ", 0x10000)+"\r\n")
			})), opts: small, want: ErrUnexpectedResponse, status: 200, contains: "WithMaxResponseBytes", memory: 16 << 20},
			{name: "a petabyte announced", server: rawResponse(okHead + "Content-Length: 1125899906842624\r\n\r\n{"), want: ErrUnexpectedResponse, status: 200, contains: "WithMaxResponseBytes"},
			{name: "a petabyte announced and allowed", server: rawResponse(okHead + "Content-Length: 1125899906842624\r\n\r\n{"), opts: []Option{WithMaxResponseBytes(1 << 60)}, want: ErrUnexpectedResponse, status: 200, memory: 8 << 20},
			{name: "bad chunk size", server: rawResponse(okHead + "Transfer-Encoding: chunked\r\n\r\nplanted\r\n"), want: ErrUnexpectedResponse, status: 200},
			{name: "chunk extensions without end", server: connected(afterRequest(func(conn net.Conn) {
				writeText(conn, okHead+"Transfer-Encoding: chunked\r\n\r\n")
				flood(conn, "1;"+strings.Repeat("e", 2000)+"\r\n \r\n")
			})), opts: small, want: ErrUnexpectedResponse, status: 200, memory: 16 << 20},
		},
		{ // Compression.
			{name: "gzip bomb", server: zipped(200, gzipOf(strings.Repeat(" ", 1<<20), 64)), opts: small, want: ErrUnexpectedResponse, status: 200, contains: "WithMaxResponseBytes", memory: 16 << 20},
			{name: "gzip bomb as a 500", server: zipped(500, gzipOf(strings.Repeat(" ", 1<<20), 64)), want: ErrInternal, status: 500},
			{name: "gzip that is none", server: zipped(200, []byte(customerJSON)), want: ErrUnexpectedResponse, status: 200, also: []error{gzip.ErrHeader}},
			{name: "gzip corrupted", server: zipped(200, corrupted(gzipOf(customerJSON, 1))), want: ErrUnexpectedResponse, status: 200},
			{name: "gzip truncated", server: zipped(200, gzipOf(customerJSON, 9)[:40]), want: ErrUnexpectedResponse, status: 200, also: []error{io.ErrUnexpectedEOF}},
			{name: "gzip empty", server: zipped(200, nil), want: ErrUnexpectedResponse, status: 200},
			{name: "brotli without being accepted", server: handled(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "br")
				respondJSON(w, 200, "\x0b\x02\x80planted\x03")
			}), want: ErrUnexpectedResponse, status: 200},
		},
		{ // Informational responses.
			{name: "100 and 103 before the response", server: rawResponse("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + okResponse)},
			{name: "103 without end", server: connected(afterRequest(func(conn net.Conn) {
				flood(conn, "HTTP/1.1 103 Early Hints\r\nLink: </planted>\r\n\r\n")
			})), want: ErrUnavailable, contains: "262144 bytes"},
			{name: "101 without an upgrade", server: connected(afterRequest(func(conn net.Conn) {
				writeText(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
				untilClosed(conn)
			})), opts: short, want: ErrUnexpectedResponse, status: 101},
		},
		{ // Connections.
			{name: "connection refused", server: func(env *faultEnv) string {
				h := listen(env.T, untilClosed)
				h.end()
				return h.url("http")
			}, want: ErrUnavailable, also: []error{syscall.ECONNREFUSED}},
			{name: "reset at once", server: connected(sendReset), want: ErrUnavailable},
			{name: "reset before the response", server: connected(afterRequest(sendReset)), want: ErrUnavailable, also: []error{syscall.ECONNRESET}},
			{name: "closed before the response", server: rawResponse(""), want: ErrUnavailable},
			{name: "reset in the header", server: connected(afterRequest(func(conn net.Conn) {
				writeText(conn, "HTTP/1.1 200 OK\r\nSet-Cookie: connect.sid=planted")
				sendReset(conn)
			})), want: ErrUnavailable},
			{name: "closed in the header", server: rawResponse("HTTP/1.1 200 OK\r\nSet-Cookie: connect.sid=planted"), want: ErrUnavailable},
			{name: "reset in the body", server: rawResponse(cutOffHead + "{"), adapt: func(env *faultEnv, _ *http.Transport) {
				env.dials.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
					conn, err := new(net.Dialer).DialContext(ctx, network, addr)
					return endsInReset{conn}, err
				}
			}, want: ErrUnexpectedResponse, status: 200, also: []error{syscall.ECONNRESET}},
			{name: "half-closed", server: connected(afterRequest(func(conn net.Conn) {
				if tcp, ok := conn.(*net.TCPConn); ok {
					_ = tcp.CloseWrite()
				}
				untilClosed(conn)
			})), want: ErrUnavailable},
			{name: "no response", server: connected(untilClosed), opts: short, want: ErrUnavailable, also: []error{context.DeadlineExceeded}, contains: "WithTimeout"},
			{name: "header a byte at a time", server: connected(afterRequest(func(conn net.Conn) { drip(conn, "HTTP/1.1 200 OK\r\nX-A: b") })), opts: short, want: ErrUnavailable, also: []error{context.DeadlineExceeded}, contains: "WithTimeout"},
			{name: "body a byte at a time", server: connected(afterRequest(func(conn net.Conn) {
				writeText(conn, cutOffHead)
				drip(conn, " ")
			})), opts: short, want: ErrUnavailable, also: []error{context.DeadlineExceeded}, status: 200, contains: "WithTimeout"},
			{name: "body of a 503 a byte at a time", server: connected(afterRequest(func(conn net.Conn) {
				writeText(conn, "HTTP/1.1 503 Later\r\nContent-Length: 100\r\n\r\n")
				drip(conn, " ")
			})), opts: short, want: ErrUnavailable, status: 503},
			{name: "no such host", server: nowhere("http"), adapt: dialing(func(_ *faultEnv, _ context.Context) error {
				return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "shop.invalid", IsNotFound: true}}
			}), want: ErrUnavailable, contains: "no such host"},
			{name: "name server silent", server: nowhere("http"), adapt: dialing(func(_ *faultEnv, ctx context.Context) error {
				<-ctx.Done()
				return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "i/o timeout", Name: "shop.invalid", IsTimeout: true}}
			}), opts: short, want: ErrUnavailable, also: []error{context.DeadlineExceeded}},
		},
		{ // What is not HTTP, or hardly.
			{name: "garbage", server: rawResponse("\x00\x01planted\xff\xfe\r\n\r\n"), want: ErrUnavailable},
			{name: "another protocol", server: connected(func(conn net.Conn) {
				writeText(conn, "220 planted ESMTP\r\n")
				untilClosed(conn)
			}), want: ErrUnavailable},
			{name: "the request echoed", server: rawResponse("GET /store/auth/planted@example.com HTTP/1.1\r\nCookie: connect.sid=planted\r\n\r\n"), want: ErrUnavailable},
			{name: "a cookie where the status line belongs", server: rawResponse("Set-Cookie: connect.sid=planted; Path=/\r\n\r\n"), want: ErrUnavailable},
			{name: "status that is no number", server: rawResponse("HTTP/1.1 planted OK\r\n\r\n"), want: ErrUnavailable},
			{name: "status of four digits", server: rawResponse("HTTP/1.1 2000 OK\r\n\r\n"), want: ErrUnavailable},
			{name: "status 0", server: rawResponse("HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n"), want: ErrUnexpectedResponse},
			{name: "status 999", server: rawResponse("HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n"), want: ErrUnexpectedResponse, status: 999},
			{name: "HTTP version that is none", server: rawResponse("HTTP/planted 200 OK\r\n\r\n"), want: ErrUnavailable},
			{name: "a cookie in a line without a colon", server: rawResponse("HTTP/1.1 200 OK\r\nSet-Cookie connect.sid=planted; Path=/\r\n\r\n"), want: ErrUnavailable, contains: "malformed"},
			{name: "a cookie in a line that continues nothing", server: rawResponse("HTTP/1.1 200 OK\r\n connect.sid=planted\r\n\r\n"), want: ErrUnavailable},
			{name: "a header name with a space", server: rawResponse("HTTP/1.1 200 OK\r\nSet Cookie: connect.sid=planted\r\n\r\n"), want: ErrUnexpectedResponse, status: 200},
			{name: "two lengths", server: rawResponse("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), want: ErrUnavailable},
			{name: "length that is no number", server: rawResponse("HTTP/1.1 200 OK\r\nContent-Length: planted\r\n\r\n"), want: ErrUnavailable},
			{name: "transfer encoding unknown", server: rawResponse("HTTP/1.1 200 OK\r\nTransfer-Encoding: planted\r\n\r\n"), want: ErrUnavailable},
			{name: "header of 8 MB", server: rawResponse("HTTP/1.1 200 OK\r\nX-Large: " + strings.Repeat("x", 8<<20) + "\r\n\r\n"), want: ErrUnavailable, contains: "262144 bytes", memory: 24 << 20}, // the server's 8 twice
			{name: "header without end", server: connected(afterRequest(func(conn net.Conn) {
				writeText(conn, "HTTP/1.1 200 OK\r\n")
				flood(conn, "Set-Cookie: planted="+strings.Repeat("x", 1000)+"\r\n")
			})), want: ErrUnavailable, contains: "262144 bytes"},
			{name: "a response before the request", server: connected(func(conn net.Conn) {
				writeText(conn, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
			}), want: ErrUnavailable, status: anyStatus},
		},
		{ // TLS.
			{name: "https to an http port", server: func(env *faultEnv) string {
				return strings.Replace(responding(200, jsonType, customerJSON)(env), "http:", "https:", 1)
			}, want: ErrUnavailable, contains: "HTTP response to HTTPS client"},
			{name: "http to an https port", server: func(env *faultEnv) string {
				f := httptest.NewUnstartedServer(respondWith(200, jsonType, customerJSON))
				f.Config.ErrorLog = discard()
				f.StartTLS()
				env.Cleanup(f.Close)
				return strings.Replace(f.URL, "https:", "http:", 1)
			}, want: ErrInvalidInput, status: 400},
			{name: "certificate of an unknown authority", server: connectedOverTLS(certificateFor("127.0.0.1", farFuture), writes(okResponse)), adapt: func(_ *faultEnv, transport *http.Transport) {
				transport.TLSClientConfig = nil
			}, want: ErrUnavailable, contains: "unknown authority"},
			{name: "certificate for another host", server: connectedOverTLS(certificateFor("other.example", farFuture), writes(okResponse)), want: ErrUnavailable, contains: "certificate"},
			{name: "certificate expired", server: connectedOverTLS(certificateFor("127.0.0.1", time.Unix(1e9, 0)), writes(okResponse)), want: ErrUnavailable, contains: "expired"},
			{name: "TLS version too old", server: connectedOverTLS(func(env *faultEnv) *tls.Config {
				conf := certificateFor("127.0.0.1", farFuture)(env)
				conf.MinVersion, conf.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
				return conf
			}, writes(okResponse)), want: ErrUnavailable, contains: "version"},
			{name: "client certificate asked for", server: connectedOverTLS(func(env *faultEnv) *tls.Config {
				conf := certificateFor("127.0.0.1", farFuture)(env)
				conf.ClientAuth = tls.RequireAnyClientCert
				return conf
			}, writes(okResponse)), want: ErrUnavailable, contains: "certificate required"},
			{name: "handshake never completed", server: beforeTLS(untilClosed), opts: short, want: ErrUnavailable, also: []error{context.DeadlineExceeded}},
			{name: "handshake reset", server: beforeTLS(func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 1))
				sendReset(conn)
			}), want: ErrUnavailable, also: []error{syscall.ECONNRESET}},
			{name: "handshake closed", server: beforeTLS(func(conn net.Conn) { _, _ = conn.Read(make([]byte, 4096)) }), want: ErrUnavailable},
			{name: "handshake of garbage", server: beforeTLS(func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 4096))
				writeText(conn, "garbage, planted")
			}), want: ErrUnavailable},
			{name: "closed inside TLS", server: connectedOverTLS(certificateFor("127.0.0.1", farFuture), writes("")), want: ErrUnavailable},
		},
		{ // Redirects.
			{name: "301 to another host", server: redirecting(301, "https://www.shop.example{path}"), want: ErrUnexpectedResponse, status: 301, contains: "https://www.shop.example is yours"},
			{name: "302 to a login page", server: redirecting(302, "https://sso.example/login?next={path}"), want: ErrUnexpectedResponse, status: 302},
			{name: "303 to another port", server: redirecting(303, "http://127.0.0.1:9{path}"), want: ErrUnexpectedResponse, status: 303, contains: "http://127.0.0.1:9 is yours"},
			{name: "307 to another scheme", server: redirecting(307, "https://{host}{path}"), want: ErrUnexpectedResponse, status: 307, contains: "https://127.0.0.1"},
			{name: "308 to the same host", server: redirecting(308, "{path}/"), want: ErrUnexpectedResponse, contains: "the backend redirects$", status: 308},
			{name: "302 in circles", server: redirecting(302, "{path}"), want: ErrUnexpectedResponse, contains: "the backend redirects$", status: 302},
			{name: "302 to nowhere", server: rawResponse("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), want: ErrUnexpectedResponse, contains: "the backend redirects$", status: 302},
			{name: "302 to what is no URL", server: redirecting(302, "http://[planted@example.com/%zz"), want: ErrUnexpectedResponse, contains: "the backend redirects$", status: 302},
			{name: "302 with an email in the path", server: redirecting(302, "https://sso.example/planted@example.com/x{path}"), call: exists, want: ErrUnexpectedResponse, status: 302},
			{name: "302 with a password in the URL", server: redirecting(302, "https://user:planted@sso.example{path}"), want: ErrUnexpectedResponse, status: 302},
			{name: "300 with choices", server: responding(300, "text/html", plantedPage), want: ErrUnexpectedResponse, contains: "the backend redirects$", status: 300},
		},
		{ // Proxies and middleware.
			{name: "proxy refuses the tunnel", server: nowhere("https"), adapt: through(responding(407, "text/html", plantedPage)), want: ErrUnavailable},
			{name: "proxy can't reach the backend", server: nowhere("https"), adapt: through(responding(502, "text/html", plantedPage)), want: ErrUnavailable},
			{name: "proxy can't reach the backend, http", server: nowhere("http"), adapt: through(responding(502, "text/html", plantedPage)), want: ErrUnavailable, status: 502},
			{name: "proxy wants a password, http", server: nowhere("http"), adapt: through(responding(407, "text/html", plantedPage)), want: ErrUnexpectedResponse, status: 407},
			{name: "proxy not there", server: nowhere("http"), adapt: func(env *faultEnv, transport *http.Transport) {
				h := listen(env.T, untilClosed)
				h.end()
				through(func(*faultEnv) string { return "http://user:planted@" + h.Addr().String() })(env, transport)
			}, want: ErrUnavailable, also: []error{syscall.ECONNREFUSED}},
			{name: "proxy setting with a password broken", server: nowhere("http"), adapt: func(_ *faultEnv, transport *http.Transport) {
				transport.Proxy = func(*http.Request) (*url.URL, error) {
					const address = "http://user:planted@[proxy"
					return nil, fmt.Errorf("invalid proxy address %q: %w", address, &url.Error{Op: "parse", URL: address, Err: errors.New("missing ']' in host")})
				}
			}, want: ErrUnavailable},
		},
		{ // Contexts.
			{name: "cancelled before", server: responding(200, jsonType, customerJSON), before: true, want: context.Canceled},
			{name: "cancelled while dialling", server: nowhere("http"), adapt: dialing(func(env *faultEnv, ctx context.Context) error {
				env.cancelCall()
				<-ctx.Done()
				return ctx.Err()
			}), want: context.Canceled},
			{name: "cancelled in the handshake", server: func(env *faultEnv) string {
				return listen(env.T, func(conn net.Conn) {
					_, _ = conn.Read(make([]byte, 1))
					env.cancelCall()
					untilClosed(conn)
				}).url("https")
			}, want: context.Canceled},
			{name: "cancelled while waiting", server: cancelling(func(net.Conn) {}), want: context.Canceled},
			{name: "cancelled in the header", server: cancelling(func(conn net.Conn) { writeText(conn, "HTTP/1.1 200 OK\r\nX-A: b") }), want: context.Canceled},
			{name: "cancelled in the body", server: cancelling(func(conn net.Conn) { writeText(conn, cutOffHead+"{") }), want: context.Canceled, status: anyStatus},
			{name: "cancelled in the body of a 500", server: cancelling(func(conn net.Conn) { writeText(conn, "HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\n{") }), want: context.Canceled, status: anyStatus},
			{name: "cancelled while backing off", server: func(env *faultEnv) string {
				return handled(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", "9")
					respond(w, 503, "", "")
					time.AfterFunc(20*time.Millisecond, env.cancelCall)
				})(env)
			}, opts: []Option{WithMaxRetries(2)}, call: exists, want: context.Canceled, status: 503},
			{name: "deadline before", server: responding(200, jsonType, customerJSON), within: time.Nanosecond, want: context.DeadlineExceeded},
			{name: "deadline while dialling", server: nowhere("http"), within: 30 * time.Millisecond, adapt: dialing(func(_ *faultEnv, ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			}), want: context.DeadlineExceeded},
			{name: "deadline in the handshake", server: beforeTLS(untilClosed), within: 30 * time.Millisecond, want: context.DeadlineExceeded},
			{name: "deadline while waiting", server: connected(untilClosed), within: 30 * time.Millisecond, want: context.DeadlineExceeded},
			{name: "deadline in the body", server: connected(afterRequest(func(conn net.Conn) {
				writeText(conn, cutOffHead)
				drip(conn, " ")
			})), within: 60 * time.Millisecond, want: context.DeadlineExceeded, status: anyStatus},
			{name: "deadline too near to back off", server: handled(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "9")
				respond(w, 429, "", "")
			}), opts: []Option{WithMaxRetries(2)}, within: 2 * time.Second, want: ErrRateLimited, status: 429},
		},
		{ // HTTP/2.
			{name: "HTTP/2 stream reset", server: h2(func(c h2Conn, stream uint32) bool { c.reset(stream, h2InternalError); return true }), want: ErrUnavailable, contains: "INTERNAL_ERROR"},
			{name: "HTTP/2 stream cancelled", server: h2(func(c h2Conn, stream uint32) bool { c.reset(stream, h2Cancel); return true }), want: ErrUnavailable},
			{name: "HTTP/2 stream reset in the body", server: h2(func(c h2Conn, stream uint32) bool {
				c.header(stream, 200, jsonType, false)
				c.frame(h2Data, 0, stream, []byte("{"))
				c.reset(stream, h2InternalError)
				return true
			}), want: ErrUnexpectedResponse, status: 200},
			{name: "HTTP/2 connection gives up", server: h2(func(c h2Conn, _ uint32) bool {
				c.goAway(0, h2EnhanceYourCalm, "planted")
				return false
			}), want: ErrUnavailable},
			{name: "HTTP/2 connection gives up on this stream", server: h2(func(c h2Conn, stream uint32) bool {
				c.goAway(stream, h2InternalError, "cookie=planted")
				return false
			}), want: ErrUnavailable},
			{name: "HTTP/2 connection ends in order", server: h2(func(c h2Conn, stream uint32) bool {
				c.goAway(stream, h2NoError, "")
				c.respond(stream, 200, jsonType, customerJSON)
				return true
			})},
			{name: "HTTP/2 connection closed", server: h2(func(h2Conn, uint32) bool { return false }), want: ErrUnavailable},
			{name: "HTTP/2 no response", server: h2(func(h2Conn, uint32) bool { return true }), opts: short, want: ErrUnavailable, also: []error{context.DeadlineExceeded}},
			{name: "HTTP/2 frame that is none", server: h2(func(c h2Conn, _ uint32) bool { writeText(c, "HTTP/1.1 200 OK planted\r\n\r\n"); return true }), opts: short, want: ErrUnavailable},
			{name: "HTTP/2 header that is none", server: h2(func(c h2Conn, stream uint32) bool {
				c.frame(h2Headers, 4, stream, []byte("\xffplanted\xff"))
				return true
			}), opts: short, want: ErrUnavailable},
			{name: "HTTP/2 503", server: h2(func(c h2Conn, stream uint32) bool { c.respond(stream, 503, "text/html", plantedPage); return true }), want: ErrUnavailable, status: 503},
		},
	}
	// Each status comes as a gateway sends it, and as the backend would, with an email in its message.
	statuses := map[int]error{
		400: ErrInvalidInput, 401: ErrUnauthenticated, 403: ErrUnexpectedResponse, 404: ErrNotFound, 405: ErrUnexpectedResponse, 407: ErrUnexpectedResponse,
		408: ErrUnavailable, 409: ErrConflict, 410: ErrUnexpectedResponse, 413: ErrInvalidInput, 414: ErrInvalidInput, 415: ErrUnexpectedResponse,
		418: ErrUnexpectedResponse, 421: ErrUnexpectedResponse, 422: ErrDuplicate, 425: ErrUnexpectedResponse, 429: ErrRateLimited, 431: ErrInvalidInput,
		451: ErrUnexpectedResponse, 500: ErrInternal, 501: ErrUnexpectedResponse, 502: ErrUnavailable, 503: ErrUnavailable, 504: ErrUnavailable,
		505: ErrUnexpectedResponse, 511: ErrUnexpectedResponse, 520: ErrUnavailable, 530: ErrUnavailable,
	}
	var byStatus []fault
	for status := 400; status < 600; status++ {
		want, ok := statuses[status]
		if !ok {
			continue
		}
		ofGateway, typ := want, "duplicate_error"
		switch status {
		case 401:
			ofGateway, typ = ErrUnexpectedResponse, "unauthorized"
		case 422:
			ofGateway = ErrInvalidInput
		}
		byStatus = append(byStatus,
			fault{name: fmt.Sprintf("%d page", status), server: responding(status, "text/html", plantedPage), want: ofGateway, status: status},
			fault{name: fmt.Sprintf("%d JSON", status), server: responding(status, jsonType, `{"type":"`+typ+`","message":"(email)=(planted@example.com) no"}`), want: want, status: status})
	}
	var list []fault
	for _, group := range append(all, byStatus) {
		list = append(list, group...)
	}
	return list
}

// anyStatus is for a call that ends while its response is arriving.
const anyStatus = -1

func requestToken(ctx context.Context, c *Client) error {
	return c.GeneratePasswordToken(ctx, plantedEmail)
}

func logOut(ctx context.Context, c *Client) error { return c.Auth.DeleteSession(ctx) }

func exists(ctx context.Context, c *Client) error {
	_, err := c.Auth.Exists(ctx, plantedEmail)
	return err
}

func corrupted(b []byte) []byte {
	b[len(b)/2] ^= 0xff
	return b
}

// endsInReset is a connection that ends in a reset once everything has arrived. A reset by the kernel can overtake what
// was sent before.
type endsInReset struct {
	net.Conn
}

func (c endsInReset) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if errors.Is(err, io.EOF) {
		err = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return n, err
}

// outcome is the result of a fault.
type outcome struct {
	err    error
	took   time.Duration
	memory uint64
}

func (f *fault) try(env *faultEnv) outcome {
	var logs bytes.Buffer
	c := env.client(f, f.server(env), &logs)
	call := f.call
	if call == nil {
		call = retrieve
	}
	ctx := env.context(f)
	if f.before {
		env.cancelCall()
	}
	var o outcome
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	o.err = call(ctx, c)
	o.took = time.Since(began)
	runtime.ReadMemStats(&after)
	o.memory = after.TotalAlloc - before.TotalAlloc
	f.check(env, o)
	if e, ok := errors.AsType[*Error](o.err); ok && e.StatusCode/100 != 2 && e.StatusCode != http.StatusUnauthorized && valueOf(c.Session()) != plantedCookie {
		env.Errorf("the session changed: %q", valueOf(c.Session()))
	}

	// With every operation, an error is one of this package, shows no secret and comes in time.
	// If the fault makes a call wait, all wait together, unless they would share an HTTP/2 connection or a cancellation.
	together := o.took > 20*time.Millisecond && !strings.HasPrefix(f.name, "HTTP/2") && f.want != context.Canceled //nolint:errorlint // as it stands in the list
	var calls sync.WaitGroup
	for _, row := range everyOperation {
		ctx := env.context(f)
		calls.Go(func() {
			began := time.Now()
			_, err := row.call(ctx, c.WithSession(sessionOf(plantedCookie)))
			if took := time.Since(began); took > maxFaultTime {
				env.Errorf("%s took %v", row.operation, took)
			}
			if _, ok := errors.AsType[*Error](err); err != nil && !ok {
				env.Errorf("%s: error is a %T: %v", row.operation, err, err)
			}
			wantNoLeak(env.T, string(row.operation), err)
		})
		if !together {
			calls.Wait()
		}
	}
	calls.Wait()
	if leaked(logs.String()) {
		env.Errorf("the log shows a secret:\n%s", logs.String())
	}
	transportOf(c).CloseIdleConnections()
	if err := env.dials.allClosed(); err != nil {
		env.Error(err)
	}
	return o
}

func transportOf(c *Client) *http.Transport {
	outer, _ := c.caller.config.transport.http.Transport.(safeLocation)
	transport, _ := outer.RoundTripper.(*http.Transport)
	return transport
}

func (f *fault) check(env *faultEnv, o outcome) {
	env.Helper()
	if o.took > maxFaultTime {
		env.Errorf("took %v", o.took)
	}
	if limit := max(f.memory, maxFaultMemory); o.memory > limit {
		env.Errorf("took %d KB of memory, %d KB are allowed", o.memory>>10, limit>>10)
	}
	if f.want == nil {
		wantOK(env.T, o.err)
		return
	}
	e := wantError(env.T, o.err, f.want)
	wantOnly(env.T, f.name, o.err, f.want)
	if f.status != anyStatus && e.StatusCode != f.status {
		env.Errorf("status %d, want %d: %v", e.StatusCode, f.status, e)
	}
	for _, also := range f.also {
		if !errors.Is(e, also) {
			env.Errorf("%v is not %v", e, also)
		}
	}
	if !strings.Contains(e.Error()+"$", f.contains) {
		env.Errorf("%q does not contain %q", e, f.contains)
	}
	if _, ok := e.Header()["Set-Cookie"]; ok || len(e.Body()) > maxErrorBody {
		env.Errorf("headers %v, body of %d bytes", e.Header(), len(e.Body()))
	}
	wantNoLeak(env.T, f.name, o.err)
}

func TestFaults(t *testing.T) {
	// net/http logs what a server sends unasked, to the standard logger.
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	list := faults()
	var table strings.Builder
	fmt.Fprintf(&table, "%d faults, their errors, and what they took:\n", len(list))
	for _, f := range list {
		t.Run(strings.ReplaceAll(f.name, " ", "_"), func(t *testing.T) {
			o := f.try(&faultEnv{T: t})
			text := "no error"
			if o.err != nil {
				text = strings.TrimPrefix(o.err.Error(), "customers: ")
			}
			fmt.Fprintf(&table, "%-44s %4d ms %6d KB  %s\n", f.name, o.took.Milliseconds(), o.memory>>10, text)
		})
	}
	t.Log(table.String())
}
