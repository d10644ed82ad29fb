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

// backend is where the journey goes.
type backend struct {
	URL              string  `json:"url"`
	PublishableKey   string  `json:"publishableKey"`
	PasswordTokenURL string  `json:"passwordTokenUrl"` // of a test backend that publishes the tokens it would mail
	Customers        []login `json:"customers"`        // have orders

	what     string
	inMemory *customerstest.Backend // nil for a real backend
}

type login struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// backendFromEnv returns the backend at the URL in BACKEND. BACKEND_JSON, which a test sets, adds to it.
func backendFromEnv() *backend {
	b := &backend{PublishableKey: "pk_demo"}
	if err := json.Unmarshal([]byte(os.Getenv("BACKEND_JSON")), b); err != nil {
		b = &backend{PublishableKey: "pk_demo"}
	}
	b.URL = os.Getenv("BACKEND")
	return b
}

// inMemory starts the backend of package customerstest, with a customer who has orders.
func inMemory() (b *backend, stop func()) {
	m := customerstest.New()
	olivia := m.AddCustomer(customerstest.Customer{Email: "orders@example.com", FirstName: "Olivia", LastName: "Orders"})
	shirts := customerstest.OrderLine{Title: "T-shirt", Description: "M / Black", UnitPrice: 1990, Quantity: 2}
	mug := customerstest.OrderLine{Title: "Mug", UnitPrice: 790}
	shipped := []customerstest.OrderFulfillment{{TrackingLinks: []customerstest.OrderTrackingLink{{TrackingNumber: "TRACK-1"}}}}
	for month, order := range []customerstest.Order{
		{Status: api.OrderStatusCompleted, PaymentStatus: api.PaymentStatusCaptured, Lines: []customerstest.OrderLine{shirts, mug}, Fulfillments: shipped},
		{Status: api.OrderStatusCanceled},
		{PaymentStatus: api.PaymentStatusCaptured, Lines: []customerstest.OrderLine{shirts}, Discount: &customerstest.OrderDiscount{Code: "TEN", Value: 10}},
		{Lines: []customerstest.OrderLine{mug}, ShippingPrice: 490},
	} {
		order.TaxRate = 19
		order.CreatedAt = time.Date(2024, time.January+time.Month(month), 15, 9, 30, 0, 0, time.UTC)
		m.AddOrder(olivia.ID, order)
	}
	server := httptest.NewServer(m)
	return &backend{
		URL: server.URL, PublishableKey: "pk_demo", Customers: []login{{olivia.Email, customerstest.DefaultPassword}},
		what: "(in memory; set BACKEND to the URL of another)", inMemory: m,
	}, server.Close
}

// passwordToken returns the newest token that the backend would have mailed, or "" if it can't be read.
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
	// The backend hands the token to its subscribers a moment after the response.
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
		var tokens []struct {
			Token string `json:"token"`
		}
		err = json.NewDecoder(resp.Body).Decode(&tokens)
		_ = resp.Body.Close()
		if err != nil {
			return "", err
		}
		if n := len(tokens); n > 0 {
			return tokens[n-1].Token, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}
