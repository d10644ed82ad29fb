package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// foreign returns what a response is if it is not the backend's own but that of a gateway, rate limiter or proxy before
// it; "" if it is the backend's. It shows nothing about a document.
func foreign(x *conform.Exchange) string {
	switch {
	case x.Status == http.StatusTooManyRequests:
		return "429, a rate limit"
	case x.Status/100 == 3 && x.Status != http.StatusNotModified && x.ResponseHeader.Get("Location") != "":
		return fmt.Sprintf("%d, a redirect%s", x.Status, leadsTo(x.ResponseHeader.Get("Location")))
	case x.Status == http.StatusUnauthorized && !unauthorized(x):
		if len(x.ResponseHeader.Values("WWW-Authenticate")) == 0 && !isPage(x) {
			return "401, with a text that is not Medusa's"
		}
		return "401, a gateway that wants credentials of its own"
	case x.Status == http.StatusForbidden && !own(x):
		return "403, a gateway that refuses the request"
	case x.Status >= http.StatusInternalServerError && x.Status != http.StatusNotImplemented && !own(x):
		return fmt.Sprintf("%d, not in the backend's form", x.Status)
	case x.Status/100 == 2 && isPage(x), x.Status/100 == 4 && isPage(x) && !own(x) && x.Status != http.StatusNotFound:
		return fmt.Sprintf("%d, a page that is not the backend's", x.Status)
	}
	return ""
}

// leadsTo returns where a redirect leads, without the query, which may have a secret.
func leadsTo(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return ""
	}
	to := legible(u.Host + u.Path)
	if path := strings.ToLower(u.Path); strings.Contains(path, "login") || strings.Contains(path, "signin") || strings.Contains(path, "sign-in") || strings.Contains(path, "sso") {
		return " to " + to + ", a login that is before the backend: its credentials can be given with -header, or ask where there is none"
	}
	return " to " + to + ": give the URL of the backend itself, as it is there"
}

// legible returns text of another program on one line, without control characters and not too long.
func legible(text string) string {
	const most = 200
	text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}

// shortly returns the status of a response and what it says about a failure.
func shortly(x *conform.Exchange) string {
	if message := legible(failureOf(x).Message); message != "" {
		return fmt.Sprintf("%d, %q", x.Status, message)
	}
	return fmt.Sprint(x.Status)
}

// guardBefore117 is the WWW-Authenticate header of the login guard of Medusa 1.16 and older.
const guardBefore117 = `Bearer realm="Users"`

const guardWord = "Unauthorized"

// unauthorized reports whether a 401 is the backend's own: the bare word of its login guard, or its JSON. One without a
// body is taken for its own.
func unauthorized(x *conform.Exchange) bool {
	asks := x.ResponseHeader.Values("WWW-Authenticate")
	if len(asks) > 0 && !slices.Equal(asks, []string{guardBefore117}) {
		return false
	}
	return len(x.ResponseBody) == 0 || string(x.ResponseBody) == guardWord || failureOf(x).Type != ""
}

// own reports whether the body of a failure is in a form of the backend: its JSON, the word of its login guard, or a
// page of Express.
func own(x *conform.Exchange) bool {
	failure := failureOf(x)
	return failure.Type != "" && failure.Message != "" || string(x.ResponseBody) == guardWord || isPage(x) && bytes.Contains(x.ResponseBody, []byte("<pre>"))
}

// failure is the backend's JSON for a failure.
type failure struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

func failureOf(x *conform.Exchange) (f failure) {
	if bytes.HasPrefix(bytes.TrimSpace(x.ResponseBody), []byte("{")) {
		_ = json.Unmarshal(x.ResponseBody, &f) // what of it is in this form
	}
	return f
}

// isPage reports whether a body is HTML.
func isPage(x *conform.Exchange) bool {
	return bytes.HasPrefix(bytes.TrimSpace(x.ResponseBody), []byte("<")) && !strings.Contains(x.ResponseHeader.Get("Content-Type"), "json")
}

// routeless reports whether a response says that there is no such route: a 404 that is not in the backend's JSON.
func routeless(x *conform.Exchange) bool {
	return x.Status == http.StatusNotFound && failureOf(x).Type == ""
}

// beforeRouting reports whether the backend may have sent a response without looking for the route: by its login guard,
// or because the body could not be read.
func beforeRouting(x *conform.Exchange) bool {
	return x.Status == http.StatusUnauthorized || isPage(x) && (x.Status == http.StatusBadRequest || x.Status == http.StatusRequestEntityTooLarge)
}

