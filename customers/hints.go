package customers

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// What a response most likely means where the backend does not name it.
const (
	messageNotMedusa   = "the response is not the API's: does the base URL lead to a Medusa backend?"
	messageNoRoute     = "there is no such route: the base URL may not lead to a Medusa backend, or to one of Medusa v2, while this package is for v1"
	messageNoTokens    = "there is no such route: bearer tokens need Medusa 1.17 or newer, or the base URL does not lead to a Medusa v1 backend"
	messageMedusa2     = "this looks like a Medusa v2 backend, while this package is for v1"
	messageEncoding    = "the body has an encoding that nobody asked for and that can't be decoded"
	messageUnknownName = "a likely cause is a name in Fields or Expand that the backend does not know"
	messageTooLarge    = "the request is too large for the backend or for a proxy before it: send less, most likely less metadata"
	messageURLTooLarge = "the request's URL or headers are too large for the backend or for a proxy before it: send fewer or shorter filters, headers or cookies"
	messageProvider    = "a payment provider that the backend has saved is no longer installed there"
)

// explain adds to the error of a status what the response most likely means.
func (r *response) explain(e *Error) {
	switch {
	case r.fromMedusa2():
		e.kind, e.Type, e.Code, e.Message = ErrUnexpectedResponse, "", "", messageMedusa2
	case r.encoded:
		e.hint(messageEncoding + r.named("Content-Encoding"))
	case r.status == http.StatusNotFound && !r.isJSON() && r.op == OperationGetToken:
		e.Message = messageNoTokens
	case r.status == http.StatusNotFound && !r.isJSON():
		e.Message = messageNoRoute
	case r.status == http.StatusNotFound && r.op == OperationListPaymentMethods && strings.Contains(e.Message, "payment provider"):
		e.hint(messageProvider)
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

// fromMedusa2 reports whether a failure is one that only Medusa v2 responds with: it wants a publishable key on each
// route, its login guard sends JSON, and it refuses properties in words of its own.
func (r *response) fromMedusa2() bool {
	if !r.isJSON() {
		return false
	}
	var body struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(r.body, &body)
	switch r.status {
	case http.StatusBadRequest:
		return body.Type == "not_allowed" && strings.Contains(strings.ToLower(body.Message), "publishable") ||
			strings.HasPrefix(body.Message, "Invalid request: ")
	case http.StatusUnauthorized:
		return body.Type == "" && body.Message == "Unauthorized"
	}
	return false
}

// named returns ": " and what a header has, if that is a plain name or several, or nothing.
func (r *response) named(header string) string {
	names := tokens(r.header[header])
	names = names[:min(len(names), maxEncodings)]
	value := strings.Join(names, ", ")
	if value == "" || len(value) > 60 || slices.ContainsFunc(names, func(name string) bool {
		return !isToken(strings.NewReplacer("/", "", ";", "", "=", "", " ", "").Replace(name))
	}) {
		return ""
	}
	return ": " + value
}
