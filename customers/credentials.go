package customers

import "context"

// WithReloginHook has hook called when a call finds that the login has ended, because the backend responds with 401 or
// the cookie has expired; after the hook the call is made once more. The hook logs in with c:
//
//	customers.WithReloginHook(func(ctx context.Context, c *customers.Client) error {
//		_, err := c.Auth.Authenticate(ctx, email, password)
//		return err
//	})
//
// However many calls find out at once, the hook runs once; those that were under way when it failed share its error.
// Its own calls, with c or its ctx, do not run it. Its ctx carries the first call's values but does not end with it;
// every call waits only as long as its own context allows. When the hook fails, so do the calls, with
// [ErrUnauthenticated] and the hook's error.
//
// The hook renews a login. It does not run for a session that never had one, as far as that is known of a cookie from a
// browser, or after a logout, and any login or logout that begins later wins. A call is not repeated as another customer.
func WithReloginHook(hook func(ctx context.Context, c *Client) error) Option {
	return option(func(c *config) error {
		c.reloginHook = nil
		if hook != nil {
			c.reloginHook = func(ctx context.Context, run *renewal) error {
				return hook(ctx, newClient(caller{config: c, session: run.session, run: run}))
			}
		}
		return nil
	})
}
