package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// ErrNotMedusa is the error of a URL at which another program responds than the storefront API of a Medusa v1 backend.
// Its text says what was seen.
var ErrNotMedusa = errors.New("this is not the storefront API of a Medusa v1 backend")

// look reads without a login, and finds out whether the URL is that of a backend before anything is changed there.
func (r *run) look(ctx context.Context) error {
	s := &script{run: r, ctx: ctx}
	s.progress("reads: without a login")
	if s.strangers(); s.overHTTPS() {
		r.record.Exchanges = nil
		s.strangers()
	}
	if s.err != nil || slices.ContainsFunc(r.record.Exchanges, isMedusa) {
		return s.err
	}
	return r.notMedusa(ctx)
}

// strangers sends reads without a login.
func (s *script) strangers() {
	unknown := exists(s.newAccount().email)
	x := s.get(stepUnknown, unknown, nil)
	s.again(x, unknown, nil)
	s.get(stepNoEmail, exists("specdiff"), nil)
	for _, path := range []string{mePath, ordersPath, methodsPath, authPath} {
		s.get("read without a login", path, nil)
	}
	for _, path := range s.config.Ask {
		s.get(StepAsk, path, nil)
	}
}

// isMedusa reports whether a response is such as only Medusa v1 sends: whether an email has an account, or the word of
// the login guard.
func isMedusa(x Exchange) bool {
	if path, _, _ := strings.Cut(x.URL, "?"); x.Status == http.StatusOK && template(path) == authPath+"/{email}" {
		var body struct {
			Exists *bool `json:"exists"`
		}
		return json.Unmarshal(x.ResponseBody, &body) == nil && body.Exists != nil
	}
	return x.Status == http.StatusUnauthorized && foreign(x.Exchange) == "" && string(x.ResponseBody) == guardWord
}

// notMedusa returns the error of a URL at which no response was Medusa's.
func (r *run) notMedusa(ctx context.Context) error {
	all := r.record.Exchanges
	if len(all) == 0 {
		return fmt.Errorf("%w: the backend emulates none of the routes that were asked", ErrNotMedusa)
	}
	every := func(is func(x *conform.Exchange) bool) bool {
		return !slices.ContainsFunc(all, func(x Exchange) bool { return !is(x.Exchange) })
	}
	elsewhere := r.elsewhere(ctx)
	switch {
	case elsewhere != "":
		return fmt.Errorf("%w: it is at %s", ErrNotMedusa, elsewhere)
	case slices.ContainsFunc(all, func(x Exchange) bool { return isMedusa2(x.Exchange) }):
		return fmt.Errorf("%w: it responds as Medusa v2 does, which has another API", ErrNotMedusa)
	case every(func(x *conform.Exchange) bool { return x.Status/100 == 2 && isPage(x) }):
		return fmt.Errorf("%w: it responds to each route with a page, as a storefront or an admin does: give the backend's own URL", ErrNotMedusa)
	case every(routeless):
		return fmt.Errorf("%w: it responds to each route with 404: if the backend is below a path, give the URL with the path", ErrNotMedusa)
	case every(func(x *conform.Exchange) bool { return foreign(x) != "" }):
		return fmt.Errorf("%w: something before it responds to each request: %s", ErrUnreachable, foreign(all[0].Exchange))
	}
	return fmt.Errorf("%w: it responds with %s to %s", ErrNotMedusa, described(all[0].Exchange), r.record.secrets.hidden(all[0].Method+" "+all[0].URL))
}

// described returns a status and a content type.
func described(x *conform.Exchange) string {
	kind, _, _ := strings.Cut(x.ResponseHeader.Get("Content-Type"), ";")
	if kind == "" || strings.ContainsFunc(kind, func(c rune) bool { return c <= ' ' || c > '~' }) || len(kind) > longestName {
		return fmt.Sprint(x.Status)
	}
	return fmt.Sprintf("%d, %s,", x.Status, kind)
}

// isMedusa2 reports whether a failure is such as only Medusa v2 responds with, which wants a publishable key on each
// route.
func isMedusa2(x *conform.Exchange) bool {
	return x.Status == http.StatusBadRequest && failureOf(x).Type == "not_allowed" && bytes.Contains(bytes.ToLower(x.ResponseBody), []byte("publishable"))
}

// elsewhere returns the URL without its path if Medusa is there; "" otherwise, or if it has no path.
func (r *run) elsewhere(ctx context.Context) string {
	if r.base.Path == "" {
		return ""
	}
	root := url.URL{Scheme: r.base.Scheme, Host: r.base.Host}
	x := &conform.Exchange{Method: http.MethodGet, URL: mePath, RequestHeader: http.Header{}}
	ctx, cancel := context.WithTimeout(ctx, orDefault(r.config.Patience, defaultPatience))
	defer cancel()
	if err := r.exchange(ctx, &root, x); err != nil || !isMedusa(Exchange{Exchange: x}) {
		return ""
	}
	return root.String()
}
