package customers

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// DefaultSessionCookieName is what a Medusa backend calls its session cookie unless configured otherwise.
const DefaultSessionCookieName = "connect.sid"

// endpoint is where the backend is, and under which name and for which scope it sets its session cookie.
type endpoint struct {
	baseURL       string // ends with a slash
	origin        string // scheme://host
	host          string // without port, for a cookie's Domain
	basePath      string // the base URL's path, escaped
	publicHost    string // of WithPublicURL
	publicPath    string
	https         bool
	tlsTerminated bool
	cookieName    string
}

const (
	reasonNoURL      = "it is not a URL"
	reasonScheme     = "it must begin with https:// or http://"
	reasonNoHost     = "it has no host"
	reasonBadHost    = "its host has a character that no host name has"
	reasonUserinfo   = "it must not contain a user or password; use WithHeader for a gateway's Authorization"
	reasonQuery      = "it must not have a query or fragment"
	reasonBadPort    = "there is no such port"
	reasonUnsendable = "it has no host that a request could go to"
)

// parseEndpoint reads a base URL, which is the argument or option field.
func parseEndpoint(field, raw string) (*endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, refused(field, reasonNoURL) // err repeats the URL, which may contain a password
	}
	if reason := unusable(u); reason != "" {
		return nil, refused(field, reason)
	}
	e := &endpoint{https: u.Scheme == "https", host: asciiHost(u.Hostname()), origin: originOf(u), cookieName: DefaultSessionCookieName}
	u = u.JoinPath("/")
	e.basePath, e.baseURL = u.EscapedPath(), u.String()
	// net/url takes some hosts that it would not take again, and some that no request can be written for.
	again, err := url.Parse(e.baseURL)
	if err != nil || (&http.Request{Method: http.MethodGet, URL: again}).Write(io.Discard) != nil {
		return nil, refused(field, reasonUnsendable)
	}
	return e, nil
}

// originOf returns the origin of a URL. The port that the scheme implies names the same one.
func originOf(u *url.URL) string {
	scheme, name := strings.ToLower(u.Scheme), u.Hostname()
	origin := strings.TrimSuffix(scheme+"://"+strings.Replace(strings.ToLower(u.Host), strings.ToLower(name), asciiHost(name), 1), ":")
	if p := u.Port(); p == "443" && scheme == "https" || p == "80" && scheme == "http" {
		origin = strings.TrimSuffix(origin, ":"+p)
	}
	return origin
}

// unusable returns why u can't be a base URL, or "".
func unusable(u *url.URL) string {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return reasonScheme
	case u.Hostname() == "":
		return reasonNoHost
	case strings.ContainsAny(u.Host, `"<>`): // net/url lets them pass, and net/http would send an empty Host for them
		return reasonBadHost
	case u.User != nil:
		return reasonUserinfo
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return reasonQuery
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return reasonBadPort
		}
	}
	return ""
}

// isOwn reports whether a host, with its port if it has one, is the backend's by a scheme, or by the backend's if that
// is "".
func (e *endpoint) isOwn(scheme, host string) bool {
	if own, _, _ := strings.Cut(e.baseURL, ":"); scheme == "" {
		scheme = own
	}
	return originOf(&url.URL{Scheme: scheme, Host: host}) == e.origin
}

const (
	reasonOpaque    = "it has no path: begin it with a slash, or with https:// or http://"
	reasonElsewhere = "it is not the backend's: scheme, host and port must be those of the base URL, or left out together"
	reasonNotBelow  = "its path is not below that of the base URL"
	reasonEmptyPart = "its path has two slashes in a row; an id may be missing"
	reasonOddPath   = "its path has a dot part, a backslash, a control character or bytes that are not UTF-8, which may lead elsewhere"
	reasonOddQuery  = "its query has a space or a control character: escape it"
)

