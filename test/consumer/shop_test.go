package shop

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

// fake is the application's own fake of a backend.
type fake struct {
	Accounts

	me     customers.Customer
	orders []customers.Order
	err    error
}

func (f *fake) Create(_ context.Context, c customers.CreateRequest, _ ...customers.CallOption) (*customers.Customer, error) {
	f.me.Email = c.Email
	return &f.me, f.err
}

func (f *fake) Update(_ context.Context, c customers.UpdateRequest, _ ...customers.CallOption) (*customers.Customer, error) {
	if phone, err := c.Phone.Get(); err == nil {
		f.me.Phone = &phone
	} else if c.Phone.IsNull() {
		f.me.Phone = nil
	}
	return &f.me, f.err
}

func (f *fake) Orders(context.Context, *customers.ListOrdersParams, ...customers.CallOption) iter.Seq2[*customers.Order, error] {
	return func(yield func(*customers.Order, error) bool) {
		for i := range f.orders {
			if !yield(&f.orders[i], nil) {
				return
			}
		}
		if f.err != nil {
			yield(nil, f.err)
		}
	}
}

func TestFake(t *testing.T) {
	f := &fake{orders: []customers.Order{{Status: customers.OrderStatusCompleted}, {Status: "from a newer backend"}}}
	me, err := Register(t.Context(), f, "user@example.com", "supersecret", "555")
	if err != nil || me.Phone == nil || *me.Phone != "555" {
		t.Errorf("Register = %+v, %v", me, err)
	}
	if err := Forget(t.Context(), f); err != nil || f.me.Phone != nil {
		t.Errorf("Forget: %v, %+v", err, f.me)
	}
	if n, err := Completed(t.Context(), f); n != 1 || err != nil {
		t.Errorf("Completed = %d, %v", n, err)
	}
	f.err = customers.ErrDuplicate
	if _, err := Register(t.Context(), f, "user@example.com", "supersecret", ""); !errors.Is(err, ErrTaken) {
		t.Errorf("Register again: %v", err)
	}
}

// TestClient uses the client and the raw client over HTTP.
func TestClient(t *testing.T) {
	const customer = `{"customer":{"id":"cus_1","email":"user@example.com","first_name":null,"last_name":null,"phone":null,
		"billing_address_id":null,"has_account":true,"metadata":null,"created_at":"2026-01-02T03:04:05.006Z","updated_at":"2026-01-02T03:04:05.006Z","deleted_at":null,"shipping_addresses":[]}}`
	mux := http.NewServeMux()
	mux.HandleFunc("POST /store/customers", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "connect.sid", Value: "s:1", Path: "/", HttpOnly: true, Expires: time.Now().Add(time.Hour)})
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, customer)
	})
	mux.HandleFunc("GET /store/customers/me", func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("connect.sid"); err != nil || c.Value != "s:1" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, customer)
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	client, err := customers.New(server.URL, customers.WithTimeout(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Retrieve(t.Context()); !errors.Is(err, customers.ErrUnauthenticated) {
		t.Errorf("before the login, Retrieve: %v", err)
	}
	if _, err := Register(t.Context(), client, "user@example.com", "supersecret", ""); err != nil {
		t.Fatal(err)
	}
	me, err := client.Retrieve(t.Context())
	if err != nil || me.Email != "user@example.com" {
		t.Errorf("after the login, Retrieve = %+v, %v", me, err)
	}

	raw, err := api.NewClientWithResponses(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	res, err := raw.RetrieveCustomerWithResponse(t.Context())
	if err != nil || res.StatusCode() != http.StatusUnauthorized {
		t.Errorf("the raw client, which has no session: %+v, %v", res, err)
	}
}

// TestReadmeProgram compiles and runs the first program of the README.
func TestReadmeProgram(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```go\npackage main\n")
	program, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("README.md has no program")
	}
	program = "package main\n" + program
	if lines := strings.Count(program, "\n"); lines >= 20 {
		t.Errorf("the program has %d lines, and is to have fewer than 20", lines)
	}
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(source, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("readme")
	if err != nil {
		t.Fatal(err)
	}
	files, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(here, "main.go"): source}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, files, 0o600); err != nil {
		t.Fatal(err)
	}
	// The program is in this module, without a file in the repository.
	goCommand(t, ".", "build", "-overlay", overlay, "-o", filepath.Join(dir, "program"), "./readme")
}
