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
	backend  string // base URL
	public   string // the site's URL in the browser
	sessions string // relay, memory or redis
	log      *slog.Logger
	mail     func(email string) // sends the mail that a password token is for; nil if the backend does
}

// site is the whole site. Its pages share one client, which can never become a customer.
type site struct {
	config

	shop      *customers.Client
	templates map[string]*template.Template
	turns     turns
}

// A page does what a request asks for, as the customer of c. With an error, it returns the form that was refused, or nil.
type page func(r *http.Request, c *customers.Client) (*view, error)

// newSite makes the site's handler.
func newSite(cfg config) (http.Handler, error) {
	s := &site{config: cfg, templates: map[string]*template.Template{}}
	sessions, err := newSessions(cfg)
	if err != nil {
		return nil, err
	}
	s.shop, err = customers.New(cfg.backend, append(sessions.options,
		customers.WithoutSession(), customers.WithTimeout(callBudget), customers.WithLogger(cfg.log))...)
	if err != nil {
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
		"/":                           func(*http.Request, *customers.Client) (*view, error) { return nil, errNoPage },
	} {
		mux.Handle(pattern, s.serve(p))
	}
	mux.Handle("GET /static/", http.FileServerFS(files))
	csrf := http.NewCrossOriginProtection()
	if err := csrf.AddTrustedOrigin(cfg.public); err != nil { // for browsers that send no Sec-Fetch-Site, behind a proxy
		return nil, fmt.Errorf("-url: %w", err)
	}
	csrf.SetDenyHandler(s.serve(func(*http.Request, *customers.Client) (*view, error) { return nil, errCrossOrigin }))
	return headers(csrf.Handler(http.MaxBytesHandler(sessions.wrap(mux), 64<<10))), nil
}

// headers sets the headers that tell browsers to be careful. Only what is static may be stored: after a logout, the back
// button shows nothing.
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
		ctx, cancel := context.WithTimeout(ctx, pageBudget)
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
	session := sessionFromContext(r.Context())
	v, err := s.run(r, p, s.shop.WithSession(session))
	if session != nil {
		session.Relay(w)
	}
	switch {
	case err == nil && v.to != "":
		http.Redirect(w, r, v.to, http.StatusSeeOther)
		return http.StatusSeeOther, nil
	case v == nil && errors.Is(err, customers.ErrUnauthenticated):
		why := "ended"
		http.Redirect(w, r, "/login?"+url.Values{"done": {why}, "next": {r.URL.Path}}.Encode(), http.StatusSeeOther)
		return http.StatusSeeOther, err
	case v == nil:
		v = &view{template: "error", Title: "That did not work"}
	}
	status := http.StatusOK
	if err != nil {
		var pb problem
		pb, v.Fields = explain(err)
		v.Problem, status = pb.Text, pb.Status
	}
	v.Notice, v.Path, v.LoggedIn = notices[r.FormValue("done")], r.URL.Path, session != nil && session.LoggedIn()
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

// run reads the form and runs the page.
func (s *site) run(r *http.Request, p page, c *customers.Client) (*view, error) {
	if err := r.ParseForm(); err != nil {
		return nil, errBadForm
	}
	for name, values := range r.PostForm {
		if name != "Password" {
			values[0] = strings.TrimSpace(values[0])
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
