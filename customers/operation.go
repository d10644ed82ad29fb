package customers

import "context"

// operations is the one table of what sets the operations apart. A new operation gets a row here.
var operations = byName(
	// name, session, body, what its 401 means, what its 500 "unknown_error" means
	operation{OperationCreateCustomer, login, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationRetrieveCustomer, secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationUpdateCustomer, secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationListOrders, secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationListPaymentMethods, secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationAddAddress, secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationUpdateAddress, secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationDeleteAddress, secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationGeneratePasswordToken, open, noBody, ErrUnauthenticated, ErrInternal},
	operation{OperationResetPassword, open, jsonBody, ErrInvalidPasswordToken, ErrInvalidPasswordToken}, // the error of an unreadable token escapes as a 500
	operation{OperationAuthenticate, login, jsonBody, ErrInvalidCredentials, ErrInternal},
	operation{OperationGetSession, secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationDeleteSession, logout, anyBody, ErrUnauthenticated, ErrInternal},
	operation{OperationGetToken, open, jsonBody, ErrInvalidCredentials, ErrInternal},
	operation{OperationEmailExists, open, jsonBody, ErrUnauthenticated, ErrInternal},
)

// operation is a row of operations.
type operation struct {
	name         Operation
	session      sessionUse
	body         bodyKind
	unauthorized error
	internal     error
}

func byName(rows ...operation) map[Operation]*operation {
	table := make(map[Operation]*operation, len(rows))
	for i := range rows {
		table[rows[i].name] = &rows[i]
	}
	return table
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
	anyBody           // any 2xx is a success
	noBody
)

// operationKey is the key of a request's *operation in its context.
type operationKey struct{}

// OperationFromContext returns the operation that a request is for. A RoundTripper given by [WithHTTPClient] calls it
// with the request's context to name a span or a metric. It is empty for other contexts.
func OperationFromContext(ctx context.Context) Operation {
	if op, ok := ctx.Value(operationKey{}).(*operation); ok {
		return op.name
	}
	return ""
}
