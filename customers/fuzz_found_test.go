package customers

import (
	"errors"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The tests here are of what fuzzing found.

func TestSwitchingProtocolsIsAnErrorAndNotAHang(t *testing.T) {
	const patience = 2 * time.Second
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		// Open and silent, for as long as this test has patience.
		stop := time.AfterFunc(patience, func() { _ = conn.Close() })
		t.Cleanup(func() {
			if stop.Stop() {
				_ = conn.Close()
			}
		})
		_, _ = conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"))
	})
	c := f.loggedIn(t, WithTimeout(100*time.Millisecond), WithMaxRetries(0))
	began := time.Now()
	e := wantError(t, retrieve(t.Context(), c), ErrUnexpectedResponse)
	if e.StatusCode != http.StatusSwitchingProtocols || time.Since(began) >= patience {
		t.Errorf("after %v the status is %d", time.Since(began), e.StatusCode)
	}
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

func TestBaseURLThatNoRequestCouldGoToIsRefused(t *testing.T) {
	for _, raw := range []string{`http://a"b`, "http://a<b", "https://a>b/", "http://[::%25\x9f]", "http://xn--\xeb"} {
		_, err := New(raw)
		if e := wantError(t, err, ErrInvalidInput); e.Field != "baseURL" {
			t.Errorf("%s: the error names %q", raw, e.Field)
		}
	}
}

func TestSessionKeepsOfACookieNoMoreThanItsNameAndValue(t *testing.T) {
	c := mustNew(t, "https://shop.example.com").caller
	sessions := make([]*Session, 100)
	before := liveHeap()
	for i := range sessions {
		s := new(Session)
		c.session = s
		junk := "; Path=/; Junk=" + strings.Repeat(strconv.Itoa(i%10), 100<<10)
		h := http.Header{"Set-Cookie": {"connect.sid=v" + junk, "lb=1" + junk}, "Content-Type": {"application/json"}}
		snap, _, err := s.begin(OperationAuthenticate, c.config.endpoint, nil, nil)
		wantOK(t, err)
		wantOK(t, c.settle(t.Context(), &snap, &response{op: OperationAuthenticate, status: 200, header: h}, true, nil))
		sessions[i] = s
	}
	if grown := int64(liveHeap()) - int64(before); grown > 2<<20 {
		t.Errorf("%d sessions keep %d bytes", len(sessions), grown)
	}
	runtime.KeepAlive(sessions)
}
