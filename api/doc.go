// Package api has the models and a raw client for the storefront customer and auth routes of a Medusa v1 backend. Both
// are generated from openapi.yaml, the contract at the root of this module; [Operation] and the printing of secrets are
// written by hand.
//
// An application imports package customers, whose types are these models under the same names. Package api alone is for
// a program that needs the plain routes and does everything else itself:
//
//	raw, err := api.NewClientWithResponses("https://shop.example.com", api.WithHTTPClient(&http.Client{Jar: jar}))
//	…
//	res, err := raw.AuthenticateWithResponse(ctx, api.Credentials{Email: email, Password: password})
//	switch {
//	case err != nil: // no response
//	case res.JSON200 == nil: // a failure; res.StatusCode() and res.Body have it
//	}
//
// What the raw client does not do, and package customers does: it sends and keeps no session cookie by itself, turns no
// status into an error, repeats no request, sets no limit of time or size, and sends input that the backend takes and
// that harms the customer, such as an empty password.
//
// # Models
//
// A pointer is a property that can be null or absent. A [nullable.Nullable] in a request tells the two apart: null
// clears a field, and absent leaves it as it is. Enumerations are open strings, so a value from a newer or extended
// backend is kept. Amounts are integers in the currency's smallest unit, and times are UTC with milliseconds.
//
// # Decoding
//
// The Decode functions, such as [DecodeOrderPage], decode the body of a response as the contract says. What is missing
// or has another type is a [DecodeError]. An order that can't be read is left out and named by an [OrdersError]. The
// raw client decodes with encoding/json, which does neither.
//
// # Secrets
//
// [Credentials], [CreateRequest], [UpdateRequest], [ResetPasswordRequest] and [Token] contain a password or a token.
// Printing or logging one redacts it. Encoding one as JSON does not, because that is what is sent.
package api
