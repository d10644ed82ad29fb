package medusa

import (
	"fmt"
	"net/http"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/contract"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/validate"
)

// operations are the operations of the contract. Each sets the response of its request's exchange. The ResponseWriter
// is nil, because the session and the ETag are added later.
type operations struct{ *State }

// An operation that is added to the contract does not compile until it is here.
var _ contract.ServerInterface = operations{}

// customer returns the customer who is logged in. For one who was deleted since, it sets the response and returns nil.
func (o operations) customer(x *Exchange) *Customer {
	c := o.customers[x.customerID]
	if c == nil {
		x.fail(response.NotFound(fmt.Sprintf("Customer with id: %s was not found", x.customerID)))
	}
	return c
}

func (o operations) respondWithAddresses(x *Exchange, c *Customer) {
	x.Response = response.JSON(js.Members{{Name: "customer", Value: o.WithAddresses(c)}})
}

func (o operations) respondWithOrders(x *Exchange, c *Customer) {
	x.Response = response.JSON(js.Members{{Name: "customer", Value: o.withOrders(c)}})
}

// RetrieveCustomer responds with the customer.
func (o operations) RetrieveCustomer(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.customer(x); c != nil {
		o.respondWithAddresses(x, c)
	}
}

// GetSession responds with the customer and all orders.
func (o operations) GetSession(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.customer(x); c != nil {
		o.respondWithOrders(x, c)
	}
}

// DeleteSession logs out, also without a login.
func (o operations) DeleteSession(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	o.endSession(x)
	x.Response = response.Text(http.StatusOK)
}

// EmailExists reports whether there is an account; a guest has none.
func (o operations) EmailExists(_ http.ResponseWriter, r *http.Request, email string) {
	x := exchangeOf(r)
	if !x.fail(validate.NotEmulatedEmail(email)) {
		x.Response = response.JSON(js.Members{{Name: "exists", Value: o.account(email) != nil}})
	}
}

// ListOrders lists the orders, also those of a customer who was deleted. It reads the query itself, see withExchange.
func (o operations) ListOrders(_ http.ResponseWriter, r *http.Request, _ api.ListOrdersParams) {
	x := exchangeOf(r)
	x.Response = o.List(x.customerID, x.RawQuery)
}

// List returns the response with the customer's orders.
func (s *State) List(customerID, rawQuery string) response.Response {
	var customer js.Members
	if c := s.customers[customerID]; c != nil {
		customer = s.WithAddresses(c)
	}
	return s.Orders.List(customerID, customer, rawQuery)
}

// ListPaymentMethods lists what the payment providers have of the customer.
func (o operations) ListPaymentMethods(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	if c := o.customer(x); c != nil {
		x.Response = response.JSON(js.Members{{Name: "payment_methods", Value: append([]js.Members{}, c.PaymentMethods...)}})
	}
}
