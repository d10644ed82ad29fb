package customerstest

import (
	"net/http"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/contract"
)

// operations are the operations of the contract. Each sets the answer of its request's exchange; the ResponseWriter is
// nil, because sessions and ETags come on top. They are called with b.mu held.
type operations struct{ *Backend }

// An operation that is added to the contract does not compile until it is here.
var _ contract.ServerInterface = operations{}

// ListOrders lists the orders. It has its own way with the query, see withExchange.
func (o operations) ListOrders(_ http.ResponseWriter, r *http.Request, _ api.ListOrdersParams) {
	x := exchangeOf(r)
	x.answer = o.listOrders(x.customerID, x.rawQuery)
}