// holds reports whether the base of a probe is what a probe can be compared with: a success, or the refusal of
// credentials that a request without a session was sent to get. If the backend refuses the base, it refuses all that
// differs from it too.
func holds(base *conform.Exchange) bool {
	return foreign(base) == "" && (base.Status/100 == 2 || base.Status == http.StatusUnauthorized && failureOf(base).Type != "")
}

// unsniffed removes the content type that proxies in Go make for the login guard's responses, which have none. They make
// none where they happen to send the header before the body.
func (r *run) unsniffed() {
	const sniffed = "text/plain; charset=utf-8"
	var guards []http.Header
	for _, x := range r.record.Exchanges {
		if x.Status == http.StatusUnauthorized && string(x.ResponseBody) == guardWord && x.Method+x.URL != http.MethodPost+authPath && x.URL != bearerPath {
			guards = append(guards, x.ResponseHeader)
		}
	}
	isSniffed := func(h http.Header) bool { return h.Get("Content-Type") == sniffed }
	if !slices.ContainsFunc(guards, isSniffed) || slices.ContainsFunc(guards, func(h http.Header) bool { return !isSniffed(h) && h.Get("Content-Type") != "" }) {
		return
	}
	for _, h := range guards {
		h.Del("Content-Type")
	}
	r.note("a proxy seems to add a content type to the login guard's responses, which was not compared")
}

// lacking finds the operations whose routes the backend does not have.
func (c *check) lacking() {
	first, has := map[string]*Exchange{}, map[string]bool{}
	for i, result := range c.results {
		x := &c.record.Exchanges[i]
		switch {
		case result.Operation == "" || foreign(x.Exchange) != "", x.Step == stepNoEmail: // another route may respond to it
		case routeless(x.Exchange):
			if first[result.Place] == nil {
				first[result.Place] = x
			}
		case !beforeRouting(x.Exchange):
			has[result.Place] = true
		}
	}
	for place, x := range first {
		if !has[place] {
			c.lacks[place] = true
			c.add(finding.Point{Place: place, Aspect: finding.Presence}, finding.Contradicts, "documented", "absent", fmt.Sprintf("%d to %s", x.Status, place), x, 1)
		}
	}
}

// failing finds the operations that always fail with one status, as a route does that a shop switched off. What was sent
// in vain on purpose is not looked at, and neither is a login that is refused.
func (c *check) failing() {
	if c.record.Foreign {
		return
	}
	first, works := map[string]*Exchange{}, map[string]bool{}
	for i, result := range c.results {
		x := &c.record.Exchanges[i]
		switch place := result.Place; {
		case result.Operation == "" || foreign(x.Exchange) != "" || x.Status == http.StatusUnauthorized || x.Step == stepNoEmail || works[place]:
		case x.Status < http.StatusBadRequest:
			works[place] = true
		case x.Probe != nil || c.lacks[place] || len(c.contract.CheckRequest(x.Exchange).Findings) > 0:
		case first[place] == nil:
			first[place] = x
		case first[place].Status != x.Status:
			works[place] = true // it depends on what is sent
		}
	}
	for place, x := range first {
		untried := slices.Contains(c.record.Untried, place) || slices.ContainsFunc(c.record.Unseen, func(t Trouble) bool {
			return t.Operation == place && (strings.HasPrefix(t.Text, notTried) || strings.HasPrefix(t.Text, notRegistered))
		})
		if !works[place] && !untried {
			c.lacks[place] = true
			c.add(finding.Point{Place: place, Aspect: finding.Behavior}, finding.Fault, "", "the operation does not work: "+strings.ReplaceAll(shortly(x.Exchange), ";", ","), "", x, 1)
		}
	}
}

// setAside reports whether an exchange shows nothing about the document: its route is missing, which is one finding, or
// its response is not the backend's, which is counted.
func (c *check) setAside(place string, x *Exchange) bool {
	if c.lacks[place] {
		return true
	}
	why := foreign(x.Exchange)
	if why == "" && routeless(x.Exchange) && !own(x.Exchange) && isPage(x.Exchange) {
		why = "404, a page that is not the backend's"
	}
	if why != "" {
		if c.troubles[place] == nil {
			c.troubles[place] = map[string]sighting{}
		}
		c.troubles[place][why] = c.troubles[place][why].again(x)
	}
	return why != ""
}
