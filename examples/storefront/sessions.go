package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/medusa-storefront/customers-go/customers"
)

// sessions is where the customers' logins are between two requests.
type sessions struct {
	options []customers.Option                   // of the client
	wrap    func(next http.Handler) http.Handler // puts the session of a request into its context
}

func newSessions(cfg config) (*sessions, error) {
	switch cfg.sessions {
	case "relay":
		return &sessions{wrap: relay}, nil
	}
	return nil, fmt.Errorf("-sessions: %q is not one of relay, memory and redis", cfg.sessions)
}

// relay lets the browser keep the login.
func relay(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := customers.SessionFromRequest(r, customers.BrowserCookie{})
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, session)))
	})
}

type sessionKey struct{}

func sessionFromContext(ctx context.Context) *customers.Session {
	session, _ := ctx.Value(sessionKey{}).(*customers.Session)
	return session
}
