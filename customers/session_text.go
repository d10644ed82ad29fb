package customers

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"strings"
)

// sessionPrefix marks a session's text and its version. Texts of version 1 have no generation.
const (
	sessionPrefix  = "customers-session-2."
	sessionPrefix1 = "customers-session-1."
)

// maxSessionText is more than any text of Encode.
const maxSessionText = 32 << 10

var (
	errDamagedText = errors.New("it is damaged")
	errOtherText   = errors.New("it is not a session of this package's version")
)

var base64URL = base64.RawURLEncoding.Strict()

// sessionText is the JSON inside a session's text.
type sessionText struct {
	Generation int64             `json:"g,omitempty"`
	Value      string            `json:"v,omitempty"`
	Expires    int64             `json:"e,omitempty"`
	Secure     bool              `json:"s,omitempty"`
	Scope      string            `json:"d,omitempty"` // the cookie's domain and path
	Ended      bool              `json:"x,omitempty"`
	Browser    bool              `json:"b,omitempty"` // unverified, from a browser
	Others     []otherCookieText `json:"o,omitempty"`
}

type otherCookieText struct {
	Name    string `json:"n"`
	Value   string `json:"v"`
	Expires int64  `json:"e,omitempty"`
	Secure  bool   `json:"s,omitempty"`
}

// Encode returns the session as a text from which [DecodeSession] makes it again, in another process or on another
// machine. The text logs its bearer in as the customer: store it encrypted, and log it nowhere. It has about 200
// letters, digits, dots, dashes and underscores, more if a proxy sets cookies of its own. It contains when the login
// began, for [SessionChange.Apply], and not the backend's address, so that a session made through a public URL also
// works through an internal one.
func (s *Session) Encode() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return encodeSession(&s.state, s.otherCookies())
}

func encodeSession(s *state, others []otherCookie) string {
	text := sessionText{Generation: s.generation, Ended: s.ended, Browser: s.unverified}
	if c := s.cookie; c != nil {
		text.Value, text.Expires, text.Secure, text.Scope = c.value, c.expires, c.secure, c.scope
	}
	for _, o := range others {
		text.Others = append(text.Others, otherCookieText{o.name, o.value, o.expires, o.secure})
	}
	// Marshalling strings and numbers can't fail, and no cookie value is invalid UTF-8: net/http parses ASCII only.
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false) // which would make six bytes of one
	_ = out.Encode(text)     //nolint:errchkjson // see above
	payload := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	payload = binary.BigEndian.AppendUint32(payload, crc32.ChecksumIEEE(payload))
	return sessionPrefix + base64URL.EncodeToString(payload)
}

// DecodeSession makes a session from the text of [Session.Encode]. Text that is damaged or something else is
// [ErrInvalidInput]; the error does not repeat it. Forged text is not detected: authenticate what passes through other
// hands, as encryption with an AEAD does.
func DecodeSession(text string) (*Session, error) {
	s, err := decodeSession(text)
	if err != nil {
		return nil, named("DecodeSession", refused("text", err.Error()))
	}
	return s, nil
}

func decodeSession(text string) (*Session, error) {
	rest, ok := strings.CutPrefix(text, sessionPrefix)
	if !ok {
		rest, ok = strings.CutPrefix(text, sessionPrefix1)
	}
	if !ok || len(text) > maxSessionText {
		return nil, errOtherText
	}
	payload, err := base64URL.DecodeString(rest)
	if err != nil || len(payload) < 4 {
		return nil, errDamagedText
	}
	payload, sum := payload[:len(payload)-4], payload[len(payload)-4:]
	if binary.BigEndian.Uint32(sum) != crc32.ChecksumIEEE(payload) {
		return nil, errDamagedText
	}
	var in sessionText
	if err := json.Unmarshal(payload, &in); err != nil || !in.valid() {
		return nil, errDamagedText
	}
	s := &Session{state: state{begun: in.Generation, generation: in.Generation, ended: in.Ended, unverified: in.Browser, restored: true}}
	if in.Value != "" {
		s.state.cookie = &cookie{value: in.Value, scope: in.Scope, expires: in.Expires, secure: in.Secure}
	}
	if len(in.Others) > 0 {
		others := make([]otherCookie, len(in.Others))
		for i, o := range in.Others {
			others[i] = otherCookie{o.Name, cookie{value: o.Value, expires: o.Expires, secure: o.Secure}}
		}
		s.others = &others
	}
	return s, nil
}

// valid reports whether what the text contains may go into a Cookie header.
func (t *sessionText) valid() bool {
	ok := isCookieValue(t.Value) && len(t.Value) <= maxCookieBytes && isExpiry(t.Expires) && len(t.Scope) <= maxCookieBytes && len(t.Others) <= maxOtherCookies &&
		isExpiry(t.Generation/1000) && t.Generation >= 0
	size := 0
	for _, o := range t.Others {
		ok = ok && isToken(o.Name) && isCookieValue(o.Value) && isExpiry(o.Expires)
		size += len(o.Name) + len(o.Value)
	}
	return ok && size <= maxOtherCookieBytes
}

// isExpiry reports whether a time that Encode wrote can be ms: the years 1970 to 9999, or unknown.
func isExpiry(ms int64) bool {
	return ms >= 0 && ms < 253402300800000
}