// below returns the URL to send for one that is below the base URL or has no host, and its decoded path below the base
// URL.
func (e *endpoint) below(u *url.URL) (target *url.URL, route string, err error) {
	const field = "URL"
	rest, isBelow := strings.TrimPrefix(u.EscapedPath(), "/"), true
	if u.Host != "" {
		rest, isBelow = strings.CutPrefix("/"+rest, e.basePath)
	}
	switch {
	case u.Opaque != "":
		return nil, "", refused(field, reasonOpaque)
	case u.User != nil:
		return nil, "", refused(field, reasonUserinfo)
	case (u.Scheme == "") != (u.Host == ""), u.Host != "" && !e.isOwn(u.Scheme, u.Host):
		return nil, "", refused(field, reasonElsewhere)
	case !isBelow:
		return nil, "", refused(field, reasonNotBelow)
	case strings.Contains("/"+rest, "//"):
		return nil, "", refused(field, reasonEmptyPart)
	case mayLeadElsewhere(rest):
		return nil, "", refused(field, reasonOddPath)
	case strings.ContainsFunc(u.RawQuery, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return nil, "", refused(field, reasonOddQuery)
	}
	route, err = url.PathUnescape(rest)
	if err == nil {
		target, err = url.Parse(e.baseURL + rest)
	}
	if err != nil {
		return nil, "", refused(field, reasonNoURL)
	}
	target.RawQuery, target.ForceQuery = u.RawQuery, u.ForceQuery
	return target, route, nil
}

// maxDecodings is how often a path is decoded to see what servers may make of it.
const maxDecodings = 8

// mayLeadElsewhere reports whether a server, or a proxy that decodes once more, may take an escaped path for another
// one.
func mayLeadElsewhere(path string) bool {
	for range maxDecodings {
		if !utf8.ValidString(path) || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }) {
			return true
		}
		for part := range strings.SplitSeq(path, "/") {
			if end := strings.IndexAny(part, ";?#"); end >= 0 { // which some servers cut off, decoded or not
				part = part[:end]
			}
			if part = strings.TrimSpace(part); part == "." || part == ".." {
				return true
			}
		}
		decoded := escapedByte.ReplaceAllStringFunc(path, unescapeByte)
		if decoded == path {
			return false
		}
		if path = decoded; path[0] == '/' { // after the slash of the base URL, it would be the beginning of a host
			return true
		}
	}
	return true
}

// escapedByte is a byte as a path has it escaped. Unlike net/url, some servers leave what else begins with a percent
// sign.
var escapedByte = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

func unescapeByte(escaped string) string {
	b, _ := strconv.ParseUint(escaped[1:], 16, 8)
	return string([]byte{byte(b)})
}

// maySendSecure reports whether a Secure cookie may be sent to the backend.
func (e *endpoint) maySendSecure() bool { return e.https || e.tlsTerminated }

// setPublic sets the URL by which browsers reach the backend.
func (e *endpoint) setPublic(raw string) error {
	public, err := parseEndpoint("WithPublicURL", raw)
	if err != nil {
		return err
	}
	e.publicHost, e.publicPath = public.host, public.basePath
	return nil
}

// covers reports whether a browser would send a cookie with this domain and path to all routes of the backend, at its
// own address or at its public one.
func (e *endpoint) covers(domain, path string) bool {
	return covers(e.host, e.basePath, domain, path) || e.publicHost != "" && covers(e.publicHost, e.publicPath, domain, path)
}

func covers(host, basePath, domain, path string) bool {
	domain = asciiHost(strings.TrimPrefix(domain, "."))
	_, notIP := netip.ParseAddr(host)
	if domain != "" && domain != host && (notIP == nil || !strings.HasSuffix(host, "."+domain)) {
		return false
	}
	if !strings.HasPrefix(path, "/") {
		return true // it means the route's own directory; the routes differ by more than that
	}
	return strings.HasPrefix(basePath+"store/", strings.TrimSuffix(path, "/")+"/")
}

// asciiHost returns a host in lower case, and as net/http sends it: an internationalized name in Punycode.
func asciiHost(host string) string {
	host = strings.ToLower(host)
	for i := range len(host) {
		if host[i] >= utf8.RuneSelf {
			var sent bytes.Buffer
			_ = (&http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "http", Host: host}}).Write(&sent)
			if _, after, ok := strings.Cut(sent.String(), "\r\nHost: "); ok {
				host, _, _ = strings.Cut(after, "\r\n")
			}
			break
		}
	}
	return host
}

// redirectHint returns which base URL to set after a redirect from the URL from to location. It shows origin and path
// prefix only, because the rest may contain an email.
func (e *endpoint) redirectHint(from *url.URL, location string) string {
	to, err := from.Parse(location)
	if err != nil || location == "" || to.Host == "" || (to.Scheme != "http" && to.Scheme != "https") {
		return ""
	}
	route := "/" + strings.TrimPrefix(from.EscapedPath(), e.basePath)
	hint := to.Scheme + "://" + to.Host
	if prefix, ok := strings.CutSuffix(strings.TrimSuffix(to.EscapedPath(), "/"), route); ok {
		hint += prefix
	}
	if hint == strings.TrimSuffix(e.baseURL, "/") {
		return ""
	}
	return ", which is not followed: if " + hint + " is yours, make it the base URL"
}
