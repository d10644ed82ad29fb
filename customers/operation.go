package customers

import (
	"context"

	"github.com/medusa-storefront/customers-go/api"
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

// operations is the one table of what sets the operations apart. A new operation gets a row here.
var operations = map[Operation]operation{
	//                              session  body      its 401 means            its 500 unknown_error means
	OperationCreateCustomer:        {login, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationRetrieveCustomer:      {secured, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationUpdateCustomer:        {secured, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationListOrders:            {secured, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationListPaymentMethods:    {secured, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationAddAddress:            {secured, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationUpdateAddress:         {secured, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationDeleteAddress:         {secured, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationGeneratePasswordToken: {open, noBody, ErrUnauthenticated, ErrInternal},
	OperationResetPassword:         {open, jsonBody, ErrInvalidPasswordToken, ErrInvalidPasswordToken}, // the error of an unreadable token escapes as a 500
	OperationAuthenticate:          {login, jsonBody, ErrInvalidCredentials, ErrInternal},
	OperationGetSession:            {secured, jsonBody, ErrUnauthenticated, ErrInternal},
	OperationDeleteSession:         {logout, textBody, ErrUnauthenticated, ErrInternal},
	OperationGetToken:              {open, jsonBody, ErrInvalidCredentials, ErrInternal},
	OperationEmailExists:           {open, jsonBody, ErrUnauthenticated, ErrInternal},
}

// operation is a row of operations.
type operation struct {
	session      sessionUse
	body         bodyKind
	unauthorized error
	internal     error
}

// sessionUse is what an operation has to do with the session.
type sessionUse uint8

const (
	open    sessionUse = iota // needs no login; its response says nothing about the session
	secured                   // sends the session's cookie
	login                     // opens the session
	logout                    // closes the session
)

// bodyKind is what the body of an operation's 2xx response is.
type bodyKind uint8

const (
	jsonBody bodyKind = iota
	textBody
	noBody
)

// operationKey is the key of a request's Operation in its context.
type operationKey struct{}

// OperationFromContext returns the operation that a request is for. A RoundTripper given by [WithHTTPClient] calls it
// with the request's context to name a span or a metric. It is empty for other contexts.
func OperationFromContext(ctx context.Context) Operation {
	op, _ := ctx.Value(operationKey{}).(Operation)
	return op
}
