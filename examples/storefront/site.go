package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

//go:embed templates static
var files embed.FS

// config is what a site is made of.
type config struct {
	backend  string        // base URL
	public   string        // the site's URL in the browser
	shopKey  string        // the storefront's publishable key, if any
	budget   time.Duration // of a call of the backend
	sessions string        // relay, memory or redis
	redis    string        // the Redis's URL
	key      []byte        // 32 bytes that encrypt what is in Redis
	log      *slog.Logger
	mail     func(email string) // sends the mail that a password token is for; nil if the backend does
}

// site is the whole site. Its pages share one client, which can never become a customer.
type site struct {
	config

	shop      *customers.Client
	logins    *logins
	templates map[string]*template.Template
	turns     turns
}

// A page does what a request asks for, as the customer of c. With an error, it returns the form that was refused, or
// nil.
type page func(r *http.Request, c *customers.Client) (*view, error)

// newSite makes the site's handler.
func newSite(cfg config) (http.Handler, error) {
	s := &site{config: cfg, templates: map[string]*template.Template{}}
	var err error
	if s.logins, err = newLogins(cfg, s.failure); err != nil {
		return nil, err
	}
	options := []customers.Option{
		customers.WithoutSession(), customers.WithSessionHook(s.logins.keep), customers.WithTimeout(cfg.budget), customers.WithLogger(cfg.log),
	}
	if cfg.shopKey != "" {
		options = append(options, customers.WithPublishableKey(cfg.shopKey))
	}
	if s.shop, err = customers.New(cfg.backend, options...); err != nil {
		return nil, fmt.Errorf("-backend: %w", err)
	}
	layout := template.Must(template.New("").Funcs(funcs).ParseFS(files, "templates/parts/*.html"))
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		s.templates[strings.TrimSuffix(path.Base(name), ".html")] = template.Must(template.Must(layout.Clone()).ParseFS(files, name))
	}
	mux := http.NewServeMux()
	for pattern, p := range map[string]page{
		"/{$}":                        s.home,
		"/register":                   s.register,
		"/login":                      s.login,
		"POST /logout":                s.logout,
		"/forgot":                     s.forgot,
		"/reset":                      s.reset,
		"/profile":                    s.profile,
		"GET /addresses":              s.addresses,
		"/addresses/new":              s.addAddress,
		"/addresses/{id}":             s.editAddress,
		"POST /addresses/{id}/delete": s.deleteAddress,
		"/billing":                    s.billing,
		"/billing/edit":               s.editBilling,
		"GET /orders":                 s.orders,
		"GET /orders/{id}":            s.order,
		"POST /orders/{id}/again":     s.orderAgain,
		"GET /cart":                   s.cart,
		"/":                           func(*http.Request, *customers.Client) (*view, error) { return nil, errNoPage },
	} {
		mux.Handle(pattern, s.serve(p))
	}
	mux.Handle("GET /static/", http.FileServerFS(files))
	csrf := http.NewCrossOriginProtection()
	if err := csrf.AddTrustedOrigin(cfg.public); err != nil { // for browsers that send no Sec-Fetch-Site, behind a proxy
		return nil, fmt.Errorf("-url: %w", err)
	}
	csrf.SetDenyHandler(s.failure(errOrigin))
	return headers(csrf.Handler(http.MaxBytesHandler(s.logins.wrap(mux), 64<<10))), nil
}

// headers sets the headers that tell browsers to be careful. Only what is static may be stored: after a logout, the
// back button shows nothing.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		// The URL of /reset has a token. By no-referrer, forms would have no Origin, which csrf needs on plain http.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if strings.HasPrefix(r.URL.Path, "/static/") {
			h.Set("Cache-Control", "max-age=300")
		}
		if r.URL.Path == "/logout" { // browsers keep pages for the back button in spite of no-store
			h.Set("Clear-Site-Data", `"cache"`)
		}
		next.ServeHTTP(w, r)
	})
}

// serve makes a handler of a page. It logs what OpenTelemetry's conventions name so; a span of the request is named by
// r.Pattern, and one of a call of the backend by customers.OperationFromContext, as examples/otelhttp does.
func (s *site) serve(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx := r.Context()
		if r.Method == http.MethodPost {
			// A second click cancels the first request, which may have been carried out: it is let finish.
			ctx = context.WithoutCancel(ctx)
		}
		ctx, cancel := context.WithTimeout(ctx, 3*s.budget/2)
		defer cancel()
		status, err := s.respond(w, r.WithContext(ctx), p)
		level := slog.LevelInfo
		if status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		s.log.LogAttrs(ctx, level, "request", slog.String("http.request.method", r.Method), slog.String("http.route", r.Pattern),
			slog.Int("http.response.status_code", status), slog.Duration("duration", time.Since(start)), slog.Any("err", err))
	})
}

// respond writes the response and returns its status, and what failed.
func (s *site) respond(w http.ResponseWriter, r *http.Request, p page) (int, error) {
	session := customers.SessionFromContext(r.Context())
	v, err := s.run(r, p, s.shop.WithSession(session))
	if v != nil && v.cookie != nil {
		http.SetCookie(w, v.cookie)
	}
	switch {
	case err == nil && v.to != "":
		http.Redirect(w, r, v.to, http.StatusSeeOther)
		return http.StatusSeeOther, nil
	case v == nil && errors.Is(err, customers.ErrUnauthenticated):
		q := url.Values{"done": {"login"}}
		if errors.Is(err, customers.ErrSessionEnded) || errors.Is(err, customers.ErrSessionExpired) {
			q.Set("done", "ended")
		}
		if r.Method != http.MethodPost {
			q.Set("next", r.URL.Path)
		}
		http.Redirect(w, r, "/login?"+q.Encode(), http.StatusSeeOther)
		return http.StatusSeeOther, err
	case v == nil:
		v = &view{template: "error", Title: "That did not work"}
	}
	status := http.StatusOK
	if err != nil {
		status, v.Problem, v.Fields = explain(err, r.PostForm)
	}
	if v.Path = r.URL.Path; r.Method != http.MethodPost {
		v.Notice = notices[r.FormValue("done")]
	}
	if session != nil {
		state := session.State()
		v.LoggedIn = state == customers.SessionLoggedIn || state == customers.SessionUnverified && !v.visitor
	}
	var body bytes.Buffer
	if err := s.templates[v.template].ExecuteTemplate(&body, "layout", v); err != nil {
		http.Error(w, "This page can't be shown.", http.StatusInternalServerError)
		return http.StatusInternalServerError, err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the browser may have gone
	return status, err
}

// failure makes a page about an error.
func (s *site) failure(err error) http.Handler {
	return s.serve(func(*http.Request, *customers.Client) (*view, error) { return nil, err })
}

// run reads the form and runs the page.
func (s *site) run(r *http.Request, p page, c *customers.Client) (*view, error) {
	if err := r.ParseForm(); err != nil {
		return nil, errForm
	}
	for name := range r.PostForm {
		if name != "Password" {
			r.PostForm.Set(name, strings.TrimSpace(r.PostForm.Get(name)))
		}
	}
	if r.Method == http.MethodPost {
		release, err := s.turns.take(r)
		if err != nil {
			return nil, err
		}
		defer release()
	}
	return p(r, c)
}
