package customers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/textproto"
	"regexp"
	"strings"
)

// What can go wrong, for errors.Is. Every error of this package is an [*Error] that is one of these, or the context's
// own error.
var (
	// ErrInvalidInput: refused before it was sent, or by the backend (400, 413). Error.Field names what was refused here.
	ErrInvalidInput = errors.New("invalid input")
	// ErrUnauthenticated: not logged in, or no longer (401). Log in again. Where the session is known to be over,
	// nothing is sent.
	ErrUnauthenticated = errors.New("not logged in")
	// ErrSessionExpired: the session cookie's time is over; nothing was sent. It is ErrUnauthenticated too.
	ErrSessionExpired = errors.New("session expired")
	// ErrSessionSuperseded: a login succeeded, but a newer login or logout of the same session came first and stands.
	// What the login opened at the backend is ended there, for which the call may take up to five seconds longer.
	ErrSessionSuperseded = errors.New("superseded by a newer login or logout")
	// ErrNoSession: the client has no session to log in with; see WithoutSession and WithBearerToken.
	ErrNoSession = errors.New("client without a session")
	// ErrNoSessionCookie: a login succeeded but brought no usable cookie, or a Secure cookie would have to go over plain http.
	ErrNoSessionCookie = errors.New("no session cookie")
	// ErrInvalidCredentials: wrong email or password (401). A backend whose database fails says so as well.
	ErrInvalidCredentials = errors.New("wrong email or password")
	// ErrInvalidPasswordToken: the reset token is malformed, expired, used or another customer's. The backend says so
	// with a 401 or a 500, and sends both also where its database fails.
	ErrInvalidPasswordToken = errors.New("invalid password token")
	// ErrDuplicate: another customer has this email, or uses this billing address (422).
	ErrDuplicate = errors.New("duplicate")
	// ErrNotFound: no such country, address, customer or route (404).
	ErrNotFound = errors.New("not found")
	// ErrConflict: another request got in the way (409). Read, then try again.
	ErrConflict = errors.New("conflict")
	// ErrNotModified: the answer to an If-None-Match header (304).
	ErrNotModified = errors.New("not modified")
	// ErrAddressNotAdded: the backend answered 200 without adding the address, because the customer has one that
	// differs only in company or metadata.
	ErrAddressNotAdded = errors.New("address not added")
	// ErrRateLimited: too many requests (429).
	ErrRateLimited = errors.New("rate limited")
	// ErrInternal: the backend failed (500). It also answers some bad input so, such as unknown names in Fields or Expand.
	ErrInternal = errors.New("backend failed")
	// ErrUnavailable: no connection, no answer in time, or 408, 502, 503, 504.
	ErrUnavailable = errors.New("backend unavailable")
	// ErrUnexpectedResponse: an answer that no Medusa backend gives: a redirect, a page instead of JSON, a body that is
	// cut off or too large.
	ErrUnexpectedResponse = errors.New("unexpected response")
)

// How much of a failed call's body is read, and kept in the error.
const (
	maxErrorRead = 64 << 10
	maxErrorBody = 4 << 10
)

// Error is every error of this package. Printing it in any way shows no cookie, token, password, email or body.
//
//nolint:recvcheck // Format is on the value, so that printing a copy shows no body either
type Error struct {
	// Operation is what failed, such as [OperationAddAddress]; "New" or "DecodeSession" where it was no request.
	Operation Operation
	// Field is the argument, field or option that was refused before sending, such as "Password".
	Field string
	// StatusCode is the answer's HTTP status; 0 when none came.
	StatusCode int
	// Type is the backend's kind of error, such as "invalid_data"; empty when its answer had none.
	Type string
	// Code is the backend's coarser kind; it sends none with 400, 401 and 404.
	Code string
	// Message is the backend's text, emails masked, or this package's.
	Message string
	// Header holds the answer's headers but for Set-Cookie.
	Header http.Header `json:"-"`
	// Body is the beginning of a failed answer's body, 4 KiB at most. It may hold a customer's data, so nothing prints it.
	Body []byte `json:"-"`

	kind  error // the sentinel; nil when the context ended the call
	cause error
}

// Error says what failed, with what status, and what to do.
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
		b.WriteString(e.Message)
	}
	if e.kind != nil && e.cause != nil {
		b.WriteString(": ")
		b.WriteString(maskEmails(e.cause.Error()))
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
		slog.String("type", e.Type),
		slog.String("msg", e.Error()),
	)
}

// refused is an error about input that was not sent.
func refused(field, reason string) *Error {
	return &Error{Field: field, Message: reason, kind: ErrInvalidInput}
}

// failed names the operation of an error made where it was not known.
func failed(operation Operation, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		named := *e
		named.Operation = operation
		return &named
	}
	return &Error{Operation: operation, kind: ErrInvalidInput, cause: withheld(err)}
}

