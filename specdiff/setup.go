package specdiff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/live"
)

// Setup is what is known about a backend: customers to log in as, and where to read password tokens. Its JSON is what
// test/e2e/backend/start.mjs prints; other names are ignored. It contains passwords.
type Setup struct {
	// URL is the URL of the backend.
	URL string `json:"url"`
	// Customers log in and are read, never changed. Customers with orders of many kinds show most.
	Customers []Customer `json:"customers"`
	// PasswordTokenURL serves ?email=…&more-than=0 with a JSON list of the password tokens that were issued for the
	// email. Without it no password is reset.
	PasswordTokenURL string `json:"passwordTokenUrl"`
}

// Customer is a customer to log in as.
type Customer struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Orders   int    `json:"orders"` // how many, if known
}

// Format returns no password for any verb.
func (c Customer) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "a customer") }

// ReadSetup reads a Setup from its JSON.
func ReadSetup(r io.Reader) (*Setup, error) {
	const most = 1 << 20
	var s Setup
	if err := json.NewDecoder(io.LimitReader(r, most)).Decode(&s); err != nil {
		return nil, errors.New("the setup is no JSON object as test/e2e/backend/start.mjs --json prints it") // the cause would quote it
	}
	return &s, nil
}

// Live returns how to ask the backend. The customer with most orders is first.
func (s *Setup) Live() live.Config {
	customers := slices.Clone(s.Customers)
	slices.SortStableFunc(customers, func(a, b Customer) int { return b.Orders - a.Orders })
	config := live.Config{Backend: s.URL, ResetToken: s.resetToken()}
	for _, c := range customers {
		config.Logins = append(config.Logins, live.Login{Email: c.Email, Password: c.Password})
	}
	return config
}

// patience is how long a token may take: Medusa sends its event some seconds late.
const patience = 30 * time.Second

// resetToken returns a function that returns the newest token of an email; nil without PasswordTokenURL.
func (s *Setup) resetToken() func(context.Context, string) (string, error) {
	if s.PasswordTokenURL == "" {
		return nil
	}
	return func(ctx context.Context, email string) (string, error) {
		address := s.PasswordTokenURL + "?" + url.Values{"email": {email}, "more-than": {"0"}}.Encode()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return "", errors.New("passwordTokenUrl is no URL")
		}
		client := &http.Client{Timeout: patience}
		resp, err := client.Do(req)
		if err != nil {
			return "", errors.New("passwordTokenUrl does not respond")
		}
		defer func() { _ = resp.Body.Close() }()
		const most = 1 << 20
		var tokens []struct {
			Token string `json:"token"`
		}
		if err := json.NewDecoder(io.LimitReader(resp.Body, most)).Decode(&tokens); err != nil || len(tokens) == 0 {
			return "", errors.New("passwordTokenUrl returned no token")
		}
		return strings.TrimSpace(tokens[len(tokens)-1].Token), nil
	}
}
