package medusa

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// parseBody reads the body as express.json does: a body that is not JSON by its content type, and none, are an empty
// object; what cannot be read is an HTML page.
func (s *State) parseBody(x *Exchange) *response.Response {
	x.body = js.NewObject()
	header := x.Request.Header
	contentType := header.Get("Content-Type")
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	isJSON := err == nil && mediaType == "application/json" && !strings.HasSuffix(contentType, ";")
	if len(x.Raw) == 0 || !isJSON {
		return nil
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return response.NotEmulated(js.NotEmulatedError("JSON in the charset " + charset))
	}
	if encoding := header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return response.NotEmulated(js.NotEmulatedError("a compressed body"))
	}
	if len(x.Raw) > bodyLimit {
		return s.page(http.StatusRequestEntityTooLarge, "PayloadTooLargeError: request entity too large", "Payload Too Large")
	}
	text := bytes.TrimPrefix(x.Raw, []byte("\uFEFF"))
	if len(text) == 0 {
		return nil
	}
	body, err := js.Parse(text)
	if err != nil && !errors.Is(err, js.ErrSyntax) {
		return response.NotEmulated(err)
	}
	switch body.(type) {
	case *js.Object, []any:
		x.body = body
		return nil
	}
	return s.page(http.StatusBadRequest, "SyntaxError: the body is not valid JSON\n    at JSON.parse (<anonymous>)", "Bad Request")
}

// page returns Express's page for a failure. In production it has no details.
func (s *State) page(status int, details, inProduction string) *response.Response {
	if s.Settings.Production {
		details = inProduction
	}
	return response.HTML(status, details)
}
