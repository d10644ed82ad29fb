package customers

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// addressed responds with a customer who has these addresses.
func addressed(addresses ...map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i, a := range addresses {
			a["id"] = fmt.Sprintf("addr_%d", i)
		}
		var list []string
		for _, a := range addresses {
			text, _ := json.Marshal(a)
			list = append(list, whole[Address](string(text)))
		}
		respondJSON(w, 200, customerBody(`{"id":"cus_1","shipping_addresses":[`+strings.Join(list, ",")+`]}`))
	}
}

// stored returns someAddress as the backend sends it.
func stored(change map[string]any) map[string]any {
	a := map[string]any{
		"first_name": "Alec", "last_name": "Reynolds", "address_1": "Main Street 1", "city": "Copenhagen", "country_code": "dk", "postal_code": "1000",
		"address_2": nil, "company": nil, "phone": nil, "province": nil, "metadata": nil, "created_at": "2024-01-02T03:04:05.678Z", "updated_at": "2024-01-02T03:04:05.678Z",
	}
	maps.Copy(a, change)
	return a
}

func TestAddSendsNullForWhatIsNotGiven(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, testEmail)
	a := someAddress()
	a.CountryCode = "DK"
	_, err := c.Addresses.Add(t.Context(), a)
	wantOK(t, err)
	var sent struct {
		Address map[string]any `json:"address"`
	}
	r := b.last(t)
	wantOK(t, json.Unmarshal([]byte(r.Body), &sent))
	want := map[string]any{
		"first_name": "Alec", "last_name": "Reynolds", "address_1": "Main Street 1", "city": "Copenhagen", "country_code": "dk", "postal_code": "1000",
		"address_2": nil, "company": nil, "phone": nil, "province": nil,
	}
	if fmt.Sprint(sent.Address) != fmt.Sprint(want) {
		t.Errorf("sent %v, want %v", sent.Address, want)
	}
	if r.Method != http.MethodPost || r.Path != "/store/customers/me/addresses" {
		t.Errorf("%s %s", r.Method, r.Path)
	}
	if a.CountryCode != "DK" {
		t.Error("the caller's address was changed")
	}
}

