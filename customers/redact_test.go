package customers

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestEmailsOfAnySpellingAreMasked has local parts with what RFC 5322 allows, and with what it does not, and the at sign
// as URLs, HTML and JSON have it. Of none a part is left.
func TestEmailsOfAnySpellingAreMasked(t *testing.T) {
	locals := []string{
		"secret", "se=cret", "se/cret", "se%2Fcret", "se'cret", `se"cret`, `"se cret"`, `"se\"cr\\et"`, `"se(c),:;<>[]r@et"`, "se+cret", "s.e.c.r.e.t", "se!#$%&*-?^_`{|}~cret",
		"se%252Bcret", "sécret", "秘密secret", "=secret", "/secret", "'secret'", "secret(a)", "se&#43;cret", `se\u002bcret`, `se\x2bcret`, "se&amp;cret", "secret=", "🙂secret",
	}
	ats := []string{"@", "%40", "%2540", "%252540", "%25252540", "%u0040", "&#64;", "&#064;", "&#x40;", "&#X40;", "&commat;", "&amp;#64;", `\u0040`, `\\u0040`, `\x40`, "＠"}
	domains := []string{"secret.example", "secret", "[192.0.2.1]", "[IPv6:2001:db8::1]", "sécret.example", "xn--secret-cua.example", "secret.example:25", "secret@secret.example", "secret.example/secret=1"}
	for _, around := range []string{"%s", "taken: %s", "Key (email, x)=(%s, t) already exists.", `customer "%s" exists`, "<%s>", "email %s, and", "[%s]", "a\n%s\nb", "{%s}", "x;%s;y"} {
		for _, local := range locals {
			for _, at := range ats {
				for _, domain := range domains {
					text := fmt.Sprintf(around, local+at+domain)
					got := maskEmails(text)
					if strings.Contains(got, "cret") || strings.Contains(got, "192") || !strings.Contains(got, "…@…") {
						t.Fatalf("%q became %q", text, got)
					}
				}
			}
		}
	}
}

func TestTextsWithoutAnEmailStay(t *testing.T) {
	for _, text := range []string{
		"", "limit=40", "100% at 40", "a @ b", "@", "@scope/package", "x@", "\u00e9t\u00e9", "property x should not exist", `{"k":"v"}`, "50%40", "C:\\x40",
		"Order #40 & co; done", "Cannot GET /store/customers/me", "1 < 2 > 0", "…",
	} {
		if got := shown(text, maxText); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestWhatATerminalActsOnIsEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"a\nb": `a\nb`, "a\r\tb": `a\r\tb`, "\x1b[31mred": `\x1b[31mred`, "\x00\x07\x08\x7f": `\x00\a\b\x7f`, "\u0085\u009b31m": `\u0085\u009b31m`,
		"\u202eevil\u2066\u200f": `\u202eevil\u2066\u200f`, "\u2028\u2029": `\u2028\u2029`, "\ufeff\u200b": `\ufeff\u200b`, "a\xffb\xc3": `a\xffb\xc3`, "\uFFFD\n": "\uFFFD\\n",
		"\U000e0001": `\U000e0001`, "é 日本 🙂": "é 日本 🙂", "\u00a0x": `\u00a0x`,
	} {
		got := shown(text, maxText)
		if got != want || shown(got, maxText) != got {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsShownIsBounded(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("x", 1<<20), strings.Repeat("é", 1<<16), strings.Repeat("\n", 1<<16), strings.Repeat("a@b ", 1<<16), strings.Repeat("\xff", 1<<16),
		strings.Repeat("🙂", 1<<14), "a@" + strings.Repeat("b", 1<<16), strings.Repeat("@", 1<<16), strings.Repeat(`"`, 1<<16), strings.Repeat("(", 1<<16),
	} {
		for _, limit := range []int{maxName, maxText} {
			got := shown(text, limit)
			if len(got) > limit || !utf8.ValidString(got) || shown(got, limit) != got {
				t.Errorf("%.10q: %d bytes, %q", text, len(got), got[max(0, len(got)-10):])
			}
		}
	}
}

// hostileText is what a backend could write into each of its texts.
const hostileText = "se=cret@example.com\n\x1b[2J\u202e\u009b\x7f"

// wantHarmless wants a text to be one line of bounded length that shows nothing secret.
func wantHarmless(t *testing.T, what, text string, maximum int) {
	t.Helper()
	if len(text) > maximum || strings.Contains(text, "cret") || strings.Contains(text, "hush") || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("%s: %d bytes: %.600q", what, len(text), text)
	}
}

func TestTextsOfTheBackendAreHarmlessInErrorsAndLogs(t *testing.T) {
	for _, text := range []string{hostileText, strings.Repeat(hostileText, 100), strings.Repeat("x", 60_000) + hostileText} {
		for _, status := range []int{400, 401, 404, 409, 413, 422, 429, 500} {
			body, err := json.Marshal(map[string]string{"type": text, "code": text, "message": text})
			wantOK(t, err)
			var lines bytes.Buffer
			c := mustNew(t, "https://shop.example.com", WithMaxRetries(0), WithLogger(slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))),
				inMemory(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("X-Request-Id", strings.Repeat("secret@example.com", 50))
					respond(w, status, "application/json", string(body))
				})).WithSession(sessionOf("v"))
			_, callErr := c.PaymentMethods.List(t.Context())
			e := callErr.(*Error) //nolint:errcheck,errorlint,forcetypeassert // always one
			wantHarmless(t, "Error()", e.Error(), 700)
			wantHarmless(t, "Message", e.Message, maxText)
			wantHarmless(t, "Type", e.Type, maxName)
			wantHarmless(t, "Code", e.Code, maxName)
			slog.New(slog.NewTextHandler(&lines, nil)).Error("x", "err", e)
			for line := range strings.SplitSeq(strings.TrimSpace(lines.String()), "\n") {
				wantHarmless(t, "log", line, 1500)
			}
		}
	}
}

