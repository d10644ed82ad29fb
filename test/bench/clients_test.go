package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

// client has the calls that are measured.
type client struct {
	retrieve, listOrders, authenticate, create func(context.Context) error

	authenticateInto func(reflect.Type) func(context.Context) error // by hand only: into another model
}

func (c client) of(op string) func(context.Context) error {
	return map[string]func(context.Context) error{
		"Retrieve": c.retrieve, "ListOrders": c.listOrders, "Authenticate": c.authenticate, "Create": c.create,
	}[op]
}

var operations = []string{"Retrieve", "ListOrders", "Authenticate", "Create"}

const (
	email    = "user@example.com"
	password = "supersecret"
	cookie   = "s%3ApNo5I4feIDdFZ4bPBxyze3fpcNzIpdSh.6I3Evx7U2OCRo6aDw93dODlJCgz6r7xXKD%2ByuyoJAf0"
	page     = 50
)

var newCustomer = customers.CreateRequest{FirstName: "Alec", LastName: "Reynolds", Email: email, Password: password}

// transport returns a transport with enough idle connections for many calls at once, as a careful engineer sets it up.
func transport() http.RoundTripper {
	return &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 4 * time.Second}
}

// byWrapper makes the calls with package customers. Each login is of a client of its own.
func byWrapper(url string, opts ...customers.Option) (client, error) {
	shop, err := customers.New(url, append(opts, customers.WithoutSession())...)
	if err != nil {
		return client{}, err
	}
	c := shop.WithSession(new(customers.Session))
	if _, err := c.Auth.Authenticate(context.Background(), email, password); err != nil {
		return client{}, err
	}
	params := &customers.ListOrdersParams{Limit: new(page)}
	return client{
		retrieve: func(ctx context.Context) error {
			_, err := c.Retrieve(ctx)
			return err
		},
		listOrders: func(ctx context.Context) error {
			_, err := c.ListOrders(ctx, params)
			return err
		},
		authenticate: func(ctx context.Context) error {
			_, err := shop.WithSession(new(customers.Session)).Auth.Authenticate(ctx, email, password)
			return err
		},
		create: func(ctx context.Context) error {
			_, err := shop.WithSession(new(customers.Session)).Create(ctx, newCustomer)
			return err
		},
	}, nil
}

// byHand makes the calls with net/http alone and does the same work: cookie, headers, deadline, a bounded read into one
// buffer, status, content type, the same models.
func byHand(url string, rt http.RoundTripper) client {
	hc := &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return client{
		retrieve: func(ctx context.Context) error {
			var out api.CustomerEnvelope
			_, err := exchange(ctx, hc, http.MethodGet, url+"/store/customers/me", nil, &out)
			return err
		},
		listOrders: func(ctx context.Context) error {
			var out api.OrderPage
			_, err := exchange(ctx, hc, http.MethodGet, url+"/store/customers/me/orders?limit=50", nil, &out)
			return err
		},
		authenticate: func(ctx context.Context) error {
			return logIn(ctx, hc, url+"/store/auth", api.Credentials{Email: email, Password: password}, new(api.CustomerEnvelope))
		},
		authenticateInto: func(model reflect.Type) func(context.Context) error {
			return func(ctx context.Context) error {
				return logIn(ctx, hc, url+"/store/auth", api.Credentials{Email: email, Password: password}, reflect.New(model).Interface())
			}
		},
		create: func(ctx context.Context) error {
			return logIn(ctx, hc, url+"/store/customers", newCustomer, new(api.CustomerEnvelope))
		},
	}
}

func logIn(ctx context.Context, hc *http.Client, url string, in, out any) error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	header, err := exchange(ctx, hc, http.MethodPost, url, text, out)
	if err != nil {
		return err
	}
	for _, c := range (&http.Response{Header: header}).Cookies() {
		if c.Name == "connect.sid" {
			return nil
		}
	}
	return errors.New("no cookie came")
}

const (
	timeout = 30 * time.Second
	limit   = 32 << 20
)

func exchange(ctx context.Context, hc *http.Client, method, url string, in []byte, out any) (http.Header, error) {
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
		req.Header.Set("Cookie", "connect.sid="+cookie)
	}
	resp, err := hc.Do(req)
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
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		return nil, errors.New(resp.Status)
	}
	return resp.Header, json.Unmarshal(text.Bytes(), out)
}

// byRaw makes the calls with the generated client of package api, which has neither deadline nor bound.
func byRaw(url string, rt http.RoundTripper) (client, error) {
	c, err := api.NewClientWithResponses(url, api.WithHTTPClient(&http.Client{Transport: rt}))
	if err != nil {
		return client{}, err
	}
	session := func(_ context.Context, req *http.Request) error {
		req.Header.Set("Cookie", "connect.sid="+cookie)
		return nil
	}
	got := func(decoded bool, err error) error {
		if err == nil && !decoded {
			err = errors.New("no 200")
		}
		return err
	}
	params := &api.ListOrdersParams{Limit: new(page)}
	return client{
		retrieve: func(ctx context.Context) error {
			res, err := c.RetrieveCustomerWithResponse(ctx, session)
			return got(err == nil && res.JSON200 != nil, err)
		},
		listOrders: func(ctx context.Context) error {
			res, err := c.ListOrdersWithResponse(ctx, params, session)
			return got(err == nil && res.JSON200 != nil, err)
		},
		authenticate: func(ctx context.Context) error {
			res, err := c.AuthenticateWithResponse(ctx, api.Credentials{Email: email, Password: password})
			return got(err == nil && res.JSON200 != nil, err)
		},
		create: func(ctx context.Context) error {
			res, err := c.CreateCustomerWithResponse(ctx, newCustomer)
			return got(err == nil && res.JSON200 != nil, err)
		},
	}, nil
}
