package live

import (
	"encoding/json"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// request is one to be sent.
type request struct {
	step   string
	method string
	path   string // with its query, escaped
	body   any    // sent as JSON; raw is sent as it is, nil is no body
	kind   string // the content type, "" for JSON where there is a body
	by     *account
	bearer bool // by its token rather than its session
	etag   string
	probe  *Probe
}

// raw is a body that is not made from a value.
type raw string

// account is a customer that the run logs in as.
type account struct {
	email, password string
	cookie          string // "name=value", "" before a login
	token           string
}

// fill writes what is sent into x.
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
	} else if q.by != nil && q.by.cookie != "" {
		x.RequestHeader.Set("Cookie", q.by.cookie)
	}
	if q.etag != "" {
		x.RequestHeader.Set("If-None-Match", q.etag)
	}
	return nil
}