// TestEncodedErrorsShowNoHeaderAndNoBody encodes an error, on its own and inside of other values, as programs do that log
// or store everything.
func TestEncodedErrorsShowNoHeaderAndNoBody(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Secret", "hush")
		respond(w, 409, "application/json", `{"type":"conflict","message":"try again","hush":"hush"}`)
	})
	e := wantError(t, retrieve(t.Context(), f.loggedIn(t)), ErrConflict)
	if e.Header().Get("X-Secret") != "hush" || !bytes.Contains(e.Body(), []byte("hush")) {
		t.Fatalf("the error has header %v and body %q", e.Header(), e.Body())
	}
	type holder struct {
		Pointer *Error
		Value   Error
	}
	for _, v := range []any{e, *e, holder{e, *e}, &holder{e, *e}, []Error{*e}, []*Error{e}} {
		outputs := map[string]string{}
		var out bytes.Buffer
		wantOK(t, gob.NewEncoder(&out).Encode(v))
		outputs["gob"] = out.String()
		text, err := json.Marshal(v)
		wantOK(t, err)
		outputs["json"] = string(text)
		text, err = xml.Marshal(v)
		wantOK(t, err)
		outputs["xml"] = string(text)
		for encoder, text := range outputs {
			for _, secret := range []string{"hush", "aHVza", "X-Secret"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s of a %T shows %q", encoder, v, text)
				}
			}
			if !strings.Contains(text, "try again") {
				t.Errorf("%s of a %T shows no message: %q", encoder, v, text)
			}
		}
	}
	text, err := e.MarshalText()
	if wantOK(t, err); string(text) != e.Error() {
		t.Errorf("text %q", text)
	}
	var stored bytes.Buffer
	var back Error
	wantOK(t, gob.NewEncoder(&stored).Encode(e))
	wantOK(t, gob.NewDecoder(&stored).Decode(&back))
	if back.Operation != e.Operation || back.StatusCode != http.StatusConflict || back.Message != "try again" || back.Header() != nil || back.Body() != nil {
		t.Errorf("decoded %+v", back)
	}
}

func TestNamesOfManyCookiesAreNotListed(t *testing.T) {
	for name, set := range map[string]func(http.Header){
		"many": func(h http.Header) {
			for i := range 5000 {
				h.Add("Set-Cookie", fmt.Sprintf("cookie-with-a-long-name-%d=x; Path=/", i))
			}
		},
		"a long one": func(h http.Header) { h.Add("Set-Cookie", strings.Repeat("x", 200_000)+"=x; Path=/") },
		"many of a kB": func(h http.Header) {
			for i := range 200 {
				h.Add("Set-Cookie", fmt.Sprintf("%s%d=x; Path=/", strings.Repeat("x", 1000), i))
			}
		},
	} {
		c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, _ *http.Request) {
			set(w.Header())
			respondJSON(w, 200, customerJSON)
		}))
		e := wantError(t, logIn(t.Context(), c, testEmail), ErrNoSessionCookie)
		if len(e.Error()) > 900 || len(e.Message) > 800 || !strings.Contains(e.Message, "WithSessionCookieName") {
			t.Errorf("%s: %d bytes: %.1000s", name, len(e.Message), e.Message)
		}
	}
}
