// Package customers is a client for the storefront customer API of a Medusa v1 backend. It registers customers and logs
// them in, reads and changes their profile and addresses, lists their orders and payment methods, and resets passwords.
//
//	c, err := customers.New("https://shop.example.com")
//	if err != nil {
//		return err
//	}
//	me, err := c.Auth.Authenticate(ctx, "ada@example.com", "supersecret")
//	if err != nil {
//		return err
//	}
//	orders, err := c.ListOrders(ctx, nil)
//
// Results are the models of package api, which is generated from the contract. Amounts are integers in the currency's
// smallest unit. Times are UTC.
//
// # Sessions
//
// A [Client] stores the customer's session cookie in its [Session] and sends it with every call, as a browser would.
// After [Client.Create] or [AuthService.Authenticate] all further calls are the customer's, until
// [AuthService.DeleteSession]. Calls may overlap: the login that began last wins, and a response to an older cookie
// changes nothing.
//
// A client made with [WithBearerToken] sends a token of [AuthService.GetToken] instead.
//
// [Client.Do] sends requests to all other routes of the backend, such as those of carts, with the same login.
//
// # On a server
//
// A server makes one client with [WithoutSession], which can never become a customer, and derives one for each customer
// by [Client.WithSession]. Between requests, a session is stored as the text of [Session.Encode] and made again by
// [DecodeSession], and [WithSessionHook] reports each change; or the browser's own cookie is the session, by
// [SessionHandler]. What a late response says about an older login undoes no newer one in either way.
//
// A program that acts for an account of its own has [WithCredentials].
//
// # Errors
//
// Every error is an [*Error] and matches one sentinel, such as [ErrUnauthenticated], by errors.Is, or the context's own
// error. Input that can only fail, or that would harm the customer, is [ErrInvalidInput] before it is sent, and
// Error.Fields names it, all of it at once. No error, log line or printed value shows a password, cookie, token or
// email.
//
// # Retries and limits
//
// A GET or DELETE is sent again, twice at most, after a failed connection, 408, 429, 502, 503, 504 or a CDN's 520 to
// 530. A POST is sent again only if nothing of it was sent, so nothing is done twice. Retry-After is honored up to ten
// seconds; a longer one fails at once, with the time in Error.RetryAfter. All attempts together take 30 seconds at
// most, and a response has 32 MiB at most; see [WithMaxRetries], [WithTimeout] and [WithMaxResponseBytes]. Redirects
// are not followed.
//
// # Orders
//
// [Client.ListOrders] returns one page. [Client.Orders] iterates over all orders, each exactly once, also while others
// are placed.
package customers
