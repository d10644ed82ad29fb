package customers

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// Response is what [WithResponse] stores. Printing it or encoding it as JSON shows no body.
type Response struct {
	// StatusCode is the HTTP status, such as 200.
	StatusCode int
	// Header is the response's header but for Set-Cookie, which belongs to the session.
	Header http.Header
	// Attempts is how many requests were sent.
	Attempts int
	// Body is the JSON of a 200 response, such as {"customer":{…}}, with the properties that only the shop has. It is
	// set also beside an error about what the JSON says, such as [OrdersError], [ErrAddressNotAdded] or an order that is
	// not found. It is nil after any other failure, see [Error.Body], and where the response is no JSON. GetToken's has
	// the token.
	Body []byte `json:"-" xml:"-"`
}

// Format prints, for every verb, neither header nor body.
func (r Response) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "customers.Response(status %d, attempts %d, %d bytes)", r.StatusCode, r.Attempts, len(r.Body))
}

// response is what a request brought, its body read and closed.
type response struct {
	op     Operation
	status int
	header http.Header
	url    *url.URL
	body   []byte

	encoded bool    // the body has an encoding that can't be decoded
	foreign bool    // it is whole, and not the API's
	stream  *stream // nil: the body was read
}

// discard closes a response that is not returned.
func (r *response) discard() {
	if r != nil {
		r.stream.discard()
	}
}

const (
	messageOtherJSON   = "the JSON is not what the contract describes"
	messageOddOrders   = "not all orders can be read"
	messageLogInAgain  = "the backend does not know the session or token: log in again"
	messageGateway     = "the 401 is not the backend's: something before it, such as a gateway, wants credentials of its own; see WithHeader"
	messageNewToken    = "ask for a new token with GeneratePasswordToken"
	messageSuperseded  = "the newer one stands; this login is logged out at the backend"
	messageCookieScope = "the login succeeded, but its cookie is for another domain or path, or has expired: see WithPublicURL"
	messageNeedsHTTPS  = "the login succeeded, but a backend in production sends its cookie only over https: use an https base URL, or WithTLSTerminated where TLS ends before the backend"
	messageCookieLost  = "the login succeeded, but no session cookie came: a proxy may have removed it, or the backend was not told that the request came over https"
)

// maxErrorBody is how much of a failed call's body an error keeps.
const maxErrorBody = 4 << 10

// ok reports whether the response is the backend's to a request that succeeded, and not, say, the page of a proxy.
func (r *response) ok() bool {
	switch operations[r.op].body {
	case noBody:
		return r.status == http.StatusNoContent
	case anyBody:
		return r.status/100 == 2
	case jsonBody:
		return r.status == http.StatusOK && !r.encoded && r.isJSON()
	}
	return false
}

// decodeBody makes the body UTF-8 without an encoding. Of a failure, what can't be decoded costs nothing but the
// backend's text.
func (r *response) decodeBody(limit int64) error {
	failed := r.status/100 != 2
	body, err := decodeContent(r.header, r.body, limit)
	r.encoded = errors.Is(err, errEncoding)
	r.body = toUTF8(r.header, body)
	if failed || r.encoded {
		return nil
	}
	return err
}

// isJSON reports whether the body is JSON by its header, or is a JSON object although the header says something else,
// or nothing. What claims to be a page is taken for one.
func (r *response) isJSON() bool {
	return isJSON(r.header) || !strings.Contains(r.header.Get("Content-Type"), "html") &&
		bytes.HasPrefix(bytes.TrimLeft(r.body, " \t\r\n"), []byte("{")) && json.Valid(r.body)
}

// unauthorized reports whether the response is the backend's own 401, and not that of a gateway before it
// (docs/sessions.md, rule 4). The backend's login guard and its logins send the bare word, without the line break that
// a gateway in Go ends it with, and password-reset sends the API's JSON. Before Medusa 1.17 the guard also asks for a
// bearer token, in a header that nothing else has been seen to send.
func (r *response) unauthorized() bool {
	asks := r.header["Www-Authenticate"]
	if r.status != http.StatusUnauthorized || len(asks) > 0 && !slices.Equal(asks, []string{guardBefore117}) {
		return false
	}
	if len(asks) == 0 && isJSON(r.header) {
		body := r.apiError()
		return body.Type == "unauthorized" && body.Message != ""
	}
	t := mediaType(r.header)
	return (t == "" || t == "text/plain") && string(r.body) == "Unauthorized"
}

// guardBefore117 is the WWW-Authenticate header of the login guard of Medusa 1.16 and older.
const guardBefore117 = `Bearer realm="Users"`

// apiError is the backend's JSON for a failure.
type apiError struct {
	Type    string `json:"type"`
	Code    string `json:"code"`
	Message string `json:"message"`
	whole   string // the message
}

