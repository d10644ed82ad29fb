package customers

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// hostile is a server on loopback that sends any bytes. serve owns the connection; those left open end with the test.
type hostile struct {
	net.Listener
	mu    sync.Mutex
	conns map[net.Conn]bool
	ended bool
	wg    sync.WaitGroup
}

func listen(t *testing.T, serve func(net.Conn)) *hostile {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a listener of a test
	wantOK(t, err)
	h := &hostile{Listener: l, conns: map[net.Conn]bool{}}
	h.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if !h.keep(conn) {
				return
			}
			h.wg.Go(func() {
				defer conn.Close() //nolint:errcheck // a failure changes nothing
				serve(conn)
			})
		}
	})
	t.Cleanup(h.end)
	return h
}

func (h *hostile) keep(conn net.Conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		_ = conn.Close()
		return false
	}
	h.conns[conn] = true
	return true
}

func (h *hostile) end() {
	_ = h.Close()
	h.mu.Lock()
	h.ended = true
	for conn := range h.conns {
		_ = conn.Close()
	}
	h.mu.Unlock()
	h.wg.Wait()
}

func (h *hostile) url(scheme string) string { return scheme + "://" + h.Addr().String() }

// afterRequest calls respond once a whole request has arrived.
func afterRequest(respond func(net.Conn)) func(net.Conn) {
	return func(conn net.Conn) {
		if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.Copy(io.Discard, r.Body)
			respond(conn)
		}
	}
}

// writes responds with text, then closes.
func writes(text string) func(net.Conn) {
	return afterRequest(func(conn net.Conn) { writeText(conn, text) })
}

func writeText(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

// sendReset ends a connection with a reset.
func sendReset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// untilClosed waits until the client closes the connection, or the test ends.
func untilClosed(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// flood writes text again and again, until the client closes the connection.
func flood(conn net.Conn, text string) {
	block := bytes.Repeat([]byte(text), 1+4096/len(text))
	for {
		if _, err := conn.Write(block); err != nil {
			return
		}
	}
}

// drip writes text a byte at a time, again and again, until the client closes the connection.
func drip(conn net.Conn, text string) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i = (i + 1) % len(text) {
		<-tick.C
		if _, err := conn.Write([]byte{text[i]}); err != nil {
			return
		}
	}
}

// authority signs certificates for tests.
type authority struct {
	key      *ecdsa.PrivateKey
	cert     *x509.Certificate
	pool     *x509.CertPool
	loopback tls.Certificate // for 127.0.0.1
}

// farFuture is in the future also of virtual time, which begins in 2000.
var farFuture = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// testAuthority is made once, because keys are slow under the race detector.
var testAuthority = sync.OnceValue(func() *authority {
	key, cert, err := signed(nil, "ca", farFuture)
	if err != nil {
		panic(err)
	}
	a := &authority{key: key, cert: cert, pool: x509.NewCertPool()}
	a.pool.AddCert(cert)
	if a.loopback, err = a.certificate("127.0.0.1", farFuture); err != nil {
		panic(err)
	}
	return a
})

// certificate makes a certificate for a host.
func (a *authority) certificate(host string, notAfter time.Time) (tls.Certificate, error) {
	key, cert, err := signed(a, host, notAfter)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}, nil
}

