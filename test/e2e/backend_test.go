package e2e

import "testing"

// TestHarnessReachesBackend checks the ways around the storefront API that the other tests use.
func TestHarnessReachesBackend(t *testing.T) {
	t.Parallel()
	_, a := newCustomer(t)
	db, err := shared.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var id string
	if err := db.QueryRow(t.Context(), `SELECT id FROM customer WHERE email = $1`, a.Email).Scan(&id); err != nil || id != a.ID {
		t.Errorf("the database has %q, %v, want %q", id, err, a.ID)
	}
	var body struct {
		Customer struct {
			Email string `json:"email"`
		} `json:"customer"`
	}
	if err := shared.Admin(t.Context(), "GET", "/admin/customers/"+a.ID, nil, &body); err != nil || body.Customer.Email != a.Email {
		t.Errorf("the admin API has %q, %v, want %q", body.Customer.Email, err, a.Email)
	}
}
