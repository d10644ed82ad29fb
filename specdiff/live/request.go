package live

import (
	"encoding/json"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// request is a request to send.
type request struct {
	step   string
	method string
	path   string   // with its query, escaped
	body   any      // raw, nil for none, or a value to send as JSON
	kind   string   // the content type; "" for JSON if there is a body
	by     *account // nil for none; without credentials of it, nothing is sent
	bearer bool     // send the token too
	etag   string
	probe  *Probe
}

// raw is a body that is sent as it is.
type raw string

// account is a customer of the run.
type account struct {
	email, password string
	registered      bool              // by the run
	given           bool              // by the configuration, so that its data is left alone
	cookie          string            // "name=value", "" before a login
	others          map[string]string // the cookies beside it
	token           string
	checked         map[string]bool // the operations that refused it, for each of which its session was read
	renewed         bool            // whether its login ended by itself and it was logged in again
}

// hasCredentials reports whether there is something to send for an account.
func (a *account) hasCredentials() bool { return a.cookie != "" || a.token != "" }

// fill sets the request of x.
func (q request) fill(x *conform.Exchange) error {
	switch body := q.body.(type) {
	case nil:
	case raw:
		x.RequestBody = []byte(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		x.RequestBody = text
	}
	switch {
	case q.kind != "":
		x.RequestHeader.Set("Content-Type", q.kind)
	case q.body != nil:
		x.RequestHeader.Set("Content-Type", "application/json")
	}
	if q.by != nil && q.bearer {
		x.RequestHeader.Set("Authorization", "Bearer "+q.by.token)
	}
	if q.by != nil && q.by.header() != "" {
		x.RequestHeader.Set("Cookie", q.by.header())
	}
	if q.etag != "" {
		x.RequestHeader.Set("If-None-Match", q.etag)
	}
	return nil
}
