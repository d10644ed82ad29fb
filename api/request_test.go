package api

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEmptyFiltersLeaveNothingInTheQuery(t *testing.T) {
	for name, params := range map[string]*ListOrdersParams{
		"nil":         nil,
		"none":        {},
		"empty lists": {Status: []OrderStatus{}, FulfillmentStatus: []FulfillmentStatus{}, PaymentStatus: []PaymentStatus{}, Fields: []string{}, Expand: []string{}},
		"ranges":      {CreatedAt: &TimeRange{}, UpdatedAt: &TimeRange{}, CanceledAt: &TimeRange{}},
		"all of it":   {Status: []OrderStatus{}, CreatedAt: &TimeRange{}, Fields: []string{}},
	} {
		req, err := NewListOrdersRequest("https://shop.example.com/", params)
		if err != nil || req.URL.String() != "https://shop.example.com/store/customers/me/orders" {
			t.Errorf("%s: %v, %v", name, req, err)
		}
	}
}

func TestFiltersInTheQuery(t *testing.T) {
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	req, err := NewListOrdersRequest("https://shop.example.com/medusa", &ListOrdersParams{
		Q: new("a+b c&d=e"), Status: []OrderStatus{"pending", "x,y"}, DisplayID: new(7), TaxRate: new(12.5), CreatedAt: &TimeRange{GTE: &at},
		Limit: new(0), Fields: []string{"+metadata", "-email"}, Expand: []string{"items.variant"},
	})
	const want = "https://shop.example.com/medusa/store/customers/me/orders?q=a%2Bb+c%26d%3De&status%5B%5D=pending&status%5B%5D=x%2Cy&display_id=7&tax_rate=12.5" +
		"&created_at[gte]=2024-01-02T03%3A04%3A05Z&limit=0&fields=%2Bmetadata,-email&expand=items.variant"
	if err != nil || req.URL.String() != want {
		t.Errorf("%v, %v\nwant %s", req.URL, err, want)
	}
}

// An id is one segment of a path, also with a slash in it. One that climbs, if a proxy undoes the escaping, is refused.
func TestIDsStayInTheirRoute(t *testing.T) {
	const route = "/store/customers/me/addresses/"
	for id, want := range map[string]string{
		"": "", ".": "", "..": "", "addr_1": "addr_1", "...": "...", "a/b": "a%2Fb", "../orders": "", "a/../b": "", "a/.": "", `a\..`: "", "a..b/c": "a..b%2Fc", "/": "%2F", "%2e%2e": "%252e%252e",
		"%2F": "%252F", `..\orders`: "", `a\b`: "a%5Cb", "a?b=c": "a%3Fb=c", "a#b": "a%23b", "a;b": "a%3Bb", "é": "%C3%A9", "a b": "a%20b", "\r\nX: y": "%0D%0AX:%20y",
	} {
		update, err := NewUpdateAddressRequest("https://shop.example.com/", id, UpdateAddressBody{})
		remove, err2 := NewDeleteAddressRequest("https://shop.example.com/", id)
		for _, req := range []*http.Request{update, remove} {
			switch {
			case want == "" && (err == nil || err2 == nil):
				t.Errorf("%q is taken", id)
			case want != "" && (err != nil || err2 != nil):
				t.Errorf("%q: %v, %v", id, err, err2)
			case want != "" && req.URL.RequestURI() != route+want:
				t.Errorf("%q is sent as %s", id, req.URL.RequestURI())
			}
		}
	}
	if _, err := NewEmailExistsRequest("https://shop.example.com/", ".."); err == nil {
		t.Error("an email that is another route is taken")
	}
}

func TestRequestsCanBeSentAgain(t *testing.T) {
	req, err := NewAuthenticateRequest("https://shop.example.com", Credentials{Email: "user@example.com", Password: "secret"})
	if err != nil || req.GetBody == nil || req.Header.Get("Content-Type") != "application/json" || req.Method != http.MethodPost {
		t.Fatal(req, err)
	}
	first, _ := io.ReadAll(req.Body)
	again, err := req.GetBody()
	if err != nil || int64(len(first)) != req.ContentLength {
		t.Fatal(err)
	}
	if second, _ := io.ReadAll(again); string(second) != string(first) || !strings.Contains(string(first), "secret") {
		t.Errorf("%s, then %s", first, second)
	}
}

func TestServersWithAQueryAreRefused(t *testing.T) {
	for _, server := range []string{"https://shop.example.com?x=1", "https://shop.example.com/#x", "https://shop.example.com/%zz", "://"} {
		if _, err := NewRetrieveCustomerRequest(server); err == nil {
			t.Errorf("%s is taken", server)
		}
	}
}
