package customerstest

import (
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/medusa"
)

type settings = medusa.Settings

// An Option changes how the backend is set up; see [New] and [NewServer].
type Option func(*settings)

// WithProduction sets the backend up as NODE_ENV=production does: the session cookie is Secure and SameSite=None, and
// the backend sends it only in response to a request that came over TLS, see [httptest.NewTLSServer], or that has the
// header X-Forwarded-Proto: https, as those of a client with customers.WithTLSTerminated have. Pages of errors have no
// details.
func WithProduction() Option {
	return func(s *settings) { s.Production = true }
}

// WithSessionCookieName sets the name of the session cookie. The default is connect.sid.
func WithSessionCookieName(name string) Option {
	return func(s *settings) { s.CookieName = name }
}

// WithSessionTTL sets how long a session lives without a request. The default is 10 hours.
func WithSessionTTL(ttl time.Duration) Option {
	return func(s *settings) { s.SessionTTL = ttl }
}

// WithRollingSessions makes every response renew the session cookie. By default only the first one sets it.
func WithRollingSessions() Option {
	return func(s *settings) { s.Rolling = true }
}

// WithStoreCORS lets scripts of these origins, such as http://localhost:8000, use the backend with cookies, as its
// setting store_cors does. By default browsers let none.
func WithStoreCORS(origins ...string) Option {
	return func(s *settings) { s.CORSOrigins = origins }
}

// WithCustomerColumns extends the customer by columns of the shop's own, as its documentation describes: registrations
// and updates take any JSON for them, and every response with a customer has them, null at first. Without this option
// such a property is a 400, as on a stock backend.
func WithCustomerColumns(names ...string) Option {
	return func(s *settings) { s.CustomerColumns = names }
}