// apiError returns the backend's JSON for a failure, as far as the body is that, and the beginning of what is long in
// it.
func (r *response) apiError() (body apiError) {
	_ = json.Unmarshal(r.body, &body) // what of it is as the contract says
	body.whole = body.Message
	for _, text := range []*string{&body.Type, &body.Code, &body.Message} {
		if len(*text) > maxText {
			masked := maskEmails((*text)[:min(len(*text), 2*maxText)]) // before the cut, which may be in an email
			*text = strings.ToValidUTF8(masked[:min(len(masked), maxText)], "") + "…"
		}
	}
	return body
}

// decodeFunc is a decoder of package api.
type decodeFunc[T any] = func(context.Context, []byte, api.DecodeOptions) (*T, error)

// decode decodes a response's body. Both results are set if only some orders can't be read.
func decode[T any](ctx context.Context, r *response, read decodeFunc[T], options api.DecodeOptions) (*T, error) {
	out, err := read(ctx, r.body, options)
	if err == nil {
		return out, nil
	}
	if ctxErr := ctx.Err(); ctxErr != nil && errors.Is(err, ctxErr) {
		return nil, &Error{Operation: r.op, cause: ctxErr}
	}
	if isPartial(err) {
		return out, r.unexpected(messageOddOrders+hintOfOrders(err), err)
	}
	r.foreign = true
	return nil, r.unexpected(messageOtherJSON, err)
}

// isPartial reports whether only some orders can't be read.
func isPartial(err error) bool {
	_, ok := errors.AsType[*OrdersError](err)
	return ok
}

// decodeWithAddresses decodes a customer with the list of addresses, which the contract has as optional because the
// customer of ResetPassword and those of orders come without it. A list that is missing would pass for an empty one.
func decodeWithAddresses(ctx context.Context, body []byte, options api.DecodeOptions) (*api.CustomerEnvelope, error) {
	envelope, err := api.DecodeCustomerEnvelope(ctx, body, options)
	if envelope != nil && envelope.Customer.ShippingAddresses == nil {
		return nil, &DecodeError{Path: "customer.shipping_addresses", Reason: "missing"}
	}
	return envelope, err
}

// decodeWithOrders decodes a login's response with its orders. Only [WithOrders] refers to it, so that a program
// without orders has no decoders of them.
func decodeWithOrders(ctx context.Context, body []byte, options api.DecodeOptions) (*api.CustomerEnvelope, error) {
	envelope, err := api.DecodeSessionEnvelope(ctx, body, options)
	switch {
	case envelope == nil:
		return nil, err
	case envelope.Customer.ShippingAddresses == nil:
		return nil, &DecodeError{Path: "customer.shipping_addresses", Reason: "missing"}
	case envelope.Customer.Orders == nil:
		return nil, &DecodeError{Path: "customer.orders", Reason: "missing"}
	}
	return (*api.CustomerEnvelope)(envelope), err
}

// failure returns an error of kind about the response.
func (r *response) failure(kind error, message string) *Error {
	return &Error{Operation: r.op, StatusCode: r.status, Message: message, kind: kind, received: r.kept(nil)}
}

// kept returns what an error keeps of the response.
func (r *response) kept(body []byte) func() (http.Header, []byte) {
	header := withoutSetCookie(r.header)
	return func() (http.Header, []byte) { return header, body }
}

// unexpected returns an error about a response that is not what the contract describes.
func (r *response) unexpected(message string, cause error) *Error {
	e := r.failure(ErrUnexpectedResponse, message)
	e.cause = redacted(cause)
	return e
}

// check returns the error of a response that is not the backend's to a request that succeeded.
func (r *response) check(e *endpoint) error {
	switch {
	case r.status/100 != 2:
		return r.statusError(e)
	case r.encoded && operations[r.op].body == jsonBody:
		return r.unexpected(messageEncoding+headerNames(r.header["Content-Encoding"]), nil)
	case !r.ok():
		return r.unexpected(messageNotMedusa+" Its content type is"+cmp.Or(headerNames(r.header["Content-Type"]), ": none"), nil)
	}
	return nil
}

// statusError returns the error of a response that is not 2xx.
func (r *response) statusError(at *endpoint) *Error {
	op := operations[r.op]
	e := r.failure(statusKind(r.status), "")
	e.RetryAfter = r.retryAfter()
	e.received = r.kept(bytes.Clone(r.body[:min(len(r.body), maxErrorBody)]))
	if r.isJSON() {
		body := r.apiError()
		e.Type, e.Code, e.Message = shown(body.Type, maxName), shown(body.Code, maxName), shown(body.Message, maxText)
		if r.status/100 == 4 && r.status != http.StatusUnauthorized {
			e.addFields(body.whole)
		}
	}
	switch {
	case r.status == http.StatusUnauthorized && !r.unauthorized():
		e.kind, e.Message = ErrUnexpectedResponse, messageGateway
	case r.status == http.StatusUnauthorized:
		e.kind = op.unauthorized
		if op.session == secured {
			e.Message = messageLogInAgain
		}
	case r.status == http.StatusInternalServerError && e.Type == "unknown_error" && !errors.Is(op.internal, ErrInternal):
		e.kind, e.Message = op.internal, messageNewToken
	case r.status == http.StatusUnprocessableEntity && e.Type != "duplicate_error":
		e.kind = ErrInvalidInput
	case r.status/100 == 3 && r.status != http.StatusNotModified:
		e.Message = "the backend redirects" + shown(at.redirectHint(r.url, r.header.Get("Location")), maxText)
	}
	r.explain(e)
	return e
}

