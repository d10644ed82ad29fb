package backend

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/jackc/pgx/v5/pgxpool"
)

// This file has the ways around the storefront API: the supervisor, the admin API and the database.

// PasswordToken is a token that a shop would mail to a customer.
type PasswordToken struct {
	Email      string `json:"email"`
	Token      string `json:"token"`
	CustomerID string `json:"customerId"`
}

// PasswordTokens returns the tokens that the backend has issued for email, oldest first. The backend responds to a
// request for a token before it issues the token, so a caller has to poll.
func (b *Backend) PasswordTokens(ctx context.Context, email string) ([]PasswordToken, error) {
	var tokens []PasswordToken
	err := call(ctx, http.MethodGet, b.ControlURL+"/password-tokens?email="+url.QueryEscape(email), nil, nil, &tokens)
	return tokens, err
}

// AwaitPasswordTokens is PasswordTokens that waits, for at most twenty seconds, until there are more tokens than known.
func (b *Backend) AwaitPasswordTokens(ctx context.Context, email string, known int) ([]PasswordToken, error) {
	var tokens []PasswordToken
	err := call(ctx, http.MethodGet, fmt.Sprintf("%s/password-tokens?email=%s&more-than=%d", b.ControlURL, url.QueryEscape(email), known), nil, nil, &tokens)
	return tokens, err
}

// Restart restarts Medusa with the settings, on the same database and address. All sessions end, as they are in memory.
// No other test may use the backend meanwhile.
func (b *Backend) Restart(ctx context.Context, s Settings) error {
	b.Settings = s
	return call(ctx, http.MethodPost, b.ControlURL+"/restart", nil, s, nil)
}

// Admin calls the admin API. The path begins with "/admin/"; body and out are JSON, and nil if there is none.
func (b *Backend) Admin(ctx context.Context, method, path string, body, out any) error {
	return call(ctx, method, b.URL+path, http.Header{"X-Medusa-Access-Token": {b.AdminUser.APIToken}}, body, out)
}

// SQL returns the connections to the backend's database. Stop closes them.
func (b *Backend) SQL(ctx context.Context) (*pgxpool.Pool, error) {
	b.poolMu.Lock()
	defer b.poolMu.Unlock()
	if b.pool == nil {
		pool, err := pgxpool.New(ctx, b.DatabaseURL)
		if err != nil {
			return nil, err
		}
		b.pool = pool
	}
	return b.pool, nil
}

// client keeps no connections, as a restart would break them.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func call(ctx context.Context, method, url string, header http.Header, body, out any) error {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, reader)
	if err != nil {
		return err
	}
	if header != nil {
		req.Header = header.Clone()
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, req.URL.Path, resp.Status, text)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, req.URL.Path, err)
	}
	return nil
}
