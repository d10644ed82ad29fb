package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// backend is where the journey goes, and what its owner tells about it.
type backend struct {
	URL              string  `json:"url"`
	PublishableKey   string  `json:"publishableKey"`
	PasswordTokenURL string  `json:"passwordTokenUrl"` // where a test backend shows what it would mail
	Customers        []login `json:"customers"`

	what     string
	inMemory *customerstest.Backend // nil: a real one
}

type login struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// backendFromEnv is the backend that BACKEND names, with what BACKEND_JSON says about it.
func backendFromEnv() *backend {
	b := &backend{PublishableKey: "pk_demo"}
	if err := json.Unmarshal([]byte(os.Getenv("BACKEND_JSON")), b); err != nil {
		b = &backend{PublishableKey: "pk_demo"} // somebody's own backend
	}
	b.URL = os.Getenv("BACKEND")
	return b
}

// inMemory starts the backend of package customerstest, with a customer who has orders.
func inMemory() (b *backend, stop func()) {
	m := customerstest.New()
	who := m.AddCustomer(customerstest.Customer{Email: "orders@example.com", FirstName: "Olivia", LastName: "Orders"})
	shirts := customerstest.OrderLine{Title: "T-shirt", Description: "M / Black", UnitPrice: 1990, Quantity: 2}
	mug := customerstest.OrderLine{Title: "Mug", UnitPrice: 790}
	sent := []customerstest.OrderFulfillment{{TrackingLinks: []customerstest.OrderTrackingLink{{TrackingNumber: "TRACK-1"}}}}
	for month, order := range []customerstest.Order{
		{Status: api.OrderStatusCompleted, PaymentStatus: api.PaymentStatusCaptured, Lines: []customerstest.OrderLine{shirts, mug}, Fulfillments: sent},
		{Status: api.OrderStatusCanceled},
		{PaymentStatus: api.PaymentStatusCaptured, Lines: []customerstest.OrderLine{shirts}, Discount: &customerstest.OrderDiscount{Code: "TEN", Value: 10}},
		{Lines: []customerstest.OrderLine{mug}, ShippingPrice: 490},
	} {
		order.TaxRate = 19
		order.CreatedAt = time.Date(2024, time.January+time.Month(month), 15, 9, 30, 0, 0, time.UTC)
		m.AddOrder(who.ID, order)
	}
	server := httptest.NewServer(m)
	return &backend{
		URL: server.URL, PublishableKey: "pk_demo", Customers: []login{{who.Email, customerstest.DefaultPassword}},
		what: "(in memory; BACKEND=url names another)", inMemory: m,
	}, server.Close
}

// passwordToken is the newest token that the backend would have mailed; empty if it is not to be had.
func (b *backend) passwordToken(ctx context.Context, email string) (string, error) {
	if b.inMemory != nil {
		if tokens := b.inMemory.PasswordTokens(email); len(tokens) > 0 {
			return tokens[len(tokens)-1], nil
		}
		return "", nil
	}
	if b.PasswordTokenURL == "" {
		return "", nil
	}
	// The backend tells its subscribers a moment after it has answered.
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.PasswordTokenURL+"?email="+url.QueryEscape(email), nil)
		if err != nil {
			return "", err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return "", err
		}
		var given []struct {
			Token string `json:"token"`
		}
		err = json.NewDecoder(resp.Body).Decode(&given)
		_ = resp.Body.Close()
		if err != nil {
			return "", err
		}
		if n := len(given); n > 0 {
			return given[n-1].Token, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}
