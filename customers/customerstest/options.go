package customerstest

import "time"

// settings is what differs from one backend to another.
type settings struct {
	production  bool
	cookieName  string
	sessionTTL  time.Duration
	rolling     bool
	corsOrigins []string
}

func defaultSettings() settings {
	return settings{cookieName: "connect.sid", sessionTTL: 10 * time.Hour}
}

// An Option changes how the backend is set up; see [New] and [NewServer].
type Option func(*settings)

// WithProduction sets the backend up as NODE_ENV=production does: the session cookie is Secure and SameSite=None, and it
// is sent only for requests that came over TLS, see [httptest.NewTLSServer], or say so by X-Forwarded-Proto: https, as
// a client with customers.WithTLSTerminated does. Pages of errors have no details.
func WithProduction() Option {
	return func(s *settings) { s.production = true }
}

// WithSessionCookieName gives the session cookie another name than connect.sid.
func WithSessionCookieName(name string) Option {
	return func(s *settings) { s.cookieName = name }
}

// WithSessionTTL sets how long a session lives without a request. The default is 10 hours.
func WithSessionTTL(ttl time.Duration) Option {
	return func(s *settings) { s.sessionTTL = ttl }
}

// WithRollingSessions makes every answer renew the session cookie. By default it comes once, with the first answer.
func WithRollingSessions() Option {
	return func(s *settings) { s.rolling = true }
}

// WithStoreCORS lets the scripts of these origins, such as http://localhost:8000, use the backend with cookies, as its
// setting store_cors does. By default no browser lets any.
func WithStoreCORS(origins ...string) Option {
	return func(s *settings) { s.corsOrigins = origins }
}
