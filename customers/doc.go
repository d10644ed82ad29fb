// Package customers acts for storefront customers of a Medusa v1 backend: register, log in, read and change the
// profile, addresses and orders, list payment methods, reset a password.
//
//	c, err := customers.New("https://shop.example.com")
//	…
//	me, err := c.Create(ctx, customers.CreateRequest{Email: "user@example.com", Password: "supersecret"})
//	me, err = c.Retrieve(ctx)
//
// A [Client] keeps the customer's session cookie in its [Session] and sends it along, as a browser would: after a
// Create or an Authenticate all further calls are the customer's. On a server, make one client with [WithoutSession]
// and derive one for each customer by [Client.WithSession]; [Session.Encode] and [DecodeSession] keep sessions between
// requests.
//
// Results are the models of package api, generated from the contract; amounts are integers in the currency's smallest
// unit, times are UTC. Every error is an [*Error] and one of the sentinels, such as [ErrUnauthenticated], for
// errors.Is.
//
// Reads and deletes that fail on the way are sent again, twice at most; a POST is repeated only if no connection came
// about, so nothing is ever done twice. Every attempt ends within 30 seconds and every answer is bounded.
package customers
