// Command record writes responses of the real backend that BACKEND_JSON describes to a directory:
//
//	node test/e2e/backend/start.mjs --exec go -C test/bench run ./record DIR
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

func main() {
	if err := run(); err != nil {
		log.Fatal("record: ", err)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: record DIR")
	}
	var backend struct {
		URL       string `json:"url"`
		Customers []struct {
			Key      string `json:"key"`
			Email    string `json:"email"`
			Password string `json:"password"`
			Orders   int    `json:"orders"`
		} `json:"customers"`
	}
	if err := json.Unmarshal([]byte(os.Getenv("BACKEND_JSON")), &backend); err != nil {
		return fmt.Errorf("BACKEND_JSON: %w", err)
	}
	for _, c := range backend.Customers {
		if c.Key == "login" && c.Orders >= 60 {
			a, err := record(backend.URL, c.Email, c.Password)
			if err != nil {
				return err
			}
			return a.Write(os.Args[1])
		}
	}
	return fmt.Errorf("BACKEND_JSON names no customer with 60 orders")
}

func record(url, email, password string) (*responses.Bodies, error) {
	var (
		a       responses.Bodies
		cookies []*http.Cookie
		err     error
	)
	fetch := func(method, path, body string) []byte {
		if err != nil {
			return nil
		}
		var text []byte
		text, cookies, err = call(method, url+path, body, cookies)
		return text
	}
	fresh := fmt.Sprintf("bench-%d@example.com", time.Now().UnixNano())
	a.Create = fetch(http.MethodPost, "/store/customers",
		fmt.Sprintf(`{"first_name":"Alec","last_name":"Reynolds","email":%q,"password":"supersecret"}`, fresh))
	cookies = nil
	a.Authenticate = fetch(http.MethodPost, "/store/auth", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password))
	a.Retrieve = fetch(http.MethodGet, "/store/customers/me", "")
	a.ListOrders = fetch(http.MethodGet, "/store/customers/me/orders?limit=50", "")
	if err == nil {
		err = differ(a.ListOrders)
	}
	return &a, err
}

// differ returns an error unless the page has 50 different orders.
func differ(page []byte) error {
	var orders struct {
		Orders []struct {
			ID string `json:"id"`
		} `json:"orders"`
	}
	if err := json.Unmarshal(page, &orders); err != nil {
		return err
	}
	ids := map[string]bool{}
	for _, o := range orders.Orders {
		ids[o.ID] = true
	}
	if len(ids) != 50 {
		return fmt.Errorf("the page has %d different orders, want 50", len(ids))
	}
	return nil
}

// call returns a response's body and the cookies to send next.
func call(method, url, body string, cookies []*http.Cookie) ([]byte, []*http.Cookie, error) {
	req, err := http.NewRequest(method, url, strings.NewReader(body)) //nolint:noctx // the program ends
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	for _, c := range cookies {
		req.AddCookie(c)
	}
	client := &http.Client{Timeout: time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("%s %s: %s: %s", method, req.URL.Path, resp.Status, bytes.TrimSpace(text))
	}
	if got := resp.Cookies(); len(got) > 0 {
		cookies = got
	}
	return text, cookies, nil
}
