package customerstest

import (
	"bytes"
	"encoding/json"
	"net/http"
)

const (
	contentTypeJSON = "application/json; charset=utf-8"
	contentTypeText = "text/plain; charset=utf-8"
	contentTypeHTML = "text/html; charset=utf-8"
)

// answer is what an operation, the guard or the router decided to send. Cookies, ETag and the like are added when it
// is written.
type answer struct {
	status      int
	contentType string // empty: none is sent
	body        []byte
}

// jsonAnswer encodes v the way JSON.stringify does, as far as Go can: no HTML escapes.
func jsonAnswer(status int, v any) answer {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return unknownError()
	}
	return answer{status: status, contentType: contentTypeJSON, body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
}

// failure is the backend's JSON for an error. Which of the three are there depends on the kind of error.
type failure struct {
	Code    string `json:"code,omitempty"`
	Type    string `json:"type,omitempty"`
	Message string `json:"message"`
}

// invalidData is the answer to input that the backend refuses.
func invalidData(message string) answer {
	return jsonAnswer(http.StatusBadRequest, failure{Type: "invalid_data", Message: message})
}

// notFound is the answer if a customer, an address or a country isn't there.
func notFound(message string) answer {
	return jsonAnswer(http.StatusNotFound, failure{Type: "not_found", Message: message})
}

// duplicate is the answer if an account or a unique value is there already.
func duplicate(message string) answer {
	return jsonAnswer(http.StatusUnprocessableEntity, failure{Code: "invalid_request_error", Type: "duplicate_error", Message: message})
}

// unknownError is the backend's answer to what its code did not foresee: a database error, a bad reset token.
func unknownError() answer {
	return jsonAnswer(http.StatusInternalServerError,
		failure{Code: "unknown_error", Type: "unknown_error", Message: "An unknown error occurred."})
}
