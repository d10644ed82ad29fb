package medusa

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// address is a row of the backend's table: a shipping address of a customer or, without one, a billing address.
type address struct {
	id         string
	createdAt  time.Time
	updatedAt  time.Time
	customerID *string
	texts      [len(addressTexts)]*string
	metadata   any
}

// addressTexts are the columns of text, in the order of the responses.
var addressTexts = [...]string{
	"company", "first_name", "last_name", "address_1", "address_2", "city", "country_code", "province", "postal_code", "phone",
}

var countryCodeColumn = slices.Index(addressTexts[:], "country_code")

func (a *address) columns() js.Members {
	m := append(make(js.Members, 0, 16), js.Member{Name: "id", Value: a.id}, js.Member{Name: "created_at", Value: a.createdAt},
		js.Member{Name: "updated_at", Value: a.updatedAt}, js.Member{Name: "deleted_at"}, js.Member{Name: "customer_id", Value: a.customerID})
	for i, name := range addressTexts {
		m = append(m, js.Member{Name: name, Value: a.texts[i]})
	}
	return append(m, js.Member{Name: "metadata", Value: a.metadata})
}

// set sets the columns that the payload has. It lower-cases a country code and ignores null for it.
func (a *address) set(payload *js.Object) {
	for i, name := range addressTexts {
		v, there := payload.Values[name]
		switch {
		case !there:
		case i != countryCodeColumn:
			a.texts[i] = payload.Text(name)
		case v != nil:
			a.texts[i] = new(lowerCase(value(payload.Text(name))))
		}
	}
	if metadata, there := payload.Values["metadata"]; there {
		a.metadata = metadata
	}
}

// refused returns the response if the database refuses the row, or nil.
func (a *address) refused() *response.Response {
	if slices.ContainsFunc(a.texts[:], func(text *string) bool { return hasNUL(text) }) || hasNUL(a.metadata) {
		return response.UnknownError()
	}
	if code := a.texts[countryCodeColumn]; code != nil && !countries[*code] {
		if !wordCharacters.MatchString(*code) {
			return response.NotFound("null") // the backend looks for the code in the database's message, in vain
		}
		return response.NotFound(fmt.Sprintf("Country with country_code %s does not exist.", *code))
	}
	return nil
}

var wordCharacters = regexp.MustCompile(`^[\w-]+$`)

// equals reports whether the backend takes a new address for this one. It compares all texts but the company. An absent
// text and a stored null differ.
func (a *address) equals(added *address, payload *js.Object) bool {
	for i, name := range addressTexts {
		if name == "company" {
			continue
		}
		if _, there := payload.Values[name]; !there {
			return false
		}
		old, given := a.texts[i], added.texts[i]
		if (old == nil) != (given == nil) || value(old) != value(given) {
			return false
		}
	}
	return true
}
