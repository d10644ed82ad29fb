package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// Hand returns the calls with net/http and encoding/json alone. They do the same work: cookie, headers, deadline, a
// bounded read into one buffer, status, content type, the same models.
func Hand(url string, rt http.RoundTripper) Calls {
	h := newHand(rt, "Cookie", "connect.sid="+Cookie, "application/json; charset=utf-8")
	return Calls{
		"Retrieve": func(ctx context.Context) error {
			_, err := h.exchange(ctx, http.MethodGet, url+"/store/customers/me", nil, new(api.CustomerEnvelope))
			return err
		},
		"ListOrders": func(ctx context.Context) error {
			_, err := h.exchange(ctx, http.MethodGet, url+"/store/customers/me/orders?limit=50", nil, new(api.OrderPage))
			return err
		},
		"Create": func(ctx context.Context) error {
			text, err := json.Marshal(newCustomer)
			if err != nil {
				return err
			}
			header, err := h.exchange(ctx, http.MethodPost, url+"/store/customers", text, new(api.CustomerEnvelope))
			if err != nil {
				return err
			}
			for _, c := range (&http.Response{Header: header}).Cookies() {
				if c.Name == "connect.sid" {
					return nil
				}
			}
			return errors.New("no cookie came")
		},
	}
}

// hand makes calls with net/http and encoding/json.
type hand struct {
	http        *http.Client
	name, value string // the header of a request without a body that says who makes it
	contentType string // of each response
}

func newHand(rt http.RoundTripper, name, value, contentType string) *hand {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &hand{&http.Client{Transport: rt, CheckRedirect: stay}, name, value, contentType}
}

const (
	timeout = 30 * time.Second
	limit   = 32 << 20
)

func (h *hand) exchange(ctx context.Context, method, url string, in []byte, out any) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var body io.Reader
	if in != nil {
		body = bytes.NewReader(in)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "hand/1.0")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	} else {
		req.Header.Set(h.name, h.value)
	}
	resp, err := h.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var text bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= limit {
		text.Grow(int(n) + bytes.MinRead)
	}
	if n, err := text.ReadFrom(io.LimitReader(resp.Body, limit+1)); err != nil || n > limit {
		return nil, fmt.Errorf("%d bytes read: %w", n, err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != h.contentType {
		return nil, errors.New(resp.Status)
	}
	return resp.Header, json.Unmarshal(text.Bytes(), out)
}
