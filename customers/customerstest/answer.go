package customerstest

import (
	"fmt"
	"html"
	"net/http"
	"strings"
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

// jsonAnswer is v as JSON.
func jsonAnswer(status int, v any) answer {
	return answer{status: status, contentType: contentTypeJSON, body: appendJSON(make([]byte, 0, 1024), v)}
}

// textAnswer is a status with its name as the body.
func textAnswer(status int) answer {
	return answer{status: status, contentType: contentTypeText, body: []byte(http.StatusText(status))}
}

// unauthorized is how the guard turns a request away: without a content type.
func unauthorized() answer {
	return answer{status: http.StatusUnauthorized, body: []byte(http.StatusText(http.StatusUnauthorized))}
}

// failureAnswer is the backend's JSON for an error. Some kinds of error have no code.
func failureAnswer(status int, code, kind, message string) answer {
	failure := members{{"type", kind}, {"message", message}}
	if code != "" {
		failure = append(members{{"code", code}}, failure...)
	}
	return jsonAnswer(status, failure)
}

// invalidData is the answer to input that the backend refuses.
func invalidData(message string) answer {
	return failureAnswer(http.StatusBadRequest, "", "invalid_data", message)
}

// notFound is the answer if a customer, an address or a country isn't there.
func notFound(message string) answer {
	return failureAnswer(http.StatusNotFound, "", "not_found", message)
}

// duplicate is the answer if an account or a unique value is there already.
func duplicate(message string) answer {
	return failureAnswer(http.StatusUnprocessableEntity, "invalid_request_error", "duplicate_error", message)
}

// unknownError is the backend's answer to what its code did not foresee: a database error, a bad reset token.
func unknownError() answer {
	return failureAnswer(http.StatusInternalServerError, "unknown_error", "unknown_error", "An unknown error occurred.")
}

// page is Express's HTML for what fails before a route is found. In production it has no details.
func (b *Backend) page(status int, format string, arguments ...any) *answer {
	message := fmt.Sprintf(format, arguments...)
	if b.settings.production {
		message = http.StatusText(status)
		if status == http.StatusRequestEntityTooLarge {
			message = "Payload Too Large" // Node has the newer name
		}
	}
	return new(htmlAnswer(status, message))
}

func htmlAnswer(status int, message string) answer {
	message = strings.NewReplacer("&#34;", "&quot;", "\n", "<br>", "  ", " &nbsp;").Replace(html.EscapeString(message))
	return answer{status: status, contentType: contentTypeHTML, body: []byte("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n" +
		"<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>" + message + "</pre>\n</body>\n</html>\n")}
}
