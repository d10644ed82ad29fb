package customers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// The kinds of failure, for errors.Is. Every error of this package is an [*Error] of one of these kinds, or of the
// context's own error.
var (
	// ErrInvalidInput means that the input was refused before it was sent, in which case Error.Field names it, or that the
	// backend refused it (400, 413, 414, 431).
	ErrInvalidInput = errors.New("invalid input")
	// ErrUnauthenticated means that the customer is not logged in, or no longer (401): log in again. It is one of the four
	// that follow, unless the client sends a bearer token.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrNotLoggedIn means that the session never had a login, nor a cookie from a browser; nothing was sent. It is
	// ErrUnauthenticated too.
	ErrNotLoggedIn error = unauthenticated("not logged in")
	// ErrSessionEnded means that the backend does not know the session's cookie, or no longer: it has restarted, say, or the
	// cookie of a browser was that of no customer. Calls after the one that found out are not sent. It is ErrUnauthenticated
	// too.
	ErrSessionEnded error = unauthenticated("session ended")
	// ErrSessionExpired means that the session cookie has expired; nothing was sent. It is ErrUnauthenticated too.
	ErrSessionExpired error = unauthenticated("session expired")
	// ErrLoggedOut means that the customer has logged out, or that Session.Forget dropped the login; nothing was sent. It is
	// ErrUnauthenticated too.
	ErrLoggedOut error = unauthenticated("logged out")
	// ErrSessionSuperseded means that a login succeeded, but a newer login or logout of the same session came first and
	// stands. The superseded login is logged out at the backend, for which the call may take up to five seconds longer.
	ErrSessionSuperseded = errors.New("superseded by a newer login or logout")
	// ErrNoSession means that the client has no session to log in with; see WithoutSession and WithBearerToken.
	ErrNoSession = errors.New("client without a session")
	// ErrNoSessionCookie means that a login succeeded but brought no usable cookie, or that a Secure cookie would have to
	// go over plain http.
	ErrNoSessionCookie = errors.New("no session cookie")
	// ErrInvalidCredentials means that email or password is wrong (401). A backend whose database fails says so as well.
	ErrInvalidCredentials = errors.New("wrong email or password")
	// ErrInvalidPasswordToken means that the reset token is malformed, expired, used or another customer's. The backend
	// says so with a 401 or a 500, and sends both also where its database fails.
	ErrInvalidPasswordToken = errors.New("invalid password token")
	// ErrDuplicate means that another customer has this email, or uses this billing address (422).
	ErrDuplicate = errors.New("duplicate")
	// ErrNotFound means that there is no such country, address, customer, payment provider or route (404); Message says which.
	ErrNotFound = errors.New("not found")
	// ErrConflict means that another request got in the way (409): read, then try again.
	ErrConflict = errors.New("conflict")
	// ErrNotModified means that the ETag in the call's If-None-Match header is current (304).
	ErrNotModified = errors.New("not modified")
	// ErrAddressNotAdded means that the backend responded with 200 without adding the address, because the customer has
	// one that differs only in company or metadata.
	ErrAddressNotAdded = errors.New("address not added")
	// ErrRateLimited means that there were too many requests (429).
	ErrRateLimited = errors.New("rate limited")
	// ErrInternal means that the backend failed (500). It also rejects some bad input so, such as unknown names in Fields
	// or Expand.
	ErrInternal = errors.New("backend failed")
	// ErrUnavailable means that there was no connection, no whole response in time, or a 408, 502, 503, 504 or a CDN's 520
	// to 530.
	ErrUnavailable = errors.New("backend unavailable")
	// ErrUnexpectedResponse means a response that no Medusa backend gives: a redirect, a page instead of JSON, a body that
	// is cut off or too large.
	ErrUnexpectedResponse = errors.New("unexpected response")
)

// unauthenticated is a case of [ErrUnauthenticated].
type unauthenticated string

func (u unauthenticated) Error() string { return string(u) }
func (unauthenticated) Unwrap() error   { return ErrUnauthenticated }

// Error is every error of this package. Printing or encoding it shows no cookie, token, password, email or body. What of
// it was received has control characters escaped, and a bounded length.
//
//nolint:recvcheck // Format is on the value, so that printing a copy shows no body either
type Error struct {
	// Operation is what failed, such as [OperationAddAddress]; "New" or "DecodeSession" where it was no request.
	Operation Operation
	// Field is the argument, field or option that was refused before sending, such as "Password".
	Field string
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
	// Header is the response's header but for Set-Cookie.
	Header http.Header `json:"-"`
	// Body is the beginning of a failed response's body, 4 KiB at most. It may contain a customer's data, so nothing
	// prints it.
	Body []byte `json:"-"`

	kind  error // the sentinel; nil when the context ended the call
	cause error
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
		b.WriteString(e.Field)
	}
	if e.Message != "" {
		b.WriteString(": ")
		b.WriteString(shown(e.Message, maxText))
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, ": try again in %s", e.RetryAfter.Round(time.Second))
	}
	if e.kind != nil && e.cause != nil {
		b.WriteString(": ")
		b.WriteString(shown(e.cause.Error(), maxText))
	}
	return b.String()
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
		slog.String("msg", e.Error()),
	)
}

// refused returns an error about input that was not sent.
func refused(field, reason string) *Error {
	return &Error{Field: field, Message: reason, kind: ErrInvalidInput}
}

// named returns err with its operation, for errors made where that is not known.
func named(operation Operation, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		named := *e
		named.Operation = operation
		return &named
	}
	return &Error{Operation: operation, kind: ErrInvalidInput, cause: redacted(err)}
}

// visibleError is what encoders see of an Error: all but header, body and cause, under the fields' names.
type visibleError Error

// MarshalJSON encodes the fields but for header and body.
func (e Error) MarshalJSON() ([]byte, error) { return json.Marshal(visibleError(e)) } //nolint:musttag // see visibleError

// MarshalText returns what Error returns, for encoders such as those of XML and YAML.
func (e Error) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// GobEncode encodes the fields but for header and body.
func (e Error) GobEncode() ([]byte, error) { return json.Marshal(visibleError(e)) } //nolint:musttag // see visibleError

// GobDecode decodes what GobEncode encoded. The result is of no sentinel.
func (e *Error) GobDecode(data []byte) error { return json.Unmarshal(data, (*visibleError)(e)) } //nolint:musttag // see visibleError
