package customers

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"
)

// compress encodes text as a proxy does.
func compress(t *testing.T, encoding, text string) string {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "zlib":
		w = zlib.NewWriter(&out)
	case "flate":
		w, _ = flate.NewWriter(&out, 9)
	default:
		return text
	}
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.String()
}

// encodedResponse responds with a body as it is, also if the headers are wrong about it.
func encodedResponse(status int, contentType, encoding, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		respond(w, status, contentType, body)
	}
}

// encodedClient is a client that net/http does not ask for gzip for, so that it undoes none.
func encodedClient(t *testing.T, h http.HandlerFunc, opts ...Option) *Client {
	t.Helper()
	return serve(t, h).loggedIn(t, append(opts, WithMaxRetries(0), WithHTTPClient(&http.Client{Transport: &http.Transport{DisableCompression: true}}))...)
}

func TestEncodingsThatWereNotAskedForAreUndone(t *testing.T) {
	gz := compress(t, "gzip", customerJSON)
	for name, h := range map[string]http.HandlerFunc{
		"gzip":                    encodedResponse(200, "application/json", "gzip", gz),
		"x-gzip, in capitals":     encodedResponse(200, "application/json", "X-GZIP", gz),
		"zlib":                    encodedResponse(200, "application/json", "deflate", compress(t, "zlib", customerJSON)),
		"deflate without a frame": encodedResponse(200, "application/json", "deflate", compress(t, "flate", customerJSON)),
		"gzip twice":              encodedResponse(200, "application/json", "gzip, gzip", compress(t, "gzip", gz)),
		"deflate, then gzip":      encodedResponse(200, "application/json", "deflate,gzip", compress(t, "gzip", compress(t, "zlib", customerJSON))),
		"identity":                encodedResponse(200, "application/json", "identity", customerJSON),
		"gzip and identity":       encodedResponse(200, "application/json", "identity, gzip, identity", gz),
		"gzip without a header":   encodedResponse(200, "application/json", "", gz),
		"a header without gzip":   encodedResponse(200, "application/json", "gzip", customerJSON),
		"a header without br":     encodedResponse(200, "application/json", "br", customerJSON),
		"gzip without any type":   encodedResponse(200, "", "gzip", gz),
		"gzip as octets":          encodedResponse(200, "application/octet-stream", "", gz),
		"gzip twice, said once":   encodedResponse(200, "application/json", "gzip", gz),
		"gzip in two lines": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Encoding"] = []string{"gzip", "gzip"}
			respond(w, 200, "application/json", compress(t, "gzip", gz))
		},
	} {
		me, err := encodedClient(t, h).Retrieve(t.Context())
		if err != nil || me.Email != testEmail {
			t.Errorf("%s: %v", name, err)
		}
	}
	// net/http undoes what it asked for, once.
	wantOK(t, retrieve(t.Context(), serve(t, encodedResponse(200, "application/json", "gzip", gz)).loggedIn(t)))
	wantOK(t, retrieve(t.Context(), serve(t, encodedResponse(200, "application/json", "gzip", compress(t, "gzip", gz))).loggedIn(t)))
}

func TestEncodingsThatCanNotBeUndoneAreNamed(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, test := range []struct {
		encoding, body, want string
	}{
		{"br", "\x1b\x00hush", messageEncoding + ": br"},
		{"zstd", "\x28\xb5\x2f\xfdhush", messageEncoding + ": zstd"},
		{"compress", "\x1f\x9dhush", messageEncoding + ": compress"},
		{"gzip, br", "\x1b\x00hush", messageEncoding + ": gzip, br"},
		{long, "hush", messageEncoding},
		{"user@example.com", "hush", messageEncoding},
		{strings.Repeat("gzip,", maxEncodings+1), "hush", messageEncoding + ": gzip" + strings.Repeat(", gzip", maxEncodings-1)},
	} {
		for _, contentType := range []string{"application/json", "", "text/html"} {
			e := wantError(t, retrieve(t.Context(), encodedClient(t, encodedResponse(200, contentType, test.encoding, test.body))), ErrUnexpectedResponse)
			if e.Message != test.want || e.StatusCode != http.StatusOK {
				t.Errorf("%s: %v", test.encoding, e)
			}
		}
		e := wantError(t, retrieve(t.Context(), encodedClient(t, encodedResponse(409, "application/json", test.encoding, test.body))), ErrConflict)
		if e.Message != test.want || string(e.Body()) != test.body {
			t.Errorf("%s: %v", test.encoding, e)
		}
	}
	whole := compress(t, "gzip", customerJSON)
	for name, body := range map[string]string{"garbage": "\x1f\x8bhush", "cut off": whole[:30], "a page": "<html>hush", "a bad checksum": whole[:len(whole)-8] + "hushhush"} {
		for _, encoding := range []string{"gzip", "deflate"} {
			e := wantError(t, retrieve(t.Context(), encodedClient(t, encodedResponse(200, "application/json", encoding, body))), ErrUnexpectedResponse)
			if strings.Contains(e.Error(), "hush") || e.StatusCode != http.StatusOK {
				t.Errorf("%s: %v", name, e)
			}
		}
	}
}

