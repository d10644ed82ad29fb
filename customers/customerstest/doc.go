// Package customerstest is a backend in memory, for the tests of programs that import package customers. It responds as
// a Medusa v1.20 store does on its customer and auth routes; this module's CI compares it with a real one, response by
// response. It needs no database, starts in less than a millisecond and has no data left when it is closed.
//
//	srv := customerstest.NewServer(t)
//	ada := srv.AddCustomer(customerstest.Customer{FirstName: "Ada"})
//	srv.AddOrder(ada.ID, customerstest.Order{})
//
//	c, err := customers.New(srv.URL)
//	…
//	me, err := c.Auth.Authenticate(ctx, ada.Email, customerstest.DefaultPassword)
//	srv.Inject(customerstest.Fault{Status: http.StatusServiceUnavailable})
//	orders, err := c.ListOrders(ctx, nil) // tried again by the client
//	fmt.Println(srv.Requests())
//
// [NewServer] is for tests. [New] returns the same [Backend] as an [http.Handler] for programs, examples and other
// servers. The program cmd/fakemedusa serves it on a port.
//
// A Backend has methods for what a shop or time does: [Backend.AddCustomer], [Backend.AddOrder],
// [Backend.AddPaymentMethod], [Backend.PasswordTokens], [Backend.ExpireSessions], [Backend.DeleteCustomer] and
// [Backend.SetTime]. [Backend.Requests] returns what it received. [Backend.Inject] makes a request fail, and
// [Backend.Hold] holds one until it is released. [Backend.Handle] adds routes of the test's own, such as those of
// carts.
//
// # What differs
//
// The backend has the peculiarities of the real one for what package customers, the JavaScript client, an HTML form and
// a front end send, invalid input included, down to the wording of errors. To anything else it responds with a 501 and
// the text "not emulated: …", which names what it was:
//
//   - Dates in other forms than those of RFC 3339, toISOString and their beginnings (2024, 2024-03, 2024-03-01, with or
//     without a zone), digits such as unix seconds, and the empty text: V8 reads many more.
//   - Numbers in another base than ten, and in filters of display_id and tax_rate also exponents and digits in groups.
//   - Query parameters in other forms than a=1, a again, a[]=1, a[0]=1&a[1]=2 and a[b]=1: lists with gaps, nested brackets,
//     two forms for one name, a key twice, broken escapes, more than 1000 parameters.
//   - JSON with half of a surrogate pair, a number beyond 1.8e308, or a property that every JavaScript object inherits,
//     such as constructor.
//   - JSON in another charset than UTF-8, and compressed bodies.
//   - A URL with unescaped letters beyond ASCII, a session cookie that is JSON, and a capital sigma in an email.
//
// These differ in other ways:
//
//   - A path with a broken escape, such as /store/auth/%ZZ, is a 400 of net/http; the real backend responds with 500 or 404.
//   - Pages of errors show no stack, and the page for JSON with a syntax error has another reason than Node's.
//   - The 204 to OPTIONS has no Content-Length; the real backend sends 0.
//   - Shipping addresses have the order in which they were added; on the real backend their order is undefined.
//   - The totals of a stored order are those it was given. The real backend computes them, and taxes the lines of an order
//     with a tax rate of its own twice if fields names a total.
//   - An order of AddOrder has ids of a cart, products and shipping profiles that do not exist: expand shows null for them.
//     Its region has no countries.
//   - A currency other than the twelve most common ones has its code for sign and name.
//   - Routes of other parts of the backend, such as /store/carts and /health, do not exist, unless Handle adds them.
package customerstest
