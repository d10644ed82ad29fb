package medusa

import (
	"crypto/sha1" //nolint:gosec // what Express makes its ETags of
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// finish adds to the response what Express adds before it sends it.
func (x *Exchange) finish(now time.Time, cookie string) {
	h := x.Header
	h.Set("X-Powered-By", "Express")
	h.Set("Date", now.UTC().Format(http.TimeFormat)) // of the same clock as the cookie's Expires
	if cookie != "" {
		h.Add("Set-Cookie", cookie)
	}
	switch x.Response.ContentType {
	case response.TypeHTML:
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
	case response.TypeJSON, response.TypeText:
		tag := entityTag(x.Response.Body)
		h["ETag"] = []string{tag} // not in Go's spelling
		if x.isFresh(tag) {
			x.Response = response.Response{Status: http.StatusNotModified}
		}
	}
	if x.Response.Status == http.StatusNoContent {
		x.Response = response.Response{Status: http.StatusNoContent}
	}
	if x.Response.ContentType == "" {
		h["Content-Type"] = nil // keeps net/http from guessing one
		return
	}
	h.Set("Content-Type", x.Response.ContentType)
	h.Set("Content-Length", strconv.Itoa(len(x.Response.Body)))
}

func entityTag(body []byte) string {
	sum := sha1.Sum(body) //nolint:gosec // no security depends on it
	return fmt.Sprintf(`W/"%x-%s"`, len(body), base64.RawStdEncoding.EncodeToString(sum[:])[:27])
}

// isFresh reports whether the client has this response already.
func (x *Exchange) isFresh(tag string) bool {
	h := x.Request.Header
	isRead := x.Request.Method == http.MethodGet || x.Request.Method == http.MethodHead
	known := strings.Join(h.Values("If-None-Match"), ",")
	if !isRead || x.Response.Status/100 != 2 || known == "" || h.Get("If-Modified-Since") != "" ||
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

// Write sends the response.
func (x *Exchange) Write(w http.ResponseWriter) {
	maps.Copy(w.Header(), x.Header)
	w.WriteHeader(x.Response.Status)
	if x.Response.ContentType == "" {
		_ = http.NewResponseController(w).Flush() // the guard sends no length
	}
	if x.Request.Method != http.MethodHead {
		w.Write(x.Response.Body)
	}
}