func TestFailuresAreUndoneToo(t *testing.T) {
	const body = `{"type":"duplicate_error","code":"invalid_request_error","message":"taken"}`
	for encoding, text := range map[string]string{"gzip": compress(t, "gzip", body), "deflate": compress(t, "zlib", body), "": body} {
		for _, contentType := range []string{"application/json", "", "text/plain", "text/json", "application/json, application/json"} {
			e := wantError(t, retrieve(t.Context(), encodedClient(t, encodedResponse(422, contentType, encoding, text))), ErrDuplicate)
			if e.Type != "duplicate_error" || e.Message != "taken" || string(e.Body()) != body {
				t.Errorf("%s, %q: %+v", encoding, contentType, e)
			}
		}
	}
}

// TestWhatIsUndoneIsBounded has bodies that are small until they are decoded.
func TestWhatIsUndoneIsBounded(t *testing.T) {
	huge := compress(t, "gzip", `{"customer":{"id":"`+strings.Repeat("x", 8<<20)+`"}}`)
	for encoding, body := range map[string]string{"gzip": huge, "gzip, gzip": compress(t, "gzip", huge), "": huge, "deflate": compress(t, "zlib", strings.Repeat("x", 8<<20))} {
		err := retrieve(t.Context(), encodedClient(t, encodedResponse(200, "application/json", encoding, body), WithMaxResponseBytes(1<<20)))
		if e := wantError(t, err, ErrUnexpectedResponse); !errors.Is(e, errTooLarge) {
			t.Errorf("%s: %v", encoding, e)
		}
		e := wantError(t, retrieve(t.Context(), encodedClient(t, encodedResponse(409, "application/json", encoding, body))), ErrConflict)
		if len(e.Body()) > maxErrorBody || cap(e.Body()) > 2*maxErrorBody {
			t.Errorf("%s: the error keeps %d bytes", encoding, cap(e.Body()))
		}
	}
}

func TestCharsets(t *testing.T) {
	json := customerBody(`{"id":"cus_1","email":"user@example.com","first_name":"Zoë"}`)
	utf16Of := func(order binary.AppendByteOrder, text string) string {
		var out []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, unit)
		}
		return string(out)
	}
	latin1 := strings.ReplaceAll(json, "ë", "\xeb")
	for name, h := range map[string]http.HandlerFunc{
		"a mark":                    respondWith(200, "application/json", "\ufeff"+json),
		"UTF-8 called Latin-1":      respondWith(200, "application/json; charset=iso-8859-1", json),
		"Latin-1":                   respondWith(200, "application/json; charset=ISO-8859-1", latin1),
		"Latin-1 by another name":   respondWith(200, `application/json; charset="latin1"`, latin1),
		"UTF-16 with a mark":        respondWith(200, "application/json", utf16Of(binary.BigEndian, "\ufeff"+json)),
		"UTF-16 backwards":          respondWith(200, "application/json; charset=utf-16", utf16Of(binary.LittleEndian, "\ufeff"+json)),
		"UTF-16 without a mark":     respondWith(200, "application/json; charset=utf-16", utf16Of(binary.BigEndian, json)),
		"UTF-16LE without a mark":   respondWith(200, "application/json; charset=UTF-16LE", utf16Of(binary.LittleEndian, json)),
		"UTF-8 called UTF-16":       respondWith(200, "application/json; charset=utf-16", json),
		"an unknown charset":        respondWith(200, "application/json; charset=klingon", json),
		"UTF-16 with no type":       respondWith(200, "", utf16Of(binary.LittleEndian, "\ufeff"+json)),
		"a mark and another's type": respondWith(200, "text/plain", "\ufeff"+json),
	} {
		me, err := serve(t, h).loggedIn(t).Retrieve(t.Context())
		if err != nil || me.FirstName == nil || *me.FirstName != "Zoë" {
			t.Errorf("%s: %+v, %v", name, me, err)
		}
	}
}

func TestContentTypeIsNamed(t *testing.T) {
	for contentType, want := range map[string]string{
		"text/html; charset=utf-8": ": text/html; charset=utf-8", "": ": none", "text/plain": ": text/plain", strings.Repeat("x", 100): ": none",
		"user@example.com": ": none", "image/png": ": image/png",
	} {
		e := wantError(t, retrieve(t.Context(), serve(t, respondWith(200, contentType, "hush")).loggedIn(t)), ErrUnexpectedResponse)
		if !strings.HasSuffix(e.Message, want) {
			t.Errorf("%q: %v", contentType, e)
		}
	}
}
