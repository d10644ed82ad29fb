package customerstest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// bodyLimit is express.json's, in bytes, after decompression.
const bodyLimit = 100 << 10

var errTooLarge = errors.New("request entity too large")

// readBody reads the body as far as the backend would take it, and a byte more to know that there is more.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, bodyLimit+1))
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body) // so that the client, still sending, gets its answer
	}
	return raw, err
}

// parseBody does what express.json does: only JSON is read, no body and any other content type are an empty object,
// and what can't be read is an HTML page, whoever asks for whatever.
func (b *Backend) parseBody(r *http.Request, raw []byte) (any, *answer) {
	contentType := r.Header.Get("Content-Type")
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	isJSON := err == nil && mediaType == "application/json" && !strings.HasSuffix(contentType, ";")
	if len(raw) == 0 || !isJSON {
		return newObject(), nil
	}
	charset := strings.ToLower(parameters["charset"])
	if !slices.Contains([]string{"", "utf-8", "utf-16", "utf-16le", "utf-16be"}, charset) {
		return nil, b.page(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeError: unsupported charset %q", strings.ToUpper(charset))
	}
	text, err := inflated(raw, strings.ToLower(r.Header.Get("Content-Encoding")))
	switch unsupported := unsupportedEncodingError(""); {
	case errors.Is(err, errTooLarge):
		return nil, b.page(http.StatusRequestEntityTooLarge, "PayloadTooLargeError: %v", err)
	case errors.As(err, &unsupported):
		return nil, b.page(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeError: %v", err)
	case err != nil:
		return nil, b.page(http.StatusBadRequest, "Error: %v", err)
	}
	if strings.HasPrefix(charset, "utf-16") {
		text = fromUTF16(text, charset)
	}
	if !utf8.Valid(text) {
		text = []byte(string([]rune(string(text)))) // each byte that is none of a letter becomes a replacement character
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if len(text) == 0 {
		return newObject(), nil
	}
	v, ok := parseJSON(text)
	if ok {
		switch v.(type) {
		case *object, []any:
			return v, nil
		}
	}
	return nil, b.page(http.StatusBadRequest, "SyntaxError: the body is not valid JSON\n    at JSON.parse (<anonymous>)")
}

// fromUTF16 guesses the order of the bytes where the charset does not say it.
func fromUTF16(text []byte, charset string) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if charset == "utf-16be" || charset == "utf-16" && looksBigEndian(text) {
		order = binary.BigEndian
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

func looksBigEndian(text []byte) bool {
	if len(text) < 2 {
		return false
	}
	if mark := binary.BigEndian.Uint16(text); mark == 0xFEFF || mark == 0xFFFE {
		return mark == 0xFEFF
	}
	more := 0 // letters of ASCII that are big-endian, than little-endian
	for i := 0; i+1 < len(text); i += 2 {
		switch {
		case text[i] == 0 && text[i+1] != 0:
			more++
		case text[i] != 0 && text[i+1] == 0:
			more--
		}
	}
	return more > 0
}

type unsupportedEncodingError string

func (e unsupportedEncodingError) Error() string {
	return fmt.Sprintf("unsupported content encoding %q", string(e))
}

func inflated(raw []byte, encoding string) ([]byte, error) {
	var r io.Reader
	var err error
	switch encoding {
	case "", "identity":
		r = bytes.NewReader(raw)
	case "gzip":
		r, err = gzip.NewReader(bytes.NewReader(raw))
	case "deflate":
		r, err = zlib.NewReader(bytes.NewReader(raw))
	default:
		return nil, unsupportedEncodingError(encoding)
	}
	if err != nil {
		return nil, errors.New("incorrect header check")
	}
	text, err := io.ReadAll(io.LimitReader(r, bodyLimit+1))
	switch {
	case err != nil:
		return nil, errors.New("unexpected end of file")
	case len(text) > bodyLimit:
		return nil, errTooLarge
	}
	return text, nil
}