// unexpected is an error about an answer that is not what the contract says.
func (r *reply) unexpected(message string, cause error) *Error {
	return &Error{
		Operation: r.op.name, StatusCode: r.status, Header: withoutSetCookie(r.header),
		Message: message, kind: ErrUnexpectedResponse, cause: withheld(cause),
	}
}

// withheld makes err repeat nothing that the other side sent, which may be a cookie or a customer's data. It stays what it
// is for errors.Is and errors.As.
func withheld(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok { // it repeats a header line
		text = "malformed HTTP header in the answer"
	}
	text = maskEmails(quotedPattern.ReplaceAllString(text, `"…"`))
	if text == err.Error() {
		return err
	}
	return &quietError{text, err}
}

// quotedPattern finds what net/http, its HTTP/2, time and others repeat by %q.
var quotedPattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// quietError has no Unwrap, so that walking down to the cause does not show its text.
type quietError struct {
	text  string
	cause error
}

func (e *quietError) Error() string              { return e.text }
func (e *quietError) Is(target error) bool       { return errors.Is(e.cause, target) }
func (e *quietError) As(target any) bool         { return errors.As(e.cause, target) }
func (e *quietError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.text) }

// statusError makes the error of an answer that is not 2xx.
func (r *reply) statusError(k *core) *Error {
	e := &Error{
		Operation:  r.op.name,
		StatusCode: r.status,
		Header:     withoutSetCookie(r.header),
		Body:       bytes.Clone(r.body[:min(len(r.body), maxErrorBody)]),
		kind:       r.kind(),
	}
	switch {
	case isJSON(r.header):
		var body struct {
			Type    string `json:"type"`
			Code    string `json:"code"`
			Message string `json:"message"`
		}
		_ = json.Unmarshal(r.body, &body) // what of it is as the contract says
		e.Type, e.Code, e.Message = body.Type, body.Code, maskEmails(body.Message)
	case r.status == http.StatusNotFound:
		e.Message = "the answer is not the API's: does the base URL lead to a Medusa backend?"
	}
	switch {
	case r.status == http.StatusUnauthorized && r.op.auth == secured:
		e.Message = "the backend does not know the session or token: log in again"
	case r.status == http.StatusInternalServerError && e.Type == "unknown_error" && r.op == opResetPassword:
		// The backend lets the error of an unreadable token escape as one of its own.
		e.kind, e.Message = ErrInvalidPasswordToken, "ask for a new token with GeneratePasswordToken"
	case r.status == http.StatusUnprocessableEntity && e.Type != "duplicate_error":
		e.kind = ErrInvalidInput
	case r.status/100 == 3 && r.status != http.StatusNotModified:
		e.Message = "the backend redirects" + maskEmails(r.redirectHint(k))
	}
	return e
}

func (r *reply) kind() error {
	switch r.status {
	case http.StatusNotModified:
		return ErrNotModified
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return ErrInvalidInput
	case http.StatusUnauthorized:
		switch r.op {
		case opAuthenticate, opGetToken:
			return ErrInvalidCredentials
		case opResetPassword:
			return ErrInvalidPasswordToken
		}
		return ErrUnauthenticated
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusConflict:
		return ErrConflict
	case http.StatusUnprocessableEntity:
		return ErrDuplicate
	case http.StatusTooManyRequests:
		return ErrRateLimited
	case http.StatusInternalServerError:
		return ErrInternal
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ErrUnavailable
	}
	return ErrUnexpectedResponse
}

// redirectHint says which base URL to set. Only origin and path prefix are shown: the rest may hold an email.
func (r *reply) redirectHint(k *core) string {
	location := r.header.Get("Location")
	to, err := r.url.Parse(location)
	if err != nil || location == "" || to.Host == "" || (to.Scheme != "http" && to.Scheme != "https") {
		return ""
	}
	route := "/" + strings.TrimPrefix(r.url.EscapedPath(), k.basePath)
	hint := to.Scheme + "://" + to.Host
	if prefix, ok := strings.CutSuffix(strings.TrimSuffix(to.EscapedPath(), "/"), route); ok {
		hint += prefix
	}
	if hint == strings.TrimSuffix(k.baseURL, "/") {
		return ""
	}
	return ", which is not followed: if " + hint + " is yours, make it the base URL"
}

func isJSON(h http.Header) bool {
	t, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	t = strings.ToLower(strings.TrimSpace(t))
	return t == "application/json" || strings.HasSuffix(t, "+json")
}

func withoutSetCookie(h http.Header) http.Header {
	h = h.Clone()
	h.Del("Set-Cookie")
	return h
}

var emailPattern = regexp.MustCompile(`("[^"]*"|[^\s"()=,;<>/]+)(@|%40)[^\s"'()=,;<>/]+`)

// maskEmails hides the emails that the backend repeats, as in a duplicate that only its database notices.
func maskEmails(s string) string {
	return emailPattern.ReplaceAllString(s, "…@…")
}
