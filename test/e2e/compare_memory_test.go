package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/test/e2e/internal/backend"
)

// memory is an in-memory backend as a rival.
type memory struct{ *customerstest.Server }

func (m memory) address() string { return m.URL }

func (m memory) passwordTokens(_ context.Context, email string, _ int) ([]string, error) {
	return m.PasswordTokens(email), nil
}

func (m memory) deleteCustomer(_ context.Context, id string) error {
	m.DeleteCustomer(id)
	return nil
}

func (m memory) restarted(t *testing.T, s backend.Settings) rival {
	t.Helper()
	if s == (backend.Settings{}) {
		m.ExpireSessions()
		return m
	}
	var options []customerstest.Option
	if s.NodeEnv == "production" {
		options = append(options, customerstest.WithProduction())
	}
	if s.SessionName != "" {
		options = append(options, customerstest.WithSessionCookieName(s.SessionName))
	}
	if s.SessionTTL != 0 {
		options = append(options, customerstest.WithSessionTTL(time.Duration(s.SessionTTL)*time.Millisecond))
	}
	if s.SessionRolling {
		options = append(options, customerstest.WithRollingSessions())
	}
	return memory{customerstest.NewServer(t, options...)}
}

func (m memory) resetToken(ctx context.Context, email string) (string, error) {
	before := len(m.PasswordTokens(email))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL+passwordTokenPath, strings.NewReader(`{"email":"`+email+`"}`))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	if err := resp.Body.Close(); err != nil {
		return "", err
	}
	tokens := m.PasswordTokens(email)
	if len(tokens) == before {
		return "", nil
	}
	return tokens[len(tokens)-1], nil
}
