package customers

import (
	"github.com/oapi-codegen/nullable"

	"github.com/medusa-storefront/customers-go/api"
)

// The models are those of package api, which is generated from the contract; their documentation is there, field by
// field. The aliases give them the names by which this package's methods call them.
type (
	// Customer is a registered customer or a guest. Orders is filled only by [WithOrders].
	Customer = api.Customer
	// Address is a shipping address, a billing address or an order's address.
	Address = api.Address
	// Order is an order as [Client.ListOrders] and [Client.Orders] return it. Amounts are integers in the currency's
	// smallest unit; times are UTC.
	Order = api.Order
	// OrderProperties is a set of an order's properties, which [Order.Has] reads.
	OrderProperties = api.OrderProperties
	// OrderRecord is an order as [WithOrders] has it: as stored, without totals.
	OrderRecord = api.OrderRecord
	// OrderPage is one page of orders and how many there are in all.
	OrderPage = api.OrderPage
	// DecodeError is a place of a response that is not as the contract says, in the [Error] about it.
	DecodeError = api.DecodeError
	// OrdersError is the orders that could not be read, in the [Error] beside those that could.
	OrdersError = api.OrdersError
	// JSON is metadata and other data of a shop, as it came. Its Decode and Map read it.
	JSON = api.JSON
	// PaymentMethod is a saved payment method; what Data holds is up to the payment provider.
	PaymentMethod = api.PaymentMethod

	// CreateRequest is for [Client.Create]. Email and Password are required.
	CreateRequest = api.CreateRequest
	// UpdateRequest is for [Client.Update]. What is left out stays as it is; see [Value] and [Null].
	UpdateRequest = api.UpdateRequest
	// ResetPasswordRequest is for [Client.ResetPassword]. All fields are required.
	ResetPasswordRequest = api.ResetPasswordRequest
	// AddAddressRequest is for [AddressesService.Add].
	AddAddressRequest = api.AddAddressRequest
	// UpdateAddressRequest is for [AddressesService.Update] and [BillingAddressOf]. What is left out stays as it is; see
	// [Value] and [Null].
	UpdateAddressRequest = api.UpdateAddressRequest
	// BillingAddress is made by [BillingAddressOf], [BillingAddressID] or [NoBillingAddress].
	BillingAddress = Nullable[api.BillingAddress]
	// ListOrdersParams filters and pages [Client.ListOrders] and [Client.Orders]. All filters that are set must hold.
	ListOrdersParams = api.ListOrdersParams
	// TimeRange is a range of time for [ListOrdersParams]. Bounds compare with the times that orders show, in
	// milliseconds: LTE an order's own time includes it, GT excludes it.
	TimeRange = api.TimeRange

	// OrderStatus is an order's state. A backend may have states that are not among the constants.
	OrderStatus = api.OrderStatus
	// FulfillmentStatus is how far an order's fulfillment is.
	FulfillmentStatus = api.FulfillmentStatus
	// PaymentStatus is how far an order's payment is.
	PaymentStatus = api.PaymentStatus
)

// OrderStatuses returns the known states of an order.
func OrderStatuses() []OrderStatus {
	return []OrderStatus{OrderStatusPending, OrderStatusCompleted, OrderStatusArchived, OrderStatusCanceled, OrderStatusRequiresAction}
}

// FulfillmentStatuses returns the known states of an order's fulfillment.
func FulfillmentStatuses() []FulfillmentStatus {
	return []FulfillmentStatus{
		FulfillmentStatusNotFulfilled, FulfillmentStatusPartiallyFulfilled, FulfillmentStatusFulfilled, FulfillmentStatusPartiallyShipped,
		FulfillmentStatusShipped, FulfillmentStatusPartiallyReturned, FulfillmentStatusReturned, FulfillmentStatusCanceled, FulfillmentStatusRequiresAction,
	}
}

// PaymentStatuses returns the known states of an order's payment.
func PaymentStatuses() []PaymentStatus {
	return []PaymentStatus{
		PaymentStatusNotPaid, PaymentStatusAwaiting, PaymentStatusCaptured, PaymentStatusPartiallyRefunded, PaymentStatusRefunded,
		PaymentStatusCanceled, PaymentStatusRequiresAction,
	}
}

// The known states of an order.
const (
	OrderStatusPending        = api.OrderStatusPending
	OrderStatusCompleted      = api.OrderStatusCompleted
	OrderStatusArchived       = api.OrderStatusArchived
	OrderStatusCanceled       = api.OrderStatusCanceled
	OrderStatusRequiresAction = api.OrderStatusRequiresAction
)

