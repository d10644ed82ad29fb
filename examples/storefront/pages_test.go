package main

import (
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

func TestMoneyGoesByTheBackendsRule(t *testing.T) {
	for _, c := range []struct {
		amount   int64
		currency string
		want     string
	}{
		{159000, "dkk", "DKK 1,590.00"}, {5, "eur", "EUR 0.05"}, {0, "usd", "USD 0.00"}, {-1234567, "EUR", "−EUR 12,345.67"},
		{1590, "jpy", "JPY 1,590"}, {0, "JPY", "JPY 0"}, {-100, "krw", "−KRW 100"}, {1234567, "clp", "CLP 1,234,567"},
		{1500, "kwd", "KWD 15.00"}, // three decimals, but not for the backend
		{math.MinInt64, "jpy", "−JPY 9,223,372,036,854,775,808"},
	} {
		if got := strings.ReplaceAll(money(c.amount, c.currency), "\u00a0", " "); got != c.want {
			t.Errorf("%d %s is %s, want %s", c.amount, c.currency, got, c.want)
		}
	}
}

// Every page of a customer without a name, a phone and an address is free of nil.
func TestNilNamesAreEmpty(t *testing.T) {
	shop := customerstest.NewServer(t)
	nameless := shop.AddCustomer(customerstest.Customer{Email: "nameless@example.com"})
	order := shop.AddOrder(nameless.ID, customerstest.Order{ShippingAddress: &api.Address{}})
	b := newBrowser(t, start(t, shop.URL))
	b.logIn("nameless@example.com")
	for _, path := range []string{"/", "/profile", "/addresses", "/addresses/new", "/billing", "/billing/edit", "/orders", "/orders/" + order.ID} {
		b.open(path).is(200, path).hasNot("<nil>", "nil", "0xc0")
	}
	b.send("/profile", "FirstName", "", "LastName", "", "Phone", "").is(200, "/profile", "Saved.")
	b.open("/profile").hasNot("<nil>", "nil")
}

func TestOrderAddsUp(t *testing.T) {
	shop := customerstest.NewServer(t)
	ada := shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	order := shop.AddOrder(ada.ID, customerstest.Order{
		CurrencyCode: "jpy", TaxRate: 10, ShippingPrice: 800, Refunded: 500,
		Discount: &customerstest.OrderDiscount{Code: "SUMMER", Value: 10},
		Lines:    []customerstest.OrderLine{{Title: "T-shirt", UnitPrice: 2900, Quantity: 2}, {Title: "Mug", UnitPrice: 1450}},
	})
	b := newBrowser(t, start(t, shop.URL))
	b.logIn("ada@example.com")
	page := b.open("/orders/"+order.ID).is(200, "/orders/"+order.ID, "Order 1", "SUMMER", "Paid back to you JPY 500")
	amounts := map[string]int64{}
	var lines int64
	for _, row := range regexp.MustCompile(`(?s)<tr.*?</tr>`).FindAllString(page.body, -1) {
		cells := regexp.MustCompile(`(.*) (−?)JPY ([\d,]+)$`).FindStringSubmatch(plain(row))
		if cells == nil {
			continue
		}
		amount, err := strconv.ParseInt(strings.ReplaceAll(cells[3], ",", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if cells[2] != "" {
			amount = -amount
		}
		name := strings.Fields(cells[1])[0]
		amounts[name] = amount
		if name == "T-shirt" || name == "Mug" {
			lines += amount
		}
	}
	if amounts["Subtotal"] != lines || lines != 2*2900+1450 {
		t.Errorf("the lines add up to %d, the subtotal is %d", lines, amounts["Subtotal"])
	}
	if sum := lines + amounts["Discount"] + amounts["Shipping"] + amounts["Tax"]; sum != amounts["Total"] || sum != order.Total {
		t.Errorf("the parts %v add up to %d, the total is %d", amounts, sum, order.Total)
	}
}

var orderRow = regexp.MustCompile(`<li id="(order_\w+)">`)

func rows(s *screen) []string {
	var ids []string
	for _, match := range orderRow.FindAllStringSubmatch(s.body, -1) {
		ids = append(ids, match[1])
	}
	return ids
}

// All orders come exactly once, though all have one time and one more is placed between two clicks.
func TestLoadMoreIsExact(t *testing.T) {
	shop := customerstest.NewServer(t)
	ada := shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	at := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	var want []string
	for range 25 {
		want = append(want, shop.AddOrder(ada.ID, customerstest.Order{CreatedAt: at}).ID)
	}
	b := newBrowser(t, start(t, shop.URL))
	b.logIn("ada@example.com")
	page := b.open("/orders")
	if n := len(rows(page)); n != ordersStep {
		t.Errorf("%d orders at first", n)
	}
	want = append(want, shop.AddOrder(ada.ID, customerstest.Order{CreatedAt: at.Add(time.Hour)}).ID)
	more := regexp.MustCompile(`id="more" href="([^#"]+)`)
	for clicks := 0; ; clicks++ {
		link := more.FindStringSubmatch(page.body)
		if link == nil {
			break
		}
		if clicks > 3 {
			t.Fatal("it never ends")
		}
		page = b.open(link[1])
	}
	got := rows(page)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d orders %v, want %d", len(got), got, len(want))
	}
}

func TestOrdersAreFiltered(t *testing.T) {
	shop := customerstest.NewServer(t)
	ada := shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	shop.AddOrder(ada.ID, customerstest.Order{Status: api.OrderStatusCompleted})
	canceled := shop.AddOrder(ada.ID, customerstest.Order{Status: api.OrderStatusCanceled})
	b := newBrowser(t, start(t, shop.URL))
	b.logIn("ada@example.com")
	page := b.open("/orders?status=canceled").has(`<option value="canceled" selected>`)
	if got := rows(page); !slices.Equal(got, []string{canceled.ID}) {
		t.Errorf("%v", got)
	}
	b.open("/orders?status=archived").has("No order has this status.")
	if got := rows(b.open("/orders?status=nonsense&show=-1")); len(got) != 2 {
		t.Errorf("a status that does not exist shows %v", got)
	}
}

// What one person may not see of another is a page that does not exist.
func TestOthersAreNotFound(t *testing.T) {
	shop := customerstest.NewServer(t)
	ada := shop.AddCustomer(customerstest.Customer{Email: "ada@example.com", ShippingAddresses: []api.AddAddressRequest{{}}})
	order := shop.AddOrder(ada.ID, customerstest.Order{})
	address := ada.ShippingAddresses[0].ID
	shop.AddCustomer(customerstest.Customer{Email: "bob@example.com"})
	b := newBrowser(t, start(t, shop.URL))
	b.logIn("bob@example.com")
	for _, path := range []string{"/orders/" + order.ID, "/addresses/" + address, "/nowhere"} {
		b.open(path).is(404, path, "There is no such page")
	}
	b.send("/billing", "Address", address).is(404, "/billing")
	b.send("/addresses/"+address+"/delete").is(200, "/addresses")
	b = newBrowser(t, b.site)
	b.logIn("ada@example.com")
	b.open("/addresses").has(`href="/addresses/` + address)
}

// What the shop refuses comes back as a form with what was typed, a text, and the refused fields marked.
func TestErrorsForPeople(t *testing.T) {
	address := func(change ...string) []string {
		form := []string{"FirstName", "Ada", "LastName", "Lovelace", "Address1", "Vestergade 1", "PostalCode", "8000", "City", "Aarhus", "CountryCode", "dk"}
		for i := 0; i < len(change); i += 2 {
			form[slices.Index(form, change[i])+1] = change[i+1]
		}
		return form
	}
	for name, c := range map[string]struct {
		fault  *customerstest.Fault
		path   string
		form   []string
		status int
		text   string
		fields []string // marked
	}{
		"wrong password":        {nil, "/login", []string{"Email", "ada@example.com", "Password", "wrong"}, 401, "Email or password is wrong.", []string{"Password"}},
		"no email, no password": {nil, "/login", []string{"Email", " ", "Password", ""}, 400, "Please check the fields that are marked.", []string{"Email", "Password"}},
		"email in use":          {nil, "/register", []string{"Email", "ada@example.com", "Password", "another"}, 409, "There is already an account", []string{"Email"}},
		"no password":           {nil, "/register", []string{"Email", "eve@example.com", "Password", ""}, 400, "Please check", []string{"Password"}},
		"address without city":  {nil, "/addresses/new", address("City", "", "LastName", ""), 400, "Please check", []string{"City", "LastName"}},
		"unknown country":       {nil, "/addresses/new", address("CountryCode", "xx"), 400, "Please check", []string{"CountryCode"}},
		"odd country":           {nil, "/addresses/new", address("CountryCode", "denmark"), 400, "Please check", []string{"CountryCode"}},
		"change without street": {nil, "/addresses/{id}", address("Address1", ""), 400, "Please check", []string{"Address1"}},
		"change to nowhere":     {nil, "/addresses/{id}", address("CountryCode", "xx"), 400, "Please check", []string{"CountryCode"}},
		"billing without city":  {nil, "/billing/edit", address("City", ""), 400, "Please check", []string{"City"}},
		"billing nowhere":       {nil, "/billing/edit", address("CountryCode", "xx"), 400, "Please check", []string{"CountryCode"}},
		"used token":            {nil, "/reset", []string{"Email", "ada@example.com", "Token", "used", "Password", "another"}, 400, "This link is no longer valid.", nil},
		"rate limit": {
			&customerstest.Fault{Operation: customers.OperationAuthenticate, Status: 429, Header: http.Header{"Retry-After": {"30"}}},
			"/login", []string{"Email", "ada@example.com", "Password", "supersecret"}, 429, "That was too often.", nil,
		},
		"conflict": {
			&customerstest.Fault{
				Operation: customers.OperationUpdateCustomer, Status: 409, Body: `{"message":"wait","code":"invalid_state_error"}`,
				Header: http.Header{"Content-Type": {"application/json"}},
			},
			"/profile", []string{"FirstName", "Ada"}, 409, "Something else was changed", nil,
		},
		"backend overloaded": {
			&customerstest.Fault{Operation: customers.OperationUpdateCustomer, Status: 503}, "/profile", []string{"FirstName", "Augusta"}, 503,
			"The shop does not respond", nil,
		},
		"backend broken": {
			&customerstest.Fault{Operation: customers.OperationUpdateCustomer, Status: 500}, "/profile", []string{"FirstName", "Augusta"}, 502,
			"The shop has a problem", nil,
		},
		"login ended while typing": {
			&customerstest.Fault{Operation: customers.OperationUpdateCustomer, Status: 401, Body: "Unauthorized"}, "/profile",
			[]string{"FirstName", "Augusta"}, 401, "You are no longer logged in.", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			shop := customerstest.NewServer(t)
			ada := shop.AddCustomer(customerstest.Customer{Email: "ada@example.com", ShippingAddresses: []api.AddAddressRequest{{}}})
			b := newBrowser(t, start(t, shop.URL))
			b.logIn("ada@example.com")
			if c.fault != nil {
				shop.Inject(*c.fault)
			}
			path := strings.ReplaceAll(c.path, "{id}", ada.ShippingAddresses[0].ID)
			page := b.send(path, c.form...).is(c.status, path, c.text, "<title>Error: ", `role="alert"`)
			var marked []string
			for _, match := range regexp.MustCompile(`<(?:input|select) id="(\w+)"[^>]*aria-invalid="true" aria-describedby="(\w+)-why"`).FindAllStringSubmatch(page.body, -1) {
				marked = append(marked, match[1])
				page.has(`id="` + match[2] + `-why"`)
			}
			slices.Sort(marked)
			slices.Sort(c.fields)
			if !slices.Equal(marked, c.fields) {
				t.Errorf("%v are marked, want %v", marked, c.fields)
			}
			for i := 0; i < len(c.form); i += 2 {
				if typed := c.form[i+1]; c.form[i] == "Password" && typed != "" {
					page.hasNot(`value="` + typed + `"`)
				} else if strings.TrimSpace(typed) != "" {
					page.has(`value="` + typed + `"`)
				}
			}
		})
	}
}

func TestBackendIsDown(t *testing.T) {
	shop := httptest.NewServer(customerstest.New())
	b := newBrowser(t, start(t, shop.URL))
	b.send("/register", "Email", "eve@example.com", "Password", "supersecret").is(200, "/")
	shop.Close()
	for _, path := range []string{"/", "/orders", "/profile"} {
		b.open(path).is(503, path, "The shop does not respond")
	}
	b.send("/login", "Email", "eve@example.com", "Password", "supersecret").is(503, "/login", "The shop does not respond", "eve@example.com")
	b.send("/logout").is(200, "/login", "You are logged out in this browser.")
	b.open("/profile").is(200, "/login", "Please log in first.")
}

// A page about a backend that hangs comes when the budget has ended.
func TestBackendHangs(t *testing.T) {
	shop := customerstest.NewServer(t)
	shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	b := newBrowser(t, start(t, shop.URL, func(c *config) { c.budget = 200 * time.Millisecond }))
	b.logIn("ada@example.com")
	held := shop.Hold(customerstest.Fault{Times: 3})
	defer held.Release()
	b.open("/orders").is(504, "/orders", "The shop does not respond")
	b.send("/profile", "FirstName", "Augusta").is(504, "/profile", "The shop does not respond", `value="Augusta"`)
	b.send("/login", "Email", "ada@example.com", "Password", "supersecret").is(504, "/login", "The shop does not respond")
}

// Two equal forms at once do their work once, and both show the result.
func TestDoubleSubmits(t *testing.T) {
	for path, form := range map[string][]string{
		"/register":      {"Email", "eve@example.com", "Password", "supersecret", "FirstName", "Eve"},
		"/addresses/new": {"FirstName", "Ada", "LastName", "Lovelace", "Address1", "Vestergade 1", "City", "Aarhus", "CountryCode", "dk"},
		"/reset":         {"Email", "ada@example.com", "Password", "another"},
	} {
		t.Run(path, func(t *testing.T) {
			shop := customerstest.NewServer(t)
			shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
			b := newBrowser(t, start(t, shop.URL))
			switch path {
			case "/addresses/new":
				b.logIn("ada@example.com")
			case "/reset":
				b.send("/forgot", "Email", "ada@example.com").is(200, "/login")
				form = append(form, "Token", shop.PasswordTokens("ada@example.com")[0])
			}
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() { b.send(path, form...).hasNot(`role="alert"`) })
			}
			both.Wait()
			page := b.open("/addresses")
			if page.path != "/addresses" || strings.Count(page.body, "<address>") > 1 {
				t.Errorf("%s:\n%s", page.path, page.text())
			}
		})
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	shop := customerstest.NewServer(t)
	shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	b := newBrowser(t, start(t, shop.URL))
	b.logIn("ada@example.com")
	for name, c := range map[string]struct {
		header http.Header
		status int
	}{
		"from here":                          {http.Header{"Sec-Fetch-Site": {"same-origin"}}, 200},
		"from here, over plain http":         {http.Header{"Origin": {b.site}}, 200}, // browsers send no Sec-Fetch-Site then
		"from here, behind a proxy":          {http.Header{"Origin": {"http://localhost"}}, 200},
		"from another site":                  {http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"from another host of the domain":    {http.Header{"Sec-Fetch-Site": {"same-site"}}, 403},
		"from another site, over plain http": {http.Header{"Origin": {"http://evil.example.com"}}, 403},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.site+"/profile", strings.NewReader(url.Values{"FirstName": {name}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = c.header
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := b.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		saved := strings.Contains(b.open("/profile").body, name)
		if resp.StatusCode != c.status || saved != (c.status == 200) {
			t.Errorf("%s: %s, saved %v", name, resp.Status, saved)
		}
	}
}

func TestHeaders(t *testing.T) {
	b := newBrowser(t, start(t, customerstest.NewServer(t).URL))
	for path, cache := range map[string]string{"/": "no-store", "/login": "no-store", "/nowhere": "no-store", "/static/style.css": "max-age=300"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.site+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := b.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		for name, want := range map[string]string{
			"Cache-Control": cache, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Content-Security-Policy": "frame-ancestors 'none'",
		} {
			if got := resp.Header.Get(name); !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestNextStaysOnTheSite(t *testing.T) {
	for next, want := range map[string]string{
		"/orders": "/orders", "/addresses/addr_1": "/addresses/addr_1", "": "/", "https://evil.example.com/": "/", "//evil.example.com": "/",
		`/\evil.example.com`: "/", "orders": "/", "javascript:alert(1)": "/", "/%5cevil.example.com": "/", "/\tevil": "/",
		"///evil": "/", "/orders\n": "/", "/../evil": "/",
	} {
		if got := local(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
	shop := customerstest.NewServer(t)
	shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	b := newBrowser(t, start(t, shop.URL))
	b.open("/orders?status=pending").is(200, "/login", "Please log in first.", `name="next" value="/orders"`)
	b.send("/login", "Email", "ada@example.com", "Password", "wrong", "next", "/orders").has(`name="next" value="/orders"`)
	b.send("/login", "Email", "ada@example.com", "Password", "supersecret", "next", "/orders").is(200, "/orders")
}

// The backend knows by the login whose cart it makes.
func TestCartIsTheCustomers(t *testing.T) {
	shop := customerstest.NewServer(t)
	ada := shop.AddCustomer(customerstest.Customer{Email: "ada@example.com"})
	order := shop.AddOrder(ada.ID, customerstest.Order{Lines: []customerstest.OrderLine{{Title: "Mug", UnitPrice: 1450, Quantity: 2}}})
	var owner string
	status := http.StatusOK
	shop.Handle("POST /store/carts", func(w http.ResponseWriter, r *http.Request, customer *api.Customer) {
		if customer != nil {
			owner = customer.Email
		}
		w.WriteHeader(status)
		body, err := io.ReadAll(r.Body)
		if err != nil || !strings.Contains(string(body), `"quantity":2`) || !strings.Contains(string(body), *order.Items[0].VariantID) {
			t.Errorf("%s %v", body, err)
		}
		_, _ = io.WriteString(w, `{"cart":{"id":"cart_1"}}`)
	})
	shop.Handle("GET /store/carts/{id}", func(w http.ResponseWriter, r *http.Request, _ *api.Customer) {
		if r.PathValue("id") != "cart_1" {
			http.NotFound(w, r)
			return
		}
		if body, err := io.ReadAll(r.Body); err != nil || len(body) > 0 { // such as null, which the backend's body parser refuses
			t.Errorf("a read has the body %q, %v", body, err)
		}
		_, _ = io.WriteString(w, `{"cart":{"id":"cart_1","region":{"currency_code":"jpy"},"subtotal":2900,
			"items":[{"title":"Mug","description":null,"quantity":2,"unit_price":1450}]}}`)
	})
	b := newBrowser(t, start(t, shop.URL))
	b.logIn("ada@example.com")
	b.send("/orders/"+order.ID+"/again").is(200, "/cart", "Mug 2 JPY 1,450", "Subtotal JPY 2,900")
	if owner != "ada@example.com" {
		t.Errorf("the cart is %q's", owner)
	}
	status = http.StatusBadRequest
	b.send("/orders/"+order.ID+"/again").is(502, "/orders/"+order.ID+"/again", "The shop has a problem")
}
