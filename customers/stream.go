package customers

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
)

// stream is a response's body that the caller of [Client.Do] reads: decoded, bounded, and within the time of the call.
type stream struct {
	resp    *http.Response // as the caller gets it
	source  io.ReadCloser  // the body as it comes
	decoded io.Reader
	left    int64                 // how much may still be read
	failure func(err error) error // makes the call's error of one of reading
	release context.CancelFunc    // ends the call's time
	err     error                 // what reading ended with
	closed  atomic.Bool
}

// maxErrorRead is how much of a failure's body is read.
const maxErrorRead = 64 << 10

// openStream makes the body of resp a stream. It is decoded if the header names encodings that can be.
func openStream(resp *http.Response, limit int64, failure func(error) error) (s *stream, decoded bool) {
	s = &stream{resp: resp, source: resp.Body, decoded: resp.Body, left: limit, failure: failure, release: func() {}}
	resp.Body = s
	if resp.StatusCode == http.StatusSwitchingProtocols { // the body is the bare connection, which no context ends
		_ = s.source.Close()
		s.source, s.decoded = http.NoBody, http.NoBody
		return s, true
	}
	return s, s.decode()
}

// peek returns the beginning of the body, which will be read again, with what it failed with.
func (s *stream) peek() []byte {
	head, _ := io.ReadAll(io.LimitReader(s.decoded, maxErrorRead))
	s.decoded = io.MultiReader(bytes.NewReader(head), s.decoded)
	return head
}

// discard closes the body of a response that the caller does not get, once the usual length of one was read, so that
// the connection can be used again.
func (s *stream) discard() {
	if s != nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(s.source, maxErrorRead))
		_ = s.Close()
	}
}

// decode undoes what the header says was done to the body on the way, while it is read. It reports false if it can't.
func (s *stream) decode() bool {
	encodings := slices.DeleteFunc(tokens(s.resp.Header["Content-Encoding"]), func(e string) bool { return e == "identity" })
	if len(encodings) == 0 || s.source == http.NoBody {
		return true
	}
	if len(encodings) > maxEncodings || slices.ContainsFunc(encodings, func(e string) bool { return !canDecode(e) }) {
		return false
	}
	for _, encoding := range slices.Backward(encodings) {
		s.decoded = &decoding{encoding: encoding, source: bufio.NewReader(s.decoded), left: s.left}
	}
	s.resp.Header.Del("Content-Encoding")
	s.resp.Header.Del("Content-Length")
	s.resp.ContentLength, s.resp.Uncompressed = -1, true
	return true
}

// decoding undoes one encoding, from the first Read on. It is bounded itself: of a body that is encoded twice, the
// first decoding may make any amount of which the second makes nothing.
type decoding struct {
	encoding string
	source   *bufio.Reader
	decoded  io.Reader // nil before the first Read
	left     int64     // how much may still be read
	err      error     // why there is no decoder, or no more to read
}

// Read reads what is decoded.
func (d *decoding) Read(p []byte) (int, error) {
	if d.decoded == nil && d.err == nil {
		d.decoded, d.err = d.open()
	}
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.decoded.Read(p)
	if int64(n) > d.left {
		n, err = int(d.left), errTooLarge
		d.err = err
	}
	d.left -= int64(n)
	return n, err
}

func (d *decoding) open() (io.Reader, error) {
	switch head, err := d.source.Peek(1); {
	case len(head) == 0:
		return nil, err
	case head[0] == '{', head[0] == '[':
		return d.source, nil // a proxy has undone it and left the header
	}
	return decoder(d.encoding, d.source)
}

// Read reads the body. Its errors are as those of a call; when the time of the call ends, so does reading.
func (s *stream) Read(p []byte) (int, error) {
	if s.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	if s.err != nil {
		s.release()
		return 0, s.err
	}
	n, err := s.decoded.Read(p)
	if int64(n) > s.left {
		n, err = int(s.left), errTooLarge
	}
	s.left -= int64(n)
	switch {
	case s.closed.Load():
		return 0, http.ErrBodyReadAfterClose
	case err != nil && err != io.EOF: //nolint:errorlint // io.Reader's own, which is never wrapped
		err = s.failure(err)
	}
	if s.err = err; err != nil {
		s.release()
	}
	return n, err
}

// Close ends the call and gives its connection back, if the body was read to its end.
func (s *stream) Close() error {
	s.closed.Store(true)
	err := s.source.Close()
	s.release()
	return err
}
