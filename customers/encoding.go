package customers

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxEncodings is how often a body may be encoded; twice happens, where two proxies do the same.
const maxEncodings = 4

var (
	errTooLarge = errors.New("the body is larger than WithMaxResponseBytes allows")
	errEncoding = errors.New("the standard library can't decode the body's encoding")
)

// decodeContent undoes what was done to a body on the way: net/http asks for gzip and undoes that, but proxies encode
// unasked, and a transport of the caller's may leave it. The result has limit bytes at most.
func decodeContent(h http.Header, body []byte, limit int64) ([]byte, error) {
	encodings := tokens(h["Content-Encoding"])
	if len(encodings) > maxEncodings {
		return body, errEncoding
	}
	if len(encodings) == 0 && isGzip(body) {
		encodings = []string{"gzip"} // what JSON never begins with
	}
	for _, encoding := range slices.Backward(encodings) {
		if len(body) == 0 || encoding == "identity" || json.Valid(body) {
			continue // a proxy has undone it and left the header
		}
		var err error
		if body, err = decodeOnce(encoding, body, limit); err != nil {
			return body, err
		}
	}
	return body, nil
}

// decodeOnce undoes one encoding. With an error, the result is what came before it.
func decodeOnce(encoding string, body []byte, limit int64) ([]byte, error) {
	r, err := decoder(encoding, bufio.NewReader(bytes.NewReader(body)))
	if err != nil {
		return body, err
	}
	body, err = io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(body)) > limit {
		return body[:limit], errTooLarge
	}
	return body, err
}

// canDecode reports whether decoder knows an encoding.
func canDecode(encoding string) bool {
	return encoding == "gzip" || encoding == "x-gzip" || encoding == "deflate"
}

// decoder returns what undoes one encoding while it is read.
func decoder(encoding string, in *bufio.Reader) (io.Reader, error) {
	switch encoding {
	case "gzip", "x-gzip":
		return gzip.NewReader(in)
	case "deflate": // zlib by the standard, without its frame by many
		if head, _ := in.Peek(2); isZlib(head) {
			return zlib.NewReader(in)
		}
		return flate.NewReader(in), nil
	}
	return nil, errEncoding
}

// isZlib reports whether a body begins with zlib's frame.
func isZlib(body []byte) bool {
	return len(body) >= 2 && body[0]&0x8f == 8 && binary.BigEndian.Uint16(body)%31 == 0
}

func isGzip(body []byte) bool { return bytes.HasPrefix(body, []byte{0x1f, 0x8b}) }

// toUTF8 returns JSON in UTF-8, which is the only encoding it should come in, without a mark of its byte order.
func toUTF8(h http.Header, body []byte) []byte {
	if body, ok := bytes.CutPrefix(body, []byte("\xef\xbb\xbf")); ok {
		return body
	}
	charset := ""
	if contentType := h.Get("Content-Type"); contentType != backendJSON {
		_, params, _ := mime.ParseMediaType(contentType)
		charset = strings.ToLower(params["charset"])
	}
	switch {
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		return fromUTF16(binary.LittleEndian, body[2:])
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		return fromUTF16(binary.BigEndian, body[2:])
	case strings.HasPrefix(charset, "utf-16") && bytes.HasPrefix(body, []byte("{\x00")):
		return fromUTF16(binary.LittleEndian, body)
	case strings.HasPrefix(charset, "utf-16") && bytes.HasPrefix(body, []byte("\x00{")):
		return fromUTF16(binary.BigEndian, body)
	case (charset == "iso-8859-1" || charset == "latin1") && !utf8.Valid(body):
		runes := make([]rune, len(body))
		for i, b := range body {
			runes[i] = rune(b)
		}
		return []byte(string(runes))
	}
	return body
}

func fromUTF16(order binary.ByteOrder, body []byte) []byte {
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = order.Uint16(body[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// backendJSON is the backend's own content type, which needs no parsing.
const backendJSON = "application/json; charset=utf-8"

// isJSON reports whether a header says that the body is JSON. A proxy may have repeated or renamed the type.
func isJSON(h http.Header) bool {
	return h.Get("Content-Type") == backendJSON || slices.ContainsFunc(h["Content-Type"], func(line string) bool {
		return slices.ContainsFunc(tokens([]string{line}), func(t string) bool {
			t, _, _ = strings.Cut(t, ";")
			t = strings.TrimSpace(t)
			return t == "application/json" || t == "text/json" || t == "application/x-json" || strings.HasSuffix(t, "+json")
		})
	})
}

// tokens returns the elements of comma-separated lists, in lower case.
func tokens(lines []string) (all []string) {
	for _, line := range lines {
		for token := range strings.SplitSeq(strings.ToLower(line), ",") {
			if token = strings.TrimSpace(token); token != "" {
				all = append(all, token)
			}
		}
	}
	return all
}
