// Package response has the responses of the backend.
package response

import (
	"html"
	"net/http"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

// The content types of responses.
const (
	TypeJSON = "application/json; charset=utf-8"
	TypeText = "text/plain; charset=utf-8"
	TypeHTML = "text/html; charset=utf-8"
)

// Response is a response without the cookie, the ETag and the headers that all have.
type Response struct {
	Status      int
	ContentType string // none is sent if empty
	Body        []byte
}

// JSON is a 200 with v.
func JSON(v any) Response {
	return Response{http.StatusOK, TypeJSON, js.Append(make([]byte, 0, 1024), v)}
}

// Text is a status with its name as the body.
func Text(status int) Response {
	return Response{status, TypeText, []byte(http.StatusText(status))}
}

// Unauthorized is the 401 of the login guard. It has no content type.
func Unauthorized() Response {
	return Response{Status: http.StatusUnauthorized, Body: []byte(http.StatusText(http.StatusUnauthorized))}
}

// Failure is the backend's JSON for an error. Some kinds of error have no code.
func Failure(status int, code, kind, message string) Response {
	failure := js.Members{{Name: "type", Value: kind}, {Name: "message", Value: message}}
	if code != "" {
		failure = append(js.Members{{Name: "code", Value: code}}, failure...)
	}
	return Response{status, TypeJSON, js.Append(nil, failure)}
}

// InvalidData is the response to input that the backend refuses.
func InvalidData(message string) *Response {
	return new(Failure(http.StatusBadRequest, "", "invalid_data", message))
}

// NotFound is the response if a customer, an address or a country does not exist.
func NotFound(message string) *Response {
	return new(Failure(http.StatusNotFound, "", "not_found", message))
}

// Duplicate is the response if an account or a unique value exists already.
func Duplicate(message string) *Response {
	return new(Failure(http.StatusUnprocessableEntity, "invalid_request_error", "duplicate_error", message))
}

// UnknownError is the response to what the backend's code does not foresee: a database error, a bad reset token.
func UnknownError() *Response {
	return new(Failure(http.StatusInternalServerError, "unknown_error", "unknown_error", "An unknown error occurred."))
}

// NotEmulated is the response to what only a real backend knows. The text of the error names it.
func NotEmulated(err error) *Response {
	return &Response{http.StatusNotImplemented, TypeText, []byte(err.Error())}
}

// HTML is a page of Express, for what fails before a route is found.
func HTML(status int, message string) *Response {
	message = strings.NewReplacer("&#34;", "&quot;", "\n", "<br>", "  ", " &nbsp;").Replace(html.EscapeString(message))
	return &Response{status, TypeHTML, []byte("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n" +
		"<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>" + message + "</pre>\n</body>\n</html>\n")}
}