// The known states of an order's fulfillment.
const (
	FulfillmentStatusNotFulfilled       = api.FulfillmentStatusNotFulfilled
	FulfillmentStatusPartiallyFulfilled = api.FulfillmentStatusPartiallyFulfilled
	FulfillmentStatusFulfilled          = api.FulfillmentStatusFulfilled
	FulfillmentStatusPartiallyShipped   = api.FulfillmentStatusPartiallyShipped
	FulfillmentStatusShipped            = api.FulfillmentStatusShipped
	FulfillmentStatusPartiallyReturned  = api.FulfillmentStatusPartiallyReturned
	FulfillmentStatusReturned           = api.FulfillmentStatusReturned
	FulfillmentStatusCanceled           = api.FulfillmentStatusCanceled
	FulfillmentStatusRequiresAction     = api.FulfillmentStatusRequiresAction
)

// The known states of an order's payment.
const (
	PaymentStatusNotPaid           = api.PaymentStatusNotPaid
	PaymentStatusAwaiting          = api.PaymentStatusAwaiting
	PaymentStatusCaptured          = api.PaymentStatusCaptured
	PaymentStatusPartiallyRefunded = api.PaymentStatusPartiallyRefunded
	PaymentStatusRefunded          = api.PaymentStatusRefunded
	PaymentStatusCanceled          = api.PaymentStatusCanceled
	PaymentStatusRequiresAction    = api.PaymentStatusRequiresAction
)

// Operation names what a call does, such as [OperationCreateCustomer]: the same name in the contract, in package api,
// in errors, log lines and traces.
type Operation = api.Operation

// The operations, by their names in the contract.
const (
	OperationCreateCustomer        = api.OperationCreateCustomer
	OperationRetrieveCustomer      = api.OperationRetrieveCustomer
	OperationUpdateCustomer        = api.OperationUpdateCustomer
	OperationListOrders            = api.OperationListOrders
	OperationListPaymentMethods    = api.OperationListPaymentMethods
	OperationAddAddress            = api.OperationAddAddress
	OperationUpdateAddress         = api.OperationUpdateAddress
	OperationDeleteAddress         = api.OperationDeleteAddress
	OperationGeneratePasswordToken = api.OperationGeneratePasswordToken
	OperationResetPassword         = api.OperationResetPassword
	OperationAuthenticate          = api.OperationAuthenticate
	OperationGetSession            = api.OperationGetSession
	OperationDeleteSession         = api.OperationDeleteSession
	OperationGetToken              = api.OperationGetToken
	OperationEmailExists           = api.OperationEmailExists
)

// Nullable is a field of a request that can be set by [Value], cleared by [Null], or left out.
type Nullable[T any] = nullable.Nullable[T]

// Value sets a field of a request that could also be cleared: LastName: customers.Value("Reynolds").
func Value[T any](v T) Nullable[T] {
	return nullable.NewNullableWithValue(v)
}

// Null clears a field: Phone: customers.Null[string]().
func Null[T any]() Nullable[T] {
	return nullable.NewNullNullable[T]()
}

// ValueOrNull sets a field, or clears it where v is its type's zero value, as an empty input of a form means:
// Phone: customers.ValueOrNull(r.FormValue("phone")).
func ValueOrNull[T comparable](v T) Nullable[T] {
	var zero T
	if v == zero {
		return Null[T]()
	}
	return Value(v)
}

// Deref returns what p points to, and the zero value for nil. For html/template, which prints a nil *string as "<nil>",
// it is a function: template.FuncMap{"deref": customers.Deref[string]}.
func Deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// BillingAddressOf sets the billing address by its fields. A customer who has one keeps its id and the fields that are
// not given. The backend edits that address in place, even where it is one of the shipping addresses too. If the
// billing address was deleted among the shipping addresses, this is [ErrInvalidInput] until [NoBillingAddress] was
// sent.
func BillingAddressOf(address UpdateAddressRequest) BillingAddress {
	var b api.BillingAddress
	// What can't be JSON leaves b empty, and Update refuses that.
	_ = b.FromUpdateAddressRequest(address)
	return Value(b)
}

// BillingAddressID makes an address that exists the billing address. The backend does not check whose it is: take the
// id from the customer's own addresses, never from a browser unchecked.
func BillingAddressID(id string) BillingAddress {
	var b api.BillingAddress
	_ = b.FromAddressID(id) // a string is always JSON
	return Value(b)
}

// NoBillingAddress removes the billing address from the customer; the address itself stays.
func NoBillingAddress() BillingAddress {
	return Null[api.BillingAddress]()
}