// explain adds to the error of a status what the response most likely means.
func (r *response) explain(e *Error) {
	switch {
	case r.isJSON() && len(r.header["Www-Authenticate"]) == 0 && isMedusa2(r.status, r.body):
		e.kind, e.Type, e.Code, e.Message = ErrUnexpectedResponse, "", "", messageMedusa2
		if r.status == http.StatusUnauthorized {
			e.Message = messageMedusa2Auth
		}
	case r.encoded:
		e.hint(messageEncoding + headerNames(r.header["Content-Encoding"]))
	case r.status == http.StatusNotFound && !r.isJSON() && r.op == OperationGetToken:
		e.Message = messageNoTokens
	case r.status == http.StatusNotFound && !r.isJSON():
		e.Message = messageNoRoute
	case r.status == http.StatusNotFound && r.op == OperationListPaymentMethods && strings.Contains(e.Message, "payment provider"):
		e.hint(messageProvider)
	case r.status == http.StatusInternalServerError && r.op == OperationListOrders && strings.ContainsAny(r.url.Query().Get("fields"), "+-"):
		e.hint(messageSignedNames)
	case r.status == http.StatusInternalServerError && r.op == OperationListOrders && (r.url.Query().Has("fields") || r.url.Query().Has("expand")):
		e.hint(messageUnknownName)
	case r.status == http.StatusRequestEntityTooLarge:
		e.hint(messageTooLarge)
	case r.status == http.StatusRequestURITooLong, r.status == http.StatusRequestHeaderFieldsTooLarge:
		e.hint(messageURLTooLarge)
	}
}

// hint puts what this package knows before what the backend wrote.
func (e *Error) hint(message string) {
	if e.Message != "" {
		message += ": " + e.Message
	}
	e.Message = shown(message, maxText)
}

// maxStatedRetryAfter is how many seconds of a Retry-After an error repeats.
const maxStatedRetryAfter = 365 * 24 * 3600

// retryAfter returns how long the response asks to wait. A date counts from the response's own.
func (r *response) retryAfter() time.Duration {
	return retryAfter(r.header.Get("Retry-After"), responseTime(r.header, time.Now()))
}

// retryAfter reads both forms of the header: seconds, or a date. It returns 0 for anything else.
func retryAfter(value string, now time.Time) time.Duration {
	// A number too large for Go comes out as the largest there is.
	if seconds, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, maxStatedRetryAfter)) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(0, date.Sub(now)), maxStatedRetryAfter*time.Second)
	}
	return 0
}

// statusKind returns the sentinel of a status, as far as it does not depend on the operation. 520 to 530 are a CDN's
// own about the backend behind it.
func statusKind(status int) error {
	if status >= 520 && status <= 530 {
		return ErrUnavailable
	}
	return cmp.Or(statusKinds[status], ErrUnexpectedResponse)
}

// statusKinds are the sentinels of the statuses whose meaning does not depend on the operation.
var statusKinds = map[int]error{
	http.StatusNotModified:                 ErrNotModified,
	http.StatusBadRequest:                  ErrInvalidInput,
	http.StatusRequestEntityTooLarge:       ErrInvalidInput,
	http.StatusRequestURITooLong:           ErrInvalidInput,
	http.StatusRequestHeaderFieldsTooLarge: ErrInvalidInput,
	http.StatusNotFound:                    ErrNotFound,
	http.StatusConflict:                    ErrConflict,
	http.StatusUnprocessableEntity:         ErrDuplicate,
	http.StatusTooManyRequests:             ErrRateLimited,
	http.StatusInternalServerError:         ErrInternal,
	http.StatusRequestTimeout:              ErrUnavailable,
	http.StatusBadGateway:                  ErrUnavailable,
	http.StatusServiceUnavailable:          ErrUnavailable,
	http.StatusGatewayTimeout:              ErrUnavailable,
}

// noSessionCookie returns the error of a login that succeeded without a session cookie.
func (r *response) noSessionCookie(e *endpoint) *Error {
	names := cookieNames(r.header)
	message := messageCookieLost
	switch {
	case slices.Contains(names, e.cookieName):
		return r.failure(ErrNoSessionCookie, messageCookieScope)
	case !e.maySendSecure():
		message = messageNeedsHTTPS
	}
	if len(names) > 0 {
		message += "; the response sets " + listed(names) + " and not " + e.cookieName + ": see WithSessionCookieName"
	}
	return r.failure(ErrNoSessionCookie, message)
}

func mediaType(h http.Header) string {
	t, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

func withoutSetCookie(h http.Header) http.Header {
	h = h.Clone()
	h.Del("Set-Cookie")
	return h
}
