package customers

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// What a response most likely means where the backend does not name it.
const (
	messageNotMedusa   = "the response is not the API's: does the base URL lead to a Medusa backend?"
	messageNoRoute     = "there is no such route: the base URL may not lead to a Medusa backend, or to one of Medusa v2, while this package is for v1"
	messageNoTokens    = "there is no such route: bearer tokens need Medusa 1.17 or newer, or the base URL does not lead to a Medusa v1 backend"
	messageMedusa2     = "this looks like a Medusa v2 backend, while this package is for v1"
	messageMedusa2Auth = "this looks like the login guard of a Medusa v2 backend, while this package is for v1, or like a gateway that wants credentials of its own"
	messageEncoding    = "the body has an encoding that was not asked for and can't be decoded"
	messageUnknownName = "a likely cause is a name in Fields or Expand that the backend does not know"
	messageSignedNames = "a + or - before a name in Fields needs Medusa 1.20.4 or newer; otherwise a likely cause is a name in Fields or Expand that the backend does not know"
	messageNoTotals    = " (Medusa before 1.12 sends no totals: name what is needed in Fields, and totals are not expected)"
	messageTooLarge    = "the request is too large for the backend or for a proxy before it: send less, most likely less metadata"
	messageURLTooLarge = "the request's URL or headers are too large for the backend or for a proxy before it: send fewer or shorter filters, headers or cookies"
	messageProvider    = "a payment provider that the backend has saved is no longer installed there"
)

// hintOfOrders returns what most likely is the matter with orders that can't be read, or nothing.
func hintOfOrders(err error) string {
	odd, ok := errors.AsType[*DecodeError](err)
	if ok && odd.Reason == "missing" && (strings.HasSuffix(odd.Path, "total") || strings.HasSuffix(odd.Path, "refundable_amount")) {
		return messageNoTotals
	}
	return ""
}

// isMedusa2 reports whether the JSON of a failure is such as only Medusa v2 responds with: it wants a publishable key
// on each route, its login guard sends JSON, and it refuses properties in words of its own.
func isMedusa2(status int, text []byte) bool {
	var body struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(text, &body)
	switch status {
	case http.StatusBadRequest:
		return body.Type == "not_allowed" && strings.Contains(strings.ToLower(body.Message), "publishable") ||
			strings.HasPrefix(body.Message, "Invalid request: ")
	case http.StatusUnauthorized:
		return body.Type == "" && body.Message == "Unauthorized"
	}
	return false
}

// headerNames returns ": " and what a header has, if that is a plain name or several, or nothing.
func headerNames(lines []string) string {
	names := tokens(lines)
	names = names[:min(len(names), maxEncodings)]
	value := strings.Join(names, ", ")
	plain := strings.NewReplacer("/", "", ";", "", "=", "", " ", "")
	if len(value) > maxName || !isToken(plain.Replace(strings.Join(names, ""))) {
		return ""
	}
	return ": " + value
}
