package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
	"github.com/redis/go-redis/v9"

	"github.com/medusa-storefront/customers-go/customers"
)

// loginLifetime is how long a store keeps a login. The backend's own is ten hours unless configured otherwise.
const loginLifetime = 12 * time.Hour

// logins is where the customers' logins are between two requests: in the browser's cookie, or in a store.
type logins struct {
	wrap func(next http.Handler) http.Handler                      // puts the session of a request into its context
	keep func(ctx context.Context, change customers.SessionChange) // stores a change of that session
}

// newLogins makes what -sessions names. fail makes the page for a store that has failed.
func newLogins(cfg config, fail func(error) http.Handler) (*logins, error) {
	https := strings.HasPrefix(cfg.public, "https://")
	cookie := customers.BrowserCookie{Name: "shop", Insecure: !https}
	if https {
		cookie.Name = "__Host-shop"
	}
	visitors := scs.New() // without IdleTimeout, because each request would then set the browser's cookie, also a late one
	visitors.Lifetime = loginLifetime
	visitors.Cookie.Name, visitors.Cookie.Secure = cookie.Name, https
	visitors.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { fail(err).ServeHTTP(w, r) }
	stored := &storedLogins{visitors: visitors, log: cfg.log, fail: fail}
	switch cfg.sessions {
	case "relay":
		return &logins{
			wrap: func(next http.Handler) http.Handler { return customers.SessionHandler(next, cookie) },
			keep: func(context.Context, customers.SessionChange) {},
		}, nil
	case "memory":
		visitors.Store, stored.store = memstore.New(), &memoryStore{texts: memstore.New()}
	case "redis":
		options, err := redis.ParseURL(cfg.redis)
		if err != nil {
			return nil, fmt.Errorf("-redis: %w", err)
		}
		options.ContextTimeoutEnabled, options.DialTimeout, options.DialerRetries = true, time.Second, 1
		redis.SetLogger(redisLog{cfg.log})
		client := redis.NewClient(options)
		visitors.Store = goredisstore.New(client)
		if stored.store, err = newRedisStore(client, cfg.key); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("-sessions: %q is not one of relay, memory and redis", cfg.sessions)
	}
	return &logins{wrap: func(next http.Handler) http.Handler { return visitors.LoadAndSave(stored.load(next)) }, keep: stored.keep}, nil
}

// storedLogins keeps the logins in a store. A visitor's session of the site has the key of the login. Its own id
// changes with each login, so that an id that was planted before becomes worthless.
type storedLogins struct {
	visitors *scs.SessionManager
	store    store
	log      *slog.Logger
	fail     func(error) http.Handler
}

// A store has the text of each login, which Session.Encode made.
type store interface {
	// get returns the text by the key, or "".
	get(ctx context.Context, key string) (string, error)
	// swap replaces the text by what change makes of it, without any other change between reading and writing.
	swap(ctx context.Context, key string, change func(string) string) error
}

const loginKey = "login"

// load puts the visitor's session into the context of a request.
func (l *storedLogins) load(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := new(customers.Session)
		if key := l.visitors.GetString(r.Context(), loginKey); key != "" {
			text, err := l.store.get(r.Context(), key)
			if err != nil {
				l.fail(err).ServeHTTP(w, r)
				return
			}
			if restored, err := customers.DecodeSession(text); err == nil {
				session = restored
			}
		}
		next.ServeHTTP(w, r.WithContext(customers.ContextWithSession(r.Context(), session)))
	})
}

// keep is the session hook. The visitor's two tabs share the key, so that a late response of one meets what the other
// has stored, and Apply decides what stands. The site's own session gets a new id with each login and logout. By that,
// browsers also forget the pages that they keep for the back button.
func (l *storedLogins) keep(ctx context.Context, change customers.SessionChange) {
	var renewed error
	if change.Reason == customers.ReasonLoggedIn || change.Reason == customers.ReasonLoggedOut {
		renewed = l.visitors.RenewToken(ctx)
		if !l.visitors.Exists(ctx, loginKey) {
			l.visitors.Put(ctx, loginKey, rand.Text())
		}
	}
	if key := l.visitors.GetString(ctx, loginKey); key != "" {
		if err := errors.Join(renewed, l.store.swap(ctx, key, change.Apply)); err != nil {
			l.log.ErrorContext(ctx, "a login was not stored", "reason", change.Reason, "err", err)
		}
	}
}
