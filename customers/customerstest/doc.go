// Package customerstest is a backend in memory, for the tests of whoever imports package customers. It answers as a
// Medusa v1.20 store does on its customer and auth routes, and is held against a real one, answer by answer, in this
// module's CI. It needs no database, starts in well under a millisecond and forgets everything when it is closed.
//
//	srv := customerstest.NewServer(t)
//	ada := srv.AddCustomer(customerstest.Customer{FirstName: "Ada"})
//	srv.AddOrder(ada.ID, customerstest.Order{})
//
//	c, err := customers.New(srv.URL)
//	…
//	me, err := c.Auth.Authenticate(ctx, ada.Email, customerstest.DefaultPassword)
//	srv.Inject(customerstest.Fault{Status: http.StatusServiceUnavailable})
//	orders, err := c.ListOrders(ctx, nil) // tried again, as the client does
//	fmt.Println(srv.Requests())
//
// [NewServer] is for tests; [New] makes the same [Backend] as an [net/http.Handler] for programs, examples and
// connections of your own. A Backend has methods for what a shop or time would do: put in customers, orders and payment
// methods, read the password tokens that would be mailed, end sessions, delete customers, set the clock; and for what a
// test wants to see or to go wrong.
//
// # What differs
//
// It has all the surprises of the real backend that were found, down to the wording of errors. These differ:
//
//   - A path with a broken escape, such as /store/auth/%ZZ, is net/http's 400; the backend answers 500, or 404.
//   - Pages of errors show no stack, and the one for JSON that can't be read gives another reason than Node does.
//   - The 204 to OPTIONS says no Content-Length; the backend says 0.
//   - A body in UTF-7 or UTF-32 is a 415; the backend reads it.
//   - Shipping addresses come in the order in which they were added; the backend's order is not defined.
//   - Totals of orders are shown as they were put in. The backend computes them, and on an order with a tax rate of its
//     own it taxes the lines twice if a total is named in fields.
//   - Routes of other parts of the backend, such as /store/carts or /health, are not there.
//   - A body that ends the real backend's process, with half of a surrogate pair in the email beside a bad billing
//     address, is answered.
package customerstest
