package customers

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// An HTTP/2 server that responds to each request with GOAWAY(0, NO_ERROR), REFUSED_STREAM or a closed connection: requests are
// bounded by WithMaxRetries and counted, and a POST is sent once, also by a transport of net/http's own with a
// middleware's idempotency key.
func TestHTTP2RefusalsAreBoundedAndAPostIsSentOnce(t *testing.T) {
	certs := httptest.NewTLSServer(http.NotFoundHandler())
	defer certs.Close()
	for name, frame := range map[string]func(stream uint32) []byte{
		"GOAWAY(0)":      func(uint32) []byte { return h2Frame(7, 0, 0, make([]byte, 8)) },
		"REFUSED_STREAM": func(id uint32) []byte { return h2Frame(3, 0, id, []byte{0, 0, 0, 7}) },
		"closed":         func(uint32) []byte { return nil },
	} {
		var seen atomic.Int32
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certs.TLS.Certificates, NextProtos: []string{"h2"}})
		wantOK(t, err)
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go h2Refuse(conn, &seen, frame)
			}
		}()
		for _, key := range []bool{false, true} {
			tr := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: certs.Client().Transport.(*http.Transport).TLSClientConfig.Clone()} //nolint:errcheck,forcetypeassert // httptest's own
			t.Cleanup(tr.CloseIdleConnections)
			rt := roundTrip(func(r *http.Request) (*http.Response, error) {
				if key {
					r = r.Clone(r.Context())
					r.Header.Set("Idempotency-Key", "k")
				}
				return tr.RoundTrip(r)
			})
			for _, retries := range []int{0, 2} {
				c := mustNew(t, "https://"+l.Addr().String(), WithMaxRetries(retries), WithTimeout(5*time.Second), WithHTTPClient(&http.Client{Transport: rt})).WithSession(sessionOf("v"))
				var r Response
				seen.Store(0)
				_, err := c.Update(t.Context(), UpdateRequest{FirstName: Value("x")}, WithResponse(&r))
				if seen.Load() != 1 || r.Attempts != 1 || err == nil {
					t.Errorf("%s, retries %d, key %v: POST arrived %d times, Attempts %d, %v", name, retries, key, seen.Load(), r.Attempts, err)
				}
				seen.Store(0)
				_, err = c.Retrieve(t.Context(), WithResponse(&r))
				if int(seen.Load()) != retries+1 || r.Attempts != retries+1 || err == nil {
					t.Errorf("%s, retries %d, key %v: GET arrived %d times, Attempts %d, %v", name, retries, key, seen.Load(), r.Attempts, err)
				}
			}
		}
	}
}

func h2Frame(typ, flags byte, stream uint32, payload []byte) []byte {
	b := []byte{0, 0, byte(len(payload)), typ, flags}
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

func h2Refuse(conn net.Conn, seen *atomic.Int32, frame func(uint32) []byte) {
	defer func() { _ = conn.Close() }()
	if _, err := io.ReadFull(conn, make([]byte, 24)); err != nil {
		return
	}
	_, _ = conn.Write(h2Frame(4, 0, 0, nil))
	for head := make([]byte, 9); ; {
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		size := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		_, _ = io.CopyN(io.Discard, conn, size)
		switch stream := binary.BigEndian.Uint32(head[5:]); {
		case head[3] == 4 && head[4] == 0:
			_, _ = conn.Write(h2Frame(4, 1, 0, nil))
		case head[3] == 1:
			seen.Add(1)
			f := frame(stream)
			if f == nil {
				return
			}
			_, _ = conn.Write(f)
		}
	}
}
