package customerstest

import (
	"crypto/sha1" //nolint:gosec // what Express makes its ETags of
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// finish adds to the answer what Express adds on its way out.
func (x *exchange) finish(now time.Time, cookie string) {
	h := x.header
	h.Set("X-Powered-By", "Express")
	h.Set("Date", now.UTC().Format(http.TimeFormat)) // of the same clock as the cookie's Expires
	if cookie != "" {
		h.Set("Set-Cookie", cookie)
	}
	switch x.answer.contentType {
	case contentTypeHTML:
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
	case contentTypeJSON, contentTypeText:
		tag := entityTag(x.answer.body)
		h["ETag"] = []string{tag} // not Go's spelling
		if x.isFresh(tag) {
			x.answer = answer{status: http.StatusNotModified}
		}
	}
	if x.answer.status == http.StatusNoContent {
		x.answer = answer{status: http.StatusNoContent}
	}
	if x.answer.contentType == "" {
		h["Content-Type"] = nil // keeps net/http from guessing one
		return
	}
	h.Set("Content-Type", x.answer.contentType)
	h.Set("Content-Length", strconv.Itoa(len(x.answer.body)))
}

func entityTag(body []byte) string {
	sum := sha1.Sum(body) //nolint:gosec // nothing rests on it
	return fmt.Sprintf(`W/"%x-%s"`, len(body), base64.RawStdEncoding.EncodeToString(sum[:])[:27])
}

// isFresh says whether the client has this answer already.
func (x *exchange) isFresh(tag string) bool {
	h := x.request.Header
	isRead := x.request.Method == http.MethodGet || x.request.Method == http.MethodHead
	known := strings.Join(h.Values("If-None-Match"), ",")
	if !isRead || x.answer.status/100 != 2 || known == "" || h.Get("If-Modified-Since") != "" ||
		strings.Contains(strings.ToLower(h.Get("Cache-Control")), "no-cache") {
		return false
	}
	if known == "*" {
		return true
	}
	for candidate := range strings.SplitSeq(known, ",") {
		if strings.TrimPrefix(strings.Trim(candidate, " "), "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// write sends the answer.
func (x *exchange) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), x.header)
	w.WriteHeader(x.answer.status)
	if x.answer.contentType == "" {
		_ = http.NewResponseController(w).Flush() // the guard does not say how long its answer is
	}
	if x.request.Method != http.MethodHead {
		w.Write(x.answer.body) //nolint:gosec // pages are escaped, as the real backend escapes them
	}
}

// refuse is Node's answer to a request line that it does not read, before anything of the backend sees it.
func refuse(w http.ResponseWriter) {
	h := w.Header()
	h["Date"], h["Content-Type"] = nil, nil
	h.Set("Transfer-Encoding", "identity") // no length, and the end of the connection
	w.WriteHeader(http.StatusBadRequest)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
