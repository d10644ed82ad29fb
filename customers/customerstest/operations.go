package customerstest

import (
	"net/http"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/contract"
)

// operations are the operations of the contract. They set the answer of the request's exchange; their ResponseWriter
// is nil.
type operations struct{ *Backend }

// An operation that is added to the contract does not compile until it is here.
var _ contract.ServerInterface = operations{}

func (o operations) DeleteAuth(http.ResponseWriter, *http.Request)                     {}
func (o operations) GetAuth(http.ResponseWriter, *http.Request)                        {}
func (o operations) PostAuth(http.ResponseWriter, *http.Request)                       {}
func (o operations) PostToken(http.ResponseWriter, *http.Request)                      {}
func (o operations) GetAuthEmail(http.ResponseWriter, *http.Request, string)           {}
func (o operations) PostCustomers(http.ResponseWriter, *http.Request)                  {}
func (o operations) GetCustomersCustomer(http.ResponseWriter, *http.Request)           {}
func (o operations) PostCustomersCustomer(http.ResponseWriter, *http.Request)          {}
func (o operations) PostCustomersCustomerAddresses(http.ResponseWriter, *http.Request) {}
func (o operations) DeleteCustomersCustomerAddressesAddress(http.ResponseWriter, *http.Request, string) {
}
func (o operations) PostCustomersCustomerAddressesAddress(http.ResponseWriter, *http.Request, string) {
}

// GetCustomersCustomerOrders lists the orders. The generated parameters are not used: see withExchange.
func (o operations) GetCustomersCustomerOrders(_ http.ResponseWriter, r *http.Request, _ api.GetCustomersCustomerOrdersParams) {
	x := exchangeOf(r)
	x.answer = o.orders.list(x.customerID, o.customers[x.customerID], x.request.URL.RawQuery, o.now())
}
func (o operations) GetCustomersCustomerPaymentMethods(http.ResponseWriter, *http.Request) {}
func (o operations) PostCustomersResetPassword(http.ResponseWriter, *http.Request)         {}
func (o operations) PostCustomersCustomerPasswordToken(http.ResponseWriter, *http.Request) {}