func TestAddressThatTheBackendDroppedIsAnError(t *testing.T) {
	type change = map[string]any
	for _, test := range []struct {
		name  string
		sent  func(*AddAddressRequest)
		there []map[string]any
		added bool
	}{
		{"added", func(*AddAddressRequest) {}, []map[string]any{stored(nil)}, true},
		{"added among others", func(*AddAddressRequest) {}, []map[string]any{stored(change{"city": "Aarhus"}), stored(nil), stored(change{"phone": "1"})}, true},
		{"there already", func(*AddAddressRequest) {}, []map[string]any{stored(nil)}, true},
		{"country given in upper case", func(a *AddAddressRequest) { a.CountryCode = "DK" }, []map[string]any{stored(nil)}, true},
		{"all fields", func(a *AddAddressRequest) {
			a.Address2, a.Company, a.Phone, a.Province = new("2"), new("c"), new("p"), new("pr")
		}, []map[string]any{stored(change{"address_2": "2", "company": "c", "phone": "p", "province": "pr"})}, true},
		{"empty is not null", func(a *AddAddressRequest) { a.Address2 = new("") }, []map[string]any{stored(change{"address_2": ""})}, true},

		{"none at all", func(*AddAddressRequest) {}, nil, false},
		{"other company", func(a *AddAddressRequest) { a.Company = new("ours") }, []map[string]any{stored(change{"company": "theirs"})}, false},
		{"company where there is none", func(a *AddAddressRequest) { a.Company = new("ours") }, []map[string]any{stored(nil)}, false},
		{"no company where there is one", func(*AddAddressRequest) {}, []map[string]any{stored(change{"company": "theirs"})}, false},
		{"other metadata", func(a *AddAddressRequest) { a.Metadata = map[string]any{"k": 1} }, []map[string]any{stored(change{"metadata": change{"k": 2}})}, false},
		{"metadata where there is none", func(a *AddAddressRequest) { a.Metadata = map[string]any{"k": 1} }, []map[string]any{stored(nil)}, false},

		{"metadata as sent", func(a *AddAddressRequest) { a.Metadata = map[string]any{"k": 1, "l": []string{"a"}} }, []map[string]any{stored(change{"metadata": change{"l": []string{"a"}, "k": 1.0}})}, true},
		{"metadata of a struct", func(a *AddAddressRequest) {
			a.Metadata = struct {
				K int `json:"k"`
			}{1}
		}, []map[string]any{stored(change{"metadata": change{"k": 1}})}, true},
		{"metadata a list", func(a *AddAddressRequest) { a.Metadata = []int{1, 2} }, []map[string]any{stored(change{"metadata": []int{1, 2}})}, true},
		{"metadata a large number", func(a *AddAddressRequest) { a.Metadata = map[string]any{"k": int64(9007199254740992)} }, []map[string]any{stored(change{"metadata": change{"k": 9007199254740992}})}, true},
		{"metadata not given", func(*AddAddressRequest) {}, []map[string]any{stored(change{"metadata": change{"k": 1}})}, true},
	} {
		for _, f := range []string{"first_name", "last_name", "address_1", "city", "country_code", "postal_code", "address_2", "phone", "province"} {
			if !test.added {
				break
			}
			// With any field different, the address was not added.
			var others []map[string]any
			for _, a := range test.there {
				other := maps.Clone(a)
				other[f] = "another"
				others = append(others, other)
			}
			a := someAddress()
			test.sent(&a)
			c := mustNew(t, "https://shop.example.com", inMemory(addressed(others...))).WithSession(sessionOf("v"))
			if _, err := c.Addresses.Add(t.Context(), a); err == nil {
				t.Errorf("%s: with another %s it counts as added", test.name, f)
			}
		}
		a := someAddress()
		test.sent(&a)
		c := mustNew(t, "https://shop.example.com", inMemory(addressed(test.there...))).WithSession(sessionOf("v"))
		customer, err := c.Addresses.Add(t.Context(), a)
		if test.added {
			if err != nil || customer == nil || len(customer.ShippingAddresses) != len(test.there) {
				t.Errorf("%s: customer %v, error %v", test.name, customer, err)
			}
			continue
		}
		e := wantError(t, err, ErrAddressNotAdded)
		if customer != nil || e.StatusCode != http.StatusOK || e.Operation != "AddAddress" {
			t.Errorf("%s: customer %v, error %q", test.name, customer, e)
		}
	}
}

// Two addresses that differ in company or metadata only are one for the backend.
func TestAddressThatTheBackendTakesForAnother(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, testEmail)
	other := someAddress()
	other.Company = new("ours")
	for i, test := range []struct {
		address AddAddressRequest
		want    error
	}{{someAddress(), nil}, {someAddress(), nil}, {other, ErrAddressNotAdded}} {
		me, err := c.Addresses.Add(t.Context(), test.address)
		if !errors.Is(err, test.want) || err == nil && len(me.ShippingAddresses) != 1 {
			t.Errorf("%d: %+v, %v", i, me, err)
		}
	}
}

func TestUpdateAddressSendsWhatIsGivenAndNoMore(t *testing.T) {
	b := newBackend(t)
	c := b.client(t)
	mustLogin(t, c, testEmail)
	me, err := c.Addresses.Add(t.Context(), someAddress())
	wantOK(t, err)
	for want, a := range map[string]UpdateAddressRequest{
		`{}`:                                {},
		`{"country_code":"dk"}`:             {CountryCode: "DK"},
		`{"phone":null}`:                    {Phone: Null[string]()},
		`{"city":"Aarhus"}`:                 {City: Value("Aarhus")},
		`{"company":""}`:                    {Company: Value("")},
		`{"metadata":{"a":1}}`:              {Metadata: Value(map[string]any{"a": 1})},
		`{"metadata":null}`:                 {Metadata: Null[map[string]any]()},
		`{"address_2":null,"province":"P"}`: {Address2: Null[string](), Province: Value("P")},
	} {
		_, err := c.Addresses.Update(t.Context(), me.ShippingAddresses[0].ID, a)
		wantOK(t, err)
		if got := b.last(t).Body; got != want {
			t.Errorf("sent %s, want %s", got, want)
		}
	}
}
