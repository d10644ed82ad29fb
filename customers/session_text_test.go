package customers

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// randomSession makes a session with all that a text has to keep.
func randomSession(r *rand.Rand) *Session {
	value := func(n int) string {
		const bytes = "abcXYZ019%+/=:._~\"<>&' ,!"
		b := make([]byte, 1+r.IntN(n))
		for i := range b {
			b[i] = bytes[r.IntN(len(bytes))]
		}
		// net/http reads no quote inside and no space at the end.
		return strings.ReplaceAll(string(b), `"`, "") + "x"
	}
	s := &Session{state: state{ended: r.IntN(4) == 0}}
	if r.IntN(4) > 0 {
		s.state.cookie = &cookie{value: value(120), expires: r.Int64N(2) * r.Int64N(1<<40), secure: r.IntN(2) == 0}
	}
	if n := r.IntN(maxOtherCookies + 1); n > 0 {
		others := make([]otherCookie, n)
		for i := range others {
			others[i] = otherCookie{fmt.Sprintf("c%d", i), cookie{value: value(20), expires: r.Int64N(2) * r.Int64N(1<<40), secure: r.IntN(2) == 0}}
		}
		s.others = &others
	}
	return s
}

// sameState reports whether a session and its restored copy are in the same state.
func sameState(s, restored state) bool {
	s.restored = restored.restored
	return reflect.DeepEqual(s, restored)
}

func TestEncodeAndDecodeSessionAreInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		s := randomSession(r)
		text := s.Encode()
		back, err := DecodeSession(text)
		wantOK(t, err)
		if !sameState(s.state, back.state) || !reflect.DeepEqual(s.others, back.others) {
			t.Fatalf("%s: the session is another", text)
		}
		if back.Encode() != text {
			t.Fatal("encoded again, the text is another")
		}
		if strings.ContainsAny(text, " \t\r\n;,\"\\/+=%&?#") {
			t.Fatalf("%q does not fit into a cookie or a URL", text)
		}
	}
}

func TestZeroSessionEncodesToo(t *testing.T) {
	back, err := DecodeSession(new(Session).Encode())
	wantOK(t, err)
	if back.LoggedIn() || !back.Expires().IsZero() {
		t.Error("it is logged in")
	}
}

func TestDamagedTextIsRefusedAndNotRepeated(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	refuse := func(text, how string) {
		t.Helper()
		s, err := DecodeSession(text)
		if s != nil || err == nil {
			t.Fatalf("%s: accepted", how)
		}
		e := wantError(t, err, ErrInvalidInput)
		if e.Field != "text" || e.Operation != "DecodeSession" {
			t.Errorf("%s: error %q names %q", how, e, e.Field)
		}
		if len(text) > len(sessionPrefix)+8 && (strings.Contains(err.Error(), text) || strings.Contains(err.Error(), text[len(text)-8:])) {
			t.Errorf("%s: the error repeats the text", how)
		}
	}
	for range 2 {
		text := randomSession(r).Encode()
		for i := range text {
			for _, b := range []byte{text[i] ^ 1, text[i] ^ 0x20, 'A', 'z', '_', ' ', 0, '\n', 0xff} {
				if b != text[i] {
					refuse(text[:i]+string([]byte{b})+text[i+1:], fmt.Sprintf("byte %d is %#x", i, b))
				}
			}
			refuse(text[:i], fmt.Sprintf("cut after %d bytes", i))
			refuse(text[:i]+text[i+1:], fmt.Sprintf("without byte %d", i))
		}
		refuse(text+"A", "one more byte")
		refuse(text+"AAAA", "four more bytes")
		refuse(text+" ", "a space more")
		refuse(text+text, "twice")
	}
}

// sealed makes a text of a payload as Encode would.
func sealed(payload string) string {
	sum := crc32.ChecksumIEEE([]byte(payload))
	raw := append([]byte(payload), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
	return sessionPrefix + base64.RawURLEncoding.EncodeToString(raw)
}

func TestTextThatIsNotASessionIsRefused(t *testing.T) {
	manyCookies, err := json.Marshal(map[string]any{"o": make([]otherCookieText, maxOtherCookies+1)})
	wantOK(t, err)
	for _, text := range []string{
		"", "customers-session-1.", "customers-session-2.", "customers-session-3." + strings.TrimPrefix(new(Session).Encode(), sessionPrefix),
		"eyJhbGciOiJIUzI1NiJ9.e30.x", `{"v":"x"}`, "s%3Aabc.def", "customers-session-1.AAAA",
		sealed(""), sealed("null-ish"), sealed("[]"), sealed(`{"v":5}`), sealed(`{"v":"a;b"}`), sealed(`{"v":"a\r\nb"}`), sealed(`{"v":"é"}`),
		sealed(`{"v":"a\\b"}`), sealed(`{"v":"a\u0000"}`),
		sealed(`{"o":[{"n":"","v":"x"}]}`), sealed(`{"o":[{"n":"a=b","v":"x"}]}`), sealed(`{"o":[{"n":"a","v":"x;y"}]}`),
		sealed(`{"o":[{"n":"a","v":"` + strings.Repeat("x", maxOtherCookieBytes) + `"}]}`),
		sealed(string(manyCookies)),
		sealed(`{} {}`),
	} {
		if _, err := DecodeSession(text); err == nil {
			t.Errorf("%q is accepted", text)
		} else {
			wantIs(t, err, ErrInvalidInput)
		}
	}
}

func TestDecodedSessionWorksAtAnotherAddressOfTheBackend(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, "a@example.com")
	s, err := DecodeSession(c.Session().Encode())
	wantOK(t, err)
	wantCustomer(t, mustNew(t, "http://medusa.internal:9000", inMemory(b.handle)).WithSession(s), "a@example.com")
}

func TestDecodedSessionKeepsItsLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mustNew(t, "https://shop.example.com", inMemory(respondWith(200, "application/json", customerJSON)))
		s := sessionOf("x")
		s.state.cookie.expires = 5
		s, err := DecodeSession(s.Encode())
		wantOK(t, err)
		c = c.WithSession(s)
		wantOK(t, retrieve(t.Context(), c)) // the backend may have prolonged it
		wantOK(t, retrieve(t.Context(), c)) // and its end is unknown
	})
}

func TestEncodeWhileTheSessionChanges(t *testing.T) {
	b := newBackend(t)
	b.modify = rolling
	c := b.client(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				_ = logIn(t.Context(), c, "a@example.com")
				_ = retrieve(t.Context(), c)
			}
		})
		wg.Go(func() {
			for range 200 {
				if _, err := DecodeSession(c.Session().Encode()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestSessionTextWithWhatNoCookieHoldsIsRefused(t *testing.T) {
	for _, payload := range []string{
		`{"v":"a\"b"}`, `{"v":"a "}`, `{"v":"\""}`, `{"v":"a;b"}`, `{"v":"a\\b"}`, `{"v":"a\nb"}`, `{"v":"ü"}`, `{"o":[{"n":"lb","v":"a\"b"}]}`,
	} {
		if _, err := DecodeSession(sealed(payload)); !errors.Is(err, ErrInvalidInput) {
			t.Errorf("%s: %v", payload, err)
		}
	}
	for _, payload := range []string{`{"v":"\"a b\""}`, `{"v":" a,b"}`, `{"v":"a=b"}`, `{"v":"\"\""}`} {
		if _, err := DecodeSession(sealed(payload)); err != nil {
			t.Errorf("%s: %v", payload, err)
		}
	}
}
