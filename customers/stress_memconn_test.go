package customers

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// memConn is one end of a TCP connection in memory, for virtual time. What is written arrives at once, read or not. The
// other side sees a close after lag, and what it writes in between is lost.
type memConn struct {
	in, out *memStream
	lag     time.Duration
}

// memPipe makes a connection.
func memPipe(lag time.Duration) (client, server *memConn) {
	a, b := newMemStream(), newMemStream()
	return &memConn{a, b, 0}, &memConn{b, a, lag}
}

// memStream is one direction of a connection.
type memStream struct {
	mu       sync.Mutex
	cond     sync.Cond
	buf      []byte
	ended    error // the error after the last byte
	unwanted bool  // the reader has closed
	late     bool  // the reader's deadline has passed
	timer    *time.Timer
}

func newMemStream() *memStream {
	s := &memStream{}
	s.cond.L = &s.mu
	return s
}

func (s *memStream) update(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.cond.Broadcast()
}

func (s *memStream) end(err error) {
	s.update(func() {
		if s.ended == nil {
			s.ended = err
		}
	})
}

func (c *memConn) Read(b []byte) (int, error) {
	s := c.in
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.buf) == 0 && s.ended == nil && !s.unwanted && !s.late {
		s.cond.Wait()
	}
	switch {
	case s.unwanted:
		return 0, net.ErrClosed
	case s.late:
		return 0, os.ErrDeadlineExceeded
	case len(s.buf) > 0:
		n := copy(b, s.buf)
		s.buf = s.buf[n:]
		return n, nil
	}
	return 0, s.ended
}

func (c *memConn) Write(b []byte) (int, error) {
	s := c.out
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended != nil:
		return 0, net.ErrClosed
	case s.unwanted:
		// The first bytes that arrive after the other side has closed make it send a reset.
		c.in.mu.Lock()
		seen := c.in.ended != nil
		c.in.mu.Unlock()
		if seen {
			return 0, &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
		}
		return len(b), nil
	}
	s.buf = append(s.buf, b...)
	s.cond.Broadcast()
	return len(b), nil
}

// Close ends both directions.
func (c *memConn) Close() error {
	c.in.update(func() {
		c.in.unwanted = true
		if c.in.timer != nil {
			c.in.timer.Stop()
		}
	})
	if c.lag == 0 {
		c.out.end(io.EOF)
		return nil
	}
	time.AfterFunc(c.lag, func() { c.out.end(io.EOF) })
	return nil
}

// reset ends the connection as a crash does.
func (c *memConn) reset() {
	c.in.update(func() { c.in.unwanted = true })
	c.out.end(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
}

func (c *memConn) SetReadDeadline(t time.Time) error {
	c.in.update(func() {
		if c.in.timer != nil {
			c.in.timer.Stop()
		}
		c.in.late = false
		if !t.IsZero() {
			c.in.timer = time.AfterFunc(time.Until(t), func() { c.in.update(func() { c.in.late = true }) })
		}
	})
	return nil
}

func (c *memConn) SetDeadline(t time.Time) error  { return c.SetReadDeadline(t) }
func (*memConn) SetWriteDeadline(time.Time) error { return nil }
func (*memConn) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
func (*memConn) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 2} }
