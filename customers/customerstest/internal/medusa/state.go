package medusa

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/orders"
)

// Settings are what differs between backends.
type Settings struct {
	Production  bool // NODE_ENV is production
	CookieName  string
	SessionTTL  time.Duration
	Rolling     bool // every response renews the session cookie
	CORSOrigins []string

	CustomerColumns []string // that the shop has added to its customers
}

// State is the data of a backend. Its methods are called with the mutex locked.
type State struct {
	sync.Mutex

	Settings Settings
	Clock    Clock
	Orders   orders.Book

	secret         []byte               // signs session cookies and bearer tokens
	customers      map[string]*Customer // by id, without deleted ones
	emails         map[emailKey]string  // ids of customers
	addresses      map[string]*address  // by id, without deleted ones
	billed         map[string]string    // ids of customers, by the id of a billing address
	sessions       map[string]*session  // by id
	passwordTokens map[string][]string  // by email in lower case
}

func newState(settings Settings) *State {
	s := &State{
		Settings:       settings,
		secret:         make([]byte, 32),
		customers:      make(map[string]*Customer),
		emails:         make(map[emailKey]string),
		addresses:      make(map[string]*address),
		billed:         make(map[string]string),
		sessions:       make(map[string]*session),
		passwordTokens: make(map[string][]string),
	}
	_, _ = rand.Read(s.secret) // never fails
	return s
}

// session is what the backend stores for the id in a session cookie.
type session struct {
	id         string
	customerID string // empty until a login
	expires    time.Time
}

// emailKey is unique in the backend: an email may have one account and one guest.
type emailKey struct {
	email      string
	hasAccount bool
}

// Customer returns the customer with the id, or nil.
func (s *State) Customer(id string) *Customer { return s.customers[id] }

// account returns the account with the email in lower case, or nil.
func (s *State) account(email string) *Customer {
	return s.customers[s.emails[emailKey{lowerCase(email), true}]]
}

// Has reports whether there is such an account or guest already.
func (s *State) Has(email string, account bool) bool { return s.emails[emailKey{email, account}] != "" }

// InsertCustomer inserts a new row.
func (s *State) InsertCustomer(c *Customer) {
	now := s.Clock.Now()
	c.ID, c.createdAt, c.updatedAt, c.ownNames = NewID("cus", now), now, now, s.Settings.CustomerColumns
	s.customers[c.ID] = c
	s.emails[emailKey{c.Email, c.HasAccount}] = c.ID
}

// DeleteCustomer deletes a customer. Addresses, sessions and tokens stay.
func (s *State) DeleteCustomer(c *Customer) {
	delete(s.customers, c.ID)
	delete(s.emails, emailKey{c.Email, c.HasAccount})
}

// saveCustomer writes the changed row. It changes the row's time only if something else changes.
func (s *State) saveCustomer(c *Customer, changed Customer) {
	changed.Metadata = stored(changed.Metadata)
	if c.equals(&changed) {
		return
	}
	changed.updatedAt = s.Clock.Now()
	delete(s.emails, emailKey{c.Email, c.HasAccount})
	s.emails[emailKey{changed.Email, changed.HasAccount}] = c.ID
	if old := value(c.billingAddressID); old != value(changed.billingAddressID) {
		delete(s.billed, old)
		if changed.billingAddressID != nil {
			s.billed[*changed.billingAddressID] = c.ID
		}
	}
	*c = changed
}

// insertAddress inserts a new row.
func (s *State) insertAddress(a *address) {
	now := s.Clock.Now()
	a.id, a.createdAt, a.updatedAt = NewID("addr", now), now, now
	a.metadata = stored(a.metadata)
	s.addresses[a.id] = a
}

// saveAddress writes the changed row. It changes the row's time only if something else changes.
func (s *State) saveAddress(a *address, changed address) {
	changed.metadata = stored(changed.metadata)
	if string(js.Append(nil, a.columns())) != string(js.Append(nil, changed.columns())) {
		changed.updatedAt = s.Clock.Now()
		*a = changed
	}
}

// WithAddresses returns the customer as most responses have it. The billing address is null if it was deleted, and its
// id stays.
func (s *State) WithAddresses(c *Customer) js.Members {
	var billing js.Members
	if a := s.addresses[value(c.billingAddressID)]; a != nil {
		billing = a.columns()
	}
	return append(c.columns(), js.Member{Name: "billing_address", Value: billing}, js.Member{Name: "shipping_addresses", Value: c.shippingAddresses()})
}

// withOrders returns the customer as the response to a login has it.
func (s *State) withOrders(c *Customer) js.Members {
	return append(c.columns(), js.Member{Name: "orders", Value: s.Orders.OfLogin(c.ID)}, js.Member{Name: "shipping_addresses", Value: c.shippingAddresses()})
}

// ExpireSessions ends all sessions.
func (s *State) ExpireSessions() { clear(s.sessions) }

// PasswordTokens returns the tokens issued for an email, the newest last.
func (s *State) PasswordTokens(email string) []string {
	return append([]string(nil), s.passwordTokens[lowerCase(email)]...)
}

// AddAddress inserts an address of the seed, as the billing address or else a shipping address. It returns what the
// backend refuses.
func (s *State) AddAddress(c *Customer, payload *js.Object, billing bool) (refused string) {
	a := new(address)
	a.set(payload)
	if failed := a.refused(); failed != nil {
		return string(failed.Body)
	}
	s.insertAddress(a)
	if billing {
		c.billingAddressID = &a.id
		s.billed[a.id] = c.ID
		return ""
	}
	a.customerID = &c.ID
	c.addresses = append(c.addresses, a)
	return ""
}
