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

// These are the ways around the storefront API: the supervisor, the admin API and the database.

// PasswordToken is what the backend would have mailed to a customer.
type PasswordToken struct {
	Email      string `json:"email"`
	Token      string `json:"token"`
	CustomerID string `json:"customerId"`
}

// PasswordTokens returns the tokens that the backend has issued for email, oldest first. The backend answers a request
// for one before it issues it: poll.
func (b *Backend) PasswordTokens(ctx context.Context, email string) ([]PasswordToken, error) {
	var tokens []PasswordToken
	err := call(ctx, http.MethodGet, b.ControlURL+"/password-tokens?email="+url.QueryEscape(email), nil, nil, &tokens)
	return tokens, err
}

// AwaitPasswordTokens is PasswordTokens as soon as there are more than known; after twenty seconds, it is what there is.
func (b *Backend) AwaitPasswordTokens(ctx context.Context, email string, known int) ([]PasswordToken, error) {
	var tokens []PasswordToken
	err := call(ctx, http.MethodGet, fmt.Sprintf("%s/password-tokens?email=%s&more-than=%d", b.ControlURL, url.QueryEscape(email), known), nil, nil, &tokens)
	return tokens, err
}

// Restart stops Medusa and starts it again with the same database and address, and the settings of the start. Without a
// Redis, all sessions end.
func (b *Backend) Restart(ctx context.Context) error {
	return b.RestartWith(ctx, Settings{})
}

// RestartWith is Restart with other settings; those that are zero are those of the start.
func (b *Backend) RestartWith(ctx context.Context, s Settings) error {
	return call(ctx, http.MethodPost, b.ControlURL+"/restart", nil, s, nil)
}

// Log returns the last lines of Medusa's log.
func (b *Backend) Log(ctx context.Context) (string, error) {
	var answer struct {
		Log string `json:"log"`
	}
	err := call(ctx, http.MethodGet, b.ControlURL+"/log", nil, nil, &answer)
	return answer.Log, err
}

// Admin calls the admin API: path begins with "/admin/"; body and out are JSON, and nil for none.
func (b *Backend) Admin(ctx context.Context, method, path string, body, out any) error {
	return call(ctx, method, b.URL+path, http.Header{"X-Medusa-Access-Token": {b.AdminUser.APIToken}}, body, out)
}

// SQL returns the connections to the backend's database, which Stop closes.
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

// client keeps no connections: a restart would break them.
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