func signed(by *authority, host string, notAfter time.Time) (*ecdsa.PrivateKey, *x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	parent, signer := template, key
	if by == nil {
		template.IsCA = true
	} else {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return key, cert, err
}

// overTLS serves over TLS.
func overTLS(conf *tls.Config, serve func(net.Conn)) func(net.Conn) {
	return func(conn net.Conn) {
		secure := tls.Server(conn, conf)
		if secure.HandshakeContext(context.Background()) == nil {
			serve(secure)
		}
	}
}

// The frames and errors of HTTP/2 that misbehaving takes.
const (
	h2Data, h2Headers, h2Reset, h2Settings, h2Ping, h2GoAway = 0, 1, 3, 4, 6, 7

	h2NoError, h2InternalError, h2Refused, h2Cancel, h2EnhanceYourCalm = 0, 2, 7, 8, 11
)

// h2Conn is the server's side of an HTTP/2 connection.
type h2Conn struct {
	net.Conn
}

// serveH2 calls request for each request that has arrived whole, until one returns false.
func serveH2(conn net.Conn, request func(c h2Conn, stream uint32) bool) error {
	preface := make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	if _, err := io.ReadFull(conn, preface); err != nil {
		return err
	}
	c := h2Conn{conn}
	c.frame(h2Settings, 0, 0, nil)
	head := make([]byte, 9)
	for {
		if _, err := io.ReadFull(conn, head); err != nil {
			return err
		}
		payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		if _, err := io.ReadFull(conn, payload); err != nil {
			return err
		}
		kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
		switch {
		case kind == h2Settings && flags&1 == 0:
			c.frame(h2Settings, 1, 0, nil)
		case kind == h2Ping && flags&1 == 0:
			c.frame(h2Ping, 1, 0, payload)
		case (kind == h2Headers || kind == h2Data) && flags&1 != 0: // the end of the stream
			if !request(c, stream) {
				return nil
			}
		}
	}
}

func (c h2Conn) frame(kind, flags byte, stream uint32, payload []byte) {
	n := len(payload)
	f := binary.BigEndian.AppendUint32([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}, stream)
	_, _ = c.Write(append(f, payload...))
}

// header sends a status and a content type, and ends the stream if that is all.
func (c h2Conn) header(stream uint32, status int, contentType string, all bool) {
	block := fmt.Appendf([]byte{0x08, 3}, "%03d", status)                             // a literal for the 8th entry of the static table, :status
	block = append(append(block, 0x0f, 0x10, byte(len(contentType))), contentType...) // and one for the 31st, content-type
	flags := byte(4)
	if all {
		flags |= 1
	}
	c.frame(h2Headers, flags, stream, block)
}

func (c h2Conn) respond(stream uint32, status int, contentType, body string) {
	c.header(stream, status, contentType, body == "")
	if body != "" {
		c.frame(h2Data, 1, stream, []byte(body))
	}
}

func (c h2Conn) reset(stream, code uint32) {
	c.frame(h2Reset, 0, stream, binary.BigEndian.AppendUint32(nil, code))
}

func (c h2Conn) goAway(last, code uint32, debug string) {
	payload := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), code)
	c.frame(h2GoAway, 0, 0, append(payload, debug...))
}

// overH2 serves HTTP/2 over TLS.
func overH2(t *testing.T, request func(c h2Conn, stream uint32) bool) func(net.Conn) {
	t.Helper()
	conf := &tls.Config{NextProtos: []string{"h2"}, Certificates: []tls.Certificate{testAuthority().loopback}}
	return overTLS(conf, func(conn net.Conn) { _ = serveH2(conn, request) })
}

// dialCounter counts the open connections of a transport.
type dialCounter struct {
	wg   sync.WaitGroup
	dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

func (d *dialCounter) dialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	dial := d.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.wg.Add(1)
	return &dialedConn{Conn: conn, closed: sync.OnceFunc(d.wg.Done)}, nil
}

// allClosed returns an error unless all connections are closed within seconds.
func (d *dialCounter) allClosed() error {
	done := make(chan struct{})
	go func() {
		d.wg.Wait()
		close(done)
	}()
	timeout := time.NewTimer(10 * time.Second) // an HTTP/2 connection without responses is closed after 4
	defer timeout.Stop()
	select {
	case <-done:
		return nil
	case <-timeout.C:
		return errors.New("a connection is still open")
	}
}

type dialedConn struct {
	net.Conn
	closed func()
}

func (c *dialedConn) Close() error {
	defer c.closed()
	return c.Conn.Close()
}
