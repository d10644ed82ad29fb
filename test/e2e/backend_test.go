package e2e

import "testing"

// The harness itself: what the other tests do around the storefront API.
func TestHarnessReachesBackend(t *testing.T) {
	t.Parallel()
	_, a := newCustomer(t)
	db, err := shared.SQL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var id string
	if err := db.QueryRow(t.Context(), `SELECT id FROM customer WHERE email = $1`, a.Email).Scan(&id); err != nil || id != a.ID {
		t.Errorf("the database says %q, %v, want %q", id, err, a.ID)
	}
	var answer struct {
		Customer struct {
			Email string `json:"email"`
		} `json:"customer"`
	}
	if err := shared.Admin(t.Context(), "GET", "/admin/customers/"+a.ID, nil, &answer); err != nil || answer.Customer.Email != a.Email {
		t.Errorf("the admin API says %q, %v, want %q", answer.Customer.Email, err, a.Email)
	}
}
