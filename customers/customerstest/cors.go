package customerstest

import (
	"net/http"
	"slices"
)

// allowOrigin sets the headers that browsers ask for, on everything below /store.
func (b *Backend) allowOrigin(x *exchange) {
	x.header.Set("Vary", "Origin")
	x.header.Set("Access-Control-Allow-Credentials", "true")
	if origin := x.request.Header.Get("Origin"); slices.Contains(b.settings.corsOrigins, origin) {
		x.header.Set("Access-Control-Allow-Origin", origin)
	}
}

// preflight answers an OPTIONS request, to any path.
func preflight(x *exchange) {
	x.header.Set("Vary", "Origin, Access-Control-Request-Headers")
	x.header.Set("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
	if wanted := x.request.Header.Get("Access-Control-Request-Headers"); wanted != "" {
		x.header.Set("Access-Control-Allow-Headers", wanted)
	}
	x.answer = answer{status: http.StatusNoContent}
}
