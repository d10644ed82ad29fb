package customers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The kinds of failure, for errors.Is. Every error of this package is an [*Error] of one of these kinds, or of the
// context's own error.
var (
	// ErrInvalidInput means that the input was refused before it was sent, in which case Error.Fields names it, or that
	// the backend refused it (400, 413, 414, 431).
	ErrInvalidInput = newSentinel("invalid_input", http.StatusBadRequest, "invalid input")
	// ErrUnauthenticated means that the customer is not logged in, or no longer (401): log in again. It is one of the four
	// that follow, unless the client sends a bearer token.
	ErrUnauthenticated = newSentinel("unauthenticated", http.StatusUnauthorized, "unauthenticated")
	// ErrNotLoggedIn means that the session never had a login, nor a cookie from a browser; nothing was sent. It is
	// ErrUnauthenticated too.
	ErrNotLoggedIn = newSentinel("not_logged_in", http.StatusUnauthorized, "not logged in", ErrUnauthenticated)
	// ErrSessionEnded means that the backend does not know the session's cookie, or no longer: it has restarted, say, or
	// the cookie of a browser was that of no customer. Calls after the one that found out are not sent. It is
	// ErrUnauthenticated too.
	ErrSessionEnded = newSentinel("session_ended", http.StatusUnauthorized, "session ended", ErrUnauthenticated)
	// ErrSessionExpired means that the session cookie has expired; nothing was sent. It is ErrUnauthenticated too.
	ErrSessionExpired = newSentinel("session_expired", http.StatusUnauthorized, "session expired", ErrUnauthenticated)
	// ErrLoggedOut means that the customer has logged out, or that Session.Forget dropped the login; nothing was sent. It
	// is ErrUnauthenticated too.
	ErrLoggedOut = newSentinel("logged_out", http.StatusUnauthorized, "logged out", ErrUnauthenticated)
	// ErrSessionSuperseded means that a login succeeded, but a newer login or logout of the same session came first and
	// stands. The superseded login is logged out at the backend, for which the call may take up to five seconds longer.
	ErrSessionSuperseded = newSentinel("session_superseded", http.StatusConflict, "superseded by a newer login or logout")
	// ErrNoSession means that the client has no session to log in with; see WithoutSession and WithBearerToken.
	ErrNoSession = newSentinel("no_session", http.StatusInternalServerError, "client without a session")
	// ErrNoSessionCookie means that a login succeeded but brought no usable cookie, or that a Secure cookie would have to
	// go over plain http.
	ErrNoSessionCookie = newSentinel("no_session_cookie", http.StatusBadGateway, "no session cookie")
	// ErrInvalidCredentials means that email or password is wrong (401). A backend whose database fails says so as well.
	ErrInvalidCredentials = newSentinel("invalid_credentials", http.StatusUnauthorized, "wrong email or password")
	// ErrInvalidPasswordToken means that the reset token is malformed, expired, used or another customer's. The backend
	// says so with a 401 or a 500, and sends both also where its database fails.
	ErrInvalidPasswordToken = newSentinel("invalid_password_token", http.StatusBadRequest, "invalid password token")
	// ErrDuplicate means that another customer has this email, or uses this billing address (422).
	ErrDuplicate = newSentinel("duplicate", http.StatusConflict, "duplicate")
	// ErrNotFound means that there is no such country, address, customer, payment provider or route (404), or that the
	// customer has no such order; Message says which.
	ErrNotFound = newSentinel("not_found", http.StatusNotFound, "not found")
	// ErrConflict means that another request got in the way (409): read, then try again.
	ErrConflict = newSentinel("conflict", http.StatusConflict, "conflict")
	// ErrNotModified means that the ETag in the call's If-None-Match header is current (304).
	ErrNotModified = newSentinel("not_modified", http.StatusNotModified, "not modified")
	// ErrAddressNotAdded means that the backend responded with 200 without adding the address, because the customer has
	// one that differs only in company or metadata.
	ErrAddressNotAdded = newSentinel("address_not_added", http.StatusConflict, "address not added")
	// ErrRateLimited means that there were too many requests (429).
	ErrRateLimited = newSentinel("rate_limited", http.StatusTooManyRequests, "rate limited")
	// ErrInternal means that the backend failed (500). It also rejects some bad input so, such as unknown names in Fields
	// or Expand.
	ErrInternal = newSentinel("internal", http.StatusBadGateway, "backend failed")
	// ErrUnavailable means that there was no connection, no whole response in time, or a 408, 502, 503, 504 or a CDN's 520
	// to 530.
	ErrUnavailable = newSentinel("unavailable", http.StatusServiceUnavailable, "backend unavailable")
	// ErrUnexpectedResponse means a response that no Medusa backend gives: a redirect, a page instead of JSON, a body that
	// is cut off or too large.
	ErrUnexpectedResponse = newSentinel("unexpected_response", http.StatusBadGateway, "unexpected response")
)

// Error is every error of this package. Printing or encoding it shows no cookie, token, password, email or body. What
// of it was received has control characters escaped, and a bounded length.
//
//nolint:recvcheck // Format is on the value, so that printing a copy shows no body either
type Error struct {
	// Operation is what failed, such as [OperationAddAddress]; "New" or "DecodeSession" where it was no request.
	Operation Operation
	// Field is the first of Fields; empty where there is none.
	Field string
	// Fields has why each field was refused, by its name, before sending or by the backend. The names are those of the
	// request's fields, such as "Email" and "BillingAddress.City", also where a method has the value as an argument; of
	// what is no field, those of the option or argument, such as "WithHeader"; of properties that only the shop has, the
	// shop's.
	Fields map[string]string
	// StatusCode is the response's HTTP status; 0 when none came.
	StatusCode int
	// RetryAfter is how long the response asks to wait before the next request; 0 if it does not.
	RetryAfter time.Duration
	// Type is the backend's kind of error, such as "invalid_data"; empty when its response had none.
	Type string
	// Code is the backend's coarser kind; it sends none with 400, 401 and 404.
	Code string
	// Message is the backend's text, emails masked, or this package's.
	Message string

	kind     error // the sentinel; nil when the context ended the call
	cause    error
	received func() (http.Header, []byte) // nil when no response came; a function, because fmt prints what is behind a pointer
}

// Header returns the response's header but for Set-Cookie; nil when no response came. Nothing prints it.
func (e *Error) Header() http.Header {
	if e.received == nil {
		return nil
	}
	header, _ := e.received()
	return header
}

// Body returns the beginning of a failed response's body, 4 KiB at most. It may contain a customer's data, so nothing
// prints it.
func (e *Error) Body() []byte {
	if e.received == nil {
		return nil
	}
	_, body := e.received()
	return body
}

// Error returns what failed, with what status, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("customers: ")
	b.WriteString(string(e.Operation))
	b.WriteString(": ")
	if e.StatusCode != 0 {
		fmt.Fprintf(&b, "%d ", e.StatusCode)
	}
	if e.kind != nil {
		b.WriteString(e.kind.Error())
	} else if e.cause != nil {
		b.WriteString(e.cause.Error())
	}
	if e.Field != "" {
		b.WriteString(": ")
		b.WriteString(shown(e.Field, maxName))
	}
	if e.Message != "" {
		b.WriteString(": ")
		b.WriteString(shown(e.Message, maxText))
	}
	e.writeOtherFields(&b)
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, ": try again in %s", e.RetryAfter.Round(time.Second))
	}
	if e.kind != nil && e.cause != nil {
		b.WriteString(": ")
		b.WriteString(shown(e.cause.Error(), maxText))
	}
	return b.String()
}

// writeOtherFields writes the fields that were refused before sending besides the first one. What the backend refused
// is in its message.
func (e *Error) writeOtherFields(b *strings.Builder) {
	if e.StatusCode != 0 {
		return
	}
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		if field != e.Field {
			fmt.Fprintf(b, "; %s: %s", shown(field, maxName), shown(e.Fields[field], maxText))
		}
	}
}

// Kind returns a stable word for what failed, such as "duplicate" for [ErrDuplicate]: for metrics, log queries and
// templates. It is "canceled" or "deadline_exceeded" where the context ended the call. docs/errors.md lists the words.
func (e *Error) Kind() string {
	if s, ok := errors.AsType[*sentinel](e.kind); ok {
		return s.kind
	}
	switch {
	case errors.Is(e.cause, context.Canceled):
		return "canceled"
	case errors.Is(e.cause, context.DeadlineExceeded):
		return "deadline_exceeded"
	}
	return ""
}

// HTTPStatus returns the status with which a server can respond to the visitor for whom it made the call: 4xx for what
// the visitor can mend, such as 409 for [ErrDuplicate], and 5xx for what only the shop can. StatusCode is what the
// backend responded. docs/errors.md lists both.
func (e *Error) HTTPStatus() int {
	s, ok := errors.AsType[*sentinel](e.kind)
	switch {
	case errors.Is(e.cause, context.DeadlineExceeded):
		return http.StatusGatewayTimeout
	case errors.Is(e.cause, context.Canceled):
		return http.StatusServiceUnavailable
	case !ok:
		return http.StatusInternalServerError
	case e.StatusCode == http.StatusNotFound && e.Type == "": // no route of the API
		return http.StatusBadGateway
	case e.StatusCode == http.StatusNotFound && len(e.Fields) > 0: // such as an unknown country
		return http.StatusBadRequest
	}
	return s.status
}

// Unwrap makes errors.Is find the sentinel and what caused the failure, such as context.DeadlineExceeded.
func (e *Error) Unwrap() []error {
	errs := make([]error, 0, 2)
	if e.kind != nil {
		errs = append(errs, e.kind)
	}
	if e.cause != nil {
		errs = append(errs, e.cause)
	}
	return errs
}

// Format prints what Error returns for every verb, so that none shows the body.
func (e Error) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// LogValue logs the fields that tell errors apart.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("operation", string(e.Operation)),
		slog.Int("status", e.StatusCode),
		slog.String("type", shown(e.Type, maxName)),
		slog.String("kind", e.Kind()),
		slog.String("msg", e.Error()),
	)
}

// refused returns an error about input that was not sent.
func refused(field, reason string) *Error {
	return &Error{Field: field, Fields: map[string]string{field: reason}, Message: reason, kind: ErrInvalidInput}
}

// named returns err with its operation, for errors made where that is not known.
func named(operation Operation, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		named := *e
		named.Operation, named.Fields = operation, maps.Clone(e.Fields)
		return &named
	}
	return &Error{Operation: operation, kind: ErrInvalidInput, cause: redacted(err)}
}

// visibleError is an Error without its methods.
type visibleError Error

// MarshalJSON encodes the fields, as encoding/json would if there were no MarshalText.
func (e Error) MarshalJSON() ([]byte, error) { return json.Marshal(visibleError(e)) } //nolint:musttag // see visibleError

// MarshalText returns what Error returns, for encoders such as those of XML and YAML.
func (e Error) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }
